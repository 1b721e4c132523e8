package main

import (
	"hash/maphash"

	zeebo "github.com/zeebo/xxh3"

	"github.com/widelane/widelane/go-shim/xxh3"
)

// xxh3Digest is also beside what Go itself has of this kind, whose values differ from process to process.
func xxh3Digest(size int) []contender {
	p, seed := randomBytes(size), maphash.MakeSeed()
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += xxh3.Hash(p)
			}
		}},
		{"hash/maphash", func(n int) {
			for range n {
				sink += maphash.Bytes(seed, p)
			}
		}},
		{"zeebo/xxh3", func(n int) {
			for range n {
				sink += zeebo.Hash(p)
			}
		}},
	}
}

func xxh3Digest128(size int) []contender {
	p := randomBytes(size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += xxh3.Hash128(p).Lo
			}
		}},
		{"zeebo/xxh3", func(n int) {
			for range n {
				sink += zeebo.Hash128(p).Lo
			}
		}},
	}
}

// xxh3Accumulate has the data come in two pieces.
func xxh3Accumulate(size int) []contender {
	p := randomBytes(size)
	ours, theirs := xxh3.New(), zeebo.New()
	var own maphash.Hash
	return []contender{
		{"widelane", func(n int) {
			for range n {
				ours.Reset()
				ours.Write(p[:size/3])
				ours.Write(p[size/3:])
				sink += ours.Sum64()
			}
		}},
		{"hash/maphash", func(n int) {
			for range n {
				own.Reset()
				own.Write(p[:size/3])
				own.Write(p[size/3:])
				sink += own.Sum64()
			}
		}},
		{"zeebo/xxh3", func(n int) {
			for range n {
				theirs.Reset()
				theirs.Write(p[:size/3])
				theirs.Write(p[size/3:])
				sink += theirs.Sum64()
			}
		}},
	}
}
