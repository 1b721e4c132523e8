// Package asmcall calls C functions from Go for a few nanoseconds, without cgo. It is for native code of the user's own,
// which another package has loaded (purego's Dlopen, with CGO_ENABLED=0) or cgo has linked; what it takes is the
// function's address.
//
// # Which way to use
//
//	Call0 .. Call6          words in, a word out; on the goroutine's stack, with 64 KiB for the callee: the default
//	Call0On4K, Call0On1M    the same with another class of stack
//	Func0 .. Func6          the same with types: Func2[float64, float64, int32]{Fn: fn}.Call(1.5, 2)
//	Bind0 .. Bind6          the same as a function, with pointers and bool: Bind1[uintptr, *byte](strlen)(&text[0])
//	CallArgs                up to 15 arguments, floating-point ones among them
//	CallBlocking            the same for callees that take longer than some 10 microseconds
//	Call0OnG0               on the thread's own stack, g0
//	CallFuncP0, CallFuncG0P0 .. P3   the names of github.com/ihciah/rust2go/asmcall, with its signatures
//
// A class is a promise about the callee: it must not use more stack than that, its own callees included. The goroutine
// grows to the class before the call, and keeps the memory until a garbage collection shrinks it. Nothing catches a callee
// that breaks the promise. A goroutine's stack is whole memory, so what comes after it is somebody else's.
//
// On g0 there are 16 KiB without cgo and, on Linux, 8 MiB with it: [RoomOnG0]. A call panics when less than 12 KiB are
// left. A fault on g0 ends the program; profiles do not show who called. So this way is for callees that need much stack,
// in programs with cgo.
//
// # Pointers
//
// Convert a pointer to uintptr in the call's own list of arguments, and call the function by its name, not through a
// variable: the compiler then moves what it points to onto the heap, where it stays, and keeps it alive until the call
// returns. Converted earlier, or handed through a func variable, the address of a local variable is wrong as soon as the
// stack moves, and the call itself may move it.
//
//	n := asmcall.Call1(strlen, uintptr(unsafe.Pointer(&text[0])))
//
// A function of Bind1 and its like takes pointers as they are, and sees to the same: what they point to is on the heap, and
// lives until the call returns. It is refused when it is bound, by a panic that names the place, if one of its types does
// not pass through a register, or if a pointer leads to memory with Go's own types in it, as strings and slices.
// Func1 and its like take numbers only, and the compiler refuses the rest.
//
//	strlen := asmcall.Bind1[uintptr, *byte](address)
//	n := strlen(&text[0])
//
// The callee must not keep a Go pointer after it has returned, nor store one into memory of Go.
//
// # Many arguments, and variadic functions
//
// What does not fit into registers goes on the stack, 8 bytes for each: on amd64 beyond 6 words and 8 floating-point numbers
// (Windows: 4 in all), on arm64 beyond 8 of each. Apple's arm64 packs them by their size instead: there give
// [CallArgs] one word for two neighbours of 32 bits, the first in its lower half.
//
// A variadic function takes floating-point arguments as float64. It is called as any other, by CallArgs, but for two systems.
// On Windows on arm64 the bits of floats stay 0: floating-point numbers travel as words. Apple's arm64 wants all
// that is variadic on the stack: fill up the fixed arguments to 8 words with zeros, let floats be 0, and let the variadic
// ones follow.
//
// # What a callee must not do
//
//   - Call back into Go, or unwind through the call: no panic, no longjmp, no C++ exception, no Rust panic. On Windows, raise
//     no exception at all: the system's handlers do not know the goroutine's stack.
//   - Without cgo, or a package that stands in for it: rely on thread-local variables, errno among them, or start threads.
//   - Take long, except by CallBlocking: the garbage collector waits for it.
//   - Change the rounding mode or the direction flag for good.
//   - On Windows, have a frame of 4 KiB or more, if Microsoft's tools built it, or rustc or clang for their ABI; call it on g0.
//     Such functions touch the stack page by page from the thread's own limit downwards, which a goroutine's stack has
//     nothing to do with. Whether that does harm depends on addresses. MinGW's gcc starts from the stack pointer.
//
// A fault in a callee that has no frame of its own is an ordinary run-time panic. In a deeper one it ends the program,
// because the runtime cannot unwind C frames: "unexpected return pc". Samples of the CPU profiler within code that Go does
// not know are listed under runtime._ExternalCode, without callers; labels of runtime/pprof still apply.
//
// # Where it works
//
// amd64 and arm64, built by gc, on every system but Plan 9. On arm64 C code may use the register in which Go keeps the
// running goroutine; where signal handlers would read it there (Linux, FreeBSD, NetBSD), calls are refused
// unless the program has cgo or a package that stands in for it. Elsewhere, with the tags purego and noasm, and under
// -msan and -asan, calls go through cgo, by package cgocall; without cgo they panic. [Supported] tells in advance.
package asmcall
