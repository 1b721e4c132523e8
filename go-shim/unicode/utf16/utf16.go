// Package utf16 is the standard library's unicode/utf16 under another import path: the same names and results. Beside them
// it converts between UTF-16 and UTF-8, without the runes in between, by kernels where the CPU has vector instructions.
//
// There are two ways to treat what is not valid. [AppendString], [EncodeString], [AppendUTF8] and [DecodeToString] do as the
// twin and conversions between strings and runes: each byte that is not part of a valid sequence, and each surrogate without
// its partner, becomes U+FFFD. [AppendFromUTF8] and [AppendToUTF8] stop and say where: an [InvalidUTF8Error] or an
// [UnpairedError] is the offset, and what comes before was appended.
//
// A destination grows to what the source can become at most: a unit for each byte, or three bytes for each unit. With so much
// room nothing is allocated, and what [EncodeString] and [DecodeToString] return keeps so much memory.
//
// [Encode] and [Decode], which take and make runes, are the standard library's.
//
// # Source
//
// Unicode standard, section 3.9; RFC 2781. The repository's docs/kernels/utf16.md derives the kernels.
package utf16

import (
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// An InvalidUTF8Error is the index of a byte with which no valid sequence of UTF-8 begins, or one that is cut off.
type InvalidUTF8Error int

func (e InvalidUTF8Error) Error() string {
	return "utf16: invalid UTF-8 at byte " + strconv.Itoa(int(e))
}

// An UnpairedError is the index of a surrogate without its partner.
type UnpairedError int

func (e UnpairedError) Error() string {
	return "utf16: surrogate without its partner at unit " + strconv.Itoa(int(e))
}

// AppendFromUTF8 appends src, which is UTF-8, to dst in UTF-16 and returns the longer slice. If src is not valid, it appends
// what comes before, whole characters, and returns an [InvalidUTF8Error] as well.
func AppendFromUTF8(dst []uint16, src []byte) ([]uint16, error) {
	dst, read := appendFrom(dst, src)
	if read < len(src) {
		return dst, InvalidUTF8Error(read)
	}
	return dst, nil
}

// AppendToUTF8 appends src to dst in UTF-8 and returns the longer slice. If src has a surrogate without its partner, it
// appends what comes before, and returns an [UnpairedError] as well.
func AppendToUTF8(dst []byte, src []uint16) ([]byte, error) {
	dst, read := appendTo(dst, src)
	if read < len(src) {
		return dst, UnpairedError(read)
	}
	return dst, nil
}

// EncodeString returns s in UTF-16, as Encode([]rune(s)) does.
func EncodeString(s string) []uint16 { return AppendString([]uint16{}, s) }

// AppendString appends s to dst in UTF-16 and returns the longer slice, with U+FFFD for each byte that is not part of a
// valid sequence.
func AppendString(dst []uint16, s string) []uint16 {
	src := unsafe.Slice(unsafe.StringData(s), len(s))
	dst, read := appendFrom(dst, src)
	for read < len(src) {
		dst = append(dst, utf8.RuneError)
		var n int
		dst, n = appendFrom(dst, src[read+1:])
		read += 1 + n
	}
	return dst
}

// DecodeToString returns the text that src is in UTF-16, as string(Decode(src)) does.
func DecodeToString(src []uint16) string {
	text := AppendUTF8(nil, src)
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// AppendUTF8 appends src to dst in UTF-8 and returns the longer slice, with U+FFFD for each surrogate without its partner.
func AppendUTF8(dst []byte, src []uint16) []byte {
	dst, read := appendTo(dst, src)
	for read < len(src) {
		dst = utf8.AppendRune(dst, utf8.RuneError)
		var n int
		dst, n = appendTo(dst, src[read+1:])
		read += 1 + n
	}
	return dst
}

// appendFrom appends what src has before anything invalid, and returns how many bytes that is.
func appendFrom(dst []uint16, src []byte) ([]uint16, int) {
	// There are never more units than bytes.
	dst = slices.Grow(dst, len(src))
	read, written := fromUTF8(dst[len(dst):len(dst)+len(src)], src)
	return dst[:len(dst)+written], read
}

// appendTo appends what src has before anything invalid, and returns how many units that is.
func appendTo(dst []byte, src []uint16) ([]byte, int) {
	// There are never more than three bytes for a unit.
	most := len(src) * 3
	dst = slices.Grow(dst, most)
	read, written := toUTF8(dst[len(dst):len(dst)+most], src)
	return dst[:len(dst)+written], read
}

// Encode returns the runes of s in UTF-16, with U+FFFD for each that is a surrogate or out of range.
func Encode(s []rune) []uint16 { return utf16.Encode(s) }

// AppendRune appends r to a in UTF-16, or U+FFFD if it is a surrogate or out of range, and returns the longer slice.
func AppendRune(a []uint16, r rune) []uint16 { return utf16.AppendRune(a, r) }

// Decode returns the runes that s is in UTF-16, with U+FFFD for each surrogate without its partner.
func Decode(s []uint16) []rune { return utf16.Decode(s) }

// RuneLen returns how many units r has: 1, 2, or -1 if it is a surrogate or out of range.
func RuneLen(r rune) int { return utf16.RuneLen(r) }

// IsSurrogate reports whether r is half of a pair.
func IsSurrogate(r rune) bool { return utf16.IsSurrogate(r) }

// DecodeRune returns the character that a pair of surrogates is, or U+FFFD if it is none.
func DecodeRune(r1, r2 rune) rune { return utf16.DecodeRune(r1, r2) }

// EncodeRune returns the pair of surrogates that r is, or U+FFFD twice if it needs none or is out of range.
func EncodeRune(r rune) (r1, r2 rune) { return utf16.EncodeRune(r) }
