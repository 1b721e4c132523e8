package main

// outputSize leaves the second-level cache to the input.
const outputSize = 128 << 10

// A code turns bytes into characters.
type code interface {
	EncodedLen(n int) int
	Encode(dst, src []byte)
	// step returns what to encode in one call: a multiple of group, so that no padding arises inside a stream, and small
	// enough that its output is still in the first-level cache when lines are cut from it. A group is the fewest bytes
	// that are whole characters.
	step() (bytes, group int)
}

// encoder writes a code in lines.
type encoder struct {
	to      sink
	code    code
	wrap    int // 0 for no line breaks
	column  int // characters on the current line
	carry   []byte
	carried int
	step    int
	room    int    // what a step becomes at most, with a line break after every character
	block   []byte // encoded, not yet in lines
	out     []byte
}

func newEncoder(to sink, code code, wrap int) *encoder {
	step, group := code.step()
	n := code.EncodedLen(step)
	return &encoder{
		to: to, code: code, wrap: wrap, step: step, room: 2 * n,
		carry: make([]byte, group),
		block: make([]byte, n),
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
		if err := e.encode(e.carry); err != nil {
			return err
		}
	}
	whole := len(p) - len(p)%len(e.carry)
	e.carried = copy(e.carry, p[whole:])
	for p = p[:whole]; len(p) > 0; {
		n := min(len(p), e.step)
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

// encode appends up to a step of input to the output.
func (e *encoder) encode(p []byte) error {
	if cap(e.out)-len(e.out) < e.room {
		if err := e.flush(); err != nil {
			return err
		}
	}
	n := e.code.EncodedLen(len(p))
	if e.wrap == 0 {
		room := e.out[len(e.out) : len(e.out)+n]
		e.code.Encode(room, p)
		e.out = e.out[:len(e.out)+n]
		return nil
	}
	block := e.block[:n]
	e.code.Encode(block, p)
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
