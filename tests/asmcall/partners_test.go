//go:build linux && (amd64 || arm64)

package asmcall

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"testing/quick"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/widelane/widelane/go-shim/asmcall"
)

// TestMain: a program that may not call has nothing to test here, and that would look like success.
func TestMain(m *testing.M) {
	if err := asmcall.Supported(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	m.Run()
}

// open loads a library and gives what finds functions in it.
func open(t testing.TB, path string) func(name string) unsafe.Pointer {
	t.Helper()
	library, err := purego.Dlopen(path, purego.RTLD_NOW)
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) unsafe.Pointer {
		t.Helper()
		address, err := purego.Dlsym(library, name)
		if err != nil {
			t.Fatal(err)
		}
		return *(*unsafe.Pointer)(unsafe.Pointer(&address))
	}
}

// built is a library that the compiler in the variable, or this one, makes of a source beside the test.
func built(t testing.TB, variable, compiler string, args ...string) func(string) unsafe.Pointer {
	t.Helper()
	if prebuilt := os.Getenv(variable + "_LIBRARY"); prebuilt != "" {
		return open(t, prebuilt)
	}
	out := filepath.Join(t.TempDir(), "library.so")
	if said, err := exec.Command(compiler, append(args, "-o", out)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", compiler, err, said)
	}
	return open(t, out)
}

func c(t testing.TB) func(string) unsafe.Pointer {
	return built(t, "C", "cc", "-O2", "-shared", "-fPIC", "native/echo.c")
}

// sources are where the C functions of native/echo.c are found: in a library that is loaded, and with cgo in the program.
func sources(t *testing.T) map[string]func(string) unsafe.Pointer {
	all := map[string]func(string) unsafe.Pointer{"loaded": c(t)}
	if linked != nil {
		all["linked"] = func(name string) unsafe.Pointer { return linked[name] }
	}
	return all
}

func TestC(t *testing.T) {
	for name, find := range sources(t) {
		t.Run(name, func(t *testing.T) { testC(t, find("mix15"), find("three")) })
	}
}

