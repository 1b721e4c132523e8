package xxh3

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime32x1 = 0x9E3779B1
	prime32x2 = 0x85EBCA77
	prime32x3 = 0xC2B2AE3D
	prime64x1 = 0x9E3779B185EBCA87
	prime64x2 = 0xC2B2AE3D27D4EB4F
	prime64x3 = 0x165667B19E3779F9
	prime64x4 = 0x85EBCA77C2B2AE63
	prime64x5 = 0x27D4EB2F165667C5
	mx1       = 0x165667919E3779F9
	mx2       = 0x9FB21C651E98DF25
)

// short is the longest input that needs no state.
const short = 240

// shortSecret is what short input meets of a secret.
type shortSecret = [minSecret]byte

// hash64 is the 64-bit hash of p; a seed goes with the default secret. Up to 128 bytes it is all one function, and reads
// through arrays: a call more, or a check of bounds at each word, would cost as much as 16 bytes do.
func hash64(p []byte, seed uint64, secret []byte) uint64 {
	n, key := len(p), (*shortSecret)(secret)
	switch {
	case n > short && seed != 0:
		return longSeed(p, seed)
	case n > short:
		return long(p, secret)
	case n > 128:
		return hashTo240(p, seed, key)
	case n > 16:
		break
	case n > 8:
		low := word(p) ^ (pair(key[24:]) + seed)
		high := word(p[n-8:]) ^ (pair(key[40:]) - seed)
		return avalanche(uint64(n) + bits.ReverseBytes64(low) + high + fold(low, high))
	case n >= 4:
		x := (half(p[n-4:]) | half(p)<<32) ^ (pair(key[8:]) - spread(seed))
		x ^= bits.RotateLeft64(x, 49) ^ bits.RotateLeft64(x, 24)
		x *= mx2
		x ^= x>>35 + uint64(n)
		x *= mx2
		return x ^ x>>28
	case n > 0:
		return avalanche64((half(key[0:]) ^ half(key[4:])) + seed ^ few(p))
	default:
		return avalanche64(seed ^ pair(key[56:]))
	}
	// Pieces from both ends, which may overlap.
	acc := uint64(n) * prime64x1
	a, z := (*[16]byte)(p), (*[16]byte)(p[n-16:])
	acc += mix(a[:], key[0:], seed) + mix(z[:], key[16:], seed)
	if n > 32 {
		a, z := (*[32]byte)(p), (*[32]byte)(p[n-32:])
		acc += mix(a[16:], key[32:], seed) + mix(z[:], key[48:], seed)
	}
	if n > 64 {
		a, z := (*[48]byte)(p), (*[48]byte)(p[n-48:])
		acc += mix(a[32:], key[64:], seed) + mix(z[:], key[80:], seed)
	}
	if n > 96 {
		a, z := (*[64]byte)(p), (*[64]byte)(p[n-64:])
		acc += mix(a[48:], key[96:], seed) + mix(z[:], key[112:], seed)
	}
	return avalanche(acc)
}

// hashTo240 takes 129 to 240 bytes. Written out it takes two thirds of the time that it takes as loops.
func hashTo240(p []byte, seed uint64, key *shortSecret) uint64 {
	n, a, z := len(p), (*[128]byte)(p), (*[16]byte)(p[len(p)-16:])
	acc := uint64(n) * prime64x1
	acc += mix(a[0:], key[0:], seed) + mix(a[16:], key[16:], seed)
	acc += mix(a[32:], key[32:], seed) + mix(a[48:], key[48:], seed)
	acc += mix(a[64:], key[64:], seed) + mix(a[80:], key[80:], seed)
	acc += mix(a[96:], key[96:], seed) + mix(a[112:], key[112:], seed)
	acc = avalanche(acc)
	// Apart from acc, whose last step it needs not wait for.
	last := mix(z[:], key[minSecret-17:], seed)
	if n >= 144 {
		a := (*[144]byte)(p)
		last += mix(a[128:], key[3:], seed)
	}
	if n >= 160 {
		a := (*[160]byte)(p)
		last += mix(a[144:], key[19:], seed)
	}
	if n >= 176 {
		a := (*[176]byte)(p)
		last += mix(a[160:], key[35:], seed)
	}
	if n >= 192 {
		a := (*[192]byte)(p)
		last += mix(a[176:], key[51:], seed)
	}
	if n >= 208 {
		a := (*[208]byte)(p)
		last += mix(a[192:], key[67:], seed)
	}
	if n >= 224 {
		a := (*[224]byte)(p)
		last += mix(a[208:], key[83:], seed)
	}
	if n >= 240 {
		a := (*[240]byte)(p)
		last += mix(a[224:], key[99:], seed)
	}
	return avalanche(acc + last)
}

