// Package crc64 computes CRC-64 checksums. It is the standard library's hash/crc64 under another import path: the same
// names, values, errors and marshalled states, with kernels that fold with carry-less multiplication from the first byte
// on. [NVME] and [Combine] are added.
//
// # Tables
//
// [Table] is an alias of the standard library's type, and what [MakeTable] returns for [ISO] and [ECMA] are its very
// pointers. So a table from either package may go to the other, and code that is moved over file by file goes on
// compiling. Tables are told apart by what is in them: a copy costs 30 nanoseconds more, and shorter input than 32 bytes
// is added a byte at a time.
//
// Other polynomials are served by the same kernels as soon as there are 1024 bytes to pay for their constants, of
// which a few sets are kept. A table that is no polynomial's gets what the standard library makes of it.
//
// # Source
//
// ISO 3309; ECMA-182; NVM Express NVM Command Set Specification. The repository's docs/kernels/crc64.md derives the
// kernels.
package crc64

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc64"
	"io"

	algebra "github.com/widelane/widelane/go-shim/internal/crc64"
	"github.com/widelane/widelane/go-shim/internal/drain"
)

// Size is the size of a checksum in bytes.
const Size = 8

// Polynomials, reflected: the coefficient of x^63 is the lowest bit.
const (
	// ISO is that of ISO 3309, used in HDLC.
	ISO = 0xD800000000000000

	// ECMA is that of ECMA-182, used by xz.
	ECMA = 0xC96C5795D7870F42

	// NVME is that of NVM Express, used by object stores. The standard library does not name it.
	NVME = 0x9A6C9329AC4BC9B5
)

// Table holds the remainders of the 256 bytes for one polynomial.
type Table = crc64.Table

// MakeTable returns the table of a polynomial. It must not be modified.
func MakeTable(poly uint64) *Table {
	if place := named(poly); place != nil {
		return load(place, poly).table
	}
	return crc64.MakeTable(poly)
}

// Checksum returns the CRC-64 of data for the polynomial of the table.
func Checksum(data []byte, tab *Table) uint64 { return Update(0, tab, data) }

// Update returns the CRC-64 of what crc is the checksum of, followed by p.
func Update(crc uint64, tab *Table, p []byte) uint64 {
	if k := ecma.Load(); k != nil && k.table == tab {
		return update(crc, k.constants, p)
	}
	if k := nvme.Load(); k != nil && k.table == tab {
		return update(crc, k.constants, p)
	}
	if k := iso.Load(); k != nil && k.table == tab {
		return update(crc, k.constants, p)
	}
	return updateOther(crc, tab, p)
}

// New returns a [hash.Hash64] for the polynomial of the table. Its Sum appends the checksum with the most significant
// byte first. It implements [encoding.BinaryMarshaler], [encoding.BinaryAppender], [encoding.BinaryUnmarshaler] and
// [hash.Cloner]; its states and those of the standard library's are the same. Unlike that it implements [io.ReaderFrom] too, so
// that [io.Copy] makes no buffer.
func New(tab *Table) hash.Hash64 { return &digest{tab: tab} }

// Combine returns the CRC-64 of a whole of which first and second are the checksums of the parts, without the data. The
// second part has len bytes. It panics if len is negative.
func Combine(first, second uint64, tab *Table, len int64) uint64 {
	if len < 0 {
		panic("crc64: Combine of a negative length")
	}
	return algebra.AfterZeros(first, uint64(len), tab[0x80]) ^ second
}

type digest struct {
	crc uint64
	tab *Table
}

func (d *digest) Size() int      { return Size }
func (d *digest) BlockSize() int { return 1 }
func (d *digest) Reset()         { d.crc = 0 }
func (d *digest) Sum64() uint64  { return d.crc }

func (d *digest) Sum(in []byte) []byte { return binary.BigEndian.AppendUint64(in, d.crc) }

func (d *digest) Write(p []byte) (int, error) {
	d.crc = Update(d.crc, d.tab, p)
	return len(p), nil
}

func (d *digest) ReadFrom(r io.Reader) (int64, error) { return drain.Into(d, r) }

func (d *digest) Clone() (hash.Cloner, error) {
	c := *d
	return &c, nil
}

// A marshalled state is the magic, the checksum of the table and the CRC, both big-endian.
const (
	magic     = "crc\x02"
	stateSize = len(magic) + 8 + Size
)

var (
	errIdentifier = errors.New("hash/crc64: invalid hash state identifier")
	errSize       = errors.New("hash/crc64: invalid hash state size")
	errTable      = errors.New("hash/crc64: tables do not match")
)

func (d *digest) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, magic...)
	b = binary.BigEndian.AppendUint64(b, tableSum(d.tab))
	return binary.BigEndian.AppendUint64(b, d.crc), nil
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
	case binary.BigEndian.Uint64(b[len(magic):]) != tableSum(d.tab):
		return errTable
	}
	d.crc = binary.BigEndian.Uint64(b[len(magic)+8:])
	return nil
}

// tableSum identifies a table: the ISO CRC-64 of its entries, big-endian; of nothing, if there is no table.
func tableSum(tab *Table) uint64 {
	if tab == nil {
		return 0
	}
	var b [8 * len(tab)]byte
	for i, x := range tab {
		binary.BigEndian.PutUint64(b[8*i:], x)
	}
	return Update(0, MakeTable(ISO), b[:])
}
