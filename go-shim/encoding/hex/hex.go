// Package hex encodes and decodes hexadecimal text. It is a drop-in for the standard library's encoding/hex: the same
// names, values, errors and panics, with kernels in place of loops where the CPU has vector instructions.
//
// Dst of [Decode] may begin where src does, and dst of [Encode] may end where src does if it has room for all of it; any
// other overlap of a
// destination with its source is not allowed. When decoding fails, not one byte of dst is written behind those that
// the returned number counts.
package hex

import (
	"encoding/hex"
	"slices"
	"unsafe"
)

// ErrLength reports that [Decode] or [DecodeString] was given an odd number of digits. It is the standard library's
// value. A decoder of [NewDecoder] reports [io.ErrUnexpectedEOF] instead.
var ErrLength = hex.ErrLength

// An InvalidByteError is a byte that is no hexadecimal digit. It is the standard library's type.
type InvalidByteError = hex.InvalidByteError

// EncodedLen returns the number of characters that encode n bytes, which is 2n.
func EncodedLen(n int) int { return n * 2 }

// DecodedLen returns the number of bytes that x characters encode, which is x/2.
func DecodedLen(x int) int { return x / 2 }

// Encode encodes src into the first [EncodedLen] bytes of dst, in lower case, and returns how many these are. It panics if
// dst is shorter, after filling it.
func Encode(dst, src []byte) int {
	if n := encode(dst, src); n != len(src) {
		short(dst, src[n])
	}
	return len(src) * 2
}

// short completes what Encode does with a dst that ends before the characters of next.
func short(dst []byte, next byte) {
	if len(dst)%2 == 1 {
		dst[len(dst)-1] = digits[next>>4]
	}
	_ = dst[len(dst)]
}

// AppendEncode appends the encoding of src to dst and returns the longer slice.
func AppendEncode(dst, src []byte) []byte {
	end := len(dst) + EncodedLen(len(src))
	dst = slices.Grow(dst, end-len(dst))
	encode(dst[len(dst):end], src)
	return dst[:end]
}

// EncodeToString returns the encoding of src.
func EncodeToString(src []byte) string {
	text := make([]byte, EncodedLen(len(src)))
	encode(text, src)
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// Decode decodes src, in digits of either case, and returns the number of bytes that it wrote to dst. If a character is no
// digit, or the last one has no partner, it returns what came before and an [InvalidByteError] or [ErrLength]; of two
// errors, the first. It panics if dst is too short, after filling it.
func Decode(dst, src []byte) (int, error) {
	n := decode(dst, src)
	if n == len(src) {
		return n / 2, nil
	}
	return n / 2, diagnose(dst, src, n)
}

// diagnose finds out why decode stopped after n digits, fewer than src has characters.
func diagnose(dst, src []byte, n int) error {
	if values[src[n]] == invalid {
		return InvalidByteError(src[n])
	}
	if n == len(src)-1 {
		return ErrLength
	}
	// Both are looked at before it matters that there is no room for their byte.
	if values[src[n+1]] == invalid {
		return InvalidByteError(src[n+1])
	}
	_ = dst[n/2]
	return nil
}

// AppendDecode appends the bytes that src encodes to dst and returns the longer slice. If src is not valid, it appends
// what comes before, and returns the error as well.
func AppendDecode(dst, src []byte) ([]byte, error) {
	end := len(dst) + DecodedLen(len(src))
	dst = slices.Grow(dst, end-len(dst))
	n, err := Decode(dst[len(dst):end], src)
	return dst[:len(dst)+n], err
}

// DecodeString returns the bytes that s encodes. If s is not valid, it returns what comes before, and an error.
func DecodeString(s string) ([]byte, error) {
	dst := make([]byte, DecodedLen(len(s)))
	n, err := Decode(dst, unsafe.Slice(unsafe.StringData(s), len(s)))
	return dst[:n], err
}
