package asmcall

import (
	"runtime"
	"unsafe"
)

// Number is what a C function takes or returns by value in one register. Addresses are not among it: the functions that
// take words, as [Call1], see to it that what a pointer points to stays where it is.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// isFloat is a constant in each instance.
func isFloat[T Number]() bool { return T(1)/2 != 0 }

// floatBit is the bit of argument i in the mask of [CallArgs]. Bit 63 stands for the result: calls over cgo are refused
// by it where no floating-point number can be returned.
func floatBit[T Number](i int) uint64 {
	if isFloat[T]() {
		return 1 << i
	}
	return 0
}

// bits is x as an argument. C reads as much of a register as its type has; what is above it may be anything.
func bits[T Number](x T) uintptr {
	if unsafe.Sizeof(x) > unsafe.Sizeof(uintptr(0)) {
		panic("asmcall: a number of 64 bits cannot be passed on " + runtime.GOOS + "/" + runtime.GOARCH)
	}
	switch {
	case !isFloat[T]():
		return uintptr(x)
	case unsafe.Sizeof(x) == 4:
		return Float32(float32(x))
	}
	return Float64(float64(x))
}

// from is the result of type R among the registers in which C returns.
func from[R Number](res result) R {
	var r R
	switch {
	case !isFloat[R]() && unsafe.Sizeof(r) > unsafe.Sizeof(res.word):
		panic("asmcall: a number of 64 bits cannot be returned on " + runtime.GOOS + "/" + runtime.GOARCH)
	case !isFloat[R]():
		return R(res.word)
	case unsafe.Sizeof(r) == 4:
		return R(ToFloat32(res.float))
	}
	return R(res.float)
}
