//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package torture

import (
	"fmt"
	"math/rand/v2"
	"path"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/encoding/base32"
	"github.com/widelane/widelane/go-shim/encoding/base64"
	"github.com/widelane/widelane/go-shim/encoding/hex"
	"github.com/widelane/widelane/go-shim/hash/adler32"
	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/internal/impl"
	"github.com/widelane/widelane/go-shim/internal/probe"
	"github.com/widelane/widelane/go-shim/internal/torture/abi0"
	code "github.com/widelane/widelane/go-shim/internal/torture/planted"
	"github.com/widelane/widelane/go-shim/unicode/latin1"
	"github.com/widelane/widelane/go-shim/unicode/utf16"
	"github.com/widelane/widelane/go-shim/unicode/utf8"
	"github.com/widelane/widelane/go-shim/vec"
	"github.com/widelane/widelane/go-shim/xxh3"
)

// function is machine code, as the generator lists it.
type function struct {
	kernel, variant string // no variant: an entry, which leads to the one that is forced
	name            string // as the runtime has it, below the module
	stack           int    // most bytes below its return address
}

// anchors are one Go function of each package with machine code.
var anchors = []any{
	vec.Sum, bytealg.IndexByte, crc32.Update, crc64.Update, base32.NewEncoding, base64.NewEncoding, hex.Encode,
	latin1.UTF8Len, utf16.AppendFromUTF8, utf8.RuneCount,
	xxh3.Hash, adler32.Checksum, probe.Nothing,
}

// assembly returns where the functions in assembly of a package begin, by name, and in which file each stands. The
// linker puts a package's functions side by side; anchor is any of them.
func assembly(anchor any) (addresses map[string]uintptr, files map[string]string) {
	addresses, files = map[string]uintptr{}, map[string]string{}
	first := reflect.ValueOf(anchor).Pointer()
	name := runtime.FuncForPC(first).Name()
	pkg := name[:strings.LastIndex(name, "/")+1]
	pkg += strings.SplitAfterN(name[len(pkg):], ".", 2)[0]
	// Not by the function at any address: there one may be inlined.
	at := func(pc uintptr) (entry uintptr, in bool) {
		f := runtime.FuncForPC(pc)
		if f == nil {
			return 0, false
		}
		return f.Entry(), strings.HasPrefix(runtime.FuncForPC(f.Entry()).Name(), pkg)
	}
	for entry, in := at(first - 1); in; entry, in = at(first - 1) {
		first = entry
	}
	const alignment = 16 // of functions, at least
	for pc := first; ; pc += alignment {
		entry, in := at(pc)
		if !in {
			return addresses, files
		}
		f := runtime.FuncForPC(entry)
		if file, _ := f.FileLine(entry); entry == pc && strings.HasSuffix(file, ".s") {
			addresses[f.Name()], files[f.Name()] = pc, path.Base(file)
		}
	}
}

// What the generator lists is all the machine code there is, and every kernel in it has a way to be called.
func TestConventionsTable(t *testing.T) {
	listed := map[string]bool{}
	for _, f := range functions {
		listed[module+f.name] = true
		if _, ok := conventions()[f.kernel]; !ok {
			t.Errorf("%s: nothing says what a call of %s looks like", f.name, f.kernel)
		}
	}
	for _, anchor := range anchors {
		addresses, files := assembly(anchor)
		for name := range addresses {
			if strings.HasPrefix(files[name], "z") && !listed[name] {
				t.Errorf("%s is not in the list", name)
			}
			delete(listed, name)
		}
	}
	for name := range listed {
		t.Errorf("%s is in the list only", name)
	}
}

// fillings is how many fillings of registers and stack each function gets.
func fillings() uint64 {
	if len(emulator) > 0 {
		return 20
	}
	return 100
}

