// Package xxh3 computes XXH3 hashes of 64 and 128 bits, with seeds and with secrets, at once or in pieces.
//
// The names are those of github.com/zeebo/xxh3, so that moving from there is a change of the import path. The values are
// those of the reference implementation, on every machine.
//
// XXH3 is not cryptographic. A seed or a secret that an attacker does not know makes collisions harder to find, not
// infeasible.
//
// Up to 240 bytes are hashed by portable Go, which costs about what a call of machine code does; what is longer goes
// through kernels. Nothing here allocates but what makes a hasher or a copy of one, MarshalBinary, and Sum and
// AppendBinary where there is no room.
//
// # Source
//
// The specification of xxHash, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, from version 0.2.0 on. The
// repository's docs/kernels/xxh3.md derives the kernels.
package xxh3

import (
	"encoding/binary"
	"unsafe"
)

// Uint128 is a hash of 128 bits.
type Uint128 struct {
	Hi, Lo uint64
}

// Bytes returns the canonical form: the most significant byte first.
func (u Uint128) Bytes() (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], u.Hi)
	binary.BigEndian.PutUint64(b[8:], u.Lo)
	return b
}

// HashString returns the 64-bit hash of s.
func HashString(s string) uint64 { return Hash(view(s)) }

// HashSeed returns the 64-bit hash of b with a seed. Seed 0 is none.
func HashSeed(b []byte, seed uint64) uint64 { return hash64(b, seed, defaultSecret[:]) }

// HashStringSeed returns the 64-bit hash of s with a seed. Seed 0 is none.
func HashStringSeed(s string, seed uint64) uint64 { return hash64(view(s), seed, defaultSecret[:]) }

// HashSecret returns the 64-bit hash of b with a secret of at least [MinSecret] bytes, which should look random. It
// panics if the secret is shorter.
func HashSecret(b, secret []byte) uint64 {
	mustSecret(secret)
	return hash64(b, 0, secret)
}

// HashString128 returns the 128-bit hash of s.
func HashString128(s string) Uint128 { return Hash128(view(s)) }

// Hash128Seed returns the 128-bit hash of b with a seed. Seed 0 is none.
func Hash128Seed(b []byte, seed uint64) Uint128 { return hash128(b, seed, defaultSecret[:]) }

// HashString128Seed returns the 128-bit hash of s with a seed. Seed 0 is none.
func HashString128Seed(s string, seed uint64) Uint128 {
	return hash128(view(s), seed, defaultSecret[:])
}

// Hash128Secret returns the 128-bit hash of b with a secret of at least [MinSecret] bytes, which should look random. It
// panics if the secret is shorter.
func Hash128Secret(b, secret []byte) Uint128 {
	mustSecret(secret)
	return hash128(b, 0, secret)
}

// long hashes more than 240 bytes.
func long(b, secret []byte) uint64 {
	var out [1]uint64
	digest(out[:], b, secret)
	return out[0]
}

// longSeed is long with the secret of a seed. It is not part of its callers, whose stack it would fill.
func longSeed(b []byte, seed uint64) uint64 {
	secret := derive(seed)
	return long(b, secret[:])
}

// long128 hashes more than 240 bytes.
func long128(b, secret []byte) Uint128 {
	var out [2]uint64
	digest(out[:], b, secret)
	return Uint128{Hi: out[1], Lo: out[0]}
}

// long128Seed is long128 with the secret of a seed.
func long128Seed(b []byte, seed uint64) Uint128 {
	secret := derive(seed)
	return long128(b, secret[:])
}

// view returns the bytes of s, which nobody may write.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
