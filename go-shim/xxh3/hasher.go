package xxh3

import (
	"encoding/binary"
	"hash"
	"io"

	"github.com/widelane/widelane/go-shim/internal/drain"
)

// room is the buffer of a Hasher: more than the longest input that needs no state, and whole stripes. What fits is hashed at once
// in the end, which is one call of a kernel and one copy, where a state takes three calls: 1 KiB in two pieces 46 ns instead of 68.
const room = 1024

// Hasher hashes data that comes in pieces. It implements [hash.Hash64]; its Sum is that of 64 bits. The zero value is
// ready, without a seed. A copy is a checkpoint; a Hasher must not be used from two goroutines at once.
type Hasher struct {
	state   state
	total   uint64
	n       int        // bytes in the buffer
	buffer  [room]byte // its end keeps the last stripe that was taken
	seed    uint64
	derived [192]byte // of the seed, if it is not 0
	secret  []byte    // of the caller
}

var (
	_ hash.Hash64 = (*Hasher)(nil)
	_ hash.Hash   = (*Hasher128)(nil)
)

// New returns a [Hasher] without a seed.
func New() *Hasher { return new(Hasher) }

// NewSeed returns a [Hasher] with a seed. Seed 0 is none.
func NewSeed(seed uint64) *Hasher {
	h := new(Hasher)
	h.ResetSeed(seed)
	return h
}

// NewSecret returns a [Hasher] with a secret of at least [MinSecret] bytes, which it keeps and which must not be
// modified. It panics if the secret is shorter.
func NewSecret(secret []byte) *Hasher {
	mustSecret(secret)
	return &Hasher{secret: secret}
}

// Reset makes it forget the data, which no marshalled state has then either; seed and secret stay.
func (h *Hasher) Reset() { h.state, h.total, h.n = state{}, 0, 0 }

// ResetSeed makes it forget the data and any secret, and sets the seed.
func (h *Hasher) ResetSeed(seed uint64) {
	h.Reset()
	h.secret = nil
	if h.seed != seed {
		h.seed, h.derived = seed, derive(seed)
	}
}

// BlockSize returns the number of bytes that are taken at once.
func (h *Hasher) BlockSize() int { return stripe }

// Size returns the number of bytes that Sum appends.
func (h *Hasher) Size() int { return 8 }

// Sum appends the 64-bit hash of what was written, the most significant byte first.
func (h *Hasher) Sum(b []byte) []byte { return binary.BigEndian.AppendUint64(b, h.Sum64()) }

// Write adds p. It never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	n := len(p)
	if h.total == 0 {
		h.state = start
	}
	h.total += uint64(n)
	if n <= room-h.n {
		h.n += copy(h.buffer[h.n:], p)
		return n, nil
	}
	if h.n > 0 {
		// Only to the end of a stripe: what follows is taken where it lies.
		whole := (h.n + stripe - 1) / stripe * stripe
		p = p[copy(h.buffer[h.n:whole], p):]
		accumulate(h.state[:], h.buffer[:whole], h.longSecret())
		if len(p) <= stripe {
			copy(h.buffer[room-stripe:], h.buffer[whole-stripe:whole])
		}
	}
	// One byte at least stays, for the last stripe is not like others.
	if whole := (len(p) - 1) / stripe * stripe; whole > 0 {
		accumulate(h.state[:], p[:whole], h.longSecret())
		copy(h.buffer[room-stripe:], p[whole-stripe:whole])
		p = p[whole:]
	}
	h.n = copy(h.buffer[:], p)
	return n, nil
}

// WriteString adds s. It never fails.
func (h *Hasher) WriteString(s string) (int, error) { return h.Write(view(s)) }

// ReadFrom adds what r has, up to its end. io.Copy calls it, and makes no buffer then. The error is the reader's, if it is not
// io.EOF.
func (h *Hasher) ReadFrom(r io.Reader) (int64, error) { return drain.Into(h, r) }

