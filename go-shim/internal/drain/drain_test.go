package drain_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"testing"
	"testing/iotest"

	"github.com/widelane/widelane/go-shim/hash/adler32"
	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/xxh3"
)

// hashes are all that read by themselves.
func hashes() map[string]hash.Hash {
	return map[string]hash.Hash{
		"adler32":   adler32.New(),
		"crc32":     crc32.NewIEEE(),
		"crc32c":    crc32.New(crc32.MakeTable(crc32.Castagnoli)),
		"crc64":     crc64.New(crc64.MakeTable(crc64.ECMA)),
		"xxh3":      xxh3.NewSeed(1),
		"xxh3 wide": xxh3.New128(),
	}
}

// A step is what one Read returns.
type step struct {
	n   int
	err error
}

// script returns its steps, and bytes that tell where they come from.
type script struct {
	steps []step
	next  byte
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.steps) == 0 {
		return 0, io.EOF
	}
	now := s.steps[0]
	s.steps = s.steps[1:]
	for i := range max(0, min(now.n, len(p))) {
		p[i] = s.next
		s.next = s.next*5 + 1
	}
	return now.n, now.err
}

// outcome is what a reading comes to.
type outcome struct {
	n     int64
	err   error
	sum   string
	panic bool
}

func after(h hash.Hash, read func() (int64, error)) (o outcome) {
	defer func() {
		o.panic = recover() != nil
		o.sum = fmt.Sprintf("%x", h.Sum(nil))
	}()
	o.n, o.err = read()
	return o
}

// TestAsCopy has each hash read what io.Copy hands to one that cannot read, and compares all there is to see.
func TestAsCopy(t *testing.T) {
	broken := errors.New("broken")
	scripts := map[string][]step{
		"nothing":               nil,
		"short pieces":          {{1, nil}, {7, nil}, {300, nil}, {3, nil}},
		"nothing for a while":   {{0, nil}, {0, nil}, {5, nil}, {0, nil}, {6, nil}},
		"bytes with the end":    {{32, nil}, {9, io.EOF}, {7, nil}},
		"bytes with an error":   {{32, nil}, {9, broken}, {7, nil}},
		"an error":              {{32, nil}, {0, broken}},
		"the end, wrapped":      {{4, fmt.Errorf("of it: %w", io.EOF)}},
		"half of it":            {{4, io.ErrUnexpectedEOF}},
		"a negative count":      {{4, nil}, {-1, nil}, {5, nil}},
		"a negative count, end": {{4, nil}, {-9, broken}},
		"more than there is":    {{4, nil}, {1 << 30, nil}, {5, nil}},
	}
	for name, steps := range scripts {
		for kind, h := range hashes() {
			own := after(h, func() (int64, error) { return h.(io.ReaderFrom).ReadFrom(&script{steps: steps}) })
			h.Reset()
			copied := after(h, func() (int64, error) {
				return io.Copy(struct{ io.Writer }{h}, &script{steps: steps})
			})
			if own != copied {
				t.Errorf("%s, %s: %+v, by io.Copy %+v", kind, name, own, copied)
			}
		}
	}
}

// TestFile reads a file that is longer than the buffer, as callers do, and lengths around the buffer's in halves.
func TestFile(t *testing.T) {
	const name = "../../hash/crc32/zcrc32_amd64.s"
	file, err := os.ReadFile(name)
	if err != nil || len(file) < 1<<17 {
		t.Fatalf("%d bytes, %v", len(file), err)
	}
	for kind, h := range hashes() {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, kind+", a file", h, f, file)
		f.Close()
		for _, n := range []int{0, 1, 1<<17 - 1, 1 << 17, 1<<17 + 1} {
			compare(t, kind+", halves", h, iotest.HalfReader(bytes.NewReader(file[:n])), file[:n])
		}
	}
}

// compare checks what io.Copy makes of a reader that has these bytes.
func compare(t *testing.T, name string, h hash.Hash, r io.Reader, data []byte) {
	t.Helper()
	h.Reset()
	h.Write(data)
	want := h.Sum(nil)
	h.Reset()
	if n, err := io.Copy(h, r); n != int64(len(data)) || err != nil || !bytes.Equal(h.Sum(nil), want) {
		t.Errorf("%s of %d bytes: %d, %v, %x; want %x", name, len(data), n, err, h.Sum(nil), want)
	}
}

// TestAllocations is what a buffer that is kept is for.
func TestAllocations(t *testing.T) {
	data := make([]byte, 1000)
	for kind, h := range hashes() {
		r := bytes.NewReader(data)
		only := struct{ io.Reader }{r}
		least := 1.0
		for range 5 { // a collection empties the pool
			least = min(least, testing.AllocsPerRun(20, func() {
				r.Reset(data)
				h.(io.ReaderFrom).ReadFrom(&only)
			}))
		}
		if least != 0 {
			t.Errorf("%s: %v allocations", kind, least)
		}
	}
}
