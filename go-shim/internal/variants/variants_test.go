package variants

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/impl"
)

// The kernels of these tests are on no CPU: whatever the machine and the build, they have the same variants.
var (
	wide, narrow, alsoNarrow = true, true, true

	both    = Set{"variantstest_both", "variantstest_less"}
	nothing = Set{"variantstest_less", "variantstest_other"} // in common
)

func init() {
	impl.Register("variantstest_both", impl.Variant{Name: "wide", Use: &wide},
		impl.Variant{Name: "narrow", Use: &narrow}, impl.Variant{Name: "generic"})
	impl.Register("variantstest_less",
		impl.Variant{Name: "narrow", Use: &alsoNarrow}, impl.Variant{Name: "generic"})
	impl.Register("variantstest_other", impl.Variant{Name: "another"})
}

// serving lists what serves now.
func serving() string {
	var list []string
	for _, name := range both {
		list = append(list, impl.Lookup(name).Serving())
	}
	return strings.Join(list, " ")
}

// atBest fails unless nothing is forced.
func atBest(t *testing.T) {
	t.Helper()
	if got := serving(); got != "wide narrow" {
		t.Errorf("in the end %s", got)
	}
}

func compare(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEach(t *testing.T) {
	var got []string
	both.Each(t, func(variant string) { got = append(got, variant+": "+serving()) })
	compare(t, got, "narrow: narrow narrow", "generic: generic generic") // the second has no wide one
	atBest(t)

	got = nil
	nothing.Each(t, func(variant string) { got = append(got, variant+": "+serving()) })
	compare(t, got, "the best of each: wide narrow")
	atBest(t)
}

func TestRun(t *testing.T) {
	var got []string
	Set{"variantstest_both"}.Run(t, func(t *testing.T) { got = append(got, t.Name()+": "+serving()) })
	compare(t, got, "TestRun/wide: wide narrow", "TestRun/narrow: narrow narrow", "TestRun/generic: generic narrow")
	atBest(t)

	got = nil
	Set{"variantstest_less", "variantstest_both"}.Run(t, func(t *testing.T) { got = append(got, serving()) })
	compare(t, got, "narrow narrow", "generic generic")
	atBest(t)
}

func TestSingly(t *testing.T) {
	var got []string
	both.Singly(t, func(t *testing.T) {
		_, name, _ := strings.Cut(t.Name(), "/variantstest_")
		got = append(got, name+": "+serving())
	})
	compare(t, got, "both/wide: wide narrow", "both/narrow: narrow narrow", "both/generic: generic narrow",
		"less/narrow: wide narrow", "less/generic: wide generic")
	atBest(t)
}

// Parallel subtests run when the function that made them has returned; the variant serves until then.
func TestSubtestsMayBeParallel(t *testing.T) {
	Set{"variantstest_both"}.Run(t, func(t *testing.T) {
		_, variant, _ := strings.Cut(t.Name(), "/")
		for range 2 {
			t.Run("parallel", func(t *testing.T) {
				t.Parallel()
				if got := impl.Lookup("variantstest_both").Serving(); got != variant {
					t.Errorf("%s serves, not %s", got, variant)
				}
			})
		}
	})
	atBest(t)
}

// recorder is a test whose failures are the expected outcome.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }
func (r *recorder) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// ended calls f and returns what it panicked with.
func ended(f func()) (how any) {
	defer func() { how = recover() }()
	f()
	return nil
}

func TestNoKernels(t *testing.T) {
	for want, s := range map[string]Set{
		"no kernels to test":                        Family("variants"), // a word's beginning is no family
		"no kernel variantstest_none is registered": {"variantstest_both", "variantstest_none"},
	} {
		if got := ended(func() { s.Each(&recorder{TB: t}, func(string) { t.Error("called") }) }); got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
	compare(t, Family("variantstest"), "variantstest_both", "variantstest_less", "variantstest_other")
}

// A test that ends early leaves nothing forced.
func TestEndsEarly(t *testing.T) {
	calls := 0
	got := ended(func() {
		both.Each(t, func(variant string) {
			calls++
			panic(variant)
		})
	})
	if got != "narrow" || calls != 1 {
		t.Errorf("%d calls, ended by %v", calls, got)
	}
	atBest(t)
}

// Somebody else who forces variants is found out.
func TestForcedBySomebodyElse(t *testing.T) {
	r := &recorder{TB: t}
	both.Each(r, func(variant string) {
		if variant == "narrow" {
			impl.Lookup(both[1]).Force("generic")
		}
	})
	const want = "variantstest_less was to serve by narrow and serves by generic"
	if len(r.said) != 1 || !strings.HasPrefix(r.said[0], want) {
		t.Errorf("%q", r.said)
	}
	atBest(t)
}
