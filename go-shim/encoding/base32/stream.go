package base32

import (
	"io"

	"github.com/widelane/widelane/go-shim/internal/unwrap"
)

// Characters that a stream handles at once. Errors of a reader or writer surface between such pieces, at the same
// places as in the standard library.
const streamChars = 1024

// NewEncoder returns a writer that encodes what is written to it and writes the text to w. It works in groups of five
// bytes; Close writes the last one if it is short, and does not close w.
func NewEncoder(enc *Encoding, w io.Writer) io.WriteCloser {
	return &encoder{enc: enc, w: w}
}

type encoder struct {
	enc  *Encoding
	w    io.Writer
	err  error
	held [5]byte // the beginning of a group
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
	for len(p)-n >= 5 {
		whole := min((len(p)-n)/5*5, streamChars/8*5)
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
		n := e.n
		e.n = 0
		e.put(e.held[:n])
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
	enc   *Encoding
	r     io.Reader
	err   error             // what Read returns when rest is empty
	ended bool              // a short group came
	n     int               // characters in text
	text  [streamChars]byte // without line breaks
	rest  []byte            // decoded, but there was no room for it
	bytes [streamChars / 8 * 5]byte
}

func (d *decoder) Read(p []byte) (n int, err error) {
	if len(d.rest) > 0 {
		n = d.take(p)
		if len(d.rest) > 0 {
			return n, nil
		}
		return n, d.err
	}
	if d.err != nil {
		return 0, d.err
	}
	// Without padding a text may end anywhere, so whatever comes is decoded.
	raw := d.enc.padding() == NoPadding
	least := 8 - d.n
	if raw {
		least = 1
	}
	most := min(max((len(p)+4)/5*8, 8), streamChars)
	var got int
	got, d.err = d.fill(d.text[d.n:most], least, !raw && d.n > 0)
	d.n += got
	if d.n < least {
		return 0, d.err
	}
	if got > 0 && d.ended {
		return 0, CorruptInputError(0)
	}
	whole := d.n
	if !raw {
		whole &^= 7
	}
	if d.enc.DecodedLen(d.n) > len(p) {
		n, d.ended, err = d.enc.decodeText(d.bytes[:], d.text[:whole])
		d.rest = d.bytes[:n]
		n = d.take(p)
	} else {
		n, d.ended, err = d.enc.decodeText(p, d.text[:whole])
	}
	d.n = copy(d.text[:], d.text[whole:d.n])
	if err != nil && (d.err == nil || d.err == io.EOF) {
		d.err = err
	}
	if len(d.rest) > 0 {
		return n, nil
	}
	return n, d.err
}

// take moves decoded bytes to p.
func (d *decoder) take(p []byte) int {
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n
}

// fill reads so many characters at least, unless r ends or fails. Its end is unexpected after some of them, or if a group
// was begun before.
func (d *decoder) fill(p []byte, least int, begun bool) (n int, err error) {
	for n < least && err == nil {
		var k int
		k, err = d.read(p[n:])
		n += k
	}
	if err == io.EOF && n < least && (n > 0 || begun) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// read reads characters that are no line breaks, at least one unless r returns none or an error.
func (d *decoder) read(p []byte) (n int, err error) {
	for {
		n, err = d.r.Read(p)
		if n <= 0 {
			return n, err
		}
		if n = unwrap.Copy(p, p[:n]); n > 0 || err != nil {
			return n, err
		}
	}
}
