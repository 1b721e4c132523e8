package base64

import (
	"bytes"
	std "encoding/base64"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/widelane/widelane/go-shim/internal/unruly"
)

func TestDecoder(t *testing.T) {
	broke := errors.New("broke")
	for _, s := range schemes()[:4] {
		for _, n := range []int{0, 1, 2, 3, 4, 47, 100, 767, 768, 769, 3000} {
			text := []byte(s.twin.EncodeToString(randomBytes(n)))
			for _, text := range [][]byte{text, broken(text, 76, "\r\n"), broken(text, 5, "\n"), mutated(s, text), mutated(s, broken(text, 60, "\n"))} {
				for _, size := range []int{1, 2, 3, 5, 64, 1000, 1 << 16} {
					for _, room := range []int{1, 2, 3, 4, 7, 100, 768, 5000} {
						for _, end := range []error{io.EOF, broke} {
							got, err := unruly.ReadAll(NewDecoder(s.enc, &unruly.Reader{Text: text, Most: size, Err: end}), room)
							want, wantErr := unruly.ReadAll(std.NewDecoder(s.twin, &unruly.Reader{Text: text, Most: size, Err: end}), room)
							if !bytes.Equal(got, want) || fmt.Sprint(err) != fmt.Sprint(wantErr) {
								t.Fatalf("%s: %q by %d into %d: %d bytes, %v, not %d, %v", s.name, text, size, room, len(got), err, len(want), wantErr)
							}
						}
					}
				}
			}
		}
	}
}

func TestDecoderKeepsError(t *testing.T) {
	r := NewDecoder(StdEncoding, bytes.NewReader([]byte("Zm9v!m9v")))
	_, first := io.ReadAll(r)
	n, again := r.Read(make([]byte, 8))
	if _, ok := first.(CorruptInputError); !ok || n != 0 || again != first {
		t.Errorf("%v, then %d, %v", first, n, again)
	}
}

func TestEncoder(t *testing.T) {
	for _, s := range schemes()[:4] {
		for _, n := range []int{0, 1, 2, 3, 4, 5, 100, 766, 767, 768, 769, 5000} {
			src := randomBytes(n)
			for _, size := range []int{1, 2, 3, 4, 5, 7, 768, 10000} {
				var got, want bytes.Buffer
				ours, twins := NewEncoder(s.enc, &got), std.NewEncoder(s.twin, &want)
				for _, w := range []io.WriteCloser{ours, twins} {
					for rest := src; len(rest) > 0; rest = rest[min(size, len(rest)):] {
						if k, err := w.Write(rest[:min(size, len(rest))]); k != min(size, len(rest)) || err != nil {
							t.Fatal(k, err)
						}
					}
					if err := w.Close(); err != nil {
						t.Fatal(err)
					}
				}
				if got.String() != want.String() {
					t.Fatalf("%s: %d bytes by %d: %q, not %q", s.name, n, size, &got, &want)
				}
			}
		}
	}
}

// TestEncoderError compares where a writer that breaks off after some bytes stops the encoder.
func TestEncoderError(t *testing.T) {
	for limit := 0; limit < 5000; limit += 100 {
		var trace [2][]string
		for i, newEncoder := range []func(w io.Writer) io.WriteCloser{
			func(w io.Writer) io.WriteCloser { return NewEncoder(StdEncoding, w) },
			func(w io.Writer) io.WriteCloser { return std.NewEncoder(std.StdEncoding, w) },
		} {
			sink := &unruly.Writer{Room: limit}
			w := newEncoder(sink)
			for _, n := range []int{1, 1, 2, 700, 5, 2000, 1} {
				k, err := w.Write(make([]byte, n))
				trace[i] = append(trace[i], fmt.Sprint(k, err))
			}
			trace[i] = append(trace[i], fmt.Sprint(w.Close(), sink.Writes))
		}
		if fmt.Sprint(trace[0]) != fmt.Sprint(trace[1]) {
			t.Fatalf("after %d bytes: %v, not %v", limit, trace[0], trace[1])
		}
	}
}

func TestDecoderBehaves(t *testing.T) {
	want := randomBytes(5000)
	text := broken(StdEncoding.AppendEncode(nil, want), 76, "\n")
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
		if err := iotest.TestReader(NewDecoder(StdEncoding, wrap(bytes.NewReader(text))), want); err != nil {
			t.Error(err)
		}
	}
}
