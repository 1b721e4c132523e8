//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// spins is about 5 ms of work.
const spins = 10_000_000

// stormLasts is a second, or what the variable says: stage asmcall has it rage for longer.
func stormLasts(t *testing.T) time.Duration {
	said := os.Getenv("WIDELANE_TEST_STORM")
	if said == "" {
		return time.Second
	}
	lasts, err := time.ParseDuration(said)
	if err != nil {
		t.Fatal(err)
	}
	return lasts
}

// TestStorm: calls of every kind in many goroutines, under the profiler, the tracer, collections and stacks that grow.
func TestStorm(t *testing.T) {
	const goroutines = 2000
	lasts := stormLasts(t)
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	if err := trace.Start(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer trace.Stop()
	var stop atomic.Bool
	var calls atomic.Int64
	var group sync.WaitGroup
	for i := range goroutines {
		group.Go(func() {
			for round := 0; round == 0 || !stop.Load(); round++ {
				storm(t, uintptr(i))
				calls.Add(1)
				runtime.Gosched()
			}
		})
	}
	group.Go(func() {
		for !stop.Load() {
			runtime.GC()
		}
	})
	time.Sleep(lasts)
	stop.Store(true)
	group.Wait()
	if calls.Load() < goroutines {
		t.Errorf("only %d rounds of calls", calls.Load())
	}
}

func storm(t *testing.T, i uintptr) {
	grow(int(i % 50))
	want := i + 2*1 + 3*2 + 4*3 + 5*4 + 6*5
	for name, call := range sixes {
		if name == "1M" && i%100 != 0 {
			continue
		}
		if got := call(callee.Sum6, i, 1, 2, 3, 4, 5); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	Call1(callee.Spin, 100)
	Call1OnG0(callee.Spin, 100)
	Call0On4K(callee.Trash)
	Call0OnG0(callee.Trash)
	if got, _ := CallBlocking(callee.Sum6, 0, i, 1, 2, 3, 4, 5); got != want {
		t.Errorf("blocking: %d, want %d", got, want)
	}
}

//go:noinline
func grow(n int) (sum byte) {
	var x [256]byte
	if n > 0 {
		x[n] = grow(n - 1)
	}
	return x[n]
}

// loops are calls in a loop whose only place to stop is the stub's own check of the stack: the atomic functions are
// instructions, or assembly in builds for the race detector.
var loops = map[string]func(stop, turns *uint32){
	"4K": func(stop, turns *uint32) {
		for atomic.LoadUint32(stop) == 0 {
			Call1On4K(callee.Spin, 1000)
			atomic.AddUint32(turns, 1)
		}
	},
	"64K": func(stop, turns *uint32) {
		for atomic.LoadUint32(stop) == 0 {
			Call1(callee.Spin, 1000)
			atomic.AddUint32(turns, 1)
		}
	},
	"1M": func(stop, turns *uint32) {
		for atomic.LoadUint32(stop) == 0 {
			Call1On1M(callee.Spin, 1000)
			atomic.AddUint32(turns, 1)
		}
	},
	"g0": func(stop, turns *uint32) {
		for atomic.LoadUint32(stop) == 0 {
			Call1OnG0(callee.Spin, 1000)
			atomic.AddUint32(turns, 1)
		}
	},
	"unchecked": func(stop, turns *uint32) {
		var res result
		for atomic.LoadUint32(stop) == 0 {
			callSlotsNoSplit(callee.Noop, nil, 0, 0, &res)
			atomic.AddUint32(turns, 1)
		}
	},
}

// TestLoopsYield: with one processor and without the signals that stop Go code anywhere, another goroutine only runs if
// the stub gives way. The planted fault is a stub without a check: it must hang.
func TestLoopsYield(t *testing.T) {
	if name := os.Getenv(child); name != "" {
		var stop, turns uint32
		go func() {
			for atomic.LoadUint32(&turns) == 0 {
				runtime.Gosched()
			}
			atomic.StoreUint32(&stop, 1)
		}()
		loops[name](&stop, &turns)
		fmt.Println("gave way")
		return
	}
	for name := range loops {
		limit := time.Minute
		if name == "unchecked" {
			limit = 500 * time.Millisecond
		}
		out, err := inChild(t, limit, name, "GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=1")
		if gave := bytes.Contains(out, []byte("gave way")); gave == (name == "unchecked") {
			t.Errorf("%s: gave way: %v (%v)\n%s", name, gave, err, out)
		}
	}
}

// TestBlocking: one processor, a callee that takes long, and another goroutine that goes on meanwhile. It does not beside
// a call that the scheduler was not told of.
func TestBlocking(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var ticks atomic.Int64
	var stop atomic.Bool
	done := make(chan bool)
	go func() {
		for !stop.Load() {
			ticks.Add(1)
			runtime.Gosched()
		}
		close(done)
	}()
	during := func(call func()) int64 {
		runtime.Gosched()
		before := ticks.Load()
		call()
		return ticks.Load() - before
	}
	// Around a call the two take turns, so a few ticks are always counted. The scheduler notices a blocked call within
	// 10 ms; on a busy machine its own thread may have to wait, so that one call of several has to show it.
	const few = 100
	if plain := during(func() { Call1(callee.Spin, 10*spins) }); plain > few {
		t.Errorf("another goroutine ran %d times beside a plain call", plain)
	}
	var blocking int64
	for tries := 0; blocking <= few && tries < 50; tries++ {
		blocking = during(func() { CallBlocking(callee.Spin, 0, 10*spins) })
	}
	if blocking <= few {
		t.Errorf("another goroutine ran %d times beside a blocking call", blocking)
	}
	stop.Store(true)
	<-done
}

//go:noinline
func profiledCaller(f func()) { f() }

// TestFault: a callee without a frame of its own that reads where nothing is: an ordinary panic, on all classes, with
// the stack grown, collected and walked before it is recovered.
func TestFault(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for name, way := range onStack {
		if name == "blocking" {
			continue // in a system call no fault is a panic
		}
		for range 3 {
			var callers string
			value := caught(func() {
				defer func() {
					callers = string(debug.Stack())
					grow(200)
					runtime.GC()
				}()
				profiledCaller(func() { way.call(callee.Load, 8) })
			})
			if err, ok := value.(runtime.Error); !ok || !strings.Contains(err.Error(), "invalid memory address") {
				t.Errorf("%s: a fault is %v", name, value)
			}
			if !strings.Contains(callers, "asmcall.profiledCaller") {
				t.Fatalf("%s: the stack of a fault does not name the caller:\n%s", name, callers)
			}
			if way.call(callee.Load, heapWord(42)) != 42 {
				t.Errorf("%s: no call after a fault", name)
			}
		}
	}
}

// heapWord is the address of a word that the collector keeps.
func heapWord(x uintptr) uintptr {
	p := &x
	heap = p
	return uintptr(unsafe.Pointer(p))
}

// inChild runs the test that calls it in a program of its own, which finds word in the environment.
func inChild(t *testing.T, limit time.Duration, word string, env ...string) ([]byte, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	context, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	args := append(strings.Fields(os.Getenv("WIDELANE_TEST_EMULATOR")), self, "-test.run=^"+t.Name()+"$")
	command := exec.CommandContext(context, args[0], args[1:]...)
	command.WaitDelay = time.Second
	// The race detector waits a second at the end for reports of other threads.
	command.Env = append(append(os.Environ(), child+"="+word, "GORACE=atexit_sleep_ms=0"), env...)
	return command.CombinedOutput()
}

// child is the variable by which a test knows that it runs in a program of its own.
const child = "WIDELANE_TEST_CHILD"

// TestFaultOnG0: the same on g0 ends the program with Go's own report; it never goes on.
func TestFaultOnG0(t *testing.T) {
	if os.Getenv(child) != "" {
		debug.SetPanicOnFault(true)
		defer func() { recover(); fmt.Println("went on") }()
		Call1OnG0(callee.Load, 8)
		fmt.Println("went on")
		os.Exit(0)
	}
	out, err := inChild(t, time.Minute, "1")
	if err == nil || bytes.Contains(out, []byte("went on")) {
		t.Fatalf("the program went on after a fault on g0: %v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("SIGSEGV")) && !bytes.Contains(out, []byte("fatal error")) && !strings.Contains(err.Error(), "segmentation") {
		t.Errorf("the report does not name the fault: %v\n%s", err, out)
	}
}