// keeps calls a function with every filling, on inputs of every order of magnitude, and returns what is wrong, "" if
// nothing. deepest is the most stack that was seen in use.
//
// An entry that checks the stack can be stopped there by the scheduler, with all filled at random. So the goroutine stays
// on its thread, whose rounding is what it is, and nothing may move its stack.
func (c convention) keeps(address uintptr, bound int) (deepest int, wrong string) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	random := rand.New(rand.NewPCG(7, 7))
	for seed := range fillings() {
		most := []int{16, 64, 256, 1024, 8192}
		if seed%16 == 0 {
			most = append(most, 64<<10)
		}
		for _, most := range most {
			n := c.row.fit(random.IntN(most + 1))
			stack, wrong := c.call(address, bound, n, seed)
			if wrong != "" {
				return stack, fmt.Sprintf("%s; filling %d, %d bytes", wrong, seed, n)
			}
			deepest = max(deepest, stack)
		}
	}
	return deepest, ""
}

// call calls the function once.
func (c convention) call(address uintptr, bound, n int, seed uint64) (stack int, wrong string) {
	in := c.row.input(n)
	out, wanted := c.row.output(n), c.row.output(n)
	frame := c.frame(in, out, seed)
	results := c.want(frame, in, wanted)
	shape := abi0.Shape{Arguments: c.arguments, Size: c.arguments + c.width*len(results)}
	stack, wrong = abi0.Call(address, &frame, shape, seed)
	runtime.KeepAlive(in)
	switch {
	case wrong != "":
	case stack > bound:
		wrong = fmt.Sprintf("%d bytes of stack, %d declared", stack, bound)
	case string(out) != string(wanted):
		wrong = "wrong output"
	default:
		mask := ^uint64(0) >> (64 - 8*c.width)
		for i, want := range results {
			if is := frame[c.arguments/8+i] & mask; is != want&mask {
				wrong = fmt.Sprintf("wrong result %#x, not %#x", is, want)
			}
		}
	}
	return stack, wrong
}

func TestConventions(t *testing.T) {
	addresses := map[string]uintptr{}
	for _, anchor := range anchors {
		here, _ := assembly(anchor)
		for name, address := range here {
			addresses[name] = address
		}
	}
	if !abi0.SeesVectors() && runtime.GOARCH == "amd64" {
		t.Log("this CPU does not say whether upper halves of vector registers are in use")
	}
	checked := 0
	for _, f := range functions {
		k := impl.Lookup(f.kernel)
		for _, variant := range k.Available() {
			// Go's compiler wrote the portable one, and who comes to a variant by its address goes past the entry.
			if variant == "generic" || f.variant != "" && f.variant != variant {
				continue
			}
			name := f.name
			if f.variant == "" {
				name += "/" + variant
			}
			t.Run(name, func(t *testing.T) {
				defer k.Force("")
				if err := k.Force(variant); err != nil && f.variant == "" {
					t.Skip(err) // the build's level decides
				}
				checked++
				deepest, wrong := conventions()[f.kernel].keeps(addresses[module+f.name], f.stack)
				if wrong != "" {
					t.Error(wrong)
				}
				t.Logf("%d bytes of stack at the deepest, %d declared", deepest, f.stack)
			})
		}
	}
	if checked == 0 && cpuHasKernels() {
		t.Error("not one function was checked")
	}
}

// cpuHasKernels reports whether some kernel has a variant besides the portable one here: GODEBUG may have switched
// off all.
func cpuHasKernels() bool {
	for _, k := range impl.Kernels() {
		if len(k.Available()) > 1 {
			return true
		}
	}
	return false
}

// Each function that breaks one promise is found by just that, and the one that breaks none passes.
func TestConventionsPlanted(t *testing.T) {
	addresses, _ := assembly(code.Kept)
	check := func(f code.Function) string {
		name := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name()
		address, ok := addresses[name]
		if !ok {
			t.Fatalf("%s is not there", name)
		}
		_, wrong := addsOne.keeps(address, 64)
		return wrong
	}
	if wrong := check(code.Kept); wrong != "" {
		t.Errorf("what breaks no promise: %s", wrong)
	}
	for _, broken := range code.Conventions(abi0.SeesVectors()) {
		wrong := check(broken.Function)
		t.Log(wrong)
		if !strings.Contains(wrong, broken.Says) {
			t.Errorf("planted %q, found %q", broken.Says, wrong)
		}
	}
}
