package main

import (
	"bytes"

	"github.com/widelane/widelane/go-shim/encoding/base64"
)

// decodeBlock is the encoded text of one call of the decoder.
const decodeBlock = 64 << 10

// decoder reads base64 as coreutils does: groups of four characters that decode by themselves, so that padded texts may
// follow each other; newlines anywhere. Where a block has nothing unusual, the encoding package does it whole.
type decoder struct {
	to       sink
	alphabet *base64.Encoding
	value    [256]byte // of a character; notValue if it has none
	garbage  bool      // skip what has no value
	raw      bool      // the last group may lack its padding
	group    [4]byte
	grouped  int
	out      []byte
}

const notValue = 0xff

func newDecoder(to sink, alphabet *base64.Encoding, garbage, raw bool) *decoder {
	d := &decoder{to: to, alphabet: alphabet, garbage: garbage, raw: raw}
	for i := range d.value {
		d.value[i] = notValue
	}
	for v := range 64 {
		// Three equal 6-bit values need not be; the first character of the encoding of v<<2 is v's.
		var text [4]byte
		alphabet.Encode(text[:], []byte{byte(v << 2), 0, 0})
		d.value[text[0]] = byte(v)
	}
	return d
}

func (d *decoder) write(p []byte) error {
	d.reserve(len(p))
	for len(p) > 0 {
		n, err := d.step(p[:min(len(p), decodeBlock)])
		if err != nil {
			d.flush()
			return err
		}
		p = p[n:]
	}
	return d.flush()
}

// finish decodes what the last group has. A group that ends too early is an error, after the bytes that it does have.
func (d *decoder) finish() error {
	if d.grouped == 0 {
		return nil
	}
	d.reserve(0)
	complete := d.appendGroup(d.group[:d.grouped])
	if err := d.flush(); err != nil {
		return err
	}
	if complete || d.raw && d.onlyValues(d.group[:d.grouped]) && d.grouped > 1 {
		return nil
	}
	return errInvalid
}

// step decodes the beginning of p, at least one character, and returns how much.
func (d *decoder) step(p []byte) (int, error) {
	if d.grouped == 0 {
		if n := d.wholeGroups(p); n > 0 {
			if d.decode(p[:n]) {
				return n, nil
			}
			return d.bytewise(p[:n])
		}
	}
	for i, c := range p {
		if err := d.take(c); err != nil {
			return i + 1, err
		}
		if d.grouped == 0 {
			return i + 1, nil
		}
	}
	return len(p), nil
}

// wholeGroups returns the length of the part of p, from its beginning, that is whole groups of four without padding, as
// far as counting can tell.
func (d *decoder) wholeGroups(p []byte) int {
	if i := bytes.IndexByte(p, '='); i >= 0 {
		p = p[:i]
	}
	characters := len(p) - bytes.Count(p, newline)
	if d.garbage {
		characters -= bytes.Count(p, carriageReturn)
	}
	n := len(p)
	for over := characters % 4; over > 0; {
		n--
		if c := p[n]; c != '\n' && !(d.garbage && c == '\r') {
			over--
		}
	}
	return n
}

var newline, carriageReturn = []byte{'\n'}, []byte{'\r'}

// decode gives whole groups to the encoding package. It reports false, having done nothing, if there is more in them than
// characters and newlines. That package skips carriage returns too, which are garbage here.
func (d *decoder) decode(p []byte) bool {
	if !d.garbage && bytes.IndexByte(p, '\r') >= 0 {
		return false
	}
	n, err := d.alphabet.Decode(d.out[len(d.out):cap(d.out)], p)
	if err != nil {
		return false
	}
	d.out = d.out[:len(d.out)+n]
	return true
}

// bytewise decodes p character by character: slow, but exact about what precedes an error. Garbage is sifted out first, so
// that the rest goes fast.
func (d *decoder) bytewise(p []byte) (int, error) {
	n := len(p)
	if d.garbage {
		kept := d.sift(p)
		if n := d.wholeGroups(kept); n > 0 && d.decode(kept[:n]) {
			kept = kept[n:]
		}
		p = kept
	}
	for i, c := range p {
		if err := d.take(c); err != nil {
			return i + 1, err
		}
	}
	return n, nil
}

// sift moves the characters that have a value to the front of p. There is no padding in p.
func (d *decoder) sift(p []byte) []byte {
	n := 0
	for _, c := range p {
		p[n] = c
		if d.value[c] != notValue {
			n++
		}
	}
	return p[:n]
}

// take adds a character to the current group, and decodes the group if that makes four.
func (d *decoder) take(c byte) error {
	if c == '\n' || d.garbage && c != '=' && d.value[c] == notValue {
		return nil
	}
	d.group[d.grouped] = c
	d.grouped++
	if d.grouped < len(d.group) {
		return nil
	}
	d.grouped = 0
	if !d.appendGroup(d.group[:]) {
		return errInvalid
	}
	return nil
}

// appendGroup decodes up to four characters as far as they are valid and reports whether they are a whole group.
func (d *decoder) appendGroup(g []byte) bool {
	if len(g) < 2 || !d.onlyValues(g[:2]) {
		return false
	}
	a, b := d.value[g[0]], d.value[g[1]]
	d.out = append(d.out, a<<2|b>>4)
	if len(g) == 4 && g[2] == '=' && g[3] == '=' {
		return true
	}
	if len(g) < 3 || !d.onlyValues(g[2:3]) {
		return false
	}
	c := d.value[g[2]]
	d.out = append(d.out, b<<4|c>>2)
	if len(g) == 4 && g[3] == '=' {
		return true
	}
	if len(g) < 4 || !d.onlyValues(g[3:4]) {
		return false
	}
	d.out = append(d.out, c<<6|d.value[g[3]])
	return true
}

func (d *decoder) onlyValues(g []byte) bool {
	for _, c := range g {
		if d.value[c] == notValue {
			return false
		}
	}
	return true
}

// reserve makes room for the output of n characters and a group.
func (d *decoder) reserve(n int) {
	if need := n/4*3 + 8; cap(d.out) < need {
		d.out = make([]byte, 0, need)
	}
}

func (d *decoder) flush() error {
	err := d.to.direct(d.out)
	d.out = d.out[:0]
	return err
}