// Sum64 returns the 64-bit hash of what was written. More can be written after it.
func (h *Hasher) Sum64() uint64 {
	switch {
	case h.total <= short:
		return hash64(h.buffer[:h.n], h.seed, h.shortSecret())
	case h.total <= room: // nothing was taken yet
		return long(h.buffer[:h.n], h.longSecret())
	}
	var out [1]uint64
	h.finish(out[:])
	return out[0]
}

// Sum128 returns the 128-bit hash of what was written. More can be written after it.
func (h *Hasher) Sum128() Uint128 {
	switch {
	case h.total <= short:
		return hash128(h.buffer[:h.n], h.seed, h.shortSecret())
	case h.total <= room:
		return long128(h.buffer[:h.n], h.longSecret())
	}
	var out [2]uint64
	h.finish(out[:])
	return Uint128{Hi: out[1], Lo: out[0]}
}

// finish is for more bytes than the buffer holds, of which at least one is in it.
func (h *Hasher) finish(out []uint64) {
	s, secret := h.state, h.longSecret()
	if whole := (h.n - 1) / stripe * stripe; whole > 0 {
		accumulate(s[:], h.buffer[:whole], secret)
	}
	if h.n >= stripe {
		finish(out, &s, (*[stripe]byte)(h.buffer[h.n-stripe:]), secret, h.total)
		return
	}
	var last [stripe]byte
	copy(last[copy(last[:], h.buffer[room-stripe+h.n:]):], h.buffer[:h.n])
	finish(out, &s, &last, secret, h.total)
}

// longSecret is what more than 240 bytes meet.
func (h *Hasher) longSecret() []byte {
	switch {
	case h.secret != nil:
		return h.secret
	case h.seed != 0:
		return h.derived[:]
	}
	return defaultSecret[:]
}

// shortSecret is what up to 240 bytes meet, beside the seed.
func (h *Hasher) shortSecret() []byte {
	if h.secret != nil {
		return h.secret
	}
	return defaultSecret[:]
}

// Hasher128 is a [Hasher] whose Sum is that of 128 bits.
type Hasher128 struct{ h Hasher }

// New128 returns a [Hasher128] without a seed.
func New128() *Hasher128 { return new(Hasher128) }

// NewSeed128 returns a [Hasher128] with a seed. Seed 0 is none.
func NewSeed128(seed uint64) *Hasher128 {
	h := new(Hasher128)
	h.ResetSeed(seed)
	return h
}

// Reset makes it forget the data; the seed stays.
func (h *Hasher128) Reset() { h.h.Reset() }

// ResetSeed makes it forget the data, and sets the seed.
func (h *Hasher128) ResetSeed(seed uint64) { h.h.ResetSeed(seed) }

// BlockSize returns the number of bytes that are taken at once.
func (h *Hasher128) BlockSize() int { return stripe }

// Size returns the number of bytes that Sum appends.
func (h *Hasher128) Size() int { return 16 }

// Sum appends the 128-bit hash of what was written, the most significant byte first.
func (h *Hasher128) Sum(b []byte) []byte {
	sum := h.Sum128().Bytes()
	return append(b, sum[:]...)
}

// Write adds p. It never fails.
func (h *Hasher128) Write(p []byte) (int, error) { return h.h.Write(p) }

// WriteString adds s. It never fails.
func (h *Hasher128) WriteString(s string) (int, error) { return h.h.WriteString(s) }

// ReadFrom adds what r has, up to its end. io.Copy calls it, and makes no buffer then. The error is the reader's, if it is not
// io.EOF.
func (h *Hasher128) ReadFrom(r io.Reader) (int64, error) { return h.h.ReadFrom(r) }

// Sum128 returns the 128-bit hash of what was written. More can be written after it.
func (h *Hasher128) Sum128() Uint128 { return h.h.Sum128() }
