//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package abi0

import (
	"fmt"
	"math/rand/v2"

	"github.com/widelane/widelane/go-shim/internal/cpu"
)

// What enter puts into the vector registers.
const (
	fillXMM = iota
	fillNone
	fillYMM
	fillZMM
)

// shared is what enter and Go code tell each other.
type shared struct {
	vectors  [32][8]uint64
	general  [14]uint64 // BX, CX, DX, SI, DI, R8 to R15, BP; AX has the function
	function uint64
	frame    Frame
	canary   uint64 // the lowest word of the watched stack; each further one is an affine map of the last
	flags    uint64
	mxcsr    uint32
	fill     uint32
	asks     uint32 // whether the vector state in use is looked at
	inUse    uint32

	home       uint64 // SP at the call
	spAfter    uint64
	bpAfter    uint64
	flagsAfter uint64
	untouched  uint64 // bytes of the watched stack, from its lower end, that are as they were
	mxcsrHome  uint32
	mxcsrAfter uint32
}

const (
	// local are the bytes of enter's own frame.
	local = room + Words*8
	// link is what a call itself puts on the stack: the return address.
	link = 8
	// bp is the index of BP in general.
	bp = 13
	// arithmetic are the flags of carry, parity, adjust, zero, sign, overflow.
	arithmetic = 0x8d5
	direction  = 1 << 10
	// usual masks all exceptions and rounds to nearest; other rounds to zero, flushes denormals and takes them for zeros.
	// The bits of MXCSR outside control are flags that stick.
	usual, other, control = 0x1f80, 0xffc0, 0xffc0
	// upper are the bits of XGETBV(1) for the upper halves of YMM and of the first 16 ZMM registers. A function leaves both
	// clear, or each SSE instruction of its caller pays, and Go's compiler writes no others.
	upper = 1<<2 | 1<<6
)

// SeesVectors reports whether the CPU says which part of the vector state is in use. Emulators do not.
func SeesVectors() bool { return cpu.AVX && saysInUse() }

func saysInUse() bool

func (s *shared) prepare(random *rand.Rand, calm bool) {
	for i := range s.vectors {
		for j := range s.vectors[i] {
			s.vectors[i][j] = random.Uint64()
		}
	}
	for i := range s.general {
		s.general[i] = random.Uint64()
	}
	s.flags = random.Uint64()&arithmetic | 2 // bit 1 is always set
	s.mxcsr = other
	switch {
	case calm:
		s.mxcsr = usual
		if cpu.AVX {
			s.fill = fillNone
		}
		if SeesVectors() {
			s.asks = 1
		}
	case cpu.AVX512F:
		s.fill = fillZMM
	case cpu.AVX:
		s.fill = fillYMM
	}
}

// broken says which promise about registers the function broke.
func (s *shared) broken() string {
	switch {
	case s.spAfter != s.home:
		return fmt.Sprintf("SP moved by %d", int64(s.spAfter-s.home))
	case s.bpAfter != s.general[bp]:
		return fmt.Sprintf("BP was %#x, is %#x", s.general[bp], s.bpAfter)
	case s.flagsAfter&direction != 0:
		return "the direction flag is set"
	case (s.mxcsrAfter^s.mxcsr)&control != 0:
		return fmt.Sprintf("MXCSR was %#x, is %#x", s.mxcsr, s.mxcsrAfter)
	case s.inUse&upper != 0:
		return fmt.Sprintf("upper halves of vector registers are in use, %#x: no VZEROUPPER", s.inUse)
	}
	return ""
}
