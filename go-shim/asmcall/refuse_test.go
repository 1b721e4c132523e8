//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"bytes"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// TestLayout: what verify accepts as the runtime is, it does not accept with one offset a word beside.
func TestLayout(t *testing.T) {
	if err := verify(known); err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeFor[layout]().NumField() {
		for _, by := range []int{-2, -1, 1, 2} {
			wrong := known
			field := (*[7]uintptr)(unsafe.Pointer(&wrong))
			if int(field[i])+8*by < 0 {
				continue
			}
			field[i] += uintptr(8 * by)
			if err := verify(wrong); err != errLayout {
				t.Errorf("%+v is accepted: %v", wrong, err)
			}
		}
	}
}

// TestOtherRuntime: where verify refuses the runtime, Supported says so, and every call.
func TestOtherRuntime(t *testing.T) {
	wrong := known
	wrong.m += 8
	errSupported = verify(wrong)
	refused = errSupported != nil
	defer func() { errSupported, refused = nil, false }()
	if err := Supported(); err == nil || !strings.Contains(err.Error(), "lays out its goroutines") {
		t.Fatalf("Supported says %v", err)
	}
	if RoomOnG0() != 0 {
		t.Error("there is said to be room on g0")
	}
	eachRefuses(t, errSupported)
}

func TestRoomOnG0(t *testing.T) {
	if room := RoomOnG0(); room < 12<<10 {
		t.Errorf("%d bytes", room)
	}
}

// TestLittleRoomOnG0: a g0 whose lower end is said to be nearer is one with less room. The thread is this test's alone, and
// the runtime does not look at that field in the little while that it is wrong.
func TestLittleRoomOnG0(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	g0 := word(word(uintptr(getg()), known.m), known.g0)
	low := *(**uintptr)(unsafe.Pointer(&g0)) // g0.stack.lo is its first word
	lowest, top := *low, word(g0, known.schedSP)
	for _, c := range []struct {
		room    uintptr
		refused bool
	}{{12 << 10, false}, {12<<10 - 8, true}, {4 << 10, true}, {0, true}, {12<<10 + 8, false}} {
		said := caught(func() {
			*low = top - c.room
			defer func() { *low = lowest }()
			Call0OnG0(callee.Noop)
		})
		if !c.refused && said != nil {
			t.Errorf("with %d bytes: %v", c.room, said)
		}
		if text, _ := said.(string); c.refused && !strings.Contains(text, "less than 12 KiB") {
			t.Errorf("with %d bytes: %v", c.room, said)
		}
	}
}

// TestCallsFromElsewhere: a call on g0 from g0 itself, and from where signals are handled, ends the program with its reason
// before it writes anywhere. A callee comes back into Go, as it must not; what it finds as the running goroutine is
// the thread's g0, or what it is told.
func TestCallsFromElsewhere(t *testing.T) {
	if from := os.Getenv(child); from != "" {
		runtime.LockOSThread()
		var g uintptr
		if from == "signal" {
			g = signalG(t)
		}
		again := reflect.ValueOf(Call0OnG0).Pointer()
		Call3OnG0(callee.Again, again, uintptr(callee.Noop), g)
		os.Exit(0)
	}
	from := []string{"g0", "signal"}
	if runtime.GOOS == "windows" {
		from = from[:1] // there are no such goroutines
	}
	for _, from := range from {
		// On arm64 signals find the goroutine that called, and would stop it although it is not the one that runs.
		out, err := inChild(t, time.Minute, from, "GODEBUG=asyncpreemptoff=1")
		if err == nil || !bytes.Contains(out, []byte("a call on g0 from g0 itself or from a signal handler")) {
			t.Errorf("%s: %v\n%s", from, err, out)
		}
	}
}

// signalG is the thread's goroutine for signals: the one in its m that is of this m and has run nothing.
func signalG(t *testing.T) uintptr {
	m := word(uintptr(getg()), known.m)
	for at := uintptr(8); at < 128; at += 8 {
		g := word(m, at)
		// Go's heap lies above 4 GiB; below are numbers, that of the thread among them.
		if g < 1<<32 || g%8 != 0 || g == word(m, known.g0) || g == uintptr(getg()) {
			continue
		}
		if g>>47 == 0 && word(g, known.m) == m && word(g, known.schedG) == 0 {
			return g
		}
	}
	t.Fatal("the goroutine for signals is not found")
	return 0
}
