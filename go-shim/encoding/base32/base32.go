// Package base32 encodes and decodes base32 (RFC 4648). It is a drop-in for the standard library's encoding/base32: the
// same names, values, errors and error offsets, with kernels in place of loops where the CPU has vector instructions.
//
// Encoding has the full speed with any alphabet. Decoding has it with any alphabet of ASCII characters on a CPU with AVX-512
// VBMI. Elsewhere it has it if the characters follow one another in order within each row of 16 of the ASCII table, as those
// of both alphabets of RFC 4648 and of their lower case do. With an alphabet that contains its own padding character it never
// has it.
//
// When decoding fails, not one byte of dst is written behind those that the returned number counts. Dst and src of
// [Encoding.Decode] may overlap in any way, those of [Encoding.Encode] in none.
package base32

import (
	"slices"
	"strconv"
	"unsafe"
)

// An Encoding is an alphabet of 32 bytes with its rule for padding.
//
// Its tables are what the kernels read; each lies in whole cache lines when the encoding does.
type Encoding struct {
	dec [decodeTable]byte
	_   [28]byte
	enc [encodeTable]byte
	_   [30]byte
}

// Values for [Encoding.WithPadding].
const (
	StdPadding rune = '=' // the padding character of RFC 4648
	NoPadding  rune = -1  // the last group is left short
)

// StdEncoding is the padded encoding of RFC 4648, section 6.
var StdEncoding = NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

// HexEncoding is the padded encoding of RFC 4648, section 7, whose texts sort as their bytes do. DNSSEC uses it.
var HexEncoding = NewEncoding("0123456789ABCDEFGHIJKLMNOPQRSTUV")

// NewEncoding returns the encoding with this alphabet, padded with '='. The alphabet is 32 bytes, of any value but
// that of a line break, none twice; otherwise NewEncoding panics. It should not contain the padding character, which
// [Encoding.WithPadding] can change.
func NewEncoding(encoder string) *Encoding {
	if len(encoder) != 32 {
		panic("encoding alphabet is not 32-bytes long")
	}
	enc := new(Encoding)
	for i := range 256 {
		enc.dec[i] = invalid
	}
	for i, c := range []byte(encoder) {
		switch {
		case c == '\n' || c == '\r':
			panic("encoding alphabet contains newline character")
		case enc.dec[c] != invalid:
			panic("encoding alphabet includes duplicate symbols")
		}
		enc.dec[c] = byte(i)
		enc.enc[i] = c
	}
	enc.setRows()
	enc.setPadding(StdPadding)
	return enc
}

// WithPadding returns a copy of enc with another padding character, or with [NoPadding]. It panics if the character is
// a line break, in the alphabet, or not a single byte.
func (enc Encoding) WithPadding(padding rune) *Encoding {
	switch {
	case padding < NoPadding || padding > 0xff || padding == '\r' || padding == '\n':
		panic("invalid padding")
	case padding != NoPadding && enc.dec[byte(padding)] != invalid:
		panic("padding contained in alphabet")
	}
	enc.setPadding(padding)
	return &enc
}

// EncodedLen returns the number of characters that encode n bytes.
func (enc *Encoding) EncodedLen(n int) int {
	if enc.enc[encodeFlags]&flagRaw != 0 {
		return n/5*8 + (n%5*8+4)/5
	}
	return (n + 4) / 5 * 8
}

// Encode encodes src into the first [Encoding.EncodedLen] bytes of dst. It panics if dst is shorter, after encoding the
// whole groups that have room.
//
// The last group is padded, so pieces of a stream cannot be encoded one by one; [NewEncoder] is for them.
func (enc *Encoding) Encode(dst, src []byte) {
	if len(src) == 0 {
		return
	}
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

// A CorruptInputError says at which byte of the input, line breaks not counted, base32 ends being valid.
type CorruptInputError int64

func (e CorruptInputError) Error() string {
	return "illegal base32 data at input byte " + strconv.FormatInt(int64(e), 10)
}

// DecodedLen returns the most bytes that n characters can decode to.
func (enc *Encoding) DecodedLen(n int) int {
	if enc.enc[encodeFlags]&flagRaw != 0 {
		return n/8*5 + n%8*5/8
	}
	return n / 8 * 5
}

// Decode decodes src, line breaks aside, and returns the number of bytes that it wrote to dst. If src is not valid, it
// returns the number of bytes before the first invalid group and a [CorruptInputError]. It panics if dst is too short;
// [Encoding.DecodedLen] of the length of src is enough.
func (enc *Encoding) Decode(dst, src []byte) (n int, err error) {
	if within(dst, src) {
		src = slices.Clone(src)
	}
	if enc.dec[decodeHints]&hintKernels == 0 {
		return enc.decodeRest(dst, src, 0, 0)
	}
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
	most = most/8*5 + most%8*5/8
	dst = slices.Grow(dst, most)
	n, err := enc.Decode(dst[len(dst):len(dst)+most], src)
	return dst[:len(dst)+n], err
}

// DecodeString returns the bytes that s encodes. If s is not valid, it returns what comes before, and a
// [CorruptInputError].
func (enc *Encoding) DecodeString(s string) ([]byte, error) {
	dst := make([]byte, len(s)/8*5+len(s)%8*5/8)
	n, err := enc.Decode(dst, unsafe.Slice(unsafe.StringData(s), len(s)))
	return dst[:n], err
}
