// Package cpu shows what widelane found and decided on this machine: the CPU's extensions, the kernels that the
// program's packages brought along, and which variant of each serves.
//
// Extensions are switched off from outside with GODEBUG, by the names that [Features] lists and by Go's own rules:
//
//	GODEBUG=cpu.avx512=off ./program      # all of AVX-512
//	GODEBUG=cpu.all=off,cpu.sse3=on …     # the last word on a name counts
//
// Builds with the tag purego (or noasm), and those for the race, memory and address sanitizers, contain no machine
// code: they list no extensions, and the portable variants serve.
package cpu

import (
	"fmt"
	"strings"

	"github.com/widelane/widelane/go-shim/internal/cpu"
	"github.com/widelane/widelane/go-shim/internal/impl"
)

// Level is the GOAMD64 level of this build, 1 to 4; 0 on other architectures. What a level guarantees is neither asked
// at run time nor can it be switched off.
const Level = cpu.Level

// Feature is an instruction-set extension that kernels of this architecture ask for.
type Feature struct {
	Name  string // as in GODEBUG=cpu.NAME=off
	Found bool   // the CPU has it and the operating system supports it
	Used  bool   // Found, and neither it nor what it builds upon is switched off
}

// Features returns the extensions, oldest first.
func Features() []Feature {
	found := cpu.Features()
	list := make([]Feature, len(found))
	for i, f := range found {
		list[i] = Feature(f)
	}
	return list
}

// Kernel is one operation with its implementations.
type Kernel struct {
	Name     string    // "crc32_ieee_update"
	Variants []Variant // best first, the portable one last
	Serving  string    // name of the variant that calls reach
}

// Variant is one implementation of a kernel.
type Variant struct {
	Name      string   // "vpclmul512", "generic"
	Features  []string // what it needs beyond the architecture's baseline
	Available bool     // this CPU can run it, GODEBUG heeded
}

// Kernels returns the kernels of the packages that this program imports, sorted by name, as they stand now.
func Kernels() []Kernel {
	var list []Kernel
	for _, k := range impl.Kernels() {
		kernel := Kernel{Name: k.Name, Serving: k.Serving()}
		can := k.Available()
		for _, v := range k.Variants {
			available := len(can) > 0 && can[0] == v.Name
			if available {
				can = can[1:]
			}
			kernel.Variants = append(kernel.Variants, Variant{v.Name, strings.Fields(v.Features), available})
		}
		list = append(list, kernel)
	}
	return list
}

// Force makes a kernel's calls reach one variant, for tests and comparisons; "" lets the best one serve again. No call
// of the kernel may be under way. It is an error, and nothing changes, if there is no such kernel or variant, if this
// CPU cannot run it, or if the build's GOAMD64 level guarantees a better one.
func Force(kernel, variant string) error {
	k := impl.Lookup(kernel)
	if k == nil {
		return fmt.Errorf("no kernel %q in this program", kernel)
	}
	return k.Force(variant)
}
