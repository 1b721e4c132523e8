//go:build !cgo

package cgocall

import (
	"errors"
	"unsafe"
)

var errSupported = errors.New("cgocall: this program is built without cgo (CGO_ENABLED=0), so C functions cannot be called")

var anyFloat = true

func callWords(unsafe.Pointer, *[MaxArgs]uintptr, int) uintptr { panic(errSupported) }

func callFloats(unsafe.Pointer, *[MaxArgs]uintptr, int, uint64) (uintptr, float64) {
	panic(errSupported)
}