// hash128 is the 128-bit hash of p; a seed goes with the default secret. It is written as hash64 is, for the same reason.
func hash128(p []byte, seed uint64, secret []byte) Uint128 {
	n, key := len(p), (*shortSecret)(secret)
	switch {
	case n > short && seed != 0:
		return long128Seed(p, seed)
	case n > short:
		return long128(p, secret)
	case n > 128:
		return hash128To240(p, seed, key)
	case n > 16:
		break
	case n > 8:
		last := word(p[n-8:])
		return finish128To16(mix128To16(word(p)^last^(pair(key[32:])-seed), last^(pair(key[48:])+seed), uint64(n)))
	case n >= 4:
		return finish128To8((half(p)|half(p[n-4:])<<32)^(pair(key[16:])+spread(seed)), uint64(n))
	case n > 0:
		low := few(p)
		high := uint64(bits.RotateLeft32(bits.ReverseBytes32(uint32(low)), 13))
		return Uint128{
			Hi: avalanche64((half(key[8:]) ^ half(key[12:])) - seed ^ high),
			Lo: avalanche64((half(key[0:]) ^ half(key[4:])) + seed ^ low),
		}
	default:
		return Uint128{Hi: avalanche64(seed ^ pair(key[80:])), Lo: avalanche64(seed ^ pair(key[64:]))}
	}
	// Pieces from both ends, the innermost first, which may overlap.
	low, high := uint64(n)*prime64x1, uint64(0)
	if n > 96 {
		a, z := (*[64]byte)(p), (*[64]byte)(p[n-64:])
		low = (low + mix(a[48:], key[96:], seed)) ^ sum(z[:])
		high = (high + mix(z[:], key[112:], seed)) ^ sum(a[48:])
	}
	if n > 64 {
		a, z := (*[48]byte)(p), (*[48]byte)(p[n-48:])
		low = (low + mix(a[32:], key[64:], seed)) ^ sum(z[:])
		high = (high + mix(z[:], key[80:], seed)) ^ sum(a[32:])
	}
	if n > 32 {
		a, z := (*[32]byte)(p), (*[32]byte)(p[n-32:])
		low = (low + mix(a[16:], key[32:], seed)) ^ sum(z[:])
		high = (high + mix(z[:], key[48:], seed)) ^ sum(a[16:])
	}
	a, z := (*[16]byte)(p), (*[16]byte)(p[n-16:])
	low = (low + mix(a[:], key[0:], seed)) ^ sum(z[:])
	high = (high + mix(z[:], key[16:], seed)) ^ sum(a[:])
	return finish128(low, high, uint64(n), seed)
}

// finish128To8 is what 4 to 8 bytes come to once they met the secret.
func finish128To8(x, n uint64) Uint128 {
	high, low := bits.Mul64(x, prime64x1+n<<2)
	high += low << 1
	low ^= high >> 3
	low ^= low >> 35
	low *= mx2
	return Uint128{Hi: avalanche(high), Lo: low ^ low>>28}
}

// mix128To16 and finish128To16 are the same for 9 to 16 bytes, which have met it twice: two functions, as one would be too
// large to become part of its callers.
func mix128To16(a, b, n uint64) (high, low uint64) {
	high, low = bits.Mul64(a, prime64x1)
	low += (n - 1) << 54
	high += b + uint64(uint32(b))*(prime32x2-1)
	return high, low ^ bits.ReverseBytes64(high)
}

