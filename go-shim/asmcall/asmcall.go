package asmcall

import (
	"fmt"
	"unsafe"
)

// MaxArgs is the most arguments that [CallArgs] and [CallBlocking] take.
const MaxArgs = 15

// Supported says why C functions cannot be called in this program, or nil. Where it is not nil, every call panics with it.
func Supported() error { return supported() }

// RoomOnG0 is how many bytes are left for a callee on the g0 of the running thread: about 16 KiB without cgo, 8 MiB with
// it on Linux. Calls on g0 panic when less than 12 KiB are left. It holds for this thread only: see
// [runtime.LockOSThread].
func RoomOnG0() int { return roomOnG0() }

// callArgs is where the assembly of [CallArgs] goes on.
func callArgs(fn unsafe.Pointer, floats uint64, args []uintptr) (r uintptr, f float64) {
	checkArgs(len(args))
	var res result
	call(fn, unsafe.Pointer(unsafe.SliceData(args)), len(args), floats, &res)
	return res.word, res.float
}

// blocking is where the assembly of [CallBlocking] goes on.
func blocking(fn unsafe.Pointer, floats uint64, args []uintptr) (r uintptr, f float64) {
	checkArgs(len(args))
	res := callBlocking(fn, unsafe.Pointer(unsafe.SliceData(args)), len(args), floats)
	return res.word, res.float
}

func checkArgs(n int) {
	if n > MaxArgs {
		panic(fmt.Sprintf("asmcall: %d arguments; at most %d can be passed", n, MaxArgs))
	}
}
