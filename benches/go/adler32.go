package main

import (
	std "hash/adler32"

	"github.com/widelane/widelane/go-shim/hash/adler32"
)

func adler32Update(size int) []contender {
	p := randomBytes(size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += uint64(adler32.Checksum(p))
			}
		}},
		{"hash/adler32", func(n int) {
			for range n {
				sink += uint64(std.Checksum(p))
			}
		}},
	}
}
