// Package impl is the register of kernels and their variants: which this CPU can run, which one serves, and a way to
// make another one serve, for tests and for people who want to compare.
package impl

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/widelane/widelane/go-shim/internal/cpu"
)

// Variant is one implementation of a kernel.
type Variant struct {
	Name     string // "vpclmul512"; the portable one is "generic"
	Features string // what it asks of the CPU, names as in GODEBUG: "vpclmulqdq avx512f"
	Use      *bool  // the flag that dispatch reads, set where this CPU can run it; nil if dispatch asks none
	Level    int    // GOAMD64 level that guarantees it, 0 if none: builds of that level do not read Use
}

// Kernel is one operation, its variants best first, the portable one last.
type Kernel struct {
	Name     string
	Variants []Variant

	can []bool // per variant, whether this CPU can run it: Use as it was at registration
}

var (
	mu      sync.Mutex // guards kernels and, against other calls of this package, the flags
	kernels = map[string]*Kernel{}
)

// Register adds a kernel. Generated code calls it while packages are initialised, after the flags have their values.
// It panics on a kernel that is there already or whose last variant can be unavailable.
func Register(kernel string, variants ...Variant) {
	mu.Lock()
	defer mu.Unlock()
	if _, ok := kernels[kernel]; ok {
		panic("impl: kernel registered twice: " + kernel)
	}
	if len(variants) == 0 || variants[len(variants)-1].Use != nil {
		panic("impl: kernel without a variant for every CPU: " + kernel)
	}
	k := &Kernel{Name: kernel, Variants: variants}
	for _, v := range variants {
		k.can = append(k.can, v.serves())
	}
	kernels[kernel] = k
}

// Kernels returns what the packages of this program registered, sorted by name.
func Kernels() []*Kernel {
	mu.Lock()
	defer mu.Unlock()
	list := make([]*Kernel, 0, len(kernels))
	for _, k := range kernels {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b *Kernel) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Lookup returns the kernel of that name, nil if no package of this program registered it.
func Lookup(name string) *Kernel {
	mu.Lock()
	defer mu.Unlock()
	return kernels[name]
}

// Available returns the names of the variants that this CPU can run, GODEBUG heeded, best first.
func (k *Kernel) Available() []string {
	var names []string
	for i, v := range k.Variants {
		if k.can[i] {
			names = append(names, v.Name)
		}
	}
	return names
}

// Serving returns the name of the variant that calls reach now.
func (k *Kernel) Serving() string {
	mu.Lock()
	defer mu.Unlock()
	return k.Variants[k.serving()].Name
}

func (k *Kernel) serving() int {
	return slices.IndexFunc(k.Variants, Variant.serves)
}

// Force makes calls reach that variant, or, given "", the best one again. It clears the flags of the better variants,
// which running calls read: no call of the kernel may be under way. An error means that nothing has changed: the
// variant is unknown, this CPU cannot run it, or the build does not ask the flag of a better one.
func (k *Kernel) Force(variant string) error {
	mu.Lock()
	defer mu.Unlock()
	target := 0
	if variant != "" {
		target = slices.IndexFunc(k.Variants, func(v Variant) bool { return v.Name == variant })
		if target < 0 {
			return fmt.Errorf("%s has no variant %q", k.Name, variant)
		}
		if !k.can[target] {
			return fmt.Errorf("%s: this CPU cannot run %s, which needs %s", k.Name, variant, k.Variants[target].Features)
		}
	}
	for _, better := range k.Variants[:target] {
		if better.fixed() {
			return fmt.Errorf("%s: this build always uses %s: GOAMD64=v%d guarantees it", k.Name, better.Name, cpu.Level)
		}
	}
	for i, v := range k.Variants {
		if v.Use != nil {
			*v.Use = k.can[i] && i >= target
		}
	}
	return nil
}

// serves reports whether dispatch, having come to v, goes no further.
func (v Variant) serves() bool { return v.fixed() || *v.Use }

// fixed reports whether dispatch in this build does not ask v's flag.
func (v Variant) fixed() bool { return v.Use == nil || v.Level != 0 && v.Level <= cpu.Level }
