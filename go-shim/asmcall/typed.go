package asmcall

import (
	"math"
	"runtime"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/cabi"
)

// Number is what a C function takes or returns by value in one register. Addresses are not among it: the functions that
// take words, as [Call1], and those of [Bind1] see to it that what a pointer points to stays where it is.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// Float64 is x as an argument of [CallArgs].
func Float64(x float64) uintptr { return uintptr(math.Float64bits(x)) }

// Float32 is x as an argument of [CallArgs].
func Float32(x float32) uintptr { return uintptr(math.Float32bits(x)) }

// ToFloat32 is the result of a C function that returns a float, from the second result of [CallArgs].
func ToFloat32(f float64) float32 { return cabi.ToFloat32(f) }

// Keep has what the pointers point to live until here. A pointer that was given to a call lives until the call returns;
// Keep is for memory that C reads or writes through an address which it was given earlier.
func Keep(pointers ...unsafe.Pointer) { runtime.KeepAlive(pointers) }
