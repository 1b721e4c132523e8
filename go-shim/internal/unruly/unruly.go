// Package unruly has readers and writers for tests, beside those of testing/iotest: ones that return less than is asked for, or
// nothing, and fail where a test says.
package unruly

import (
	"errors"
	"io"
)

// A Reader reads Text, at most Most bytes at once and now and then none, and ends with Err: now together with the last bytes,
// now after them.
type Reader struct {
	Text []byte
	Most int
	Err  error
	turn int
}

func (r *Reader) Read(p []byte) (int, error) {
	r.turn++
	if r.turn%7 == 3 {
		return 0, nil
	}
	n := copy(p[:min(len(p), r.Most)], r.Text)
	r.Text = r.Text[n:]
	if len(r.Text) == 0 && (n == 0 || r.turn%2 == 0) {
		return n, r.Err
	}
	return n, nil
}

// ErrFull is the error of a [Writer] without room.
var ErrFull = errors.New("full")

// A Writer has Room for so many bytes. Of the write that exceeds it it takes a part. Writes is what it was given, call by call.
type Writer struct {
	Room   int
	Writes []string
}

func (w *Writer) Write(p []byte) (int, error) {
	w.Writes = append(w.Writes, string(p))
	n := min(len(p), w.Room)
	w.Room -= n
	if n < len(p) {
		return n, ErrFull
	}
	return n, nil
}

// ReadAll reads with a buffer of n bytes, and returns what came and the error that ended it, which may be io.EOF. A reader that
// never ends is one that fails.
func ReadAll(r io.Reader, n int) (all []byte, err error) {
	buf := make([]byte, n)
	for range 1 << 20 {
		k, err := r.Read(buf)
		all = append(all, buf[:k]...)
		if err != nil {
			return all, err
		}
	}
	return all, errors.New("no end after a million reads")
}
