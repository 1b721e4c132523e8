package crc64

import (
	"encoding/binary"

	algebra "github.com/widelane/widelane/go-shim/internal/crc64"
)

// chunk is the longest input of one call of machine code: about two microseconds, and between two calls the runtime can
// stop the goroutine.
const chunk = 64 << 10

// updateGeneric takes eight bytes with sixteen lookups that do not wait for one another.
func updateGeneric(crc uint64, c *[algebra.Size]byte, p []byte) uint64 {
	k := (*algebra.Constants)(c)
	crc = ^crc
	for ; len(p) >= 8; p = p[8:] {
		crc = k.AfterWord(crc ^ binary.LittleEndian.Uint64(p))
	}
	for _, b := range p {
		x := crc ^ uint64(b)
		crc = k.Half(14, x) ^ k.Half(15, x>>4) ^ crc>>8
	}
	return ^crc
}

func updateLong(crc uint64, c *[algebra.Size]byte, p []byte) uint64 {
	for ; len(p) > chunk; p = p[chunk:] {
		crc = update(crc, c, p[:chunk])
	}
	return update(crc, c, p)
}
