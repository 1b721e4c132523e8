// Package base64 encodes and decodes base64 (RFC 4648). It is a drop-in for the standard library's encoding/base64: the
// same names, values, errors and error offsets, with kernels in place of loops where the CPU has vector instructions.
//
// A text with line breaks keeps the speed of one without, and so does any alphabet of ASCII characters on a CPU with
// AVX-512 VBMI or NEON. Dst of [Encoding.Decode] may begin where src does; any other overlap of a destination with its
// source is not allowed.
package base64

import (
	"slices"
	"strconv"
	"unsafe"
)

// An Encoding is an alphabet of 64 bytes with its rules for padding and for bits that encode nothing.
//
// Its tables are what the kernels read; each lies in whole cache lines when the encoding does.
type Encoding struct {
	dec [decodeTable]byte
	_   [32]byte
	enc [encodeTable]byte
	_   [62]byte
}

// Values for [Encoding.WithPadding].
const (
	StdPadding rune = '=' // the padding character of RFC 4648
	NoPadding  rune = -1  // the last group is left short
)

// StdEncoding is the padded encoding of RFC 4648, section 4.
var StdEncoding = NewEncoding(alphanumeric + "+/")

// URLEncoding is the padded encoding of RFC 4648, section 5, for URLs and file names.
var URLEncoding = NewEncoding(alphanumeric + "-_")

// RawStdEncoding is [StdEncoding] without padding.
var RawStdEncoding = StdEncoding.WithPadding(NoPadding)

// RawURLEncoding is [URLEncoding] without padding.
var RawURLEncoding = URLEncoding.WithPadding(NoPadding)

// NewEncoding returns the encoding with this alphabet, padded with '='. The alphabet is 64 bytes, of any value but
// that of a line break, none twice; otherwise NewEncoding panics. It should not contain the padding character, which
// [Encoding.WithPadding] can change.
func NewEncoding(encoder string) *Encoding {
	if len(encoder) != 64 {
		panic("encoding alphabet is not 64-bytes long")
	}
	enc := new(Encoding)
	for i := range 256 {
		enc.dec[i] = classInvalid
	}
	enc.dec['\r'], enc.dec['\n'] = classSkip, classSkip
	for i, c := range []byte(encoder) {
		switch class := enc.dec[c]; {
		case class == classSkip:
			panic("encoding alphabet contains newline character")
		case class != classInvalid:
			panic("encoding alphabet includes duplicate symbols")
		}
		enc.dec[c] = byte(i)
		enc.enc[i] = c
	}
	enc.setHints()
	enc.setPadding(StdPadding)
	return enc
}

// WithPadding returns a copy of enc with another padding character, or with [NoPadding]. It panics if the character is
// a line break, in the alphabet, or not a single byte.
func (enc Encoding) WithPadding(padding rune) *Encoding {
	switch {
	case padding < NoPadding || padding > 0xff || padding == '\r' || padding == '\n':
		panic("invalid padding")
	case padding != NoPadding && enc.dec[byte(padding)] < digits:
		panic("padding contained in alphabet")
	}
	enc.setPadding(padding)
	return &enc
}

// Strict returns a copy of enc that refuses text in which the bits of the last group that encode nothing are not 0
// (RFC 4648, section 3.5). Line breaks are skipped all the same.
func (enc Encoding) Strict() *Encoding {
	enc.dec[decodeFlags] |= flagStrict
	return &enc
}

// EncodedLen returns the number of characters that encode n bytes.
func (enc *Encoding) EncodedLen(n int) int {
	if enc.enc[encodeFlags]&flagRaw != 0 {
		return n/3*4 + (n%3*8+5)/6
	}
	return (n + 2) / 3 * 4
}

// Encode encodes src into the first [Encoding.EncodedLen] bytes of dst. It panics if dst is shorter, after filling it.
//
// The last group is padded, so pieces of a stream cannot be encoded one by one; [NewEncoder] is for them.
func (enc *Encoding) Encode(dst, src []byte) {
	if read, _ := encode(dst, src, &enc.enc); read != len(src) {
		_ = dst[len(dst)]
	}
}

// AppendEncode appends the encoding of src to dst and returns the longer slice.
func (enc *Encoding) AppendEncode(dst, src []byte) []byte {
	n := enc.EncodedLen(len(src))
	dst = slices.Grow(dst, n)
	end := len(dst) + n
	encode(dst[len(dst):end], src, &enc.enc)
	return dst[:end]
}

// EncodeToString returns the encoding of src.
func (enc *Encoding) EncodeToString(src []byte) string {
	text := make([]byte, enc.EncodedLen(len(src)))
	encode(text, src, &enc.enc)
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// A CorruptInputError says at which byte of the input base64 ends being valid.
type CorruptInputError int64

func (e CorruptInputError) Error() string {
	return "illegal base64 data at input byte " + strconv.FormatInt(int64(e), 10)
}

// DecodedLen returns the most bytes that n characters can decode to.
func (enc *Encoding) DecodedLen(n int) int {
	if enc.enc[encodeFlags]&flagRaw != 0 {
		return n/4*3 + n%4*6/8
	}
	return n / 4 * 3
}

// Decode decodes src, line breaks aside, and returns the number of bytes that it wrote to dst. If src is not valid, it
// returns the number of bytes before the first invalid group and a [CorruptInputError]; if only bytes after the end of
// the text are wrong, it returns all of the text. It panics if dst is too short.
func (enc *Encoding) Decode(dst, src []byte) (n int, err error) {
	read, n := decode(dst, src, &enc.dec)
	if read == len(src) {
		return n, nil
	}
	return enc.decodeRest(dst, src, read, n)
}

// AppendDecode appends the bytes that src encodes to dst and returns the longer slice. If src is not valid, it appends
// what comes before, and returns the error as well.
func (enc *Encoding) AppendDecode(dst, src []byte) ([]byte, error) {
	most := len(src)
	for most > 0 && rune(src[most-1]) == enc.padding() {
		most--
	}
	most = most/4*3 + most%4*6/8
	dst = slices.Grow(dst, most)
	n, err := enc.Decode(dst[len(dst):len(dst)+most], src)
	return dst[:len(dst)+n], err
}

// DecodeString returns the bytes that s encodes. If s is not valid, it returns what comes before, and a
// [CorruptInputError].
func (enc *Encoding) DecodeString(s string) ([]byte, error) {
	dst := make([]byte, enc.DecodedLen(len(s)))
	n, err := enc.Decode(dst, unsafe.Slice(unsafe.StringData(s), len(s)))
	return dst[:n], err
}
