//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"testing"
	"testing/quick"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

type celsius float64

func TestTyped(t *testing.T) {
	sum := Func6[int64, int64, int64, int64, int64, int64, int64]{callee.Sum6}
	mixed := Func5[celsius, float64, int16, celsius, int32, float64]{callee.Floats} // the callee reads whole registers
	right := func(a, b, c, d, e, f int64, x, y, z float32, i int16, j int16) bool {
		want := float64(x) + 2*float64(y) + 4*float64(z) + float64(8*int(i)+16*int(j))
		return sum.Call(a, b, c, d, e, f) == a+2*b+3*c+4*d+5*e+6*f &&
			mixed.Call(float64(x), i, celsius(y), int32(j), float64(z)) == celsius(want)
	}
	if err := quick.Check(right, nil); err != nil {
		t.Error(err)
	}
	if got := mixed.Call(1.5, 3, -2.25, 5, 0.125); got != 1.5-4.5+0.5+8*3+16*5 {
		t.Errorf("mixed: %v", got)
	}
}

// TestTypedWidths: what is narrower than a register is cut to its type on the way back, with its sign.
func TestTypedWidths(t *testing.T) {
	if got := (Func6[int8, int8, uint8, int16, uint32, int, uintptr]{callee.Sum6}).Call(-100, 1, -1, 0, 0, 0); got != -100+2-3 {
		t.Errorf("int8: %d", got)
	}
	if got := (Func6[uint16, int, int, int, int, int, int]{callee.Sum6}).Call(1<<16, 0, 0, 0, 0, 1); got != 6 {
		t.Errorf("uint16: %d", got)
	}
}

func TestTypedArities(t *testing.T) {
	x := new(uintptr)
	*x = 42
	heap = x
	at := uintptr(unsafe.Pointer(x))
	Func0[int32]{callee.Noop}.Call()
	Func0[float64]{callee.Noop}.Call()
	for i, got := range []uintptr{
		Func1[uintptr, uintptr]{callee.Load}.Call(at),
		Func2[uintptr, uintptr, int8]{callee.Load}.Call(at, 1),
		Func3[uintptr, uintptr, int8, float32]{callee.Load}.Call(at, 1, 2),
		Func4[uintptr, uintptr, float64, int8, float32]{callee.Load}.Call(at, 1, 2, 3),
		Func5[uintptr, uintptr, int8, uint16, int, float32]{callee.Load}.Call(at, 1, 2, 3, 4),
	} {
		if got != 42 {
			t.Errorf("call %d reads %d", i, got)
		}
	}
}
