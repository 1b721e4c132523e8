package crc32

import (
	"encoding/binary"
	"hash/crc32"
	"sync"
)

const (
	// chunk is the longest input of one call of machine code: about a microsecond, and between two calls the runtime can
	// stop the goroutine.
	chunk = 64 << 10

	// makeSlices is the shortest input that pays for making a set of tables, 1.5 microseconds, or the constants of
	// hash/crc64, 1.9: 700 and 900 bytes one at a time.
	makeSlices = 1 << 10
)

// slices[k][b] is the remainder of byte b with k zero bytes behind it, so that eight bytes take eight lookups that do
// not wait for one another (Kounavis and Berry, 2005).
type slices [8]Table

var (
	ieeeSlices       = sync.OnceValue(func() *slices { return newSlices(crc32.MakeTable(IEEE)) })
	castagnoliSlices = sync.OnceValue(func() *slices { return newSlices(crc32.MakeTable(Castagnoli)) })
)

func newSlices(tab *Table) *slices {
	s := new(slices)
	s.fill(tab)
	return s
}

func (s *slices) fill(tab *Table) {
	s[0] = *tab
	for k := 1; k < len(s); k++ {
		for b, crc := range s[k-1] {
			s[k][b] = tab[byte(crc)] ^ crc>>8
		}
	}
}

// update adds p to a CRC that is not complemented.
func (s *slices) update(crc uint32, p []byte) uint32 {
	for ; len(p) >= 8; p = p[8:] {
		x := binary.LittleEndian.Uint64(p) ^ uint64(crc)
		crc = s[7][byte(x)] ^ s[6][byte(x>>8)] ^ s[5][byte(x>>16)] ^ s[4][byte(x>>24)] ^
			s[3][byte(x>>32)] ^ s[2][byte(x>>40)] ^ s[1][byte(x>>48)] ^ s[0][x>>56]
	}
	return byBytes(crc, &s[0], p)
}

// byBytes adds p to a CRC that is not complemented.
func byBytes(crc uint32, tab *Table, p []byte) uint32 {
	for _, b := range p {
		crc = tab[byte(crc)^b] ^ crc>>8
	}
	return crc
}

// tableUpdate serves any table, also one that is no polynomial's.
func tableUpdate(crc uint32, tab *Table, p []byte) uint32 {
	if wide := lookup(tab, len(p)); wide != nil {
		return wideUpdate(crc, wide, p)
	}
	if len(p) < makeSlices || !linear(tab) {
		return ^byBytes(^crc, tab, p)
	}
	var s slices // On the stack: 8 KiB, and nothing to keep or forget.
	s.fill(tab)
	return ^s.update(^crc, p)
}

// linear reports whether the remainder of a sum is the sum of the remainders, which tables of polynomials satisfy and
// taking eight bytes at a time rests on.
func linear(tab *Table) bool {
	for b := 1; b < len(tab); b++ {
		low := b & -b
		if tab[b] != tab[low]^tab[b^low] {
			return false
		}
	}
	return tab[0] == 0
}

func ieeeUpdateGeneric(crc uint32, p []byte) uint32 {
	return ^ieeeSlices().update(^crc, p)
}

func castagnoliUpdateGeneric(crc uint32, p []byte) uint32 {
	return ^castagnoliSlices().update(^crc, p)
}

func ieeeUpdateLong(crc uint32, p []byte) uint32 {
	for ; len(p) > chunk; p = p[chunk:] {
		crc = ieeeUpdate(crc, p[:chunk])
	}
	return ieeeUpdate(crc, p)
}

func castagnoliUpdateLong(crc uint32, p []byte) uint32 {
	for ; len(p) > chunk; p = p[chunk:] {
		crc = castagnoliUpdate(crc, p[:chunk])
	}
	return castagnoliUpdate(crc, p)
}
