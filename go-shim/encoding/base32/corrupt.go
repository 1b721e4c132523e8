package base32

import (
	"bytes"
	"unsafe"

	"github.com/widelane/widelane/go-shim/internal/unwrap"
)

// within says whether dst begins inside src, but not where src does: then bytes would take the place of characters that
// are still to be read.
func within(dst, src []byte) bool {
	if len(dst) == 0 || len(src) == 0 {
		return false
	}
	ahead := uintptr(unsafe.Pointer(unsafe.SliceData(dst))) - uintptr(unsafe.Pointer(unsafe.SliceData(src)))
	return ahead != 0 && ahead < uintptr(len(src))
}

// decodeRest goes on where decode stopped: at a line break, an error, or the end of a short dst, which is a panic. What
// lies before may be overwritten by now.
func (enc *Encoding) decodeRest(dst, src []byte, read, written int) (n int, err error) {
	text := src[read:]
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') < 0 {
		n, _, err = enc.groups(dst[written:], text)
	} else {
		// A copy, since dst may be where src is, and line breaks in front would let bytes overtake characters.
		var short [1024]byte
		buf := short[:]
		if len(text) > len(buf) {
			buf = make([]byte, len(text))
		}
		n, _, err = enc.decodeText(dst[written:], buf[:unwrap.Copy(buf, text)])
	}
	return written + n, shifted(err, read)
}

// decodeText decodes text without line breaks, and says whether a short group ended it.
func (enc *Encoding) decodeText(dst, text []byte) (n int, end bool, err error) {
	read := 0
	if enc.dec[decodeHints]&hintKernels != 0 {
		read, n = decode(dst, text, &enc.dec)
		if read == len(text) {
			return n, n%5 != 0, nil
		}
	}
	k, end, err := enc.groups(dst[n:], text[read:])
	return n + k, end, shifted(err, read)
}

// shifted counts the offset of an error from so much further ahead.
func shifted(err error, by int) error {
	if bad, ok := err.(CorruptInputError); ok {
		return bad + CorruptInputError(by)
	}
	return err
}

// groups decodes text without line breaks group by group, and says whether a short one ended it. What is behind that one
// goes unnoticed, as in the standard library: up to seven characters, if the group began early enough.
func (enc *Encoding) groups(dst, text []byte) (n int, end bool, err error) {
	for at := 0; at < len(text) && !end; at += 8 {
		bits, have, err := enc.group(text, at)
		if err != nil {
			return n, false, err
		}
		end = have < 8
		// One, three and six digits pass where there is no padding, and say nothing.
		size := [9]int{0, 0, 1, 0, 2, 3, 0, 4, 5}[have]
		bits <<= 5 * (8 - have)
		// From the last byte on, so that a short dst panics before anything is written.
		for i := size - 1; i >= 0; i-- {
			dst[n+i] = byte(bits >> (32 - 8*i))
		}
		n += size
	}
	return n, end, nil
}

// group returns the digits of the group that begins at text[at], of which there is one character at least, and how many
// they are.
func (enc *Encoding) group(text []byte, at int) (bits uint64, have int, err error) {
	padding := enc.padding()
	for ; have < 8; have++ {
		i := at + have
		if i == len(text) {
			if padding != NoPadding {
				return 0, 0, CorruptInputError(at)
			}
			break
		}
		// Without padding, 0xff is taken for it. That is the standard library's way.
		if text[i] == byte(padding) && have >= 2 && len(text)-i <= 8 {
			return bits, have, enc.pads(text, at, have)
		}
		value := enc.dec[text[i]]
		if value >= digits {
			return 0, 0, CorruptInputError(i)
		}
		bits = bits<<5 | uint64(value)
	}
	return bits, have, nil
}

// pads checks the padding of the group that begins at text[at] and has so many digits. It begins among the last eight
// characters.
func (enc *Encoding) pads(text []byte, at, have int) error {
	padding := byte(enc.padding())
	if len(text)-at < 8 {
		return CorruptInputError(len(text))
	}
	for i := at + have + 1; i < at+8; i++ {
		if text[i] != padding {
			return CorruptInputError(i - 1)
		}
	}
	if have == 3 || have == 6 {
		return CorruptInputError(at + have)
	}
	return nil
}
