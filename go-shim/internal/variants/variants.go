// Package variants runs tests once for every variant of kernels that this machine can run. Only tests import it.
//
// Which variants there are is what package impl says: those that the CPU has and GODEBUG leaves, and the portable one alone
// in builds without machine code. What the GOAMD64 level of a build guarantees cannot be taken out of service, so a build
// of a high level runs the best variants only.
//
// Forcing a variant changes flags that all calls in the process read. So a test that gets a variant must not call
// [testing.T.Parallel]; if another one forces a variant meanwhile, it fails. Subtests of it may be parallel under
// [Set.Run] and [Set.Singly], which wait for them.
package variants

import (
	"fmt"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/impl"
)

// Set is the names of kernels that are tested together; the first has the variants that are tried.
type Set []string

// Family returns the kernels of a family, "crc32", that the packages of this program registered, sorted.
func Family(name string) Set {
	var s Set
	for _, k := range impl.Kernels() {
		if strings.HasPrefix(k.Name, name+"_") {
			s = append(s, k.Name)
		}
	}
	return s
}

// Run runs a test as a subtest for each variant, named like it, while all kernels of the set serve by it. The subtest is
// skipped if one of them cannot.
func (s Set) Run(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	kernels := s.lookup(t)
	for _, variant := range kernels[0].Available() {
		t.Run(variant, func(t *testing.T) {
			serve(t, kernels, variant)
			test(t)
		})
	}
}

// Singly runs a test as a subtest for each variant of each kernel, named "KERNEL/VARIANT", while the other kernels serve by
// their best. The subtest is skipped if the build always uses a better variant.
func (s Set) Singly(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	for _, k := range s.lookup(t) {
		for _, variant := range k.Available() {
			t.Run(k.Name+"/"+variant, func(t *testing.T) {
				serve(t, []*impl.Kernel{k}, variant)
				test(t)
			})
		}
	}
}

// Each calls a test with the name of each variant by which all kernels of the set can serve, while they do. It makes no
// subtests, so it is for fuzz functions and for what loops over variants within. If there is no such variant, the kernels
// serve by what each has best.
func (s Set) Each(t testing.TB, test func(variant string)) {
	t.Helper()
	kernels := s.lookup(t)
	tried := false
	for _, variant := range kernels[0].Available() {
		if force(kernels, variant) == nil {
			during(t, kernels, variant, test)
			tried = true
		}
	}
	if !tried {
		test("the best of each")
	}
}

// lookup finds the kernels. Names without a kernel would be a test of nothing.
func (s Set) lookup(t testing.TB) []*impl.Kernel {
	if len(s) == 0 {
		t.Helper()
		t.Fatal("no kernels to test")
	}
	kernels := make([]*impl.Kernel, len(s))
	for i, name := range s {
		if kernels[i] = impl.Lookup(name); kernels[i] == nil {
			t.Helper()
			t.Fatalf("no kernel %s is registered", name)
		}
	}
	return kernels
}

// serve forces a variant until t and its subtests end, or skips t.
func serve(t *testing.T, kernels []*impl.Kernel, variant string) {
	t.Helper()
	if err := force(kernels, variant); err != nil {
		t.Skip(err) // the build's level decides, or the CPU has one kernel's variant and not the other's
	}
	t.Cleanup(func() { release(t, kernels, variant) })
}

// during calls a test for a variant that is forced already. The test may end the goroutine, as [testing.T.FailNow] does.
func during(t testing.TB, kernels []*impl.Kernel, variant string, test func(variant string)) {
	t.Helper()
	defer release(t, kernels, variant)
	test(variant)
}

// force lets all kernels serve by a variant, or each by its best if one of them cannot.
func force(kernels []*impl.Kernel, variant string) error {
	for i, k := range kernels {
		if err := k.Force(variant); err != nil {
			best(kernels[:i])
			return err
		}
	}
	return nil
}

// release lets all kernels serve by their best again. If they did not serve by the variant until now, something else has
// been tested.
func release(t testing.TB, kernels []*impl.Kernel, variant string) {
	for _, k := range kernels {
		if now := k.Serving(); now != variant {
			t.Helper()
			t.Errorf("%s was to serve by %s and serves by %s: do tests that force variants run side by side?", k.Name, variant, now)
		}
	}
	best(kernels)
}

func best(kernels []*impl.Kernel) {
	for _, k := range kernels {
		if err := k.Force(""); err != nil {
			panic(fmt.Sprintf("%s: %v", k.Name, err)) // it takes nothing out of service, so nothing can refuse it
		}
	}
}
