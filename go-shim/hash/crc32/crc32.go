// Package crc32 computes CRC-32 checksums. It is the standard library's hash/crc32 under another import path: the same
// names, values, errors and marshalled states, with kernels that fold with carry-less multiplication from the first byte
// on, and beside it use the CPU's CRC instruction for [Castagnoli].
//
// # Tables
//
// [Table] is an alias of the standard library's type, and [IEEETable] and the result of [MakeTable] are its very
// pointers. So a table from either package may go to the other, is recognised there, and code that is moved over file by
// file goes on compiling. Importing hash/crc32 costs a program a table of 1 KiB.
//
// A polynomial other than [IEEE] and [Castagnoli] is served by the kernel of hash/crc64 as soon as there are 1024 bytes to
// pay for its constants, of which a few sets are kept; from 48 bytes on while it is kept.
//
// # Source
//
// IEEE 802.3; RFC 3720; P. Koopman, "32-Bit Cyclic Redundancy Codes for Internet Applications", DSN 2002. The repository's
// docs/kernels/crc32.md derives the kernels.
package crc32

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"sync/atomic"

	algebra "github.com/widelane/widelane/go-shim/internal/crc64"
	"github.com/widelane/widelane/go-shim/internal/drain"
)

// Size is the size of a checksum in bytes.
const Size = 4

// Polynomials, reflected: the coefficient of x^31 is the lowest bit.
const (
	// IEEE is that of Ethernet, gzip, zip and PNG.
	IEEE = 0xedb88320

	// Castagnoli is that of iSCSI, ext4, Btrfs and SSE4.2.
	Castagnoli = 0x82f63b78

	// Koopman finds more errors than [IEEE] in long messages.
	Koopman = 0xeb31d82e
)

// Table holds the remainders of the 256 bytes for one polynomial.
type Table = crc32.Table

// IEEETable is the table of [IEEE].
var IEEETable = crc32.IEEETable

// castagnoli is the table of [Castagnoli], once somebody has asked for it.
var castagnoli atomic.Pointer[Table]

// MakeTable returns the table of a polynomial. It must not be modified.
func MakeTable(poly uint32) *Table {
	switch poly {
	case IEEE:
		return IEEETable
	case Castagnoli:
		if castagnoli.Load() == nil {
			castagnoli.Store(crc32.MakeTable(Castagnoli)) // Always the same pointer.
		}
		return castagnoli.Load()
	}
	return crc32.MakeTable(poly)
}

// Checksum returns the CRC-32 of data for the polynomial of the table.
func Checksum(data []byte, tab *Table) uint32 { return Update(0, tab, data) }

// ChecksumIEEE returns the CRC-32 of data for the [IEEE] polynomial.
func ChecksumIEEE(data []byte) uint32 { return ieeeUpdate(0, data) }

// Update returns the CRC-32 of what crc is the checksum of, followed by p.
func Update(crc uint32, tab *Table, p []byte) uint32 {
	if tab == IEEETable {
		return ieeeUpdate(crc, p)
	}
	if tab == castagnoli.Load() && tab != nil {
		return castagnoliUpdate(crc, p)
	}
	return updateOther(crc, tab, p)
}

// updateOther serves a table that is neither of the two, or Castagnoli's before anybody asked this package for it.
func updateOther(crc uint32, tab *Table, p []byte) uint32 {
	if len(p) == 0 {
		return crc
	}
	// The remainder of the byte 0x80 is the polynomial.
	if tab[0x80] == Castagnoli && castagnoli.Load() == nil && tab == MakeTable(Castagnoli) {
		return castagnoliUpdate(crc, p)
	}
	return tableUpdate(crc, tab, p)
}

// New returns a [hash.Hash32] for the polynomial of the table. Its Sum appends the checksum with the most significant
// byte first. It implements [encoding.BinaryMarshaler], [encoding.BinaryAppender], [encoding.BinaryUnmarshaler] and
// [hash.Cloner]; its states and those of the standard library's are the same. Unlike that it implements [io.ReaderFrom] too, so
// that [io.Copy] makes no buffer.
func New(tab *Table) hash.Hash32 { return &digest{tab: tab} }

// NewIEEE returns [New] of [IEEETable].
func NewIEEE() hash.Hash32 { return New(IEEETable) }

// Combine returns the CRC-32 of a whole of which first and second are the checksums of the parts, without the data. The
// second part has len bytes. It panics if len is negative. The standard library has nothing like it.
func Combine(first, second uint32, tab *Table, len int64) uint32 {
	if len < 0 {
		panic("crc32: Combine of a negative length")
	}
	// A CRC of 32 bits is the lower half of one of 64 whose polynomial is the same number: see other.
	return uint32(algebra.AfterZeros(uint64(first), uint64(len), uint64(tab[0x80]))) ^ second
}

type digest struct {
	crc uint32
	tab *Table
}

func (d *digest) Size() int      { return Size }
func (d *digest) BlockSize() int { return 1 }
func (d *digest) Reset()         { d.crc = 0 }
func (d *digest) Sum32() uint32  { return d.crc }

func (d *digest) Sum(in []byte) []byte { return binary.BigEndian.AppendUint32(in, d.crc) }

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
	magic     = "crc\x01"
	stateSize = len(magic) + 4 + Size
)

var (
	errIdentifier = errors.New("hash/crc32: invalid hash state identifier")
	errSize       = errors.New("hash/crc32: invalid hash state size")
	errTable      = errors.New("hash/crc32: tables do not match")
)

func (d *digest) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, magic...)
	b = binary.BigEndian.AppendUint32(b, tableSum(d.tab))
	return binary.BigEndian.AppendUint32(b, d.crc), nil
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
	case binary.BigEndian.Uint32(b[len(magic):]) != tableSum(d.tab):
		return errTable
	}
	d.crc = binary.BigEndian.Uint32(b[len(magic)+4:])
	return nil
}

// tableSum identifies a table: the IEEE CRC-32 of its entries, big-endian; of nothing, if there is no table.
func tableSum(tab *Table) uint32 {
	if tab == nil {
		return 0
	}
	var b [4 * len(tab)]byte
	for i, x := range tab {
		binary.BigEndian.PutUint32(b[4*i:], x)
	}
	return ieeeUpdate(0, b[:])
}
