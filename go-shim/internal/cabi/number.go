// Package cabi says how Go's values pass through the registers of a C call, for packages asmcall and cgocall.
package cabi

import (
	"math"
	"runtime"
	"unsafe"
)

// Number is what passes by value in one register.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// ResultBit stands for the result in a mask of floats: calls are refused by it where no floating-point number can be
// returned.
const ResultBit = 63

// isFloat is a constant in each instance.
func isFloat[T Number]() bool { return T(1)/2 != 0 }

// FloatBit is the bit of argument i in the mask of floats.
func FloatBit[T Number](i int) uint64 {
	if isFloat[T]() {
		return 1 << i
	}
	return 0
}

// Bits is x as an argument, extended to the whole register by its sign. It panics if x does not fit into a register.
//
// It is small enough to become part of its caller, and so is [From]: calls of both cost more than the C function's.
func Bits[T Number](x T) uintptr {
	if unsafe.Sizeof(x) > unsafe.Sizeof(uintptr(0)) {
		panic(tooWide)
	}
	if isFloat[T]() {
		return floatBits(x)
	}
	return uintptr(x)
}

func floatBits[T Number](x T) uintptr {
	if unsafe.Sizeof(x) == 4 {
		return uintptr(math.Float32bits(float32(x)))
	}
	return uintptr(math.Float64bits(float64(x)))
}

// From is the result of type R among the registers in which C returns: what is above its width may be anything there. It
// panics if an integer does not fit into a register.
func From[R Number](word uintptr, float float64) (r R) {
	if isFloat[R]() {
		return ofFloat[R](float)
	}
	if unsafe.Sizeof(r) > unsafe.Sizeof(word) {
		panic(tooWide)
	}
	return R(word)
}

func ofFloat[R Number](float float64) (r R) {
	if unsafe.Sizeof(r) == 4 {
		return R(ToFloat32(float))
	}
	return R(float)
}

var tooWide = "a C function cannot be called with a number of 64 bits on " + runtime.GOOS + "/" + runtime.GOARCH

// ToFloat32 is the float32 in the lower half of a register for floats.
func ToFloat32(f float64) float32 { return math.Float32frombits(uint32(math.Float64bits(f))) }
