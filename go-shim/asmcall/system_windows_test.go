//go:build amd64 && gc && !purego && !noasm

package asmcall

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"
	"unsafe"
)

// procedure is the address of a function of the system's.
func procedure(t *testing.T, library, name string) unsafe.Pointer {
	t.Helper()
	p := syscall.NewLazyDLL(library).NewProc(name)
	if err := p.Find(); err != nil {
		t.Fatal(err)
	}
	address := p.Addr()
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// TestWindows: functions of the system and of its C library, with arguments in registers, in the words behind the home
// area, and in registers for floating-point numbers.
func TestWindows(t *testing.T) {
	if got := Call0(procedure(t, "kernel32.dll", "GetCurrentProcessId")); uint32(got) != uint32(os.Getpid()) {
		t.Errorf("GetCurrentProcessId: %d, want %d", uint32(got), os.Getpid())
	}
	text := append([]byte(strings.Repeat("größer ", 30)), 0)
	for _, name := range []string{"strlen", "lstrlenA"} {
		library := map[string]string{"strlen": "msvcrt.dll", "lstrlenA": "kernel32.dll"}[name]
		fn := procedure(t, library, name)
		onG0 := Call1OnG0(fn, uintptr(unsafe.Pointer(&text[0])))
		if got := Bind1[int32, *byte](fn)(&text[0]); int(got) != len(text)-1 || int(onG0) != len(text)-1 {
			t.Errorf("%s: %d, on g0 %d", name, got, onG0)
		}
	}
	if got := (Func2[float64, float64, float64]{procedure(t, "msvcrt.dll", "pow")}).Call(2, 0.5); got < 1.41421356 || got > 1.41421357 {
		t.Errorf("pow: %v", got)
	}
	widened(t, procedure(t, "kernel32.dll", "MultiByteToWideChar"), text[:len(text)-1])
}

// widened: the fifth argument and the sixth are on the stack.
func widened(t *testing.T, fn unsafe.Pointer, text []byte) {
	t.Helper()
	const codePage = 65001
	want := string(text)
	out := make([]uint16, 1000)
	heap = [2]any{text, out} // addresses that go through a func variable are not seen by the compiler
	for name, call := range sixes {
		n := call(fn, codePage, 0, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)), uintptr(unsafe.Pointer(&out[0])), uintptr(len(out)))
		if got := string(utf16.Decode(out[:int32(n)])); got != want {
			t.Errorf("MultiByteToWideChar, %s: %q", name, got)
		}
		clear(out)
	}
	n, _ := CallArgs(fn, 0, codePage, 0, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)), uintptr(unsafe.Pointer(&out[0])), uintptr(len(out)))
	if got := string(utf16.Decode(out[:int32(n)])); got != want {
		t.Errorf("MultiByteToWideChar, CallArgs: %q", got)
	}
}
