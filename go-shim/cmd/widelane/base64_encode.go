package main

import "github.com/widelane/widelane/go-shim/encoding/base64"

const (
	// encodeBlock is the input of one call of the encoder: a multiple of 3, so that no padding arises inside a
	// stream, and small enough that its output is still in the first-level cache when lines are cut from it.
	encodeBlock = 12 << 10
	// encodeRoom is what a block becomes at most, with a line break after every character.
	encodeRoom = 2 * (encodeBlock/3*4 + 4)
	// outputSize leaves the second-level cache to the input.
	outputSize = 128 << 10
)

// encoder writes base64 in lines.
type encoder struct {
	to       sink
	alphabet *base64.Encoding
	wrap     int // 0 for no line breaks
	column   int // characters on the current line
	carry    [3]byte
	carried  int
	block    []byte // encoded, not yet in lines
	out      []byte
}

func newEncoder(to sink, alphabet *base64.Encoding, wrap int) *encoder {
	return &encoder{
		to: to, alphabet: alphabet, wrap: wrap,
		block: make([]byte, encodeBlock/3*4+4),
		out:   make([]byte, 0, outputSize),
	}
}

func (e *encoder) write(p []byte) error {
	if e.carried > 0 {
		n := copy(e.carry[e.carried:], p)
		e.carried += n
		p = p[n:]
		if e.carried < len(e.carry) {
			return nil
		}
		if err := e.encode(e.carry[:]); err != nil {
			return err
		}
	}
	whole := len(p) - len(p)%3
	e.carried = copy(e.carry[:], p[whole:])
	for p = p[:whole]; len(p) > 0; {
		n := min(len(p), encodeBlock)
		if err := e.encode(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return e.flush()
}

func (e *encoder) finish() error {
	if e.carried > 0 {
		if err := e.encode(e.carry[:e.carried]); err != nil {
			return err
		}
	}
	if e.column > 0 {
		e.out = append(e.out, '\n')
	}
	return e.flush()
}

// encode appends up to encodeBlock bytes of input to the output.
func (e *encoder) encode(p []byte) error {
	if cap(e.out)-len(e.out) < encodeRoom {
		if err := e.flush(); err != nil {
			return err
		}
	}
	n := e.alphabet.EncodedLen(len(p))
	if e.wrap == 0 {
		room := e.out[len(e.out) : len(e.out)+n]
		e.alphabet.Encode(room, p)
		e.out = e.out[:len(e.out)+n]
		return nil
	}
	block := e.block[:n]
	e.alphabet.Encode(block, p)
	e.appendLines(block)
	return nil
}

// appendLines cuts encoded text into lines. A line break is written with the line's last character, so that no stream
// ends with an empty line.
func (e *encoder) appendLines(text []byte) {
	out := e.out[len(e.out):cap(e.out)]
	for len(text) >= e.wrap-e.column {
		n := e.wrap - e.column
		copy(out, text[:n])
		out[n] = '\n'
		out, text = out[n+1:], text[n:]
		e.column = 0
	}
	n := copy(out, text)
	e.column += n
	e.out = e.out[:cap(e.out)-len(out)+n]
}

func (e *encoder) flush() error {
	err := e.to.direct(e.out)
	e.out = e.out[:0]
	return err
}
