package base64

import (
	"io"

	"github.com/widelane/widelane/go-shim/internal/unwrap"
)

// Characters that a stream handles at once. Errors of a reader or writer surface between such pieces, at the same
// places as in the standard library.
const streamChars = 1024

// NewEncoder returns a writer that encodes what is written to it and writes the text to w. It works in groups of three
// bytes; Close writes the last one if it is short, and does not close w.
func NewEncoder(enc *Encoding, w io.Writer) io.WriteCloser {
	return &encoder{enc: enc, w: w}
}

type encoder struct {
	enc  *Encoding
	w    io.Writer
	err  error
	held [3]byte // the beginning of a group
	n    int     // bytes of it
	text [streamChars]byte
}

func (e *encoder) Write(p []byte) (n int, err error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.n > 0 {
		n = copy(e.held[e.n:], p)
		e.n += n
		if e.n < len(e.held) {
			return n, nil
		}
		if e.put(e.held[:]) != nil {
			return n, e.err
		}
		e.n = 0
	}
	for len(p)-n >= 3 {
		whole := min((len(p)-n)/3*3, streamChars/4*3)
		if e.put(p[n:n+whole]) != nil {
			return n, e.err
		}
		n += whole
	}
	e.n = copy(e.held[:], p[n:])
	return n + e.n, nil
}

func (e *encoder) Close() error {
	if e.err == nil && e.n > 0 {
		e.put(e.held[:e.n])
		e.n = 0
	}
	return e.err
}

// put encodes a piece and writes it.
func (e *encoder) put(p []byte) error {
	_, n := encode(e.text[:], p, &e.enc.enc)
	_, e.err = e.w.Write(e.text[:n])
	return e.err
}

// NewDecoder returns a reader of the bytes that the text in r encodes, line breaks aside. The offset of a
// [CorruptInputError] counts from where the decoder last began, as it does in the standard library.
func NewDecoder(enc *Encoding, r io.Reader) io.Reader {
	return &decoder{enc: enc, r: r}
}

type decoder struct {
	enc     *Encoding
	r       io.Reader
	err     error             // what every further Read returns
	readErr error             // what r returned
	n       int               // characters in text
	text    [streamChars]byte // without line breaks
	rest    []byte            // decoded, but there was no room for it
	bytes   [streamChars / 4 * 3]byte
}

func (d *decoder) Read(p []byte) (n int, err error) {
	if len(d.rest) > 0 {
		return d.take(p), nil
	}
	if d.err != nil {
		return 0, d.err
	}
	for d.n < 4 && d.readErr == nil {
		most := min(max(len(p)/3*4, 4), streamChars)
		n, d.readErr = d.fill(d.text[d.n:most])
		d.n += n
	}
	if d.n < 4 {
		return d.last(p)
	}
	whole := d.n / 4 * 4
	if whole/4*3 > len(p) {
		n, d.err = d.enc.Decode(d.bytes[:], d.text[:whole])
		d.rest = d.bytes[:n]
		n = d.take(p)
	} else {
		n, d.err = d.enc.Decode(p, d.text[:whole])
	}
	d.n = copy(d.text[:], d.text[whole:d.n])
	return n, d.err
}

// last decodes what is left at the end of r, less than a group.
func (d *decoder) last(p []byte) (n int, err error) {
	if d.n > 0 && d.enc.padding() == NoPadding {
		n, d.err = d.enc.Decode(d.bytes[:], d.text[:d.n])
		d.n = 0
		d.rest = d.bytes[:n]
		n = d.take(p)
		if n > 0 || len(p) == 0 && len(d.rest) > 0 {
			return n, nil
		}
		if d.err != nil {
			return 0, d.err
		}
	}
	d.err = d.readErr
	if d.n > 0 && d.err == io.EOF {
		d.err = io.ErrUnexpectedEOF
	}
	return 0, d.err
}

// take moves decoded bytes to p.
func (d *decoder) take(p []byte) int {
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n
}

// fill reads characters that are no line breaks, at least one unless r returns none.
func (d *decoder) fill(p []byte) (n int, err error) {
	for {
		n, err = d.r.Read(p)
		if n <= 0 {
			return n, err
		}
		if n = unwrap.Copy(p, p[:n]); n > 0 {
			return n, err
		}
	}
}
