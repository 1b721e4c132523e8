package main

import (
	"bytes"
	"fmt"

	"github.com/widelane/widelane/go-shim/encoding/base32"
)

// base32Decoder reads base32 as coreutils does: groups of eight characters that decode by themselves, so that padded texts
// may follow each other; newlines anywhere. Whole groups of a line are one call of the encoding package; what begins on one
// line and ends on the next is taken character by character.
type base32Decoder struct {
	to       sink
	alphabet *base32.Encoding
	value    [256]byte // of a character; notValue if it has none
	garbage  bool      // skip what has no value
	raw      bool      // the last group may lack its padding
	bits     uint64    // of the digits of the current group
	digits   int
	pads     int
	out      []byte
}

func newBase32Decoder(to sink, alphabet *base32.Encoding, garbage, raw bool) *base32Decoder {
	d := &base32Decoder{to: to, alphabet: alphabet, garbage: garbage, raw: raw}
	for i := range d.value {
		d.value[i] = notValue
	}
	for v := range byte(32) {
		d.value[alphabet.EncodeToString([]byte{v << 3})[0]] = v
	}
	return d
}

// errGroup is what finish returns for input that ends too early.
var errGroup = fmt.Errorf("%w: it ends inside a group of eight characters", errInvalid)

// A base32Error is a character that may not stand where it does.
type base32Error struct {
	char byte
	back int // bytes from it to the end of the piece, itself included
	what string
}

func (e base32Error) Error() string { return errInvalid.Error() }

func (e base32Error) in(name string, read int64) string {
	return fmt.Sprintf("%s: %s: %q at offset %d %s", name, errInvalid, e.char, read-int64(e.back), e.what)
}

func (d *base32Decoder) write(p []byte) error {
	if need := len(p)/8*5 + 10; cap(d.out) < need {
		d.out = make([]byte, 0, need)
	}
	for at := 0; at < len(p); {
		if d.digits == 0 && d.value[p[at]] != notValue {
			if n := d.groups(p[at:]); n > 0 {
				at += n
				continue
			}
		}
		if what := d.take(p[at]); what != "" {
			if err := d.flush(); err != nil {
				return err
			}
			return base32Error{p[at], len(p) - at, what}
		}
		at++
	}
	return d.flush()
}

// groups decodes the whole groups of the line that p begins with, as far as they have nothing but digits and the last one
// perhaps padding, and returns how many characters that is.
func (d *base32Decoder) groups(p []byte) int {
	// A longer line is several. Garbage would have its end looked for again and again.
	p = p[:min(len(p), 16<<10)]
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		p = p[:i]
	}
	// The encoding package would skip this one.
	if i := bytes.IndexByte(p, '\r'); i >= 0 {
		p = p[:i]
	}
	p = p[:len(p)&^7]
	n, err := d.alphabet.Decode(d.out[len(d.out):cap(d.out)], p)
	d.out = d.out[:len(d.out)+n]
	if err != nil {
		return n / 5 * 8
	}
	return len(p)
}

// base32Ends has the numbers of digits that encode whole bytes.
var base32Ends = [8]bool{2: true, 4: true, 5: true, 7: true}

// take adds a character to the current group, or says what is wrong with it.
func (d *base32Decoder) take(c byte) (what string) {
	switch v := d.value[c]; {
	case c == '\n':
		return ""
	case v != notValue && d.pads == 0:
		d.bits = d.bits<<5 | uint64(v)
		d.digits++
	case v != notValue:
		return "is where padding belongs"
	case c == '=' && (d.pads > 0 || base32Ends[d.digits]):
		d.pads++
	case c == '=':
		return "is padding where none belongs"
	case d.garbage:
		return ""
	default:
		return "is not in the alphabet"
	}
	if d.digits+d.pads == 8 {
		d.put()
	}
	return ""
}

// put appends the bytes of the current group, and begins another.
func (d *base32Decoder) put() {
	bits := d.bits << (5 * (8 - d.digits))
	for i := range 5 * d.digits / 8 {
		d.out = append(d.out, byte(bits>>(32-8*i)))
	}
	d.bits, d.digits, d.pads = 0, 0, 0
}

func (d *base32Decoder) finish() error {
	if d.digits == 0 {
		return nil
	}
	if !d.raw || d.pads > 0 || !base32Ends[d.digits] {
		return errGroup
	}
	d.put()
	return d.flush()
}

func (d *base32Decoder) flush() error {
	err := d.to.direct(d.out)
	d.out = d.out[:0]
	return err
}
