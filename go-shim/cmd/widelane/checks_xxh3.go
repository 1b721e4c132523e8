package main

import "github.com/widelane/widelane/go-shim/xxh3"

// xxh3Hash128 is a variable as the others are.
var xxh3Hash128 = xxh3.Hash128Seed

// xxh3Chain is what the reference implementation, version 0.8.4, makes of checkXXH3's chain of hashes.
const xxh3Chain = 0x9102da9717d15aa9

func checkXXH3(c *cases) {
	data := testBytes(longest)
	lengths(func(n, offset int) {
		p, seed := data[offset:][:n], uint64(offset)
		whole := xxh3Hash128(p, seed)
		pieces := xxh3.NewSeed(seed)
		pieces.Write(p[:n*5/8])
		pieces.Write(p[n*5/8:])
		equal(c, pieces.Sum128(), whole, atOffset(n, offset))
		equal(c, xxh3.HashSeed(p, seed), pieces.Sum64(), atOffset(n, offset))
	})
	// Each hash is the seed of the next: one wrong length makes the last one wrong.
	var chain uint64
	for n := range 1500 {
		chain = xxh3Hash128(data[:n], chain).Lo
	}
	for _, n := range []int{65535, 65536, 65537, 262144} {
		chain = xxh3Hash128(data[:n], chain).Lo
	}
	equal(c, chain, xxh3Chain, func() string { return "a chain of all lengths below 1500" })
}
