// Package adler32 computes Adler-32 checksums. It is the standard library's hash/adler32 under another import path: the same
// names, values, errors and marshalled states. [Combine] is added.
//
// # Source
//
// RFC 1950, section 8.2. The repository's docs/kernels/adler32.md derives the kernels.
package adler32

import (
	"encoding/binary"
	"errors"
	"hash"
	"io"

	"github.com/widelane/widelane/go-shim/internal/drain"
)

// Size is the size of a checksum in bytes.
const Size = 4

// Checksum returns the Adler-32 of data.
func Checksum(data []byte) uint32 { return update(1, data) }

// New returns a [hash.Hash32]. Its Sum appends the checksum with the most significant byte first. It implements
// [encoding.BinaryMarshaler], [encoding.BinaryAppender], [encoding.BinaryUnmarshaler] and [hash.Cloner]; its states and those
// of the standard library's are the same. Unlike that it implements [io.ReaderFrom] too, so that [io.Copy] makes no buffer.
func New() hash.Hash32 {
	d := digest(1)
	return &d
}

// Combine returns the Adler-32 of a whole of which first and second are the checksums of the parts, without the data. The
// second part has len bytes. It panics if len is negative. The standard library has nothing like it.
func Combine(first, second uint32, len int64) uint32 {
	if len < 0 {
		panic("adler32: Combine of a negative length")
	}
	// The second part began from 1 where it would have begun from the first's sum of bytes, once more for each byte.
	before := (first&0xffff + modulus - 1) % modulus
	a := (before + second&0xffff) % modulus
	b := (uint64(len)%modulus*uint64(before) + uint64(first>>16) + uint64(second>>16)) % modulus
	return uint32(b)<<16 | a
}

// digest is the checksum so far.
type digest uint32

func (d *digest) Size() int      { return Size }
func (d *digest) BlockSize() int { return 4 }
func (d *digest) Reset()         { *d = 1 }
func (d *digest) Sum32() uint32  { return uint32(*d) }

func (d *digest) Sum(in []byte) []byte { return binary.BigEndian.AppendUint32(in, uint32(*d)) }

func (d *digest) Write(p []byte) (int, error) {
	*d = digest(update(uint32(*d), p))
	return len(p), nil
}

func (d *digest) ReadFrom(r io.Reader) (int64, error) { return drain.Into(d, r) }

func (d *digest) Clone() (hash.Cloner, error) {
	c := *d
	return &c, nil
}

// A marshalled state is the magic and the checksum, big-endian.
const (
	magic     = "adl\x01"
	stateSize = len(magic) + Size
)

var (
	errIdentifier = errors.New("hash/adler32: invalid hash state identifier")
	errSize       = errors.New("hash/adler32: invalid hash state size")
)

func (d *digest) AppendBinary(b []byte) ([]byte, error) {
	return binary.BigEndian.AppendUint32(append(b, magic...), uint32(*d)), nil
}

func (d *digest) MarshalBinary() ([]byte, error) {
	return d.AppendBinary(make([]byte, 0, stateSize))
}

func (d *digest) UnmarshalBinary(b []byte) error {
	switch {
	case len(b) < len(magic) || string(b[:len(magic)]) != magic:
		return errIdentifier
	case len(b) != stateSize:
		return errSize
	}
	*d = digest(binary.BigEndian.Uint32(b[len(magic):]))
	return nil
}
