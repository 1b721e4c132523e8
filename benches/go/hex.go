package main

import (
	std "encoding/hex"

	tmthrgd "github.com/tmthrgd/go-hex"

	"github.com/widelane/widelane/go-shim/encoding/hex"
)

// hexEncode and hexDecode count bytes of binary data.
func hexEncode(size int) []contender {
	src := randomBytes(size)
	dst := make([]byte, std.EncodedLen(size))
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += uint64(hex.Encode(dst, src))
			}
		}},
		{"encoding/hex", func(n int) {
			for range n {
				sink += uint64(std.Encode(dst, src))
			}
		}},
		{"tmthrgd/go-hex", func(n int) {
			for range n {
				sink += uint64(tmthrgd.Encode(dst, src))
			}
		}},
	}
}

func hexDecode(size int) []contender {
	src := std.AppendEncode(nil, randomBytes(size))
	dst := make([]byte, size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				written, _ := hex.Decode(dst, src)
				sink += uint64(written)
			}
		}},
		{"encoding/hex", func(n int) {
			for range n {
				written, _ := std.Decode(dst, src)
				sink += uint64(written)
			}
		}},
		{"tmthrgd/go-hex", func(n int) {
			for range n {
				written, _ := tmthrgd.Decode(dst, src)
				sink += uint64(written)
			}
		}},
	}
}
