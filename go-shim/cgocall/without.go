//go:build !cgo

package cgocall

import (
	"errors"
	"unsafe"
)

var errSupported = errors.New("cgocall: this program is built without cgo (CGO_ENABLED=0), so C functions cannot be called")

var anyFloat = true

func call(unsafe.Pointer, *[maxArgs]uintptr, int) uintptr { panic(errSupported) }

func callFloats(unsafe.Pointer, *[maxArgs]uintptr, int, uint64) (uintptr, float64) {
	panic(errSupported)
}
