//go:build !((amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan)

package asmcall

import (
	"unsafe"

	"github.com/widelane/widelane/go-shim/cgocall"
)

type result struct {
	word  uintptr
	float float64
}

func supported() error { return cgocall.Supported() }

func roomOnG0() int { return cgocall.RoomOnG0() }

func call(fn, slots unsafe.Pointer, n int, floats uint64, res *result) {
	args := unsafe.Slice((*uintptr)(slots), n)
	res.word, res.float = cgocall.CallArgs(fn, floats, args...)
}

func callBlocking(fn, slots unsafe.Pointer, n int, floats uint64) (res result) {
	call(fn, slots, n, floats, &res)
	return res
}

// CallArgs calls the C function at fn with up to [MaxArgs] arguments on the goroutine's stack, with 64 KiB for the callee.
// Bit i of floats says that args[i] holds the bits of a floating-point number: [Float64] or [Float32]. It returns both
// registers in which C returns, of which the one is meaningless that does not fit the function's type; a float32 is
// in the lower half of f's bits: [ToFloat32].
//
// It panics for more arguments than MaxArgs.
//
//go:uintptrescapes
func CallArgs(fn unsafe.Pointer, floats uint64, args ...uintptr) (r uintptr, f float64) {
	return callArgs(fn, floats, args)
}

// CallBlocking is [CallArgs] for callees that take long: the scheduler is told, as of a system call, so that neither the
// garbage collector nor other goroutines wait for it.
//
//go:uintptrescapes
func CallBlocking(fn unsafe.Pointer, floats uint64, args ...uintptr) (r uintptr, f float64) {
	return blocking(fn, floats, args)
}
