//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package abi0

import (
	"fmt"
	"math/rand/v2"
	"runtime"
)

// shared is what enter and Go code tell each other.
type shared struct {
	vectors  [32][2]uint64
	general  [26]uint64 // R0 to R15, R17, R19 to R27; R16 has the function
	function uint64
	frame    Frame
	canary   uint64 // the lowest word of the watched stack; each further one is an affine map of the last
	flags    uint64
	control  uint64
	platform uint64 // R18, if fills
	fills    uint64

	home          uint64 // RSP at the call
	g             uint64
	controlHome   uint64
	spAfter       uint64
	gAfter        uint64
	fpAfter       uint64
	platformAfter uint64
	controlAfter  uint64
	untouched     uint64 // bytes of the watched stack, from its lower end, that are as they were
	top           uint64 // what became of the watched stack's uppermost word
	topHome       uint64
}

const (
	// local are the bytes of enter's own frame.
	local = room + Words*8 + 16
	// link is what a call itself puts on the stack.
	link = 0
	// fp is where R29 points, seen from RSP. Go's functions rely on it: a leaf with a frame does not restore R29, it
	// computes its caller's.
	fp = -8
	// other rounds to zero, flushes denormals and makes every NaN the default one.
	other = 3<<22 | 1<<24 | 1<<25
)

// SeesVectors reports whether the CPU says which part of the vector state is in use: here that is nobody's business.
func SeesVectors() bool { return false }

func (s *shared) prepare(random *rand.Rand, calm bool) {
	for i := range s.vectors {
		s.vectors[i] = [2]uint64{random.Uint64(), random.Uint64()}
	}
	for i := range s.general {
		s.general[i] = random.Uint64()
	}
	s.flags = random.Uint64() & (0xf << 28)
	if !calm {
		s.control = other
	}
	// Elsewhere the register belongs to the system, which may change it at any time.
	if runtime.GOOS == "linux" {
		s.platform, s.fills = random.Uint64(), 1
	}
}

// broken says which promise about registers the function broke.
func (s *shared) broken() string {
	switch {
	case s.spAfter != s.home:
		return fmt.Sprintf("RSP moved by %d", int64(s.spAfter-s.home))
	case s.gAfter != s.g:
		return fmt.Sprintf("g, R28, was %#x, is %#x", s.g, s.gAfter)
	case int64(s.fpAfter-s.home) != fp:
		return fmt.Sprintf("R29 was %#x, is %#x", s.home-8, s.fpAfter)
	case s.fills != 0 && s.platformAfter != s.platform:
		return fmt.Sprintf("R18 was %#x, is %#x", s.platform, s.platformAfter)
	case s.controlAfter != s.control:
		return fmt.Sprintf("FPCR was %#x, is %#x", s.control, s.controlAfter)
	case s.top != s.topHome:
		return "the word below its caller's frame, where frame pointers are saved, was written to"
	}
	return ""
}
