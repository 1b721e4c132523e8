//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"errors"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// result is what a callee left in the first register of either kind.
type result struct {
	word  uintptr
	float float64
}

//go:noescape
func callSlots(fn, slots unsafe.Pointer, n int, floats uint64, res *result)

// callSlotsNoSplit has no check of the stack of its own.
//
//go:noescape
func callSlotsNoSplit(fn, slots unsafe.Pointer, n int, floats uint64, res *result)

// getg is the address of the running goroutine's descriptor.
func getg() unsafe.Pointer

// layout is where this package finds in the runtime's structures what it needs: offsets in g, and of g0 in m.
type layout struct {
	stackLo, stackHi, guard, m, schedSP, schedG uintptr
	g0                                          uintptr
}

// known has been the same from Go 1.21 to 1.27. The assembly has these numbers too; [verify] checks them in the running
// process.
var known = layout{stackLo: 0, stackHi: 8, guard: 16, m: 48, schedSP: 56, schedG: 72, g0: 0}

// errSupported is why no call is made, or nil.
var errSupported = func() error {
	if errArch != nil {
		return errArch
	}
	return verify(known)
}()

// refused is errSupported for the assembly: every call tests it.
var refused = errSupported != nil

// word reads what lies at p, which the collector must not take for a pointer: of a runtime with other structures it may be
// anything. It does not grow the stack, which would move what its caller compares with.
//
//go:norace
//go:nosplit
func word(p, offset uintptr) uintptr {
	p += offset
	return **(**uintptr)(unsafe.Pointer(&p))
}

// verify looks at this goroutine, its thread and the thread's g0. Where the layout is another, a fault on the way is an
// answer too.
func verify(l layout) (err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = errLayout
		}
	}()
	g := uintptr(getg())
	if !bounded(l, g) || word(g, l.schedG) != g {
		return errLayout
	}
	m := word(g, l.m)
	if m < 4096 {
		return errLayout
	}
	g0 := word(m, l.g0)
	if g0 < 4096 || g0 == g || word(g0, l.m) != m {
		return errLayout
	}
	if sp := word(g0, l.schedSP); sp <= word(g0, l.stackLo) || sp > word(g0, l.stackHi) {
		return errLayout
	}
	return nil
}

// bounded: this function's frame lies within the bounds that g says. The scheduler raises the limit when it asks for the
// goroutine, and lowers it when it has had it.
func bounded(l layout, g uintptr) bool {
	for range 100 {
		var here byte
		sp := uintptr(unsafe.Pointer(&here))
		if sp > word(g, l.stackHi) || sp <= word(g, l.stackLo) {
			return false
		}
		if limit := word(g, l.guard); limit > word(g, l.stackLo) && limit < sp {
			return true
		}
		runtime.Gosched()
	}
	return false
}

var errLayout = errors.New("asmcall: this Go runtime lays out its goroutines in a way that is not known, so calls are refused; " +
	"package cgocall makes them by cgo")

func supported() error { return errSupported }

// roomOnG0 is only right while the goroutine stays on its thread.
func roomOnG0() int {
	if errSupported != nil {
		return 0
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	g0 := word(word(uintptr(getg()), known.m), known.g0)
	return int(word(g0, known.schedSP) - word(g0, known.stackLo))
}

// refuseG0 is where calls on g0 end that cannot be made. The race detector knows nothing of g0, and would fault there.
//
//go:norace
func refuseG0() {
	if errSupported != nil {
		panic(errSupported)
	}
	g := uintptr(getg())
	if word(g, known.schedG) != g || word(word(g, known.m), known.g0) == g {
		panic("asmcall: a call on g0 from g0 itself or from a signal handler")
	}
	panic("asmcall: less than 12 KiB are left on this thread's g0; call on the goroutine's stack (without G0 in the name)")
}

// refuseCall is where calls end that this program cannot make.
func refuseCall() { panic(errSupported) }

// call is the general way.
func call(fn unsafe.Pointer, slots unsafe.Pointer, n int, floats uint64, res *result) {
	callSlots(fn, slots, n, floats, res)
}

// entry is a general call that is handed through the assembly, which makes room on the stack.
type entry struct {
	fn, slots unsafe.Pointer
	n         int
	floats    uint64
	res       result
}

// reserve has the stack grow by 64 KiB, gives them back, and calls section.
//
//go:noescape
func reserve(e *entry)

// section must not move its stack while the scheduler believes the goroutine to be in a system call: no check of the
// stack from here on.
//
//go:nosplit
func section(e *entry) {
	entersyscall()
	callSlotsNoSplit(e.fn, e.slots, e.n, e.floats, &e.res)
	exitsyscall()
}

//go:linkname entersyscall runtime.entersyscall
func entersyscall()

//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

func callBlocking(fn unsafe.Pointer, slots unsafe.Pointer, n int, floats uint64) result {
	if errSupported != nil {
		panic(errSupported)
	}
	e := entry{fn: fn, slots: slots, n: n, floats: floats}
	reserve(&e)
	return e.res
}

// The two below are assembly that jumps to Go. A Go function with uintptrescapes has its whole list of arguments put on
// the heap (24 ns for three of them); of a function without a body only the pointers among them are.

// CallArgs calls the C function at fn with up to [MaxArgs] arguments on the goroutine's stack, with 64 KiB for the callee.
// Bit i of floats says that args[i] holds the bits of a floating-point number: [Float64] or [Float32]. It returns both
// registers in which C returns, of which the one is meaningless that does not fit the function's type; a float32 is
// in the lower half of f's bits: [ToFloat32].
//
// It panics for more arguments than MaxArgs.
//
//go:noescape
//go:uintptrescapes
func CallArgs(fn unsafe.Pointer, floats uint64, args ...uintptr) (r uintptr, f float64)

// CallBlocking is [CallArgs] for callees that take long: the scheduler is told, as of a system call, so that neither the
// garbage collector nor other goroutines wait for it.
//
//go:noescape
//go:uintptrescapes
func CallBlocking(fn unsafe.Pointer, floats uint64, args ...uintptr) (r uintptr, f float64)
