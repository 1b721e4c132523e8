// Package cgocall has the functions of package asmcall over cgo, so that a program changes from one to the other by an
// import. A call costs what a call by cgo costs, 21 to 25 ns; in return the callee has the thread's whole stack, may
// call back into Go, may block, and every rule of cgo about threads and thread-local variables holds.
//
// It needs cgo: without it [Supported] says so, and every call panics. Which of the two stacks a name speaks of
// makes no difference here.
package cgocall

import (
	"fmt"
	"runtime"
	"unsafe"
)

// MaxArgs is the most arguments that [CallArgs] and [CallBlocking] take.
const MaxArgs = 15

// Supported says why C functions cannot be called in this program, or nil. Where it is not nil, every call panics with it.
func Supported() error { return errSupported }

// RoomOnG0 is 0, for it is not known: cgo has callees run on the thread's whole stack.
func RoomOnG0() int { return 0 }

// CallArgs calls the C function at fn with up to [MaxArgs] arguments. Bit i of floats says that args[i] holds the bits of
// a floating-point number. It returns both registers in which C returns, of which one is meaningless.
//
// It panics for more arguments than MaxArgs, and for floating-point numbers on architectures other than amd64 and arm64
// and on Windows, where cgo has no general way to pass them. A floating-point result is lost there: f is 0.
//
//go:uintptrescapes
func CallArgs(fn unsafe.Pointer, floats uint64, args ...uintptr) (r uintptr, f float64) {
	return callArgs(fn, floats, args)
}

// CallBlocking is [CallArgs]: cgo tells the scheduler of every call.
//
//go:uintptrescapes
func CallBlocking(fn unsafe.Pointer, floats uint64, args ...uintptr) (r uintptr, f float64) {
	return callArgs(fn, floats, args)
}

func callArgs(fn unsafe.Pointer, floats uint64, args []uintptr) (r uintptr, f float64) {
	if len(args) > MaxArgs {
		panic(fmt.Sprintf("cgocall: %d arguments; at most %d can be passed", len(args), MaxArgs))
	}
	if floats != 0 && !anyFloat {
		panic("cgocall: floating-point numbers cannot be passed on " + runtime.GOOS + "/" + runtime.GOARCH)
	}
	var words [MaxArgs]uintptr
	copy(words[:], args)
	return callFloats(fn, &words, len(args), floats)
}

// result is what a callee left in the first register of either kind.
type result struct {
	word  uintptr
	float float64
}

// call is the general way, for [Func1] and [Bind1].
func call(fn, slots unsafe.Pointer, n int, floats uint64, res *result) {
	res.word, res.float = callArgs(fn, floats, unsafe.Slice((*uintptr)(slots), n))
}
