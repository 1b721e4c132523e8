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

// g0Ready is tested by every call on g0.
var g0Ready bool

var errG0 = verify()

func init() { g0Ready = errG0 == nil }

// Where this package's calls on g0 find what they need. These offsets have been the same from Go 1.21 to 1.27; verify
// checks them in the running process.
const (
	gStackLo = 0
	gStackHi = 8
	gGuard   = 16
	gM       = 48
	gSchedSP = 56
	gSchedG  = 72
	mG0      = 0
)

func word(p unsafe.Pointer, offset uintptr) uintptr { return *(*uintptr)(unsafe.Add(p, offset)) }

func pointer(p unsafe.Pointer, offset uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(p, offset))
}

// verify looks at this goroutine, its thread and the thread's g0. A runtime with other structures may hold anything in
// these places, so a fault on the way is an answer too.
func verify() (err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = errLayout
		}
	}()
	g := getg()
	var here byte
	sp := uintptr(unsafe.Pointer(&here))
	if sp <= word(g, gStackLo) || sp > word(g, gStackHi) || word(g, gGuard) <= word(g, gStackLo) || pointer(g, gSchedG) != g {
		return errLayout
	}
	m := pointer(g, gM)
	if uintptr(m) < 4096 {
		return errLayout
	}
	g0 := pointer(m, mG0)
	if uintptr(g0) < 4096 || g0 == g || pointer(g0, gM) != m {
		return errLayout
	}
	if sp := word(g0, gSchedSP); sp <= word(g0, gStackLo) || sp > word(g0, gStackHi) {
		return errLayout
	}
	return errArch
}

var errLayout = errors.New("asmcall: this Go runtime lays out its goroutines in a way that is not known; calls on g0 are refused")

func supported() error { return errArch }

func supportedOnG0() error { return errG0 }

// roomOnG0 is only right while the goroutine stays on its thread.
func roomOnG0() int {
	if errG0 != nil {
		return 0
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	g0 := pointer(pointer(getg(), gM), mG0)
	return int(word(g0, gSchedSP) - word(g0, gStackLo))
}

// refuseG0 is where calls on g0 end that cannot be made.
func refuseG0() {
	if errG0 != nil {
		panic(errG0)
	}
	if pointer(getg(), gSchedG) != getg() {
		panic("asmcall: a call on g0 from g0 itself or from a signal handler")
	}
	panic("asmcall: less than 12 KiB are left on this thread's g0; call on the goroutine's stack (without G0 in the name)")
}

// refuseCall is where calls end that this system cannot make.
func refuseCall() { panic(errArch) }

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
	if errArch != nil {
		panic(errArch)
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
