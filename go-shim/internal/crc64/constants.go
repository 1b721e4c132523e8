// Package crc64 has the algebra of CRC-64: what the kernels of hash/crc64 need to know of a polynomial.
//
// All is reflected: bit i of a word is the coefficient of x^(63-i), and a polynomial is given without x^64.
package crc64

import (
	"encoding/binary"
	"math/bits"
)

// How the constants of a polynomial lie: as crates/kernels-generic/src/crc64/constants.rs has it, where each part is
// explained. TestConstants of hash/crc64 compares them with what the library makes in Rust.
const (
	reach  = 32
	halves = 0
	shift  = halves + 8*16*16
	term   = shift + 48
	fold   = term + 8
	reduce = fold + 16*reach

	// Size is the size of all constants in bytes.
	Size = reduce + 24
)

// Constants is what the kernels need to know of a polynomial.
type Constants [Size]byte

func (c *Constants) put(at int, x uint64) { binary.LittleEndian.PutUint64(c[at:], x) }

// Half is the remainder of the lowest four bits of x as half byte i of a word.
func (c *Constants) Half(i int, x uint64) uint64 {
	return binary.LittleEndian.Uint64(c[halves+128*(i&15)+8*int(x&15):])
}

// Fill enters the constants of a polynomial.
func (c *Constants) Fill(poly uint64) {
	c.fillHalves(poly)
	// From x^63, which is 1, to x^127, and on by x^64.
	power := c.AfterWord(1)
	c.put(reduce, 1)
	for d := 1; d <= reach; d++ {
		low := c.AfterWord(power)
		c.put(fold+16*(reach-d)+8, power)
		c.put(fold+16*(reach-d), low)
		power = c.AfterWord(low)
	}
	c.put(reduce+8, quotient(poly))
	c.put(reduce+16, poly<<1|1)
	c.put(term, -(poly >> 63))
	for i := range 16 {
		c[shift+i] = 0x80
		c[shift+16+i] = byte(i)
		c[shift+32+i] = 0x80
	}
}

// fillHalves enters the remainders, of the bit that leaves a word last to that which leaves first.
func (c *Constants) fillHalves(poly uint64) {
	var t [16][16]uint64
	remainder := poly
	for bit := 63; bit >= 0; bit-- {
		t[bit/4][1<<(bit%4)] = remainder
		remainder = TimesX(remainder, poly)
	}
	for i := range t {
		for x := 1; x < 16; x++ {
			low := x & -x
			t[i][x] = t[i][low] ^ t[i][x^low]
			c.put(halves+128*i+8*x, t[i][x])
		}
	}
}

// AfterWord is a x^64.
func (c *Constants) AfterWord(a uint64) (sum uint64) {
	for i := range 16 {
		sum ^= c.Half(i, a>>(4*i))
	}
	return sum
}

// quotient is floor(x^128 / P) without its constant term: bit i is x^(64-i).
func quotient(poly uint64) uint64 {
	q, rest := uint64(1), poly
	for i := 1; i < 64; i++ {
		q |= rest & 1 << i
		rest = TimesX(rest, poly)
	}
	return q
}

// TimesX is a x.
func TimesX(a, poly uint64) uint64 { return a>>1 ^ poly&-(a&1) }

// times is a b.
func times(a, b, poly uint64) (sum uint64) {
	for b = bits.Reverse64(b); b != 0; b >>= 1 {
		sum ^= a & -(b & 1)
		a = TimesX(a, poly)
	}
	return sum
}

// AfterZeros is crc x^(8 n): what a CRC is after n zero bytes, but for the complements.
func AfterZeros(crc, n, poly uint64) uint64 {
	for power := uint64(1) << 55; n != 0; n >>= 1 {
		if n&1 == 1 {
			crc = times(crc, power, poly)
		}
		power = times(power, power, poly)
	}
	return crc
}
