//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"testing"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// TestAllocations: no way of calling allocates; what a pointer points to is on the heap before, or is moved there once.
func TestAllocations(t *testing.T) {
	x := new(uintptr)
	heap = x
	var sum uintptr
	load, floats := Bind1[uintptr, *uintptr](callee.Load), Bind5[float64, float64, int, float64, int, float64](callee.Floats)
	for name, call := range map[string]func(){
		"Call1":    func() { sum += Call1(callee.Load, uintptr(unsafe.Pointer(x))) },
		"CallArgs": func() { r, _ := CallArgs(callee.Sum6, 0, 1, 2, 3, 4, 5, 6); sum += r },
		"CallArgs of a pointer": func() {
			r, _ := CallArgs(callee.Load, 0, uintptr(unsafe.Pointer(x)), 1, 2)
			sum += r
		},
		"CallArgs, 15":           func() { CallArgs(callee.Sum15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, sum) },
		"CallArgs of floats":     func() { CallArgs(callee.Floats, 0b10101, Float64(1), 2, Float64(3), 4, Float64(5)) },
		"CallBlocking":           func() { CallBlocking(callee.Noop, 0, sum, 1, 2) },
		"CallBlocking, 15":       func() { CallBlocking(callee.Sum15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, sum) },
		"Func6":                  func() { Func6[int, int, int, int, int, int, int]{callee.Sum6}.Call(1, 2, 3, 4, 5, 6) },
		"Func5, floats among it": func() { Func5[float64, float64, int, float64, int, float64]{callee.Floats}.Call(1, 2, 3, 4, 5) },
		"Bind1 of a pointer":     func() { sum += load(x) },
		"Bind5, floats among it": func() { floats(1, 2, 3, 4, 5) },
	} {
		if n := testing.AllocsPerRun(100, call); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

// TestLocalMemoryInLists: a local variable whose address stands in the list of arguments is found although the stack
// moves, and a new one is allocated for every call that takes one: that the list stays on the stack loses neither.
func TestLocalMemoryInLists(t *testing.T) {
	done := make(chan bool)
	for i := range uintptr(100) {
		go func() {
			defer func() { done <- true }()
			x, y := i, ^i
			if got, _ := CallArgs(callee.Load, 0, uintptr(unsafe.Pointer(&x)), 1); got != i {
				t.Errorf("CallArgs reads %d, want %d", got, i)
			}
			if got, _ := CallBlocking(callee.Load, 0, uintptr(unsafe.Pointer(&y)), 1); got != ^i {
				t.Errorf("CallBlocking reads %d, want %d", got, ^i)
			}
		}()
	}
	for range 100 {
		<-done
	}
	fresh := func() {
		var x uintptr
		CallArgs(callee.Load, 0, uintptr(unsafe.Pointer(&x)))
	}
	if n := testing.AllocsPerRun(100, fresh); n != 1 {
		t.Errorf("a local variable is moved to the heap %v times a call", n)
	}
}
