package xxh3

import (
	"testing"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
)

// Every variant, at once and in pieces, by way of a state that was stored, against the portable functions.
func FuzzHash(f *testing.F) {
	f.Add([]byte("widelane"), uint64(0), uint16(3), uint16(0))
	f.Add(make([]byte, 1089), uint64(1)<<63, uint16(64), uint16(11))
	f.Add(reference()[:3000], uint64(0), uint16(300), uint16(56))
	data := reference()
	f.Fuzz(func(t *testing.T, p []byte, seed uint64, cut, extra uint16) {
		at, planted := int(cut)%(len(p)+1), uint64(fuzzfault.Planted(p))
		secret := data[:minSecret+int(extra)%300]
		want := portable128(p, seed, secret)
		want.Lo += planted
		kernels.Each(t, func(variant string) {
			whole, fresh := Hash128Secret(p, secret), func() *Hasher { return NewSecret(secret) }
			if seed != 0 {
				whole, fresh = Hash128Seed(p, seed), func() *Hasher { return NewSeed(seed) }
			}
			h, again := fresh(), fresh()
			h.Write(p[:at])
			state, err := h.MarshalBinary()
			if err == nil {
				err = again.UnmarshalBinary(state)
			}
			again.Write(p[at:])
			if err != nil || whole != want || again.Sum128() != want {
				t.Errorf("planted %d, %s: %d bytes cut at %d, seed %#x, secret of %d: %x and %x, want %x; %v",
					planted, variant, len(p), at, seed, len(secret), whole, again.Sum128(), want, err)
			}
			if len(p) > short && again.Sum64() != whole.Lo {
				t.Errorf("%s: %d bytes cut at %d: 64 bits are not half of 128", variant, len(p), at)
			}
		})
	})
}

// portable128 is the hash with a seed or, without one, with a secret, and without any kernel.
func portable128(p []byte, seed uint64, secret []byte) Uint128 {
	if seed != 0 {
		secret = defaultSecret[:]
	}
	if len(p) <= short {
		return hash128(p, seed, secret)
	}
	if seed != 0 {
		derived := derive(seed)
		secret = derived[:]
	}
	var out [2]uint64
	digestGeneric(out[:], p, secret)
	return Uint128{Hi: out[1], Lo: out[0]}
}

// No bytes make a state that does harm: what is accepted comes out again, and goes on like any other.
func FuzzUnmarshal(f *testing.F) {
	for _, n := range []int{0, 100, 256, 1000} {
		h := NewSeed(uint64(n))
		h.Write(reference()[:n])
		state, _ := h.MarshalBinary()
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		h := New()
		if h.UnmarshalBinary(p) != nil && fuzzfault.Planted(p) == 0 {
			return
		}
		state, err := h.MarshalBinary()
		if err != nil || string(state) != string(p) {
			t.Errorf("planted %d: %d bytes come out as others", fuzzfault.Planted(p), len(p))
		}
		h.Write(reference()[:300])
		h.Sum128()
	})
}
