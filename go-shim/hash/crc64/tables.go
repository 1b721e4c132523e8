package crc64

import (
	"hash/crc64"
	"sync/atomic"

	algebra "github.com/widelane/widelane/go-shim/internal/crc64"
)

// known is a polynomial with all that serves it. The constants are an object of their own, without pointers and of a size
// whose class is a multiple of 64 bytes, so that they begin a line of the cache: every load of 64 bytes would reach over two
// otherwise. Beside a pointer the runtime would put eight bytes before them.
type known struct {
	constants *[algebra.Size]byte
	table     *Table
}

// The polynomials with names, from when somebody asks for one. For two the table is at the standard library's address.
var iso, ecma, nvme atomic.Pointer[known]

// named returns where a polynomial with a name is kept, nil for any other.
func named(poly uint64) *atomic.Pointer[known] {
	switch poly {
	case ISO:
		return &iso
	case ECMA:
		return &ecma
	case NVME:
		return &nvme
	}
	return nil
}

// load returns what is at the place of a polynomial with a name, which never changes again.
func load(place *atomic.Pointer[known], poly uint64) *known {
	if k := place.Load(); k != nil {
		return k
	}
	place.CompareAndSwap(nil, newKnown(poly, crc64.MakeTable(poly)))
	return place.Load()
}

func newKnown(poly uint64, tab *Table) *known {
	constants := new(algebra.Constants)
	constants.Fill(poly)
	return &known{(*[algebra.Size]byte)(constants), tab}
}

const (
	// compare is the shortest input that pays for comparing a table with a known one: 32 bytes take 33 nanoseconds with
	// the comparison of 2 KiB, 45 a byte at a time; 16 bytes 31 and 18.
	compare = 32

	// makeConstants is the shortest input that pays for making constants, if this is the only one: 1 KiB takes 1.4
	// microseconds with them, 2.2 a byte at a time; 512 bytes 1.4 and 1.1.
	makeConstants = 1 << 10
)

// others are polynomials without a name that had long input lately. Each has one place, so that there is nothing to
// lock, and no more memory is held than this.
var others [8]atomic.Pointer[known]

// updateOther serves a table that is at no known address.
func updateOther(crc uint64, tab *Table, p []byte) uint64 {
	if len(p) == 0 {
		return crc
	}
	if k := lookup(tab, len(p)); k != nil {
		return update(crc, k.constants, p)
	}
	if len(p) < makeConstants {
		return byBytes(crc, tab, p)
	}
	return crc64.Update(crc, tab, p)
}

// lookup returns what serves a table for n bytes; nil if the table is no polynomial's, or n does not pay for looking.
func lookup(tab *Table, n int) *known {
	poly := tab[0x80] // The remainder of the byte 0x80.
	if place := named(poly); place != nil {
		k := load(place, poly)
		if k.table == tab || n >= compare && *k.table == *tab {
			return k
		}
		return nil
	}
	place := &others[poly*0x9e3779b97f4a7c15>>61]
	k := place.Load()
	if k != nil && n >= compare && *k.table == *tab {
		return k
	}
	if n < makeConstants || !polynomials(tab) {
		return nil
	}
	copied := *tab // The caller's may change.
	k = newKnown(poly, &copied)
	place.Store(k)
	return k
}

// polynomials reports whether a table is that of a polynomial.
func polynomials(tab *Table) bool {
	remainder := tab[0x80]
	for b := 0x80; b > 0; b >>= 1 {
		if tab[b] != remainder {
			return false
		}
		remainder = algebra.TimesX(remainder, tab[0x80])
	}
	for b := 1; b < len(tab); b++ {
		low := b & -b
		if tab[b] != tab[low]^tab[b^low] {
			return false
		}
	}
	return tab[0] == 0
}

// byBytes adds p to crc one byte at a time.
func byBytes(crc uint64, tab *Table, p []byte) uint64 {
	crc = ^crc
	for _, b := range p {
		crc = tab[byte(crc)^b] ^ crc>>8
	}
	return ^crc
}
