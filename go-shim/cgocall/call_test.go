//go:build cgo && (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1

package cgocall

import (
	"runtime"
	"testing"
	"testing/quick"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

func TestWords(t *testing.T) {
	right := func(a [MaxArgs]uintptr) bool {
		var six, all uintptr
		for i, x := range a {
			all += uintptr(i+1) * x
			if i < 6 {
				six = all
			}
		}
		plain, _ := CallArgs(callee.Sum15, 0, a[:]...)
		blocking, _ := CallBlocking(callee.Sum15, 0, a[:]...)
		return plain == all && blocking == all && Call6(callee.Sum6, a[0], a[1], a[2], a[3], a[4], a[5]) == six &&
			Call6OnG0(callee.Sum6, a[0], a[1], a[2], a[3], a[4], a[5]) == six
	}
	if err := quick.Check(right, nil); err != nil {
		t.Error(err)
	}
}

func TestArities(t *testing.T) {
	x := uintptr(42)
	for i, got := range []uintptr{
		Call1(callee.Load, uintptr(unsafe.Pointer(&x))),
		Call2(callee.Load, uintptr(unsafe.Pointer(&x)), 1),
		Call3On4K(callee.Load, uintptr(unsafe.Pointer(&x)), 1, 2),
		Call4On1M(callee.Load, uintptr(unsafe.Pointer(&x)), 1, 2, 3),
		Call5OnG0(callee.Load, uintptr(unsafe.Pointer(&x)), 1, 2, 3, 4),
	} {
		if got != 42 {
			t.Errorf("call %d reads %d", i, got)
		}
	}
	Call0(callee.Noop)
	CallFuncP0(callee.Noop)
	var out [4]uintptr
	CallFuncG0P3(callee.State, unsafe.Pointer(&out), nil, nil)
	if out[0] == 0 {
		t.Error("the callee did not write")
	}
}

func TestFloats(t *testing.T) {
	args := []uintptr{Float64(1.5), 3, Float64(-2.25), 5, Float64(0.125)}
	if !anyFloat {
		if caught(func() { CallArgs(callee.Floats, 0b10101, args...) }) == nil {
			t.Errorf("no refusal on %s/%s", runtime.GOOS, runtime.GOARCH)
		}
		return
	}
	if _, got := CallArgs(callee.Floats, 0b10101, args...); got != 1.5-4.5+0.5+8*3+16*5 {
		t.Errorf("%v", got)
	}
}

// TestFuncs: integers of every width, and floating-point numbers where they can be passed.
func TestFuncs(t *testing.T) {
	right := func(a, b, c, d, e, f int32) bool {
		want := int64(a) + 2*int64(b) + 3*int64(c) + 4*int64(d) + 5*int64(e) + 6*int64(f)
		return (Func6[int64, int32, int32, int32, int32, int32, int32]{callee.Sum6}).Call(a, b, c, d, e, f) == want
	}
	if err := quick.Check(right, nil); err != nil {
		t.Error(err)
	}
	if got := (Func6[int8, int8, uint8, int16, uint32, int, uintptr]{callee.Sum6}).Call(-100, 1, -1, 0, 0, 0); got != -100+2-3 {
		t.Errorf("int8: %d", got)
	}
	x := uintptr(42)
	for i, got := range []uintptr{
		Func1[uintptr, uintptr]{callee.Load}.Call(address(&x)),
		Func2[uintptr, uintptr, int8]{callee.Load}.Call(address(&x), 1),
		Func3[uintptr, uintptr, int8, uint16]{callee.Load}.Call(address(&x), 1, 2),
		Func4[uintptr, uintptr, int8, int8, int8]{callee.Load}.Call(address(&x), 1, 2, 3),
	} {
		if got != 42 {
			t.Errorf("call %d reads %d", i, got)
		}
	}
	Func0[int]{callee.Noop}.Call()
	mixed := Func5[float64, float64, int16, float64, int32, float64]{callee.Floats}
	if !anyFloat {
		if caught(func() { mixed.Call(1, 2, 3, 4, 5) }) == nil {
			t.Errorf("no refusal on %s/%s", runtime.GOOS, runtime.GOARCH)
		}
		return
	}
	if got := mixed.Call(1.5, 3, -2.25, 5, 0.125); got != 1.5-4.5+0.5+8*3+16*5 {
		t.Errorf("mixed: %v", got)
	}
}

var heap *uintptr

// address is that of memory which does not move.
func address(p *uintptr) uintptr {
	heap = p
	return uintptr(unsafe.Pointer(p))
}
