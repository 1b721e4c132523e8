package main

import (
	std "encoding/base32"

	"github.com/widelane/widelane/go-shim/encoding/base32"
)

// base32Encode and base32Decode count bytes of binary data.
func base32Encode(size int) []contender {
	src := randomBytes(size)
	dst := make([]byte, std.StdEncoding.EncodedLen(size))
	return []contender{
		{"widelane", func(n int) {
			for range n {
				base32.StdEncoding.Encode(dst, src)
			}
		}},
		{"encoding/base32", func(n int) {
			for range n {
				std.StdEncoding.Encode(dst, src)
			}
		}},
	}
}

func base32Decode(size int) []contender {
	return base32Decoders(std.StdEncoding.AppendEncode(nil, randomBytes(size)))
}

// base32DecodeLines has the lines of coreutils' base32.
func base32DecodeLines(size int) []contender {
	text := std.StdEncoding.AppendEncode(nil, randomBytes(size))
	var lines []byte
	for len(text) > 76 {
		lines = append(append(lines, text[:76]...), '\n')
		text = text[76:]
	}
	return base32Decoders(append(lines, text...))
}

func base32Decoders(text []byte) []contender {
	dst := make([]byte, len(text))
	return []contender{
		{"widelane", func(n int) {
			for range n {
				written, _ := base32.StdEncoding.Decode(dst, text)
				sink += uint64(written)
			}
		}},
		{"encoding/base32", func(n int) {
			for range n {
				written, _ := std.StdEncoding.Decode(dst, text)
				sink += uint64(written)
			}
		}},
	}
}
