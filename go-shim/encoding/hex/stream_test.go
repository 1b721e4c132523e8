package hex

import (
	"bytes"
	std "encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/widelane/widelane/go-shim/internal/unruly"
)

// trace reads with a buffer of n bytes until an error has come twice, and returns what every call did.
func trace(r io.Reader, n int) string {
	var calls []byte
	buf := make([]byte, n)
	for again := 0; again < 2 && len(calls) < 1<<20; {
		k, err := r.Read(buf)
		calls = fmt.Appendf(calls, "%x %v\n", buf[:k], err)
		if err != nil {
			again++
		}
	}
	return string(calls)
}

func TestDecoder(t *testing.T) {
	broke := errors.New("broke")
	for _, n := range []int{0, 1, 2, 3, 63, 1023, 1024, 1025, 3001} {
		good := randomText(n)
		for turn := range 3 {
			text := bytes.Clone(good)
			if turn > 0 && n > 0 {
				text[max(0, n-1-random.IntN(turn*40+1))] = 'x'
			}
			for _, size := range []int{1, 2, 3, 64, 1000, 1 << 16} {
				for _, room := range []int{1, 2, 7, 512, 5000} {
					for _, end := range []error{io.EOF, broke} {
						got := trace(NewDecoder(&unruly.Reader{Text: text, Most: size, Err: end}), room)
						want := trace(std.NewDecoder(&unruly.Reader{Text: text, Most: size, Err: end}), room)
						if got != want {
							t.Fatalf("%q by %d into %d:\n%s\nnot\n%s", text, size, room, got, want)
						}
					}
				}
			}
		}
	}
}

// A read into nothing says what the standard library's says.
func TestDecoderEmptyRead(t *testing.T) {
	for _, text := range []string{"", "a", "ab", "abc", "x", "abx"} {
		var got, want []string
		ours, twins := NewDecoder(bytes.NewReader([]byte(text))), std.NewDecoder(bytes.NewReader([]byte(text)))
		for range 3 {
			n, err := ours.Read(nil)
			got = append(got, fmt.Sprint(n, err))
			n, err = twins.Read(nil)
			want = append(want, fmt.Sprint(n, err))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, not %v", text, got, want)
		}
	}
}

func TestDecoderBehaves(t *testing.T) {
	want := randomBytes(5000)
	text := AppendEncode(nil, want)
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
		if err := iotest.TestReader(NewDecoder(wrap(bytes.NewReader(text))), want); err != nil {
			t.Error(err)
		}
	}
}

// TestEncoder compares every call of the writer behind the encoder, and where the encoder stops when that fails.
func TestEncoder(t *testing.T) {
	for limit := 0; limit < 12000; limit += 61 {
		var outcome [2]string
		for i, newEncoder := range []func(w io.Writer) io.Writer{NewEncoder, std.NewEncoder} {
			sink := &unruly.Writer{Room: limit}
			w := newEncoder(sink)
			for _, n := range []int{0, 1, 2, 511, 512, 513, 0, 3000, 1} {
				k, err := w.Write(bytes.Repeat([]byte{byte(n)}, n))
				outcome[i] += fmt.Sprintln(k, err)
			}
			outcome[i] += fmt.Sprint(sink.Writes)
		}
		if outcome[0] != outcome[1] {
			t.Fatalf("after %d bytes: %s, not %s", limit, outcome[0], outcome[1])
		}
	}
}
