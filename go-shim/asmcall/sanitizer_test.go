//go:build (amd64 || arm64) && gc && (msan || asan) && !plan9 && !js && !wasip1

package asmcall

import (
	"testing"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// TestSanitizer: under -msan and -asan every call goes through cgo's own C function, on the thread's stack.
func TestSanitizer(t *testing.T) {
	if err := Supported(); err != nil || RoomOnG0() != 0 {
		t.Fatalf("calls do not go over cgo: %v, %d bytes", err, RoomOnG0())
	}
	x := uintptr(42)
	if got := Call1(callee.Load, uintptr(unsafe.Pointer(&x))); got != 42 {
		t.Errorf("Call1 reads %d", got)
	}
	if got := Bind1[uintptr, *uintptr](callee.Load)(&x); got != 42 {
		t.Errorf("Bind1 reads %d", got)
	}
	if got := Call6OnG0(callee.Sum6, 1, 2, 3, 4, 5, 6); got != 1+4+9+16+25+36 {
		t.Errorf("Call6OnG0 gives %d", got)
	}
	var words [MaxArgs]uintptr
	var want uintptr
	for i := range words {
		words[i] = uintptr(i) * 7919
		want += uintptr(i+1) * words[i]
	}
	plain, _ := CallArgs(callee.Sum15, 0, words[:]...)
	blocking, _ := CallBlocking(callee.Sum15, 0, words[:]...)
	if plain != want || blocking != want {
		t.Errorf("%d and %d, want %d", plain, blocking, want)
	}
	var out [4]uintptr
	CallFuncP1(callee.State, unsafe.Pointer(&out))
	if out[0] == 0 {
		t.Error("the callee did not write")
	}
}
