package asmcall

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

// caught is what f panics with, or nil.
func caught(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestTooManyArguments(t *testing.T) {
	var fn, words = unsafe.Pointer(nil), make([]uintptr, MaxArgs+1)
	for name, f := range map[string]func(){
		"CallArgs":     func() { CallArgs(fn, 0, words...) },
		"CallBlocking": func() { CallBlocking(fn, 0, words...) },
	} {
		if said := fmt.Sprint(caught(f)); !strings.Contains(said, "16 arguments; at most 15") {
			t.Errorf("%s says %q", name, said)
		}
	}
}

// TestUnsupported: where no call can be made, each way says why.
func TestUnsupported(t *testing.T) {
	if err := Supported(); err != nil {
		eachRefuses(t, err)
	} else if RoomOnG0() < 0 {
		t.Error("RoomOnG0 is negative")
	}
}

// eachRefuses: every way of calling panics with err.
func eachRefuses(t *testing.T, err error) {
	t.Helper()
	var fn unsafe.Pointer
	for name, f := range map[string]func(){
		"Call0":           func() { Call0(fn) },
		"Call6On4K":       func() { Call6On4K(fn, 0, 0, 0, 0, 0, 0) },
		"Call3On1M":       func() { Call3On1M(fn, 0, 0, 0) },
		"Call1OnG0":       func() { Call1OnG0(fn, 0) },
		"CallFuncP2":      func() { CallFuncP2(fn, nil, nil) },
		"CallFuncG0P3":    func() { CallFuncG0P3(fn, nil, nil, nil) },
		"CallArgs":        func() { CallArgs(fn, 0, 1) },
		"CallBlocking":    func() { CallBlocking(fn, 0, 1) },
		"Func0":           func() { Func0[int32]{fn}.Call() },
		"Func2":           func() { Func2[int32, int32, uint8]{fn}.Call(1, 2) },
		"Func1 of floats": func() { Func1[float32, float32]{fn}.Call(1) },
		"Bind1":           func() { Bind1[bool, *byte](fn)(nil) },
	} {
		if said := caught(f); said != err {
			t.Errorf("%s panics with %v, not with %q", name, said, err)
		}
	}
}

func TestFloats(t *testing.T) {
	if got := ToFloat32(returned(1.5)); got != 1.5 {
		t.Errorf("1.5 comes back as %v", got)
	}
}

// returned is how a C function returns a float: in the lower half of a register for floats.
func returned(x float32) float64 {
	bits := uint64(Float32(x))
	return *(*float64)(unsafe.Pointer(&bits))
}
