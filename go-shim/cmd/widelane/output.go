package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// output is standard output: buffered, and with a memory for the first error, so that callers which print tables
// need not look at each line's.
type output struct {
	*bufio.Writer
	file *os.File
	err  error
}

func newOutput(f *os.File) *output { return &output{Writer: bufio.NewWriterSize(f, 16<<10), file: f} }

// flush writes what is buffered and returns the first error of all writes so far.
func (o *output) flush() error {
	o.keep(o.Writer.Flush())
	return o.err
}

// direct writes p past the buffer, for streams that bring large buffers of their own.
func (o *output) direct(p []byte) error {
	if o.flush() == nil && len(p) > 0 {
		_, err := o.file.Write(p)
		o.keep(err)
	}
	return o.err
}

// close reports an error that only shows when the file is closed, as on network file systems.
func (o *output) close() error {
	o.flush()
	o.keep(o.file.Close())
	err := o.err
	o.err = nil
	return err
}

func (o *output) keep(err error) {
	if o.err == nil && !errors.Is(err, os.ErrClosed) {
		o.err = err
	}
}

// reason is what went wrong without the operation and the path, which the message names already, in the words of the
// system's other tools.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	text := err.Error()
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// printable returns a name that is safe to show: as it is, or quoted where it holds what would disturb a terminal.
func printable(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 || !utf8.ValidString(name) {
		return strconv.Quote(name)
	}
	return name
}

// quoteArg returns a part of the command line for a message about it.
func quoteArg(arg string) string {
	if q := printable(arg); q != arg {
		return q
	}
	return "'" + arg + "'"
}
