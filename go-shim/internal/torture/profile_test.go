package torture

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/impl"
)

// module begins the names of this module's functions.
const module = "github.com/widelane/widelane/go-shim/"

// known is the function that calls what is profiled or faults: its name must be found above it.
const known = module + "internal/torture.caller"

//go:noinline
func caller(f func()) {
	f()
	keep(&f) // not a tail call
}

// fewest is how many samples it takes to say something of a kernel.
const fewest = 5

// callers profiles f, called by caller over and over, until it has enough samples, for so many profiles at most: a
// machine that is busy with other things, or an emulator, takes few of them. It returns how many were taken in machine
// code of this module, and how many of them show the whole way from the test down to it.
func callers(t *testing.T, profiles int, f func()) (samples, right int, wrong []string) {
	t.Helper()
	for n := 0; n < profiles && samples < fewest; n++ {
		for _, s := range profile(t, f) {
			if len(s.functions) == 0 || !strings.HasPrefix(s.functions[0], module) || strings.HasPrefix(s.functions[0], module+"internal/torture.") {
				continue
			}
			samples += s.count
			if slices.Contains(s.functions, known) && slices.Contains(s.functions, "testing.tRunner") {
				right += s.count
			} else {
				wrong = append(wrong, strings.Join(s.functions, " < "))
			}
		}
	}
	return
}

// profile takes the stacks of a quarter of a second of calls: 25 at the profiler's rate of 100 a second.
func profile(t *testing.T, f func()) []stack {
	t.Helper()
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); time.Since(start) < time.Second/4; {
		for range 100 {
			caller(f)
		}
	}
	pprof.StopCPUProfile()
	all, err := stacks(profile.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The profiler interrupts kernels at any instruction and finds the way back up from each.
func TestProfile(t *testing.T) {
	each(t, func(t *testing.T, r row) {
		in := r.input(r.fit(64 << 10))
		out := r.output(len(in))
		// The portable path may be the standard library's machine code.
		ours := !r.wild && impl.Lookup(r.kernel).Serving() != "generic"
		profiles := 1
		if ours {
			profiles = 80
		}
		samples, right, wrong := callers(t, profiles, func() { r.call(in, out) })
		if ours && samples < fewest {
			t.Errorf("only %d samples", samples)
		}
		if right*1000 < samples*999 {
			t.Errorf("%d of %d samples show the caller; others:\n%s", right, samples, strings.Join(wrong, "\n"))
		}
	})
}

// Where the stack moves in secret, the way up is lost.
func TestProfilePlanted(t *testing.T) {
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	if os.Getenv(planted) == "hidden" {
		samples, right, wrong := callers(t, 80, func() { faults.hidden(1_000_000) })
		if right*1000 < samples*999 {
			t.Errorf("%d of %d samples show the caller; others:\n%s", right, samples, strings.Join(wrong, "\n"))
		}
		return
	}
	if _, failed := child(t, "TestProfilePlanted", "hidden"); !failed {
		t.Error("a stack that moves in secret was not found")
	}
}

// nowhere returns n bytes at address 0.
func nowhere(n int) []byte {
	h := header{nil, n, n}
	return *(*[]byte)(unsafe.Pointer(&h))
}

// A fault inside a kernel is a panic like any other: it can be recovered from, and the traceback names the caller.
func TestNilFault(t *testing.T) {
	// Parts of such a slice are pointers that the runtime refuses when it moves a stack: let it have no reason to.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var room [64 << 10]byte
	keep(&room)
	each(t, func(t *testing.T, r row) {
		if r.wild {
			t.Skip("it follows no pointer")
		}
		for _, n := range []int{16, 48, 112, 256, 1024, 4096} {
			n = max(r.fit(n), r.unit)
			in, out := nowhere(n), r.output(n)
			for _, line := range fault(func() { r.call(in, out) }) {
				t.Errorf("%d bytes: %s", n, line)
			}
		}
	})
}

// fault calls what must fault, and says what is wrong with the panic.
func fault(f func()) (wrong []string) {
	returned := false
	defer func() {
		if returned {
			return
		}
		e, ok := recover().(runtime.Error)
		if !ok || !strings.Contains(e.Error(), "nil pointer dereference") {
			wrong = append(wrong, report("another panic: %v", e))
			return
		}
		var names []string
		pcs := make([]uintptr, 64)
		for frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)]); ; {
			frame, more := frames.Next()
			names = append(names, frame.Function)
			if !more {
				break
			}
		}
		if !slices.Contains(names, known) || !slices.Contains(names, "testing.tRunner") {
			wrong = append(wrong, "the traceback misses the caller: "+strings.Join(names, " < "))
		}
	}()
	caller(f)
	returned = true
	return []string{"no panic"}
}

// The same with a function that moves the stack in secret ends the process, or loses the caller.
func TestNilFaultPlanted(t *testing.T) {
	if wrong := fault(func() {}); len(wrong) != 1 {
		t.Errorf("a call without a fault: %q", wrong)
	}
	if wrong := fault(func() { panic(report("other")) }); len(wrong) != 1 {
		t.Errorf("another panic: %q", wrong)
	}
	if faults == nil {
		t.Skip("no machine code in this build")
	}
	if os.Getenv(planted) == "secret fault" {
		for _, line := range fault(faults.fault) {
			t.Error(line)
		}
		return
	}
	if _, failed := child(t, "TestNilFaultPlanted", "secret fault"); !failed {
		t.Error("a stack that moved in secret before a fault was not found")
	}
}
