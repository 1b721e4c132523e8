//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package planted

import "github.com/widelane/widelane/go-shim/internal/cpu"

const rounding = "MXCSR was"

// Conventions are all that this CPU can run. With sees, the CPU says which vector state is in use.
func Conventions(sees bool) []Broken {
	all := append(broken, Broken{LostFrame, "BP was"}, Broken{Backwards, "the direction flag is set"}, Broken{TakesG, "wrong result"})
	if cpu.AVX && sees {
		all = append(all, Broken{WideYMM, "no VZEROUPPER"})
	}
	if cpu.AVX512F && sees {
		all = append(all, Broken{WideZMM, "no VZEROUPPER"})
	}
	return all
}

// Backwards leaves the direction flag set.
//
//go:noescape
func Backwards(x uint64) (y uint64)

// TakesG takes R14 for the goroutine.
//
//go:noescape
func TakesG(x uint64) (y uint64)

// WideYMM leaves the upper half of a YMM register in use.
//
//go:noescape
func WideYMM(x uint64) (y uint64)

// WideZMM leaves the upper half of a ZMM register in use.
//
//go:noescape
func WideZMM(x uint64) (y uint64)
