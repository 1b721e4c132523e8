package main

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"
)

// Where this variable names a file, the program writes its peak memory there.
const peakTo = "WIDELANE_TEST_PEAK"

// repeated is n bytes of a pattern, made as they are read.
type repeated struct {
	pattern []byte
	n, at   int64
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.at == r.n {
		return 0, io.EOF
	}
	from := r.pattern[r.at%int64(len(r.pattern)):]
	n := copy(p, from[:min(int64(len(from)), r.n-r.at)])
	r.at += int64(n)
	return n, nil
}

// A stream gives every byte once and in order, however long the reads are, and hands errors on after what was read.
func TestStream(t *testing.T) {
	broken := errors.New("broken")
	data := make([]byte, 3*aheadAfter+12345)
	for i := range data {
		data[i] = byte(i * i >> 7)
	}
	for _, n := range []int{0, 1, bufferSize - 1, bufferSize, aheadAfter - 1, aheadAfter, aheadAfter + 1, len(data)} {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole":          func(r io.Reader) io.Reader { return r },
			"half":           iotest.HalfReader,
			"data and error": iotest.DataErrReader,
			"broken":         func(r io.Reader) io.Reader { return io.MultiReader(r, iotest.ErrReader(broken)) },
		} {
			var want error
			if name == "broken" {
				want = broken
			}
			var s stream
			for range 2 {
				sum, total := uint32(0), 0
				err := s.each(wrap(bytes.NewReader(data[:n])), func(p []byte) error {
					sum = crc32.Update(sum, crc32.IEEETable, p)
					total += len(p)
					return nil
				})
				if err != want || total != n || sum != crc32.ChecksumIEEE(data[:n]) {
					t.Errorf("%s, %d bytes: %v, %d bytes", name, n, err, total)
				}
			}
		}
	}
	for _, at := range []int{0, aheadAfter, 2 * aheadAfter} {
		var s stream
		total := 0
		err := s.each(bytes.NewReader(data), func(p []byte) error {
			if total += len(p); total > at {
				return broken
			}
			return nil
		})
		if err != broken || total > at+bufferSize {
			t.Errorf("stop after %d bytes: %v after %d", at, err, total)
		}
	}
}
