package crc32

import "math/bits"

// afterZeros is crc x^(8 n) modulo a polynomial, the lowest bit of all being the coefficient of x^31: what a CRC is
// after n zero bytes, but for the complements.
func afterZeros(crc uint32, n uint64, poly uint32) uint32 {
	for power := uint32(1) << 23; n != 0; n >>= 1 {
		if n&1 == 1 {
			crc = times(crc, power, poly)
		}
		power = times(power, power, poly)
	}
	return crc
}

// times is a b.
func times(a, b, poly uint32) (sum uint32) {
	for b = bits.Reverse32(b); b != 0; b >>= 1 {
		sum ^= a & -(b & 1)
		a = a>>1 ^ poly&-(a&1)
	}
	return sum
}
