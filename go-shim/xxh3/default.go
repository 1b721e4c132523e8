package xxh3

import "math/bits"

// The words of the default secret that up to 128 bytes meet, by their places. As numbers in the code they cost nothing, while
// loads and a seed of 0 take a cycle or two of ten: hence functions of their own for what is hashed most often.
const (
	key0   = 0xbe4ba423396cfeb8
	key8   = 0x1cad21f72c81017c
	key16  = 0xdb979083e96dd4de
	key24  = 0x1f67b3b7a4a44072
	key32  = 0x78e5c0cc4ee679cb
	key40  = 0x2172ffcc7dd05a82
	key48  = 0x8e2443f7744608b8
	key56  = 0x4c263a81e69035e0
	key64  = 0xcb00c391bb52283c
	key72  = 0xa32e531b8b65d088
	key80  = 0x4ef90da297486471
	key88  = 0xd8acdea946ef1938
	key96  = 0x3f349ce33f76faa8
	key104 = 0x1d4f0bc7c7bbdcf9
	key112 = 0x3159b4cd4be0518a
	key120 = 0x647378d9c97e9fc8
)

// Hash returns the 64-bit hash of b.
func Hash(b []byte) uint64 {
	n := len(b)
	switch {
	case n > 16:
		break
	case n > 8:
		low, high := word(b)^(key24^key32), word(b[n-8:])^(key40^key48)
		return avalanche(uint64(n) + bits.ReverseBytes64(low) + high + fold(low, high))
	case n >= 4:
		x := (half(b[n-4:]) | half(b)<<32) ^ (key8 ^ key16)
		x ^= bits.RotateLeft64(x, 49) ^ bits.RotateLeft64(x, 24)
		x *= mx2
		x ^= x>>35 + uint64(n)
		x *= mx2
		return x ^ x>>28
	case n > 0:
		return avalanche64((key0^key0>>32)&(1<<32-1) ^ few(b))
	default:
		return 0x2d06800538d394c2
	}
	// By themselves, before it is asked what else it may be: a seventh of the time.
	if n <= 32 {
		a, z := (*[16]byte)(b), (*[16]byte)(b[n-16:])
		return avalanche(uint64(n)*prime64x1 + meet(a[:], key0, key8) + meet(z[:], key16, key24))
	}
	switch {
	case n > short:
		return long(b, defaultSecret[:])
	case n > 128:
		return hashTo240(b, 0, (*shortSecret)(defaultSecret[:]))
	}
	acc := uint64(n) * prime64x1
	a, z := (*[32]byte)(b), (*[32]byte)(b[n-32:])
	acc += meet(a[:], key0, key8) + meet(z[16:], key16, key24)
	acc += meet(a[16:], key32, key40) + meet(z[:], key48, key56)
	if n > 64 {
		a, z := (*[48]byte)(b), (*[48]byte)(b[n-48:])
		acc += meet(a[32:], key64, key72) + meet(z[:], key80, key88)
	}
	if n > 96 {
		a, z := (*[64]byte)(b), (*[64]byte)(b[n-64:])
		acc += meet(a[48:], key96, key104) + meet(z[:], key112, key120)
	}
	return avalanche(acc)
}

// Hash128 returns the 128-bit hash of b.
func Hash128(b []byte) Uint128 {
	n := len(b)
	switch {
	case n > 16:
		break
	case n > 8:
		last := word(b[n-8:])
		return finish128To16(mix128To16(word(b)^last^(key32^key40), last^(key48^key56), uint64(n)))
	case n >= 4:
		return finish128To8((half(b)|half(b[n-4:])<<32)^(key16^key24), uint64(n))
	case n > 0:
		low := few(b)
		high := uint64(bits.RotateLeft32(bits.ReverseBytes32(uint32(low)), 13))
		return Uint128{
			Hi: avalanche64((key8^key8>>32)&(1<<32-1) ^ high),
			Lo: avalanche64((key0^key0>>32)&(1<<32-1) ^ low),
		}
	default:
		return Uint128{Hi: 0x99aa06d3014798d8, Lo: 0x6001c324468d497f}
	}
	switch {
	case n > short:
		return long128(b, defaultSecret[:])
	case n > 128:
		return hash128To240(b, 0, (*shortSecret)(defaultSecret[:]))
	}
	low, high := uint64(n)*prime64x1, uint64(0)
	if n > 96 {
		a, z := (*[64]byte)(b), (*[64]byte)(b[n-64:])
		low = (low + meet(a[48:], key96, key104)) ^ sum(z[:])
		high = (high + meet(z[:], key112, key120)) ^ sum(a[48:])
	}
	if n > 64 {
		a, z := (*[48]byte)(b), (*[48]byte)(b[n-48:])
		low = (low + meet(a[32:], key64, key72)) ^ sum(z[:])
		high = (high + meet(z[:], key80, key88)) ^ sum(a[32:])
	}
	if n > 32 {
		a, z := (*[32]byte)(b), (*[32]byte)(b[n-32:])
		low = (low + meet(a[16:], key32, key40)) ^ sum(z[:])
		high = (high + meet(z[:], key48, key56)) ^ sum(a[16:])
	}
	a, z := (*[16]byte)(b), (*[16]byte)(b[n-16:])
	low = (low + meet(a[:], key0, key8)) ^ sum(z[:])
	high = (high + meet(z[:], key16, key24)) ^ sum(a[:])
	return finish128(low, high, uint64(n), 0)
}

// meet is mix with words of the default secret.
func meet(p []byte, a, b uint64) uint64 { return fold(word(p)^a, word(p[8:])^b) }
