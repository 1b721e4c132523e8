// Package latin1 converts between Latin-1 (ISO 8859-1), which is the first 256 characters of Unicode in one byte each, and
// UTF-8, by kernels where the CPU has vector instructions.
//
// Every byte is a character, so that [AppendToUTF8] and [DecodeToString] cannot fail. The other way there are two reasons to
// stop, and both say where: an [InvalidUTF8Error], and an [UnsupportedError] for a character above U+00FF. What comes before
// was appended, and nothing behind that is written.
//
// A destination grows once, if at all: to UTF-8 to what the text needs, from UTF-8 to a byte for each byte of the source, which
// is more than is needed where that is not ASCII. The room behind it must not overlap the source.
//
// This is not what the web calls ISO-8859-1: there the label stands for windows-1252, which has other characters, the euro
// sign among them, at 80 to 9f.
//
// # Source
//
// ISO/IEC 8859-1 with the control characters of ISO/IEC 6429: U+0000 to U+00FF. Unicode standard, section 3.9.
package latin1

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"
	"unsafe"
)

// An InvalidUTF8Error is the index of a byte with which no valid sequence of UTF-8 begins, or one that is cut off.
type InvalidUTF8Error int

func (e InvalidUTF8Error) Error() string {
	return "latin1: invalid UTF-8 at byte " + strconv.Itoa(int(e))
}

// An UnsupportedError is the index of the first byte of a character above U+00FF.
type UnsupportedError int

func (e UnsupportedError) Error() string {
	return "latin1: character above U+00FF at byte " + strconv.Itoa(int(e))
}

// UTF8Len returns how many bytes src is in UTF-8: one more for each byte that is not ASCII.
func UTF8Len(src []byte) int {
	n := len(src)
	for ; len(src) >= 8; src = src[8:] {
		n += bits.OnesCount64(binary.NativeEndian.Uint64(src) & highs)
	}
	for _, c := range src {
		n += int(c >> 7)
	}
	return n
}

// AppendToUTF8 appends src to dst in UTF-8 and returns the longer slice. If dst has too little room, it grows by what
// [UTF8Len] says, at least.
func AppendToUTF8(dst, src []byte) []byte {
	read, written := toUTF8(dst[len(dst):cap(dst)], src)
	dst = dst[:len(dst)+written]
	if read < len(src) {
		src = src[read:]
		dst = slices.Grow(dst, UTF8Len(src))
		_, written = toUTF8(dst[len(dst):cap(dst)], src)
		dst = dst[:len(dst)+written]
	}
	return dst
}

// AppendFromUTF8 appends src, which is UTF-8, to dst in Latin-1 and returns the longer slice. If src is not valid, or has a
// character above U+00FF, it appends what comes before, and returns an [InvalidUTF8Error] or an [UnsupportedError] as well.
func AppendFromUTF8(dst, src []byte) ([]byte, error) {
	// There are never more characters than bytes.
	dst = slices.Grow(dst, len(src))
	read, written := fromUTF8(dst[len(dst):len(dst)+len(src)], src)
	dst = dst[:len(dst)+written]
	if read < len(src) {
		return dst, wrong(src, read)
	}
	return dst, nil
}

// wrong is what stopped a kernel that had room.
func wrong(src []byte, at int) error {
	if _, n := utf8.DecodeRune(src[at:]); n > 1 {
		return UnsupportedError(at)
	}
	return InvalidUTF8Error(at)
}

// DecodeToString returns the text that src is in Latin-1.
func DecodeToString(src []byte) string {
	text := make([]byte, UTF8Len(src))
	toUTF8(text, src)
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// AppendString is [AppendFromUTF8] for a string.
func AppendString(dst []byte, s string) ([]byte, error) {
	return AppendFromUTF8(dst, unsafe.Slice(unsafe.StringData(s), len(s)))
}

// EncodeString returns s in Latin-1. If it is not valid UTF-8, or has a character above U+00FF, EncodeString returns what
// comes before, and an [InvalidUTF8Error] or an [UnsupportedError] as well.
func EncodeString(s string) ([]byte, error) { return AppendString([]byte{}, s) }
