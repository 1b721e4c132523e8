package main

import (
	"io"
	"os"
)

const (
	// bufferSize is what one read asks for: enough that a system call is under a hundredth of its copying, and
	// three of them stay in a second-level cache.
	bufferSize = 256 << 10
	// aheadAfter is the length of input after which reading ahead begins. Below, the goroutine costs more than it
	// saves.
	aheadAfter = 4 * bufferSize
	buffers    = 3
)

// A stream reads inputs of any length in constant memory, and reads ahead while the caller computes. Its buffers
// serve one input after the other.
type stream struct {
	buffer [buffers][]byte
}

// A chunk is one read.
type chunk struct {
	p   []byte
	err error
}

// each calls use with the consecutive pieces of r. A piece is valid until use returns.
func (s *stream) each(r io.Reader, use func([]byte) error) error {
	for seen := 0; seen < aheadAfter; {
		c := read(r, s.take(0))
		if err := use(c.p); err != nil {
			return err
		}
		if c.err != nil {
			return notEOF(c.err)
		}
		seen += len(c.p)
	}
	return s.ahead(r, use)
}

// ahead is each with a second goroutine that reads.
func (s *stream) ahead(r io.Reader, use func([]byte) error) error {
	free, full, stop := make(chan []byte, buffers), make(chan chunk, buffers), make(chan struct{})
	defer close(stop)
	for i := range s.buffer {
		free <- s.take(i)
	}
	go func() {
		for {
			select {
			case b := <-free:
				c := read(r, b)
				full <- c
				if c.err != nil {
					return
				}
			case <-stop:
				return
			}
		}
	}()
	for {
		c := <-full
		if err := use(c.p); err != nil {
			return err
		}
		if c.err != nil {
			return notEOF(c.err)
		}
		free <- c.p[:cap(c.p)]
	}
}

func (s *stream) take(i int) []byte {
	if s.buffer[i] == nil {
		s.buffer[i] = make([]byte, bufferSize)
	}
	return s.buffer[i]
}

func read(r io.Reader, b []byte) chunk {
	n, err := r.Read(b)
	return chunk{b[:n], err}
}

func notEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// open returns the file, or standard input for "-", and its length, or -1 where that is not known before the end.
func open(name string, stdin *os.File) (*os.File, int64, error) {
	f := stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, 0, err
		}
	}
	size := int64(-1)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	return f, size, nil
}
