package cgocall

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
	words := make([]uintptr, MaxArgs+1)
	said := fmt.Sprint(caught(func() { CallArgs(nil, 0, words...) }))
	if !strings.Contains(said, "16 arguments; at most 15") {
		t.Errorf("CallArgs says %q", said)
	}
}

// TestUnsupported: without cgo each way says why.
func TestUnsupported(t *testing.T) {
	err := Supported()
	if RoomOnG0() != 0 {
		t.Error("the room on g0 is said to be known")
	}
	if err == nil {
		return
	}
	if !strings.Contains(err.Error(), "CGO_ENABLED=0") {
		t.Errorf("the reason is %q", err)
	}
	var fn unsafe.Pointer
	for name, f := range map[string]func(){
		"Call0":        func() { Call0(fn) },
		"Call6On4K":    func() { Call6On4K(fn, 0, 0, 0, 0, 0, 0) },
		"Call1OnG0":    func() { Call1OnG0(fn, 0) },
		"CallFuncP2":   func() { CallFuncP2(fn, nil, nil) },
		"CallArgs":     func() { CallArgs(fn, 0, 1) },
		"CallBlocking": func() { CallBlocking(fn, 1, 1) },
		"Func0":        func() { Func0[int32]{fn}.Call() },
		"Func2":        func() { Func2[int32, int32, uint8]{fn}.Call(1, 2) },
		"Func3":        func() { Func3[float32, float32, int32, uint8]{fn}.Call(1, 2, 3) },
		"Bind1":        func() { Bind1[bool, *byte](fn)(nil) },
	} {
		if said := caught(f); said != err {
			t.Errorf("%s panics with %v, not with %q", name, said, err)
		}
	}
}
