package guard

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

var sink byte

// at reads or writes the byte at offset from the start of p, without a bounds check.
func at(p []byte, offset int) *byte {
	return (*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(p)), offset))
}

// reported is what the machine says of the address of a fault. The z/Architecture names the page, not the byte.
func reported(p *byte) uintptr {
	address := uintptr(unsafe.Pointer(p))
	if runtime.GOARCH == "s390x" {
		return address &^ uintptr(os.Getpagesize()-1)
	}
	return address
}

func TestFault(t *testing.T) {
	if !Supported {
		t.Skip("no guard pages on this system")
	}
	if os.Getenv("WIDELANE_TEST_EMULATOR") != "" && strings.HasPrefix(runtime.GOARCH, "ppc64") {
		t.Skip("the emulator leaves the fault's address (DAR) out of the signal's frame")
	}
	for _, size := range []int{0, 1, 4096, 100_000} {
		a, err := New(size)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Bytes()) < max(size, 1) {
			t.Fatalf("%d bytes for %d", len(a.Bytes()), size)
		}
		head, tail := a.Head(1), a.Tail(1)
		head[0], tail[0] = 1, 2
		for what, c := range map[string]struct {
			access func()
			at     *byte
		}{
			"read before":  {func() { sink = *at(head, -1) }, at(head, -1)},
			"read behind":  {func() { sink = *at(tail, 1) }, at(tail, 1)},
			"write before": {func() { *at(head, -1) = 1 }, at(head, -1)},
			"write behind": {func() { *at(tail, 1) = 1 }, at(tail, 1)},
		} {
			address, faulted := Fault(c.access)
			if !faulted || address != reported(c.at) {
				t.Errorf("%s: %#x %v, want %#x", what, address, faulted, reported(c.at))
			}
		}
		if err := a.Freeze(); err != nil {
			t.Fatal(err)
		}
		if address, faulted := Fault(func() { head[0] = 3 }); !faulted || address != reported(&head[0]) {
			t.Errorf("a write into frozen memory: %#x %v", address, faulted)
		}
		if _, faulted := Fault(func() { sink = head[0] }); faulted || sink != 1 {
			t.Errorf("a read of frozen memory: %v, %d", faulted, sink)
		}
		if err := a.Thaw(); err != nil {
			t.Fatal(err)
		}
		if _, faulted := Fault(func() { head[0] = 3 }); faulted {
			t.Error("a write into thawed memory faulted")
		}
		if err := a.Free(); err != nil {
			t.Fatal(err)
		}
	}
}

// Other panics go on.
func TestOtherPanic(t *testing.T) {
	defer func() {
		if recover() != "other" {
			t.Error("a panic was lost")
		}
	}()
	Fault(func() { panic("other") })
}
