// Package utf8 is the standard library's unicode/utf8 under another import path: the same names, values and results, with
// kernels in place of loops in [Valid], [ValidString], [RuneCount] and [RuneCountInString], and with [ValidUpTo] beside
// them, which says where text is invalid. All else is handed through; the compiler inlines what it can, [DecodeRune] for ASCII
// among it.
//
// # Source
//
// Unicode standard, table 3-7; RFC 3629; J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One Instruction Per
// Byte", Software: Practice and Experience 51(5), 2021.
package utf8

import (
	"unicode/utf8"
	"unsafe"
)

// Numbers fundamental to the encoding.
const (
	RuneError = utf8.RuneError // what stands for a byte that is not part of a valid sequence
	RuneSelf  = utf8.RuneSelf  // characters below it are single bytes of that value
	MaxRune   = utf8.MaxRune   // the highest code point
	UTFMax    = utf8.UTFMax    // the most bytes of a character
)

// Valid reports whether p is valid UTF-8.
func Valid(p []byte) bool { return validUpTo(p) == len(p) }

// ValidString reports whether s is valid UTF-8.
func ValidString(s string) bool {
	return validUpTo(unsafe.Slice(unsafe.StringData(s), len(s))) == len(s)
}

// ValidUpTo returns the length of the longest valid prefix of p: len(p), or the offset of the first sequence that is invalid
// or cut off. The standard library has no such function.
func ValidUpTo(p []byte) int { return validUpTo(p) }

// ValidUpToInString is [ValidUpTo] of a string.
func ValidUpToInString(s string) int { return validUpTo(unsafe.Slice(unsafe.StringData(s), len(s))) }

// RuneCount returns the number of runes in p. Each byte that is not part of a valid sequence is one.
func RuneCount(p []byte) int { return runeCount(p) }

// RuneCountInString is [RuneCount] of a string.
func RuneCountInString(s string) int { return runeCount(unsafe.Slice(unsafe.StringData(s), len(s))) }

// FullRune reports whether p begins with a whole rune. A byte with which no valid sequence can begin, whatever follows p, is
// one; the start of a sequence that is cut off is not.
func FullRune(p []byte) bool { return utf8.FullRune(p) }

// FullRuneInString is [FullRune] of a string.
func FullRuneInString(s string) bool { return utf8.FullRuneInString(s) }

// DecodeRune returns the first rune of p and its width in bytes: [RuneError] and 0 if p is empty, and 1 if it begins with no
// valid sequence.
func DecodeRune(p []byte) (r rune, size int) {
	for _, b := range p { // What the compiler counts as less than an index into it.
		if b < RuneSelf {
			return rune(b), 1
		}
		break
	}
	r, size = decodeRune(p)
	return
}

//go:noinline
func decodeRune(p []byte) (rune, int) { return utf8.DecodeRune(p) }

// DecodeRuneInString is [DecodeRune] of a string.
func DecodeRuneInString(s string) (r rune, size int) {
	if s != "" && s[0] < RuneSelf {
		return rune(s[0]), 1
	} else { // Without it the compiler counts more than it inlines.
		r, size = decodeRuneInString(s)
	}
	return
}

//go:noinline
func decodeRuneInString(s string) (rune, int) { return utf8.DecodeRuneInString(s) }

// DecodeLastRune returns the last rune of p and its width in bytes: [RuneError] and 0 if p is empty, and 1 if it ends with
// no valid sequence.
func DecodeLastRune(p []byte) (rune, int) { return utf8.DecodeLastRune(p) }

// DecodeLastRuneInString is [DecodeLastRune] of a string.
func DecodeLastRuneInString(s string) (rune, int) { return utf8.DecodeLastRuneInString(s) }

// RuneLen returns how many bytes r has when encoded, or -1 if it cannot be.
func RuneLen(r rune) int { return utf8.RuneLen(r) }

// EncodeRune writes r, or [RuneError] if it cannot be encoded, to the start of p, and returns how many bytes that are. It
// panics if p is too short.
func EncodeRune(p []byte, r rune) int { return utf8.EncodeRune(p, r) }

// AppendRune appends r, or [RuneError] if it cannot be encoded, to p.
func AppendRune(p []byte, r rune) []byte { return utf8.AppendRune(p, r) }

// RuneStart reports whether b can be the first byte of a rune, valid or not: whether it is no continuation.
func RuneStart(b byte) bool { return utf8.RuneStart(b) }

// ValidRune reports whether r can be encoded: it is neither a surrogate nor out of range.
func ValidRune(r rune) bool { return utf8.ValidRune(r) }
