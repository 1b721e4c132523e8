package main

import (
	"bytes"
	"fmt"

	"github.com/widelane/widelane/go-shim/encoding/hex"
)

// hexDecoder reads pairs of digits, which newlines may part. Each line is one call of the decoder: to look for its end first
// costs less than to have the decoder stop at it.
type hexDecoder struct {
	to      sink
	garbage bool    // skip what is no digit
	pair    [2]byte // the first digit of a pair whose second one has yet to come
	open    bool    // whether there is one
	out     []byte
}

func newHexDecoder(to sink, garbage bool) *hexDecoder { return &hexDecoder{to: to, garbage: garbage} }

// errHalf is what finish returns for input with an odd number of digits.
var errHalf = fmt.Errorf("%w: it ends inside a pair of digits", errInvalid)

// A digitError is a character that is no digit.
type digitError struct {
	char byte
	back int // bytes from it to the end of the piece, itself included
}

func (e digitError) Error() string { return errInvalid.Error() }

func (e digitError) in(name string, read int64) string {
	return fmt.Sprintf("%s: %s: %q at offset %d is no digit", name, errInvalid, e.char, read-int64(e.back))
}

func (d *hexDecoder) write(p []byte) error {
	if need := len(p)/2 + 1; cap(d.out) < need {
		d.out = make([]byte, 0, need)
	}
	for len(p) > 0 {
		line, rest := p, p[len(p):]
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			line, rest = p[:i], p[i+1:]
		}
		done, ok := d.digits(line)
		if !ok && d.garbage {
			d.digits(sift(line[done:]))
		} else if !ok {
			at := done
			for isDigit(line[at]) {
				at++
			}
			if err := d.flush(); err != nil {
				return err
			}
			return digitError{p[at], len(p) - at}
		}
		p = rest
	}
	return d.flush()
}

func (d *hexDecoder) finish() error {
	if d.open {
		return errHalf
	}
	return nil
}

// digits decodes text as far as it has nothing but digits, in whole pairs, and returns how far that is, and whether it is all.
// Of an odd number the last one waits for the next text.
func (d *hexDecoder) digits(text []byte) (done int, ok bool) {
	if d.open && len(text) > 0 {
		d.pair[1] = text[0]
		if !d.decode(d.pair[:]) {
			return 0, false
		}
		d.open, done = false, 1
	}
	had := len(d.out)
	whole := (len(text) - done) &^ 1
	if !d.decode(text[done : done+whole]) {
		return done + 2*(len(d.out)-had), false
	}
	if done += whole; done == len(text) {
		return done, true
	}
	d.pair[0] = text[done]
	d.open = isDigit(text[done])
	return done, d.open
}

// decode appends the bytes of whole pairs to the output, up to the first that is none.
func (d *hexDecoder) decode(pairs []byte) bool {
	n, err := hex.Decode(d.out[len(d.out):cap(d.out)], pairs)
	d.out = d.out[:len(d.out)+n]
	return err == nil
}

func (d *hexDecoder) flush() error {
	err := d.to.direct(d.out)
	d.out = d.out[:0]
	return err
}

// sift moves the digits to the front of p.
func sift(p []byte) []byte {
	n := 0
	for _, c := range p {
		p[n] = c
		if isDigit(c) {
			n++
		}
	}
	return p[:n]
}

func isDigit(c byte) bool {
	return c-'0' < 10 || c|0x20-'a' < 6
}
