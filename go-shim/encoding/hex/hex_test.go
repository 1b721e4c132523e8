package hex

import (
	"bytes"
	std "encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/variants"
)

var kernels = variants.Set{"hex_encode", "hex_decode"}

var random = rand.New(rand.NewPCG(1, 2))

func randomBytes(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(random.Uint32())
	}
	return p
}

// randomText returns n digits of both cases.
func randomText(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = "0123456789abcdefABCDEF"[random.IntN(22)]
	}
	return p
}

// lengths are those around vectors, blocks and pieces. Short runs have one that is cut; emulators take minutes for all.
func lengths() []int {
	var list []int
	for n := range 200 {
		list = append(list, n)
	}
	if testing.Short() {
		return append(list, 255, 256, 257, 1000, piece+1, 2*piece+1)
	}
	for _, around := range []int{256, 512, 1024, 4096, piece, 2 * piece, 3 * piece} {
		for n := around - 3; n <= around+3; n++ {
			list = append(list, n)
		}
	}
	return list
}

// did is what a call returned, or what it panicked with.
func did(call func() (int, error)) (outcome string) {
	defer func() {
		if r := recover(); r != nil {
			outcome = fmt.Sprint("panic: ", r)
		}
	}()
	n, err := call()
	return fmt.Sprintf("%d, %v (%T)", n, err, err)
}

// compareEncode checks a call with so much room against the standard library's: what it returns or panics with, and
// every byte of dst.
func compareEncode(t *testing.T, src []byte, room int) {
	t.Helper()
	got, want := bytes.Repeat([]byte{0xa5}, room), bytes.Repeat([]byte{0xa5}, room)
	is := did(func() (int, error) { return Encode(got, src), nil })
	should := did(func() (int, error) { return std.Encode(want, src), nil })
	if is != should || !bytes.Equal(got, want) {
		t.Fatalf("encoding %d bytes into %d: %s, %q; not %s, %q", len(src), room, is, got, should, want)
	}
}

func compareDecode(t *testing.T, src []byte, room int) {
	t.Helper()
	got, want := bytes.Repeat([]byte{0xa5}, room), bytes.Repeat([]byte{0xa5}, room)
	is := did(func() (int, error) { return Decode(got, src) })
	should := did(func() (int, error) { return std.Decode(want, src) })
	if is != should || !bytes.Equal(got, want) {
		t.Fatalf("decoding %q into %d: %s, %x; not %s, %x", src, room, is, got, should, want)
	}
}

// compareInPlace decodes into the beginning of the text itself.
func compareInPlace(t *testing.T, src []byte) {
	t.Helper()
	got, want := bytes.Clone(src), bytes.Clone(src)
	is := did(func() (int, error) { return Decode(got, got) })
	should := did(func() (int, error) { return std.Decode(want, want) })
	if is != should || !bytes.Equal(got, want) {
		t.Fatalf("decoding %q in place: %s, %q; not %s, %q", src, is, got, should, want)
	}
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../testdata/hex.txt")
	if err != nil {
		t.Fatal(err)
	}
	kernels.Run(t, func(t *testing.T) {
		seen := 0
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if fields[0] == "#" {
				continue
			}
			seen++
			for i := range fields {
				if fields[i] == "-" {
					fields[i] = ""
				}
			}
			checkVector(t, fields)
		}
		if seen < 25 {
			t.Errorf("only %d vectors", seen)
		}
	})
}

func checkVector(t *testing.T, fields []string) {
	switch fields[0] {
	case "plain":
		if got := EncodeToString([]byte(fields[1])); got != fields[2] {
			t.Errorf("%q: %q", fields, got)
		}
		for _, text := range []string{fields[2], strings.ToUpper(fields[2])} {
			if got, err := DecodeString(text); string(got) != fields[1] || err != nil {
				t.Errorf("%q: %q, %v", fields, got, err)
			}
		}
	case "byte":
		at, _ := strconv.Atoi(fields[2])
		if got, err := DecodeString(fields[1]); len(got) != at/2 || err != InvalidByteError(fields[1][at]) {
			t.Errorf("%q: %q, %v", fields, got, err)
		}
	case "length":
		if got, err := DecodeString(fields[1]); len(got) != len(fields[1])/2 || err != ErrLength {
			t.Errorf("%q: %q, %v", fields, got, err)
		}
	default:
		t.Errorf("no vector: %q", fields)
	}
}

