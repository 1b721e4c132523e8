package hex

import "io"

// bufferSize is the number of characters that an encoder or a decoder holds. It is the standard library's, so that
// writers and readers see the same calls.
const bufferSize = 1024

type encoder struct {
	w   io.Writer
	err error
	out [bufferSize]byte
}

// NewEncoder returns a writer that writes the encoding of its data to w, in lower case. After an error of w, it returns
// the same for ever.
func NewEncoder(w io.Writer) io.Writer { return &encoder{w: w} }

func (e *encoder) Write(p []byte) (n int, err error) {
	for len(p) > 0 && e.err == nil {
		k := min(len(p), bufferSize/2)
		encode(e.out[:], p[:k])
		var written int
		written, e.err = e.w.Write(e.out[:2*k])
		n += written / 2
		p = p[k:]
	}
	return n, e.err
}

type decoder struct {
	r    io.Reader
	err  error // what to return when all in rest is decoded
	rest []byte
	in   [bufferSize]byte
}

// NewDecoder returns a reader of the bytes that the digits of r encode. If r ends after an odd number of them, its last
// error is [io.ErrUnexpectedEOF].
func NewDecoder(r io.Reader) io.Reader { return &decoder{r: r} }

func (d *decoder) Read(p []byte) (n int, err error) {
	if len(d.rest) < 2 && d.err == nil {
		d.fill()
	}
	p = p[:min(len(p), len(d.rest)/2)]
	n, err = Decode(p, d.rest[:2*len(p)])
	d.rest = d.rest[2*n:]
	if err != nil {
		d.rest, d.err = nil, err
	}
	if len(d.rest) < 2 {
		return n, d.err
	}
	return n, nil
}

// fill reads once, behind the one digit that may be left.
func (d *decoder) fill() {
	kept := copy(d.in[:], d.rest)
	n, err := d.r.Read(d.in[kept:])
	d.rest, d.err = d.in[:kept+n], err
	if odd := len(d.rest)%2 != 0; err == io.EOF && odd {
		d.err = io.ErrUnexpectedEOF
		if last := d.rest[len(d.rest)-1]; values[last] == invalid {
			d.err = InvalidByteError(last)
		}
	}
}
