package latin1

import (
	"encoding/binary"
	"unicode/utf8"
)

// highs is the highest bit of every byte.
const highs = 0x8080_8080_8080_8080

// fromUTF8Generic does portably what fromUTF8 does.
func fromUTF8Generic(dst, src []byte) (read, written int) {
	for {
		n := copyASCII(dst[written:], src[read:])
		read, written = read+n, written+n
		if read == len(src) || written == len(dst) {
			return read, written
		}
		c, n := src[read], 1
		if c >= utf8.RuneSelf {
			if c&0xfe != 0xc2 || len(src)-read < 2 || src[read+1]&0xc0 != 0x80 {
				return read, written
			}
			c, n = c<<6|src[read+1]&0x3f, 2
		}
		dst[written] = c
		read, written = read+n, written+1
	}
}

// toUTF8Generic does portably what toUTF8 does.
func toUTF8Generic(dst, src []byte) (read, written int) {
	for {
		n := copyASCII(dst[written:], src[read:])
		read, written = read+n, written+n
		if read == len(src) {
			return read, written
		}
		c := src[read]
		if c < utf8.RuneSelf {
			if written == len(dst) {
				return read, written
			}
			dst[written] = c
			written++
		} else {
			if len(dst)-written < 2 {
				return read, written
			}
			dst[written], dst[written+1] = 0xc0|c>>6, c&0xbf
			written += 2
		}
		read++
	}
}

// copyASCII copies eight bytes at a time, which are the same in both, while all of them are ASCII.
func copyASCII(dst, src []byte) int {
	n := 0
	for len(src)-n >= 8 && len(dst)-n >= 8 {
		word := binary.NativeEndian.Uint64(src[n:])
		if word&highs != 0 {
			break
		}
		binary.NativeEndian.PutUint64(dst[n:], word)
		n += 8
	}
	return n
}

// chunk is how many bytes of a long src go into one call of a kernel, so that none lasts long.
const chunk = 32 << 10

// fromUTF8Long converts a long src in pieces. A character that a piece cuts off begins the next one.
func fromUTF8Long(dst, src []byte) (read, written int) {
	for read < len(src) {
		piece := src[read:min(len(src), read+chunk)]
		r, w := fromUTF8(dst[written:], piece)
		read, written = read+r, written+w
		if r < len(piece)-1 || r == 0 {
			break
		}
	}
	return read, written
}

// toUTF8Long converts a long src in pieces.
func toUTF8Long(dst, src []byte) (read, written int) {
	for read < len(src) {
		piece := src[read:min(len(src), read+chunk)]
		r, w := toUTF8(dst[written:], piece)
		read, written = read+r, written+w
		if r < len(piece) {
			break
		}
	}
	return read, written
}
