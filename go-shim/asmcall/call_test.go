//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

import (
	"flag"
	"fmt"
	"math"
	"runtime"
	"sync"
	"testing"
	"testing/quick"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/callee"
)

// TestMain leaves the tests that call something to programs which may call: on arm64 without cgo, Linux and others may
// not, and there it counts that every call says so.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := Supported(); err != nil {
		fmt.Println("only the tests of refusals:", err)
		if err := flag.Set("test.run", "^(TestUnsupported|TestTooManyArguments|TestFloats)$"); err != nil {
			panic(err)
		}
	}
	m.Run()
}

var sixes = map[string]func(unsafe.Pointer, uintptr, uintptr, uintptr, uintptr, uintptr, uintptr) uintptr{
	"64K": Call6, "4K": Call6On4K, "1M": Call6On1M, "g0": Call6OnG0,
}

// onStack are the ways that leave the goroutine on its stack.
var onStack = map[string]struct {
	call  func(unsafe.Pointer, uintptr) uintptr
	class uintptr
}{
	"4K":  {func(fn unsafe.Pointer, a uintptr) uintptr { return Call1On4K(fn, a) }, stack4K},
	"64K": {func(fn unsafe.Pointer, a uintptr) uintptr { return Call1(fn, a) }, stack64K},
	"1M":  {func(fn unsafe.Pointer, a uintptr) uintptr { return Call1On1M(fn, a) }, stack1M},
	"args": {func(fn unsafe.Pointer, a uintptr) uintptr {
		r, _ := CallArgs(fn, 0, a)
		return r
	}, stack64K},
	"blocking": {func(fn unsafe.Pointer, a uintptr) uintptr {
		r, _ := CallBlocking(fn, 0, a)
		return r
	}, stack64K},
}

// heap is where things are put that must not live on a stack.
var heap any

const (
	stack4K  = 4 << 10
	stack64K = 64 << 10
	stack1M  = 1 << 20
)

func every() map[string]func(unsafe.Pointer, uintptr) uintptr {
	all := map[string]func(unsafe.Pointer, uintptr) uintptr{}
	for name, way := range onStack {
		all[name] = way.call
	}
	all["g0"] = func(fn unsafe.Pointer, a uintptr) uintptr { return Call1OnG0(fn, a) }
	return all
}

