package torture

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/xxh3"
)

// xxh3Secret is what the rows of xxh3 hash with: blocks of ten stripes.
var xxh3Secret = random(147)

func init() {
	table = append(table, row{
		kernel: "xxh3_digest", unit: 1, align: 1,
		// Short input does not come to the kernel: it is read, and what the kernel would say is said by others.
		room: func(int) int { return 16 },
		call: func(in, out []byte) uint64 {
			sum := xxh3.Hash128Secret(in, xxh3Secret)
			if len(in) <= 240 {
				xxh3Digest(in, out)
				return 0
			}
			binary.NativeEndian.PutUint64(out, sum.Lo)
			binary.NativeEndian.PutUint64(out[8:], sum.Hi)
			return 0
		},
		want: func(in, out []byte) uint64 {
			xxh3Digest(in, out)
			return 0
		},
		local: func() {
			var buf [300]byte
			sink += xxh3.HashSeed(buf[:], 1)
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += xxh3.Hash(in)
			}
			return
		},
	}, row{
		kernel: "xxh3_accumulate", unit: 1, align: 1,
		room: func(int) int { return 72 },
		call: func(in, out []byte) uint64 {
			h := xxh3.NewSecret(xxh3Secret)
			h.Write(in)
			sum := h.Sum64()
			if len(in) <= 256 {
				return 0 // it did not come to the kernel
			}
			return sum
		},
		want: func(in, out []byte) uint64 {
			if len(in) <= 256 {
				return 0
			}
			return xxh3Halves(in)[0]
		},
		local: func() {
			var (
				h   xxh3.Hasher
				buf [300]byte
			)
			h.Write(buf[:])
			sink += h.Sum64()
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			var h xxh3.Hasher
			for i := 0; i < turns && !stop.Load(); i++ {
				h.Write(in)
			}
			return h.Sum64()
		},
	})
}

// xxh3State is the specification's accumulators, and the stripe of the block that comes next.
type xxh3State [9]uint64

// take adds the whole stripes of p.
func (s *xxh3State) take(p []byte) {
	block := uint64(len(xxh3Secret)-64) / 8
	if s[8] >= block {
		s[8] = 0
	}
	for ; len(p) >= 64; p = p[64:] {
		s.add(p, xxh3Secret[8*s[8]:])
		if s[8]++; s[8] < block {
			continue
		}
		s[8] = 0
		for i := range 8 {
			key := binary.LittleEndian.Uint64(xxh3Secret[len(xxh3Secret)-64+8*i:])
			s[i] = (s[i] ^ s[i]>>47 ^ key) * 0x9E3779B1
		}
	}
}

func (s *xxh3State) add(stripe, key []byte) {
	for i := range 8 {
		x := binary.LittleEndian.Uint64(stripe[8*i:])
		mixed := x ^ binary.LittleEndian.Uint64(key[8*i:])
		s[i^1] += x
		s[i] += mixed & 0xFFFFFFFF * (mixed >> 32)
	}
}

func (s *xxh3State) merged(sum uint64, key []byte) uint64 {
	for i := 0; i < 8; i += 2 {
		a, b := binary.LittleEndian.Uint64(key[8*i:]), binary.LittleEndian.Uint64(key[8*i+8:])
		high, low := bits.Mul64(s[i]^a, s[i+1]^b)
		sum += high ^ low
	}
	sum = (sum ^ sum>>37) * 0x165667919E3779F9
	return sum ^ sum>>32
}

// xxh3Halves is the specification's hash of at least a stripe, low half first, as it is for more than 240 bytes.
func xxh3Halves(p []byte) [2]uint64 {
	s := xxh3State{
		0xC2B2AE3D, 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
		0x85EBCA77C2B2AE63, 0x85EBCA77, 0x27D4EB2F165667C5, 0x9E3779B1,
	}
	n := len(xxh3Secret)
	s.take(p[:(len(p)-1)/64*64])
	s.add(p[len(p)-64:], xxh3Secret[n-71:])
	total := uint64(len(p))
	return [2]uint64{
		s.merged(total*0x9E3779B185EBCA87, xxh3Secret[11:]),
		s.merged(^(total * 0xC2B2AE3D27D4EB4F), xxh3Secret[n-75:]),
	}
}

// xxh3Digest is what the kernel does: nothing if there is less than a stripe.
func xxh3Digest(in, out []byte) {
	if len(in) < 64 {
		return
	}
	for i, half := range xxh3Halves(in) {
		binary.NativeEndian.PutUint64(out[8*i:], half)
	}
}

// xxh3Accumulate is what the kernel does to a state in words of the machine's order.
func xxh3Accumulate(in, state []byte) {
	var s xxh3State
	for i := range s {
		s[i] = binary.NativeEndian.Uint64(state[8*i:])
	}
	s.take(in)
	for i, x := range s {
		binary.NativeEndian.PutUint64(state[8*i:], x)
	}
}
