package cpu_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/cpu"
)

const kernel = "bytealg_index_byte"

func find(t *testing.T) cpu.Kernel {
	t.Helper()
	for _, k := range cpu.Kernels() {
		if k.Name == kernel {
			return k
		}
	}
	t.Fatal("the imported package's kernel is not listed")
	panic("unreachable")
}

func TestForceEveryVariant(t *testing.T) {
	defer cpu.Force(kernel, "")
	k := find(t)
	best := ""
	for _, v := range k.Variants {
		err := cpu.Force(kernel, v.Name)
		if !v.Available {
			if err == nil {
				t.Errorf("forced %s, which this CPU cannot run", v.Name)
			}
			continue
		}
		if best == "" {
			best = v.Name
		}
		if err != nil {
			t.Logf("%v", err) // by the build's level
			continue
		}
		if got := find(t).Serving; got != v.Name {
			t.Errorf("forced %s, and %s serves", v.Name, got)
		}
		if i := bytealg.IndexByte([]byte("widelane"), 'l'); i != 4 {
			t.Errorf("%s: IndexByte %d, want 4", v.Name, i)
		}
	}
	if err := cpu.Force(kernel, ""); err != nil || find(t).Serving != best {
		t.Errorf("restored %s, want %s (%v)", find(t).Serving, best, err)
	}
}

func TestForceErrors(t *testing.T) {
	if cpu.Force("no_such", "generic") == nil || cpu.Force(kernel, "no_such") == nil {
		t.Error("forced what is not there")
	}
}

// Whatever a variant that can run here needs is in use, and only features of the list are asked for.
func TestFeatures(t *testing.T) {
	features := map[string]cpu.Feature{}
	for _, f := range cpu.Features() {
		if f.Used && !f.Found {
			t.Errorf("%s is used and was not found", f.Name)
		}
		features[f.Name] = f
	}
	for _, k := range cpu.Kernels() {
		if last := k.Variants[len(k.Variants)-1]; last.Name != "generic" || !last.Available {
			t.Errorf("%s ends with %v", k.Name, last)
		}
		for _, v := range k.Variants {
			missing := slices.ContainsFunc(v.Features, func(name string) bool { return !features[name].Used })
			if v.Available == missing {
				t.Errorf("%s %s: available %v with %q of %v", k.Name, v.Name, v.Available, v.Features, features)
			}
		}
	}
}

func ExampleKernels() {
	bytealg.IndexByte(nil, 0) // the program uses the package
	for _, k := range cpu.Kernels() {
		portable := k.Variants[len(k.Variants)-1]
		fmt.Println(k.Name, portable.Name, portable.Available)
	}
	// Output: bytealg_index_byte generic true
}

func ExampleForce() {
	defer cpu.Force("bytealg_index_byte", "")
	if err := cpu.Force("bytealg_index_byte", "sse9"); err != nil {
		fmt.Println(err)
	}
	// Output: bytealg_index_byte has no variant "sse9"
}
