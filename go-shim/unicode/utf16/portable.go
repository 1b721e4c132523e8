package utf16

import (
	"unicode/utf16"
	"unicode/utf8"
)

// fromUTF8Generic does portably what fromUTF8 does.
func fromUTF8Generic(dst []uint16, src []byte) (read, written int) {
	for read < len(src) && written < len(dst) {
		if c := src[read]; c < utf8.RuneSelf {
			dst[written] = uint16(c)
			read++
			written++
			continue
		}
		r, n := utf8.DecodeRune(src[read:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r < 0x10000 {
			dst[written] = uint16(r)
			written++
		} else {
			if len(dst)-written < 2 {
				break
			}
			high, low := utf16.EncodeRune(r)
			dst[written], dst[written+1] = uint16(high), uint16(low)
			written += 2
		}
		read += n
	}
	return read, written
}

// toUTF8Generic does portably what toUTF8 does.
func toUTF8Generic(dst []byte, src []uint16) (read, written int) {
	for read < len(src) && written < len(dst) {
		r, n := rune(src[read]), 1
		if r < utf8.RuneSelf {
			dst[written] = byte(r)
			read++
			written++
			continue
		}
		if utf16.IsSurrogate(r) {
			if read+1 == len(src) {
				break
			}
			if r, n = utf16.DecodeRune(r, rune(src[read+1])), 2; r == utf8.RuneError {
				break
			}
		}
		if len(dst)-written < utf8.RuneLen(r) {
			break
		}
		written += utf8.EncodeRune(dst[written:], r)
		read += n
	}
	return read, written
}

// chunk is how many elements of a long src go into one call of a kernel, so that none lasts long.
const chunk = 32 << 10

// fromUTF8Long converts a long src in pieces. What a piece cuts off begins the next one.
func fromUTF8Long(dst []uint16, src []byte) (read, written int) {
	for read < len(src) {
		piece := src[read:min(len(src), read+chunk)]
		r, w := fromUTF8(dst[written:], piece)
		read, written = read+r, written+w
		if r <= len(piece)-utf8.UTFMax {
			break // not for the cut
		}
		if r < len(piece) && read+len(piece)-r == len(src) {
			break
		}
	}
	return read, written
}

// toUTF8Long converts a long src in pieces. A high surrogate that a piece ends with begins the next one.
func toUTF8Long(dst []byte, src []uint16) (read, written int) {
	for read < len(src) {
		piece := src[read:min(len(src), read+chunk)]
		r, w := toUTF8(dst[written:], piece)
		read, written = read+r, written+w
		if r < len(piece)-1 || r == 0 {
			break
		}
	}
	return read, written
}
