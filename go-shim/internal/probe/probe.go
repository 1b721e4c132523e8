// Package probe has kernels that measure and test the machinery itself: one that does nothing, so that a call can be
// timed, and one that uses the stack in every way that compiled code does.
package probe

import "math/bits"

// Nothing returns x.
func Nothing(p []byte, x uint64) uint64 { return nothing(p, x) }

// Spill mixes p into one word, rounds times, with every register in use and the rest on the stack. The same kernel
// exists in Rust, with the same result.
func Spill(p []uint64, rounds int) uint64 { return spill(p, rounds) }

func nothingGeneric(_ []byte, x uint64) uint64 { return x }

// state is wider than the register file of any architecture here.
const state = 16

func spillGeneric(p []uint64, rounds int) uint64 {
	if len(p) < 2 {
		return uint64(len(p))
	}
	var s [state]uint64
	for i := range s {
		s[i] = bits.RotateLeft64(p[0], i) ^ p[len(p)-1]
	}
	for range rounds {
		for _, x := range p {
			for i := range s {
				s[i] = bits.RotateLeft64(s[i]+(s[(i+1)%state]^x), i+1)
			}
		}
	}
	mixed := uint64(0)
	for _, x := range s {
		mixed ^= x
	}
	return mixed
}
