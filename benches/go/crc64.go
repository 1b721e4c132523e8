package main

import (
	std "hash/crc64"

	"github.com/minio/crc64nvme"
	"github.com/widelane/widelane/go-shim/hash/crc64"
)

// crc64Update measures ECMA, for which the standard library has its best tables.
func crc64Update(size int) []contender {
	p := randomBytes(size)
	ours, theirs := crc64.MakeTable(crc64.ECMA), std.MakeTable(std.ECMA)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += crc64.Checksum(p, ours)
			}
		}},
		{"hash/crc64", func(n int) {
			for range n {
				sink += std.Checksum(p, theirs)
			}
		}},
		// Of another polynomial, the only one that it has; for ours all are the same.
		{"minio/crc64nvme", func(n int) {
			for range n {
				sink += crc64nvme.Checksum(p)
			}
		}},
	}
}
