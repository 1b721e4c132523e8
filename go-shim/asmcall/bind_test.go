//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// TestBind: every number of arguments, and every kind that a callee can tell.
func TestBind(t *testing.T) {
	x := uintptr(42)
	for i, got := range []uintptr{
		Bind1[uintptr, *uintptr](callee.Load)(&x),
		Bind2[uintptr, unsafe.Pointer, bool](callee.Load)(unsafe.Pointer(&x), true),
		Bind3[uintptr, *uintptr, int8, *[4]byte](callee.Load)(&x, 1, nil),
		Bind4[uintptr, *uintptr, uint16, bool, uint32](callee.Load)(&x, 1, false, 2),
		Bind5[uintptr, *uintptr, int, int, int, **int](callee.Load)(&x, 1, 2, 3, nil),
	} {
		if got != 42 {
			t.Errorf("call %d reads %d", i, got)
		}
	}
	Bind0[struct{}](callee.Noop)()
	if got := Bind6[int16, int8, uint8, int16, uint16, int32, uintptr](callee.Sum6)(-1, 2, -3, 4, -5, 6); got != -1+4-9+16-25+36 {
		t.Errorf("Bind6: %d", got)
	}
}

// TestBindResults: pointers and truths come back. What load reads is a word of Go's memory.
func TestBindResults(t *testing.T) {
	inner := &[2]int32{7, -7}
	if got := Bind1[*[2]int32, **[2]int32](callee.Load)(&inner); got != inner {
		t.Errorf("a pointer comes back as %p, not %p", got, inner)
	}
	at := unsafe.Pointer(inner)
	if got := Bind1[unsafe.Pointer, *unsafe.Pointer](callee.Load)(&at); got != at {
		t.Errorf("%p comes back as %p", at, got)
	}
	var null *[2]int32
	if got := Bind1[*[2]int32, **[2]int32](callee.Load)(&null); got != nil {
		t.Errorf("NULL comes back as %p", got)
	}
	for word, want := range map[uint64]bool{0: false, 1: true, 0x5a00: false, 0xff01: true} {
		if got := Bind1[bool, *uint64](callee.Load)(&word); got != want {
			t.Errorf("%#x is %v", word, got)
		}
	}
}

// TestBindLocalMemory: the address of a local variable is right although the stack moves before and between calls, also
// where the compiler sees the whole of the bound function.
func TestBindLocalMemory(t *testing.T) {
	var deeper func(n int, f func())
	deeper = func(n int, f func()) {
		var room [512]byte
		if n == 0 {
			f()
			return
		}
		deeper(n-1, f)
		runtime.KeepAlive(&room)
	}
	done := make(chan bool)
	bound := Bind2[uintptr, *uintptr, uintptr](callee.Load)
	for i := range uintptr(100) {
		go func() {
			defer func() { done <- true }()
			x, y := i, ^i
			deeper(int(i), func() {
				if got := bound(&x, 0); got != i {
					t.Errorf("%d comes back as %d", i, got)
				}
			})
			if got := Bind1[uintptr, *uintptr](callee.Load)(&y); got != ^i {
				t.Errorf("%d comes back as %d", ^i, got)
			}
		}()
	}
	for range 100 {
		<-done
	}
}

// TestBindRefuses: at once, with the name and the place.
func TestBindRefuses(t *testing.T) {
	for want, bind := range map[string]func(){
		"asmcall.Bind1: argument 1: string does not pass":     func() { Bind1[int, string](callee.Noop) },
		"asmcall.Bind2: argument 2: []uint8 does not pass":    func() { Bind2[int, int, []byte](callee.Noop) },
		"asmcall.Bind0: the result: error does not pass":      func() { Bind0[error](callee.Noop) },
		"asmcall.Bind1: argument 1: *string points to memory": func() { Bind1[int, *string](callee.Noop) },
	} {
		if said := fmt.Sprint(caught(bind)); !strings.HasPrefix(said, want) {
			t.Errorf("%q, want %q", said, want)
		}
	}
}

// TestBindFloats: floating-point numbers among words, and as results.
func TestBindFloats(t *testing.T) {
	mixed := Bind5[celsius, float64, int16, celsius, int32, float64](callee.Floats)
	if got := mixed(1.5, 3, -2.25, 5, 0.125); got != 1.5-4.5+0.5+8*3+16*5 {
		t.Errorf("%v", got)
	}
}
