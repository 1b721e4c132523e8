package xxh3

import (
	"encoding"
	"encoding/binary"
	"errors"
	"hash"
	"slices"
)

var (
	_ encoding.BinaryAppender    = (*Hasher)(nil)
	_ encoding.BinaryMarshaler   = (*Hasher)(nil)
	_ encoding.BinaryUnmarshaler = (*Hasher)(nil)
	_ hash.Cloner                = (*Hasher)(nil)
	_ encoding.BinaryAppender    = (*Hasher128)(nil)
	_ encoding.BinaryMarshaler   = (*Hasher128)(nil)
	_ encoding.BinaryUnmarshaler = (*Hasher128)(nil)
	_ hash.Cloner                = (*Hasher128)(nil)
)

// A marshalled state is the magic; seed, a hash of the secret, bytes written, bytes in the buffer and the accumulators, as
// words, big-endian; and the buffer, with zeros for what is of no use any more.
const (
	magic     = "xxh\x03"
	stateSize = len(magic) + 8*(4+len(state{})) + room
)

var (
	errIdentifier = errors.New("xxh3: invalid hash state identifier")
	errSize       = errors.New("xxh3: invalid hash state size")
	errState      = errors.New("xxh3: invalid hash state")
	errSecret     = errors.New("xxh3: hash state of another secret")
)

// AppendBinary appends the state, the seed included, but of a secret only a hash. It never fails.
func (h *Hasher) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, magic...)
	for _, word := range [...]uint64{h.seed, h.secretSum(), h.total, uint64(h.n)} {
		b = binary.BigEndian.AppendUint64(b, word)
	}
	for _, word := range h.state {
		b = binary.BigEndian.AppendUint64(b, word)
	}
	end := len(b) + room
	b = append(b, h.buffer[:]...)
	from, to := unused(h.total, h.n)
	clear(b[end-room:][from:to])
	return b, nil
}

// unused is the part of the buffer that nothing is read from any more: all behind its bytes, but, once something was taken, the
// last stripe of that while the final one may have to begin in it.
func unused(total uint64, n int) (from, to int) {
	if total > room && n < stripe {
		return n, room - stripe
	}
	return n, room
}

// MarshalBinary returns what AppendBinary appends.
func (h *Hasher) MarshalBinary() ([]byte, error) {
	return h.AppendBinary(make([]byte, 0, stateSize))
}

// UnmarshalBinary sets the state, the seed included. A state of a [Hasher] with a secret wants one with the same secret, and
// one without wants none; for anything else it returns an error and changes nothing.
func (h *Hasher) UnmarshalBinary(b []byte) error {
	if len(b) < len(magic) || string(b[:len(magic)]) != magic {
		return errIdentifier
	}
	if len(b) != stateSize {
		return errSize
	}
	b = b[len(magic):]
	next := func() uint64 {
		word := binary.BigEndian.Uint64(b)
		b = b[8:]
		return word
	}
	seed, sum, total, n := next(), next(), next(), next()
	// All is in the buffer until it overflows, and then it is never empty.
	if n > room || total <= room && n != total || total > room && n == 0 || seed != 0 && sum != 0 {
		return errState
	}
	from, to := unused(total, int(n))
	if slices.ContainsFunc(b[8*len(h.state):][from:to], func(x byte) bool { return x != 0 }) {
		return errState
	}
	if sum != h.secretSum() {
		return errSecret
	}
	if seed != h.seed {
		h.seed, h.derived = seed, derive(seed)
	}
	h.total, h.n = total, int(n)
	for i := range h.state {
		h.state[i] = next()
	}
	copy(h.buffer[:], b)
	return nil
}

// secretSum tells secrets apart; 0 is none.
func (h *Hasher) secretSum() uint64 {
	if h.secret == nil {
		return 0
	}
	return max(1, Hash(h.secret))
}

// Clone returns a copy, which goes on for itself. It never fails.
func (h *Hasher) Clone() (hash.Cloner, error) {
	c := *h
	return &c, nil
}

// AppendBinary appends the state, which is that of a [Hasher] too. It never fails.
func (h *Hasher128) AppendBinary(b []byte) ([]byte, error) { return h.h.AppendBinary(b) }

// MarshalBinary returns what AppendBinary appends.
func (h *Hasher128) MarshalBinary() ([]byte, error) { return h.h.MarshalBinary() }

// UnmarshalBinary sets the state, the seed included.
func (h *Hasher128) UnmarshalBinary(b []byte) error { return h.h.UnmarshalBinary(b) }

// Clone returns a copy, which goes on for itself. It never fails.
func (h *Hasher128) Clone() (hash.Cloner, error) {
	c := *h
	return &c, nil
}
