//go:build linux && (amd64 || arm64)

// Command speed calls Rust functions in every way that Go has, and prints what a call costs:
//
//	go run ./speed [-calls 100000000] LIBRARY
//
// LIBRARY is native/echo.rs as a shared library. Build with CGO_ENABLED=1 for the row of cgo. All ways are measured in one
// process, in interleaved bursts of random order, by the processor time of the thread; what is printed are medians.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/widelane/widelane/go-shim/asmcall"
)

// A way of calling a function without arguments, and one of three, so many times.
type way struct {
	name        string
	none, three func(fn unsafe.Pointer, n int)
}

// Each loop holds the call itself, so that it costs what it costs in a loop of the user's.
var ways = append([]way{
	{inPlace,
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Call0(fn)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.Call3(fn, uintptr(i), 2, 3)
			}
		}},
	{small,
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Call0On4K(fn)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.Call3On4K(fn, uintptr(i), 2, 3)
			}
		}},
	{"asmcall.CallOn1M",
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Call0On1M(fn)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.Call3On1M(fn, uintptr(i), 2, 3)
			}
		}},
	{onG0,
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Call0OnG0(fn)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.Call3OnG0(fn, uintptr(i), 2, 3)
			}
		}},
	{"asmcall.Func, of integers",
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Func0[int32]{Fn: fn}.Call()
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.Func3[uint64, uint64, uint64, uint64]{Fn: fn}.Call(uint64(i), 2, 3)
			}
		}},
	{"asmcall.Func, of floats",
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Func0[float64]{Fn: fn}.Call()
			}
		},
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.Func3[float64, float64, float64, float64]{Fn: fn}.Call(1, 2, 3)
			}
		}},
	{"asmcall.Bind, of integers",
		func(fn unsafe.Pointer, n int) {
			bound := asmcall.Bind0[int32](fn)
			for range n {
				bound()
			}
		},
		func(fn unsafe.Pointer, n int) {
			bound := asmcall.Bind3[uint64, uint64, uint64, uint64](fn)
			for i := range n {
				bound(uint64(i), 2, 3)
			}
		}},
	{"asmcall.Bind, of floats",
		func(fn unsafe.Pointer, n int) {
			bound := asmcall.Bind0[float64](fn)
			for range n {
				bound()
			}
		},
		func(fn unsafe.Pointer, n int) {
			bound := asmcall.Bind3[float64, float64, float64, float64](fn)
			for range n {
				bound(1, 2, 3)
			}
		}},
	{"asmcall.CallArgs",
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.CallArgs(fn, 0)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.CallArgs(fn, 0, uintptr(i), 2, 3)
			}
		}},
	{"asmcall.CallBlocking",
		func(fn unsafe.Pointer, n int) {
			for range n {
				asmcall.CallBlocking(fn, 0)
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				asmcall.CallBlocking(fn, 0, uintptr(i), 2, 3)
			}
		}},
	{"purego.SyscallN",
		func(fn unsafe.Pointer, n int) {
			for range n {
				purego.SyscallN(uintptr(fn))
			}
		},
		func(fn unsafe.Pointer, n int) {
			for i := range n {
				purego.SyscallN(uintptr(fn), uintptr(i), 2, 3)
			}
		}},
}, more...)

func main() {
	calls := flag.Int("calls", 20_000_000, "calls by each way")
	flag.Parse()
	if err := measure(flag.Arg(0), *calls); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

func measure(library string, calls int) error {
	if err := asmcall.Supported(); err != nil {
		return err
	}
	opened, err := purego.Dlopen(library, purego.RTLD_NOW)
	if err != nil {
		return err
	}
	var loaded []unsafe.Pointer
	for _, name := range []string{"rust_noop", "rust_three"} {
		address, err := purego.Dlsym(opened, name)
		if err != nil {
			return err
		}
		loaded = append(loaded, *(*unsafe.Pointer)(unsafe.Pointer(&address)))
	}
	runtime.LockOSThread()
	table("Rust functions in a library", loaded, calls)
	if fns := linked(); fns != nil {
		table("C functions in the program", fns, calls)
	}
	return nil
}

// table prints what it costs to call an empty function and one of three arguments.
func table(title string, fns []unsafe.Pointer, calls int) {
	none := medians(calls, func(w way, n int) { w.none(fns[0], n) })
	three := medians(calls, func(w way, n int) { w.three(fns[1], n) })
	fmt.Printf("%s %s/%s, %s, ns a call\n\n| | no argument | 3 arguments |\n|---|---|---|\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, title)
	for i, w := range ways {
		fmt.Printf("| %s | %.1f | %.1f |\n", w.name, none[i], three[i])
	}
	fmt.Print("\n| times | no argument | 3 arguments |\n|---|---|---|\n")
	for _, pair := range [][2]string{{inPlace, empty}, {inPlace, bare}, {small, inPlace}, {onG0, bareG0}, {"cgo", inPlace}, {"cgo", onG0}} {
		x, y := index(pair[0]), index(pair[1])
		if x >= 0 && y >= 0 {
			fmt.Printf("| %s to %s | %.2f | %.2f |\n", pair[0], pair[1], none[x]/none[y], three[x]/three[y])
		}
	}
	fmt.Println()
}

// The ways whose ratios are printed.
const (
	inPlace = "asmcall.Call (64 KiB of stack)"
	small   = "asmcall.CallOn4K"
	onG0    = "asmcall.CallOnG0"
	empty   = "empty assembly function"
	bare    = "in place, no stack and no alignment"
	bareG0  = "g0, as rust2go changes to it"
)

func index(name string) int {
	return slices.IndexFunc(ways, func(w way) bool { return w.name == name })
}

// medians are nanoseconds a call of each way.
func medians(calls int, run func(way, int)) []float64 {
	const rounds = 201
	burst := max(1, calls/rounds)
	times := make([][]float64, len(ways))
	for range rounds {
		for _, i := range rand.Perm(len(ways)) {
			start := processorTime()
			run(ways[i], burst)
			times[i] = append(times[i], float64(processorTime()-start)/float64(burst))
		}
	}
	result := make([]float64, len(ways))
	for i, list := range times {
		slices.Sort(list)
		result[i] = list[rounds/2]
	}
	return result
}

// processorTime is that of this thread.
func processorTime() time.Duration {
	const threadClock = 3
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadClock, uintptr(unsafe.Pointer(&t)), 0)
	return time.Duration(t.Nano())
}