func TestEncode(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for _, n := range lengths() {
			src := randomBytes(n)
			for room := max(0, 2*n-5); room < 2*n+3; room++ {
				compareEncode(t, src, room)
			}
			compareEncode(t, src, n)
			want := std.EncodeToString(src)
			if got := EncodeToString(src); got != want {
				t.Fatalf("EncodeToString of %d bytes: %q, not %q", n, got, want)
			}
			if got := AppendEncode([]byte("before"), src); string(got) != "before"+want {
				t.Fatalf("AppendEncode of %d bytes: %q, not %q", n, got, want)
			}
			// The source is the end of the destination.
			dst := append(make([]byte, n), src...)
			if Encode(dst, dst[n:]); string(dst) != want {
				t.Fatalf("encoding the last %d bytes of dst: %q, not %q", n, dst, want)
			}
		}
	})
}

func TestDecode(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for _, n := range lengths() {
			good := randomText(n)
			for turn := range 4 {
				text := bytes.Clone(good)
				for range min(turn, n) {
					text[random.IntN(n)] = byte(random.Uint32())
				}
				for room := max(0, n/2-3); room < n/2+3; room++ {
					compareDecode(t, text, room)
				}
				compareDecode(t, text, n/4)
				compareInPlace(t, text)
				got, err := DecodeString(string(text))
				want, wantErr := std.DecodeString(string(text))
				if !bytes.Equal(got, want) || err != wantErr {
					t.Fatalf("DecodeString(%q): %x, %v; not %x, %v", text, got, err, want, wantErr)
				}
				got, err = AppendDecode([]byte("before"), text)
				if string(got) != "before"+string(want) || err != wantErr {
					t.Fatalf("AppendDecode(%q): %x, %v; not %x, %v", text, got, err, want, wantErr)
				}
			}
		}
	})
}

// Every byte at every place of texts shorter and longer than any vector.
func TestEveryByte(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for _, n := range []int{1, 2, 7, 15, 30, 63, 66, 131} {
			good := randomText(n)
			for i := range n {
				for c := range 256 {
					text := bytes.Clone(good)
					text[i] = byte(c)
					compareDecode(t, text, n/2)
				}
			}
		}
	})
}

func TestNil(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		compareEncode(t, nil, 0)
		compareDecode(t, nil, 0)
		if n := Encode(nil, nil); n != 0 || EncodeToString(nil) != "" || AppendEncode(nil, nil) != nil {
			t.Error("nil encodes to something")
		}
		if n, err := Decode(nil, nil); n != 0 || err != nil {
			t.Error(n, err)
		}
	})
}

// Errors are the standard library's own, so that either package's can be asked for.
func TestErrors(t *testing.T) {
	if _, err := DecodeString("abc"); !errors.Is(err, std.ErrLength) || err != ErrLength {
		t.Error(err)
	}
	var invalid std.InvalidByteError
	if _, err := DecodeString("abxc"); !errors.As(err, &invalid) || invalid != 'x' {
		t.Error(err)
	}
	if EncodedLen(7) != std.EncodedLen(7) || DecodedLen(7) != std.DecodedLen(7) {
		t.Error("lengths")
	}
}

func TestDump(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for n := range 600 {
			src := randomBytes(n)
			got, want := Dump(src), std.Dump(src)
			var written strings.Builder
			d := Dumper(&written)
			d.Write(src[:n/3])
			d.Write(src[n/3:])
			if err := d.Close(); err != nil || got != want || written.String() != want {
				t.Fatalf("%d bytes: %v\n%s\n%s\nnot\n%s", n, err, got, &written, want)
			}
		}
		src := randomBytes(1<<16 + 5)
		if Dump(src) != std.Dump(src) {
			t.Error("a long dump")
		}
	})
}
