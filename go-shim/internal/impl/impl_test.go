package impl

import (
	"reflect"
	"slices"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/cpu"
)

// add registers a kernel for one test.
func add(t *testing.T, name string, variants ...Variant) *Kernel {
	t.Cleanup(func() { delete(kernels, name) })
	Register(name, variants...)
	return Lookup(name)
}

func TestForce(t *testing.T) {
	wide, middle, narrow := false, true, true
	k := add(t, "test_force", Variant{Name: "wide", Features: "avx512f", Use: &wide},
		Variant{Name: "middle", Use: &middle}, Variant{Name: "narrow", Use: &narrow}, Variant{Name: "generic"})
	if got := k.Available(); !reflect.DeepEqual(got, []string{"middle", "narrow", "generic"}) {
		t.Errorf("available %q", got)
	}
	for _, c := range []struct {
		force, serving       string
		wide, middle, narrow bool
		fails                bool
	}{
		{"", "middle", false, true, true, false},
		{"generic", "generic", false, false, false, false},
		{"narrow", "narrow", false, false, true, false},
		{"wide", "narrow", false, false, true, true}, // the CPU cannot: nothing changes
		{"none", "narrow", false, false, true, true},
		{"middle", "middle", false, true, true, false},
		{"generic", "generic", false, false, false, false},
		{"", "middle", false, true, true, false},
	} {
		err := k.Force(c.force)
		if (err != nil) != c.fails {
			t.Errorf("Force(%q): %v", c.force, err)
		}
		if got := k.Serving(); got != c.serving {
			t.Errorf("after Force(%q) %s serves, want %s", c.force, got, c.serving)
		}
		if wide != c.wide || middle != c.middle || narrow != c.narrow {
			t.Errorf("after Force(%q) the flags are %v %v %v", c.force, wide, middle, narrow)
		}
		if got := k.Available(); len(got) != 3 {
			t.Errorf("after Force(%q) available %q", c.force, got)
		}
	}
}

// A variant that the build's level guarantees is not asked, so nothing below it can be forced.
func TestFixedByLevel(t *testing.T) {
	if cpu.Level == 0 {
		t.Skip("no levels on this architecture")
	}
	best, fixed := true, false
	k := add(t, "test_level", Variant{Name: "best", Use: &best},
		Variant{Name: "fixed", Use: &fixed, Level: cpu.Level}, Variant{Name: "generic"})
	if got := k.Available(); !reflect.DeepEqual(got, []string{"best", "fixed", "generic"}) {
		t.Errorf("available %q", got)
	}
	if err := k.Force("generic"); err == nil {
		t.Error("forced generic below a variant that always serves")
	} else if !best {
		t.Error("a refusal changed a flag")
	}
	if err := k.Force("fixed"); err != nil || k.Serving() != "fixed" || best {
		t.Errorf("fixed not forced: %v, %s serves", err, k.Serving())
	}
	higher := false
	k = add(t, "test_higher", Variant{Name: "higher", Use: &higher, Level: cpu.Level + 1}, Variant{Name: "generic"})
	if got := k.Serving(); got != "generic" {
		t.Errorf("%s serves, which a higher level than the build's would guarantee", got)
	}
}

// Dispatch asks no flag of a variant without one.
func TestWithoutFlag(t *testing.T) {
	k := add(t, "test_flagless", Variant{Name: "neon"}, Variant{Name: "generic"})
	if k.Serving() != "neon" || k.Force("generic") == nil {
		t.Error("a variant without a flag did not serve")
	}
}

func TestRegister(t *testing.T) {
	add(t, "test_b", Variant{Name: "generic"})
	add(t, "test_a", Variant{Name: "generic"})
	var names []string
	for _, k := range Kernels() {
		names = append(names, k.Name)
	}
	if !slices.IsSorted(names) || !slices.Contains(names, "test_a") || !slices.Contains(names, "test_b") {
		t.Errorf("kernels %q", names)
	}
	if Lookup("test_c") != nil {
		t.Error("found a kernel that is not there")
	}
	use := true
	for what, register := range map[string]func(){
		"a name twice":             func() { Register("test_a", Variant{Name: "generic"}) },
		"no variants":              func() { Register("test_c") },
		"no variant for every CPU": func() { Register("test_c", Variant{Name: "avx2", Use: &use}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			register()
		}()
	}
}