func testC(t *testing.T, mix15, three unsafe.Pointer) {
	right := func(a [15]uintptr) bool {
		var want uintptr
		for i, x := range a {
			want += uintptr(i+1) * x
		}
		got, _ := asmcall.CallArgs(mix15, 0, a[:]...)
		blocking, _ := asmcall.CallBlocking(mix15, 0, a[:]...)
		want3 := a[0] + 2*a[1] + 3*a[2]
		return got == want && blocking == want && asmcall.Call3(three, a[0], a[1], a[2]) == want3 &&
			asmcall.Call3On4K(three, a[0], a[1], a[2]) == want3 && asmcall.Call3OnG0(three, a[0], a[1], a[2]) == want3
	}
	if err := quick.Check(right, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
}

func TestCFloats(t *testing.T) {
	for name, find := range sources(t) {
		t.Run(name, func(t *testing.T) { testFloats(t, find("doubles"), find("singles")) })
	}
}

func testFloats(t *testing.T, doubles, singles unsafe.Pointer) {
	right := func(a, c, e, f float32, b int16, d int32) bool {
		_, got := asmcall.CallArgs(doubles, 0b110101, asmcall.Float64(float64(a)), uintptr(b), asmcall.Float64(float64(c)),
			uintptr(d), asmcall.Float64(float64(e)), asmcall.Float64(float64(f)))
		want := float64(a) + float64(2*int64(b)) + 3*float64(c) + float64(4*d) + 5*float64(e) + 6*float64(f)
		return got == want
	}
	if err := quick.Check(right, nil); err != nil {
		t.Error(err)
	}
	typed := asmcall.Func6[float64, float64, int64, float64, int32, float64, float64]{Fn: doubles}
	if got := typed.Call(0.5, -3, 2, -1, 1.5, 4); got != 0.5-6+6-4+7.5+24 {
		t.Errorf("doubles, typed: %v", got)
	}
	if got := (asmcall.Func3[float32, float32, float32, float32]{Fn: singles}).Call(1.5, 0.25, -3); got != 1.5-0.5-12 {
		t.Errorf("singles, typed: %v", got)
	}
	_, f := asmcall.CallArgs(singles, 0b111, asmcall.Float32(1.5), asmcall.Float32(0.25), asmcall.Float32(-3))
	if got := asmcall.ToFloat32(f); got != 1.5-0.5-12 {
		t.Errorf("singles: %v", got)
	}
}

// TestStack: a callee that takes nearly all of its class, in C.
func TestStack(t *testing.T) {
	for name, find := range sources(t) {
		t.Run(name, func(t *testing.T) { testStack(t, find("deep")) })
	}
}

func testStack(t *testing.T, deep unsafe.Pointer) {
	for range 50 {
		done := make(chan uintptr)
		go func() { done <- asmcall.Call1(deep, 65000) }()
		if got := <-done; got != (65000-1)%256 {
			t.Fatalf("deep wrote %d", got)
		}
	}
	if got := asmcall.Call1On4K(deep, 3800); got != (3800-1)%256 {
		t.Errorf("deep wrote %d", got)
	}
	if room := asmcall.RoomOnG0(); room > 64<<10 {
		if got := asmcall.Call1OnG0(deep, 48<<10); got != 255 {
			t.Errorf("deep wrote %d on g0", got)
		}
	}
}

func TestRust(t *testing.T) {
	three := built(t, "RUST", "rustc", "--edition=2024", "--crate-type=cdylib", "-O", "native/echo.rs")("rust_three")
	if got := asmcall.Call3(three, 5, 7, 11); got != 5+14+33 {
		t.Errorf("rust_three: %d", got)
	}
}

func TestLibc(t *testing.T) {
	libc := open(t, "libc.so.6")
	text := append(slices.Repeat([]byte("widelane"), 1000), 0)
	if got := asmcall.Call1(libc("strlen"), uintptr(unsafe.Pointer(&text[0]))); got != 8000 {
		t.Errorf("strlen: %d", got)
	}
	values := make([]int32, 10000)
	for i := range values {
		values[i] = int32(i * 7919 % 10007)
	}
	want := slices.Sorted(slices.Values(values))
	compare := asmcall.Call0(c(t)("comparator"))
	asmcall.Call4(libc("qsort"), uintptr(unsafe.Pointer(&values[0])), uintptr(len(values)), 4, compare)
	if !slices.Equal(values, want) {
		t.Error("qsort does not sort")
	}
}

// TestVariadic: printf reads as many vector registers as it is told that there are.
func TestVariadic(t *testing.T) {
	snprintf := open(t, "libc.so.6")("snprintf")
	format, text, out := []byte("%d %.3f %s %.1f %ld %ld %.2f\x00"), []byte("widelane\x00"), make([]byte, 100)
	n, _ := asmcall.CallArgs(snprintf, 0b1001010000, uintptr(unsafe.Pointer(&out[0])), uintptr(len(out)), uintptr(unsafe.Pointer(&format[0])),
		42, asmcall.Float64(1.5), uintptr(unsafe.Pointer(&text[0])), asmcall.Float64(-2.25), 1<<40, 7, asmcall.Float64(1e3))
	if got, want := string(out[:int32(n)]), "42 1.500 widelane -2.2 1099511627776 7 1000.00"; got != want {
		t.Errorf("snprintf writes %q, want %q", got, want)
	}
}

func TestZlib(t *testing.T) {
	crc := open(t, "libz.so.1")("crc32")
	right := func(text []byte) bool {
		text = append(text, 0)
		got := asmcall.Call3(crc, 0, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
		return uint32(got) == crc32.ChecksumIEEE(text)
	}
	if err := quick.Check(right, nil); err != nil {
		t.Error(err)
	}
}

// TestWidelane: our own shared library, which chooses its variant by the CPU.
func TestWidelane(t *testing.T) {
	path := os.Getenv("WIDELANE_TEST_LIBRARY")
	if path == "" {
		t.Skip("WIDELANE_TEST_LIBRARY does not name libwidelane.so")
	}
	find := open(t, path)
	update, index := find("wl_crc32_ieee_update"), find("wl_bytealg_index_byte")
	right := func(text []byte, wanted byte) bool {
		text = append(text, 0)
		at, size := unsafe.Pointer(&text[0]), uintptr(len(text))
		crc := asmcall.Call3(update, 0, uintptr(at), size)
		onG0 := asmcall.Call3OnG0(update, 0, uintptr(at), size)
		return uint32(crc) == crc32.ChecksumIEEE(text) && uint32(onG0) == uint32(crc) &&
			int(asmcall.Call3(index, uintptr(at), size, uintptr(wanted))) == bytes.IndexByte(text, wanted)
	}
	if err := quick.Check(right, &quick.Config{MaxCount: 1000}); err != nil {
		t.Error(err)
	}
}
