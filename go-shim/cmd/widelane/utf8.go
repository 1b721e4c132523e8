package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/widelane/widelane/go-shim/unicode/utf8"
)

const utf8Help = `Usage: widelane utf8 [OPTION]... [FILE]...
Check whether files are valid UTF-8, and say where the first bad byte is.

With no FILE, or when FILE is -, read standard input.

  -q, --quiet           print nothing; the exit status tells
  -v, --verbose         print a line for each valid file, too
  -h, --help            print this help

The line of a file that is not valid is

  NAME:LINE:COLUMN: byte OFFSET: what is wrong (the bytes in hexadecimal)

LINE and COLUMN count from 1, columns in characters; OFFSET counts bytes from
0. A byte order mark is a character. What is wrong is a continuation byte that
nothing begins, a sequence cut short, a longer form than needed, a surrogate,
or a character above U+10FFFF.

Exit status: 0 if all files are valid, 1 if one is not or could not be read, 2
if the command line was not understood.
`

func runUTF8(k *call) error {
	var quiet, verbose bool
	files, err := parse(k.args, on('q', "quiet", &quiet), on('v', "verbose", &verbose))
	switch {
	case err != nil:
		return err
	case quiet && verbose:
		return usagef("the --quiet and --verbose options contradict each other")
	case len(files) == 0:
		files = []string{"-"}
	}
	c := textChecker{call: k, quiet: quiet, verbose: verbose}
	ok := true
	for _, name := range files {
		ok = c.check(name) && ok
		// Nobody will see the rest.
		if k.stdout.flush() != nil {
			break
		}
	}
	if !ok {
		return errFailed
	}
	return nil
}

// textChecker is one run of `widelane utf8`.
type textChecker struct {
	*call
	quiet, verbose bool

	stream stream
}

// check writes the line of one file and reports whether it is valid.
func (c *textChecker) check(name string) bool {
	t, err := c.read(name)
	switch {
	case errors.Is(err, errNotUTF8):
		c.stderr.clearStatus()
		if !c.quiet {
			fmt.Fprintf(c.stdout, "%s:%d:%d: byte %d: %s (% x)\n", printable(name), t.line, t.column, t.offset, t.what, t.bad)
		}
	case err != nil:
		c.complain("%s: %s", printable(name), reason(err))
	case c.verbose:
		c.stderr.clearStatus()
		fmt.Fprintf(c.stdout, "%s: OK\n", printable(name))
	}
	return err == nil
}

func (c *textChecker) read(name string) (t text, err error) {
	t = text{line: 1, column: 1}
	f, size, err := open(name, c.stdin)
	if err != nil {
		return t, err
	}
	if f != c.stdin {
		defer f.Close()
	}
	progress := newProgress(c.stderr, name, size)
	err = c.stream.each(f, func(p []byte) error {
		progress.add(len(p))
		return t.write(p)
	})
	if err == nil {
		err = t.finish()
	}
	return t, err
}

// errNotUTF8 is what a text returns for the first bad byte. Where it is and what is wrong is in the text.
var errNotUTF8 = errors.New("not UTF-8")

// A text is UTF-8 that arrives piece by piece.
type text struct {
	// Where what was not yet seen begins: bytes from 0, lines and characters of the line from 1.
	offset, line, column int64
	// The beginning of a sequence whose rest comes with the next piece.
	begun [utf8.UTFMax]byte
	n     int

	what string
	bad  []byte
}

// write takes the next piece.
func (t *text) write(p []byte) error {
	if t.n > 0 {
		n := t.n
		k := copy(t.begun[n:], p)
		whole := t.begun[:n+k]
		if !utf8.FullRune(whole) {
			t.n += k
			return nil
		}
		r, size := utf8.DecodeRune(whole)
		if r == utf8.RuneError && size == 1 {
			return t.fail(whole)
		}
		// More may have been copied than belongs to the sequence.
		t.pass(whole[:size])
		t.n, p = 0, p[size-n:]
	}
	valid := utf8.ValidUpTo(p)
	t.pass(p[:valid])
	switch rest := p[valid:]; {
	case len(rest) == 0:
		return nil
	case utf8.FullRune(rest):
		return t.fail(rest)
	default:
		t.n = copy(t.begun[:], rest)
		return nil
	}
}

// finish takes the end.
func (t *text) finish() error {
	if t.n == 0 {
		return nil
	}
	t.what, t.bad = "sequence cut off by the end", t.begun[:t.n]
	return errNotUTF8
}

// pass counts what is valid.
func (t *text) pass(p []byte) {
	t.offset += int64(len(p))
	if n := bytes.Count(p, []byte{'\n'}); n > 0 {
		t.line += int64(n)
		t.column = 1
		p = p[bytes.LastIndexByte(p, '\n')+1:]
	}
	t.column += int64(utf8.RuneCount(p))
}

// fail says what is wrong with the sequence that p begins with.
func (t *text) fail(p []byte) error {
	what, n := wrong(p)
	t.what, t.bad = what, bytes.Clone(p[:n])
	return errNotUTF8
}

// wrong says what is wrong with a sequence that is not valid, and how many bytes show it: as few as will do, so that they are
// there wherever the text is cut.
func wrong(p []byte) (what string, n int) {
	first, size := p[0], 2
	switch {
	case first < 0xc0:
		return "continuation byte without a beginning", 1
	case first < 0xc2:
		return "longer form than needed", 1
	case first > 0xf4:
		return "byte that is never part of UTF-8", 1
	case first >= 0xf0:
		size = 4
	case first >= 0xe0:
		size = 3
	}
	for n = 1; n < min(size, len(p)) && !utf8.RuneStart(p[n]); n++ {
	}
	if n > 1 {
		switch second := p[1]; {
		case first == 0xe0 && second < 0xa0, first == 0xf0 && second < 0x90:
			return "longer form than needed", 2
		case first == 0xed && second >= 0xa0:
			return "surrogate", 2
		case first == 0xf4 && second >= 0x90:
			return "character above U+10FFFF", 2
		}
	}
	return "sequence cut short", n
}
