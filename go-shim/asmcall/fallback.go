//go:build !((amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1)

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

func supportedOnG0() error { return cgocall.Supported() }

func roomOnG0() int { return cgocall.RoomOnG0() }

func call(fn, slots unsafe.Pointer, n int, floats uint64, res *result) {
	args := unsafe.Slice((*uintptr)(slots), n)
	res.word, res.float = cgocall.CallArgs(fn, floats, args...)
}

func callBlocking(fn, slots unsafe.Pointer, n int, floats uint64) (res result) {
	call(fn, slots, n, floats, &res)
	return res
}
