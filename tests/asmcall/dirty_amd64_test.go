//go:build linux

package asmcall

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/widelane/widelane/go-shim/asmcall"
)

// ways are all ways to call a function without arguments that returns a word.
var ways = map[string]func(fn unsafe.Pointer) uintptr{
	"Call0":        func(fn unsafe.Pointer) uintptr { return asmcall.Call0(fn) },
	"Call0On4K":    func(fn unsafe.Pointer) uintptr { return asmcall.Call0On4K(fn) },
	"Call0On1M":    func(fn unsafe.Pointer) uintptr { return asmcall.Call0On1M(fn) },
	"Call0OnG0":    func(fn unsafe.Pointer) uintptr { return asmcall.Call0OnG0(fn) },
	"CallArgs":     func(fn unsafe.Pointer) uintptr { r, _ := asmcall.CallArgs(fn, 0); return r },
	"CallBlocking": func(fn unsafe.Pointer) uintptr { r, _ := asmcall.CallBlocking(fn, 0); return r },
	"Func0":        func(fn unsafe.Pointer) uintptr { return asmcall.Func0[uintptr]{Fn: fn}.Call() },
	"Bind0":        func(fn unsafe.Pointer) uintptr { return asmcall.Bind0[uintptr](fn)() },
}

// TestDirty: a callee leaves dirty all that C's convention allows, and Go computes on as if nothing had been.
func TestDirty(t *testing.T) {
	find := dirtyLibrary(t)
	dirty, units := find("dirty"), find("units")
	want := work(0)
	for name, call := range ways {
		t.Run(name, func(t *testing.T) {
			for range 50 {
				if got := call(dirty); got != filled(t) {
					t.Fatalf("the callee filled %d, this machine has %d", got, filled(t))
				}
				got := work(call(dirty) & 8)
				if got != want {
					t.Fatalf("after the call Go computes\n%s\nwant\n%s", got, want)
				}
				call(dirty)
				checkUnits(t, units)
			}
		})
	}
}

// TestDirtArrives: what the test above survives was there.
func TestDirtArrives(t *testing.T) {
	find := dirtyLibrary(t)
	if filled(t) == 1 {
		t.Log("no AVX: there are no upper halves")
		return
	}
	arrived := false
	for range 100 { // a collection or another goroutine on this thread in between may clean it
		asmcall.Call0(find("dirty"))
		if asmcall.Call0(find("upper"))>>32 == 0x7ff4dead {
			arrived = true
		}
	}
	if !arrived {
		t.Error("the upper halves of the vector registers were never dirty after the call")
	}
}

// TestDirtyThreads: the same from many goroutines beside collections, which stop and move the callers.
func TestDirtyThreads(t *testing.T) {
	dirty := dirtyLibrary(t)("dirty")
	want := work(0)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			for range 5 {
				for name, call := range ways {
					if got := work(call(dirty) & 8); got != want {
						t.Errorf("%s: after the call Go computes\n%s\nwant\n%s", name, got, want)
						return
					}
				}
			}
		})
	}
	for range 10 {
		runtime.GC()
	}
	group.Wait()
}

func dirtyLibrary(t *testing.T) func(string) unsafe.Pointer {
	return built(t, "DIRTY", "cc", "-O2", "-shared", "-fPIC", "native/dirty_amd64.c")
}

// filled is what the callee has to fill on this machine, as the kernel says.
func filled(t *testing.T) uintptr {
	t.Helper()
	said, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	switch text := string(said); {
	case strings.Contains(text, " avx512f "):
		return 7
	case strings.Contains(text, " avx "):
		return 3
	}
	return 1
}

// work is what Go's compiler and runtime do with registers that a callee may have filled: floating-point numbers, zeroed
// and copied memory, hashing, formatting. seed is 0, which the compiler does not know.
func work(seed uintptr) string {
	var b strings.Builder
	x := float64(seed)
	for i := range 20 {
		x = math.Sqrt(x+float64(i)) + math.FMA(x, 0.5, 1)/3 - math.Floor(x)
	}
	small := float32(x) * 3
	fmt.Fprintf(&b, "%v %v %v\n", x, small, complex(x, float64(small))*complex(1, 2))
	zeros := make([]float64, 100+seed)
	var local [24]uint64
	local[seed] = uint64(seed)
	for i := range zeros {
		x += zeros[i] + float64(local[i%24])
	}
	words := map[string]int{}
	for i := range 30 {
		words[strings.Repeat("widelane", i+int(seed))]++
	}
	moved := append([]byte(nil), strings.Repeat("0123456789abcdef", 40)...)
	copy(moved[3+seed:], moved)
	fmt.Fprintf(&b, "%v %d %v %s", x, len(words), local, moved)
	return b.String()
}

// checkUnits: control words are as Go set them, and the x87 stack is empty.
func checkUnits(t *testing.T, units unsafe.Pointer) {
	t.Helper()
	out := new([4]uint64)
	asmcall.Bind1[struct{}, *[4]uint64](units)(out)
	if out[0]&^0x3f != 0x1f80 {
		t.Errorf("MXCSR is %#x", out[0])
	}
	if out[1] != 0x37f && out[1] != 0x27f {
		t.Errorf("the x87 control word is %#x", out[1])
	}
	if out[3] != 0xffff {
		t.Errorf("the x87 stack is not empty: tags %#x", out[3])
	}
}
