package crc32

import (
	"sync"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/internal/impl"
)

// other is a polynomial without a name as one of degree 64: times x^32. Registers are x^32 times as much then, too, and
// since the lowest bit is the highest power, that is the same number with 32 zero bits before it. So the kernels of
// hash/crc64, which take any polynomial, serve all of 32 bits.
type other struct {
	table Table
	wide  crc64.Table
}

// wideKernel is the kernel of hash/crc64.
var wideKernel = sync.OnceValue(func() *impl.Kernel { return impl.Lookup("crc64_update") })

// others are polynomials that had long input lately. Each has one place, which is replaced whole, and no more memory is
// held than this.
var others [8]atomic.Pointer[other]

// compare is the shortest input that pays for comparing a table with a known one, here and in hash/crc64: 48 bytes take
// 52 nanoseconds with it, 79 a byte at a time; 32 bytes 52 and 45.
const compare = 48

// lookup returns what serves a table for n bytes; nil if the table is no polynomial's, n does not pay for looking, or
// hash/crc64 has no kernel here that is faster than tables.
func lookup(tab *Table, n int) *crc64.Table {
	if n < compare {
		return nil
	}
	place := &others[tab[0x80]*0x9e3779b9>>29] // The remainder of the byte 0x80 is the polynomial.
	if k := place.Load(); k != nil && k.table == *tab {
		return &k.wide
	}
	if n < makeSlices || !polynomial(tab) || wideKernel().Serving() == "generic" {
		return nil
	}
	k := &other{table: *tab}
	for b, remainder := range tab {
		k.wide[b] = uint64(remainder)
	}
	place.Store(k)
	return &k.wide
}

// polynomial reports whether a table is that of a polynomial.
func polynomial(tab *Table) bool {
	remainder := tab[0x80]
	for b := 0x80; b > 0; b >>= 1 {
		if tab[b] != remainder {
			return false
		}
		remainder = remainder>>1 ^ tab[0x80]&-(remainder&1)
	}
	return linear(tab)
}

// wideUpdate adds p by way of the table of 64 bits. What comes of the upper half is zero, complemented.
func wideUpdate(crc uint32, wide *crc64.Table, p []byte) uint32 {
	return uint32(crc64.Update(^uint64(^crc), wide, p))
}
