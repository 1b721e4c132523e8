package main

import (
	"errors"
	"io"
)

// errInvalid is what a decoder returns for input that it cannot decode.
var errInvalid = errors.New("invalid input")

// A sink takes the result of a transform. It keeps its errors.
type sink interface{ direct(p []byte) error }

// A transform turns a stream into another, piece by piece.
type transform interface {
	// write takes the next piece of input.
	write(p []byte) error
	// finish takes the end of the input.
	finish() error
}

// transform sends a file through t and says what went wrong.
func (k *call) transform(name string, t transform) error {
	f, size, err := open(name, k.stdin)
	if err != nil {
		k.complain("%s: %s", printable(name), reason(err))
		return errFailed
	}
	if f != k.stdin {
		defer f.Close()
	}
	return k.transformErr(streamInto(f, t, newProgress(k.statusTo(), name, size)))
}

// statusTo is where a command shows progress whose result goes to standard output.
func (k *call) statusTo() *terminal {
	if isTerminal(k.stdout.file) {
		// A status line would stand in the way of the result.
		return new(terminal)
	}
	return k.stderr
}

// A readError is an error of the input's, to be told from those of the output and the data.
type readError struct{ error }

func streamInto(r io.Reader, t transform, shown *progress) error {
	if err := each(new(stream), r, t, shown); err != nil {
		return err
	}
	return t.finish()
}

// each sends all of r through t, which may not be all that t gets.
func each(s *stream, r io.Reader, t transform, shown *progress) error {
	var refused error
	err := s.each(r, func(p []byte) error {
		shown.add(len(p))
		refused = t.write(p)
		return refused
	})
	if refused == nil && err != nil {
		return readError{err}
	}
	return refused
}

func (k *call) transformErr(err error) error {
	var input readError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errInvalid):
		return err
	case errors.As(err, &input):
		k.complain("read error: %s", reason(input.error))
		return errFailed
	}
	// An error of the output stays with the output, and is reported when that is closed.
	return errFailed
}

// A located error says where it is in a file of that name, of which so much was read.
type located interface {
	error
	in(name string, read int64) string
}

// transformAll sends files through t, one behind the other. What cannot be read is reported, and the next one follows;
// what is not valid ends it all.
func (k *call) transformAll(names []string, t transform) error {
	var s stream
	ok := true
	for _, name := range names {
		read, err := k.transformOne(&s, name, t)
		var where located
		var input readError
		switch {
		case err == nil:
		case errors.As(err, &where):
			k.complain("%s", where.in(printable(name), read))
			return errFailed
		case errors.As(err, &input):
			k.complain("%s: %s", printable(name), reason(input.error))
			ok = false
		default:
			// An error of the output stays with the output, and is reported when that is closed.
			return errFailed
		}
	}
	if err := t.finish(); err != nil {
		return k.transformErr(err)
	}
	if !ok {
		return errFailed
	}
	return nil
}

// transformOne sends one file through t and returns how much of it was read.
func (k *call) transformOne(s *stream, name string, t transform) (int64, error) {
	f, size, err := open(name, k.stdin)
	if err != nil {
		return 0, readError{err}
	}
	if f != k.stdin {
		defer f.Close()
	}
	shown := newProgress(k.statusTo(), name, size)
	err = each(s, f, t, shown)
	return shown.done, err
}
