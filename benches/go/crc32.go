package main

import (
	std "hash/crc32"

	"github.com/widelane/widelane/go-shim/hash/crc32"
)

func crc32IEEE(size int) []contender {
	p := randomBytes(size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += uint64(crc32.ChecksumIEEE(p))
			}
		}},
		{"hash/crc32", func(n int) {
			for range n {
				sink += uint64(std.ChecksumIEEE(p))
			}
		}},
	}
}

func crc32Castagnoli(size int) []contender {
	p := randomBytes(size)
	ours, theirs := crc32.MakeTable(crc32.Castagnoli), std.MakeTable(std.Castagnoli)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += uint64(crc32.Checksum(p, ours))
			}
		}},
		{"hash/crc32", func(n int) {
			for range n {
				sink += uint64(std.Checksum(p, theirs))
			}
		}},
	}
}