func finish128To16(high, low uint64) Uint128 {
	carried, product := bits.Mul64(low, prime64x2)
	return Uint128{Hi: avalanche(carried + high*prime64x2), Lo: avalanche(product)}
}

// hash128To240 takes 129 to 240 bytes.
func hash128To240(p []byte, seed uint64, key *shortSecret) Uint128 {
	n, a, z := len(p), (*[128]byte)(p), (*[32]byte)(p[len(p)-32:])
	low, high := uint64(n)*prime64x1, uint64(0)
	low = (low + mix(a[0:], key[0:], seed)) ^ sum(a[16:])
	high = (high + mix(a[16:], key[16:], seed)) ^ sum(a[0:])
	low = (low + mix(a[32:], key[32:], seed)) ^ sum(a[48:])
	high = (high + mix(a[48:], key[48:], seed)) ^ sum(a[32:])
	low = (low + mix(a[64:], key[64:], seed)) ^ sum(a[80:])
	high = (high + mix(a[80:], key[80:], seed)) ^ sum(a[64:])
	low = (low + mix(a[96:], key[96:], seed)) ^ sum(a[112:])
	high = (high + mix(a[112:], key[112:], seed)) ^ sum(a[96:])
	low, high = avalanche(low), avalanche(high)
	if n >= 160 {
		a := (*[160]byte)(p)
		low = (low + mix(a[128:], key[3:], seed)) ^ sum(a[144:])
		high = (high + mix(a[144:], key[19:], seed)) ^ sum(a[128:])
	}
	if n >= 192 {
		a := (*[192]byte)(p)
		low = (low + mix(a[160:], key[35:], seed)) ^ sum(a[176:])
		high = (high + mix(a[176:], key[51:], seed)) ^ sum(a[160:])
	}
	if n >= 224 {
		a := (*[224]byte)(p)
		low = (low + mix(a[192:], key[67:], seed)) ^ sum(a[208:])
		high = (high + mix(a[208:], key[83:], seed)) ^ sum(a[192:])
	}
	low = (low + mix(z[16:], key[minSecret-33:], -seed)) ^ sum(z[:])
	high = (high + mix(z[:], key[minSecret-17:], -seed)) ^ sum(z[16:])
	return finish128(low, high, uint64(n), seed)
}

func finish128(a, b, n, seed uint64) Uint128 {
	high := a*prime64x1 + b*prime64x4 + (n-seed)*prime64x2
	return Uint128{Hi: -avalanche(high), Lo: avalanche(a + b)}
}

// sum is what 16 bytes add to the half of a 128-bit hash that they are not mixed into.
func sum(p []byte) uint64 { return word(p) + word(p[8:]) }

// mix is the product of 16 bytes of the input after they met 16 of the secret.
func mix(p, key []byte, seed uint64) uint64 {
	return fold(word(p)^(word(key)+seed), word(p[8:])^(word(key[8:])-seed))
}

// few is one byte to three and their number, as 32 bits.
func few(p []byte) uint64 {
	n := len(p)
	return uint64(p[n-1]) | uint64(n)<<8 | uint64(p[0])<<16 | uint64(p[n/2])<<24
}

// spread has the low half of the seed, turned around, in the high one as well.
func spread(seed uint64) uint64 { return seed ^ uint64(bits.ReverseBytes32(uint32(seed)))<<32 }

// fold is the halves of a product, one upon the other.
func fold(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

// avalanche is XXH3's own last step.
func avalanche(x uint64) uint64 {
	x ^= x >> 37
	x *= mx1
	return x ^ x>>32
}

// avalanche64 is XXH64's last step, which the shortest inputs take.
func avalanche64(x uint64) uint64 {
	x ^= x >> 33
	x *= prime64x2
	x ^= x >> 29
	x *= prime64x3
	return x ^ x>>32
}

func word(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }
func half(p []byte) uint64 { return uint64(binary.LittleEndian.Uint32(p)) }
func pair(p []byte) uint64 { return word(p) ^ word(p[8:]) }
