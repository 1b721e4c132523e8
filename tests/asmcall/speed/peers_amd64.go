//go:build linux

package main

import (
	"unsafe"

	"github.com/widelane/widelane/tests/asmcall/speed/peer"
)

var assembly = []way{
	{empty,
		func(fn unsafe.Pointer, n int) {
			for range n {
				peer.Empty(fn, 0, 0, 0)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				peer.Empty(fn, uintptr(i), 2, 3)
			}
		}},
	{bare,
		func(fn unsafe.Pointer, n int) {
			for range n {
				peer.BareInPlace(fn, 0, 0, 0)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				peer.BareInPlace(fn, uintptr(i), 2, 3)
			}
		}},
	{bareG0,
		func(fn unsafe.Pointer, n int) {
			for range n {
				peer.BareOnG0(fn, 0, 0, 0)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				peer.BareOnG0(fn, uintptr(i), 2, 3)
			}
		}},
}