func TestSixWords(t *testing.T) {
	for name, call := range sixes {
		right := func(a, b, c, d, e, f uintptr) bool {
			return call(callee.Sum6, a, b, c, d, e, f) == a+2*b+3*c+4*d+5*e+6*f
		}
		if err := quick.Check(right, &quick.Config{MaxCount: 2000}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestArities: fewer arguments arrive in the same places. What the callee reads beyond them is left over, so it is a
// prefix whose weights are known that is compared: two calls that differ in one argument differ by its weight.
func TestArities(t *testing.T) {
	fn := callee.Load
	x := new(uintptr)
	*x = 42
	heap = x
	p := func() uintptr { return uintptr(unsafe.Pointer(x)) }
	for i, got := range []uintptr{
		Call1(fn, p()), Call2(fn, p(), 1), Call3(fn, p(), 1, 2), Call4(fn, p(), 1, 2, 3), Call5(fn, p(), 1, 2, 3, 4),
		Call1On4K(fn, p()), Call2On4K(fn, p(), 1), Call3On4K(fn, p(), 1, 2), Call4On4K(fn, p(), 1, 2, 3), Call5On4K(fn, p(), 1, 2, 3, 4),
		Call1On1M(fn, p()), Call2On1M(fn, p(), 1), Call3On1M(fn, p(), 1, 2), Call4On1M(fn, p(), 1, 2, 3), Call5On1M(fn, p(), 1, 2, 3, 4),
		Call1OnG0(fn, p()), Call2OnG0(fn, p(), 1), Call3OnG0(fn, p(), 1, 2), Call4OnG0(fn, p(), 1, 2, 3), Call5OnG0(fn, p(), 1, 2, 3, 4),
	} {
		if got != 42 {
			t.Errorf("call %d reads %d", i, got)
		}
	}
	Call0(callee.Noop)
	Call0On4K(callee.Noop)
	Call0On1M(callee.Noop)
	Call0OnG0(callee.Noop)
}

// These are the signatures that rust2go's package declares.
var (
	_ func(fn unsafe.Pointer)                   = CallFuncP0
	_ func(fn unsafe.Pointer)                   = CallFuncG0P0
	_ func(fn, arg0 unsafe.Pointer)             = CallFuncP1
	_ func(fn, arg0 unsafe.Pointer)             = CallFuncG0P1
	_ func(fn, arg0, arg1 unsafe.Pointer)       = CallFuncP2
	_ func(fn, arg0, arg1 unsafe.Pointer)       = CallFuncG0P2
	_ func(fn, arg0, arg1, arg2 unsafe.Pointer) = CallFuncP3
	_ func(fn, arg0, arg1, arg2 unsafe.Pointer) = CallFuncG0P3
)

// TestNames: the functions of rust2go's package, by their effect on memory that the callee writes.
func TestNames(t *testing.T) {
	CallFuncP0(callee.Noop)
	CallFuncG0P0(callee.Noop)
	for i, call := range []func(unsafe.Pointer){
		func(p unsafe.Pointer) { CallFuncP1(callee.State, p) },
		func(p unsafe.Pointer) { CallFuncP2(callee.State, p, nil) },
		func(p unsafe.Pointer) { CallFuncP3(callee.State, p, nil, nil) },
		func(p unsafe.Pointer) { CallFuncG0P1(callee.State, p) },
		func(p unsafe.Pointer) { CallFuncG0P2(callee.State, p, nil) },
		func(p unsafe.Pointer) { CallFuncG0P3(callee.State, p, nil, nil) },
	} {
		var out [4]uintptr
		call(unsafe.Pointer(&out))
		if out[0] == 0 {
			t.Errorf("call %d: the callee did not write", i)
		}
	}
}

func TestFifteenWords(t *testing.T) {
	right := func(a [MaxArgs]uintptr) bool {
		var want uintptr
		for i, x := range a {
			want += uintptr(i+1) * x
		}
		plain, _ := CallArgs(callee.Sum15, 0, a[:]...)
		blocking, _ := CallBlocking(callee.Sum15, 0, a[:]...)
		return plain == want && blocking == want
	}
	if err := quick.Check(right, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestMixedFloats(t *testing.T) {
	right := func(a float32, b int16, c float32, d int16, e float32) bool {
		args := []uintptr{Float64(float64(a)), uintptr(b), Float64(float64(c)), uintptr(d), Float64(float64(e))}
		want := float64(a) + 2*float64(c) + 4*float64(e) + float64(8*int(b)+16*int(d))
		_, plain := CallArgs(callee.Floats, 0b10101, args...)
		_, blocking := CallBlocking(callee.Floats, 0b10101, args...)
		return plain == want && blocking == want
	}
	if err := quick.Check(right, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

// TestState: what C expects of the processor when it is called, at both residues of the stack pointer, and what Go finds
// afterwards.
func TestState(t *testing.T) {
	out := new([4]uintptr)
	heap = out // an address that goes through a func variable is not seen by the compiler
	for name, call := range every() {
		for depth := range 64 {
			atDepth(depth, func() { call(callee.State, uintptr(unsafe.Pointer(out))) })
			checkState(t, name, *out)
			*out = [4]uintptr{}
		}
	}
}

// atDepth has the frames of f begin at another multiple of 8.
func atDepth(n int, f func()) {
	switch n % 4 {
	case 0:
		f()
	case 1:
		frame8(f)
	case 2:
		frame16(f)
	default:
		frame24(f)
	}
}

//go:noinline
func frame8(f func()) { var x [1]byte; escape(&x[0]); f() }

//go:noinline
func frame16(f func()) { var x [16]byte; escape(&x[0]); f() }

//go:noinline
func frame24(f func()) { var x [24]byte; escape(&x[0]); f() }

//go:noinline
func escape(*byte) {}

func checkState(t *testing.T, name string, out [4]uintptr) {
	t.Helper()
	if runtime.GOARCH == "arm64" {
		if out[0]%16 != 0 || out[1] != 0 {
			t.Errorf("%s: stack pointer %#x, FPCR %#x", name, out[0], out[1])
		}
		return
	}
	const direction = 1 << 10
	if out[0]%16 != 8 {
		t.Errorf("%s: the stack pointer is %#x at the callee's beginning; C wants 8 modulo 16", name, out[0])
	}
	if control := out[1] &^ 0x3f; control != 0x1f80 {
		t.Errorf("%s: MXCSR is %#x", name, out[1])
	}
	if out[2]&direction != 0 {
		t.Errorf("%s: the direction flag is set", name)
	}
	if out[3] != 0x37f && out[3] != 0x27f {
		t.Errorf("%s: the x87 control word is %#x", name, out[3])
	}
}

// TestRegisters: a callee overwrites what it may; Go's own values survive, g and the constant zero among them.
func TestRegisters(t *testing.T) {
	for name, call := range every() {
		a, b, c, x, y := 1, 2, 3, 1.5, 2.5
		for i := range 1000 {
			call(callee.Trash, 0)
			a, b, c = b+i, c+1, a+1
			x, y = y+1, x+float64(i)
		}
		want := [5]float64{}
		wa, wb, wc, wx, wy := 1, 2, 3, 1.5, 2.5
		for i := range 1000 {
			wa, wb, wc = wb+i, wc+1, wa+1
			wx, wy = wy+1, wx+float64(i)
		}
		want = [5]float64{float64(wa), float64(wb), float64(wc), wx, wy}
		if got := [5]float64{float64(a), float64(b), float64(c), x, y}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if zero := make([]float64, 100); zero[99] != 0 || math.Signbit(zero[50]) {
			t.Errorf("%s: new memory is not zero", name)
		}
	}
}

// TestWholeClass: a callee uses every byte of its class, from goroutines whose stacks are as small as they come, with
// neighbours on all sides; what lies on Go's stacks stays.
func TestWholeClass(t *testing.T) {
	for name, way := range onStack {
		goroutines := 200
		if way.class == stack1M {
			goroutines = 20
		}
		var group sync.WaitGroup
		for i := range goroutines {
			group.Go(func() {
				canary := [8]uintptr{uintptr(i), 1, 2, 3, 4, 5, 6, 7}
				for n := range 20 {
					way.call(callee.Deep, way.class)
					if canary != [8]uintptr{uintptr(i), 1, 2, 3, 4, 5, 6, 7} {
						t.Errorf("%s: goroutine %d, call %d: its stack was overwritten", name, i, n)
						return
					}
				}
			})
		}
		group.Wait()
	}
	for range 100 {
		Call1OnG0(callee.Deep, 8<<10)
	}
}

// TestEveryDepth: the stack is grown at each of the depths at which a call can meet its end.
func TestEveryDepth(t *testing.T) {
	for name, way := range onStack {
		var dive func(n int) uintptr
		dive = func(n int) uintptr {
			if n == 0 {
				return way.call(callee.Deep, way.class)
			}
			return dive(n-1) + 1
		}
		for n := 0; n < 400; n += 3 {
			done := make(chan bool)
			go func() {
				dive(n)
				close(done)
			}()
			<-done
		}
		_ = name
	}
}

// TestLocalMemory: the address of a local variable is right although the call moves the stack.
func TestLocalMemory(t *testing.T) {
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			x := uintptr(i)
			if got := Call1On1M(callee.Load, uintptr(unsafe.Pointer(&x))); got != uintptr(i) {
				t.Errorf("integer: %d, want %d", got, i)
			}
		})
		group.Go(func() {
			var out [4]uintptr
			CallFuncP1(callee.State, unsafe.Pointer(&out))
			if out[0] == 0 {
				t.Error("pointer: the callee wrote elsewhere")
			}
		})
	}
	group.Wait()
}
