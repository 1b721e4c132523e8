package adler32_test

import (
	"bytes"
	"encoding"
	"fmt"
	"hash"
	std "hash/adler32"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/hash/adler32"
	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/internal/vectors"
)

var kernel = variants.Set{"adler32_update"}

func random(n int) []byte {
	p := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

type state interface {
	hash.Hash32
	hash.Cloner
	encoding.BinaryMarshaler
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// with returns a hash that has come to a checksum, whose halves may be any 16 bits.
func with(h hash.Hash32, adler uint32) state {
	b := append([]byte("adl\x01"), byte(adler>>24), byte(adler>>16), byte(adler>>8), byte(adler))
	if err := h.(state).UnmarshalBinary(b); err != nil {
		panic(err)
	}
	return h.(state)
}

func TestWriteEqualsStandardLibrary(t *testing.T) {
	data, most := random(300_000), bytes.Repeat([]byte{0xff}, 300_000)
	kernel.Run(t, func(t *testing.T) {
		same := func(adler uint32, p []byte) {
			t.Helper()
			ours, theirs := with(adler32.New(), adler), with(std.New(), adler)
			ours.Write(p)
			theirs.Write(p)
			if ours.Sum32() != theirs.Sum32() {
				t.Fatalf("%d bytes from %#x: %#x, want %#x", len(p), adler, ours.Sum32(), theirs.Sum32())
			}
		}
		for n := range 2200 {
			same(uint32(n)*0x9e3779b9, data[n%64:][:n])
			same(1<<32-1, most[:n])
		}
		for _, n := range []int{5551, 5552, 5553, 1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<17 + 1, 300_000} {
			same(1, data[:n])
			same(0xfff0fff0, most[:n])
			if got, want := adler32.Checksum(data[:n]), std.Checksum(data[:n]); got != want {
				t.Fatalf("Checksum of %d bytes: %#x, want %#x", n, got, want)
			}
		}
	})
}

func TestSplits(t *testing.T) {
	data := random(20_000)
	whole := std.Checksum(data)
	r := rand.New(rand.NewPCG(3, 4))
	kernel.Run(t, func(t *testing.T) {
		for range 50 {
			h := adler32.New()
			combined := uint32(1)
			for rest := data; len(rest) > 0; {
				n := min(len(rest), r.IntN([]int{4, 20, 70, 300, 9000}[r.IntN(5)]))
				if m, err := h.Write(rest[:n]); m != n || err != nil {
					t.Fatalf("Write of %d bytes: %d, %v", n, m, err)
				}
				combined = adler32.Combine(combined, adler32.Checksum(rest[:n]), int64(n))
				rest = rest[n:]
			}
			if h.Sum32() != whole || combined != whole {
				t.Fatalf("%#x, combined %#x, want %#x", h.Sum32(), combined, whole)
			}
		}
	})
}

func TestCombineOfNegativeLength(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); got != "adler32: Combine of a negative length" {
			t.Error(got)
		}
	}()
	adler32.Combine(1, 2, -1)
}

func TestPublishedVectors(t *testing.T) {
	lines := vectors.Lines(t, "../../../testdata/adler32.txt")
	for _, fields := range lines {
		got := adler32.Checksum(vectors.Bytes(t, fields[0]))
		if want := uint32(vectors.Number(t, fields[1], 16, 32)); got != want {
			t.Errorf("%v: %#x", fields, got)
		}
	}
	if len(lines) < 10 {
		t.Errorf("only %d vectors", len(lines))
	}
}

// The names and types of the twin: that this compiles is the test.
var (
	_ [std.Size]byte      = [adler32.Size]byte{}
	_ func([]byte) uint32 = adler32.Checksum
	_ func() hash.Hash32  = adler32.New
)

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestDigestEqualsStandardLibrary(t *testing.T) {
	ours, theirs := adler32.New().(state), std.New().(state)
	if ours.Size() != theirs.Size() || ours.BlockSize() != theirs.BlockSize() {
		t.Error("sizes differ")
	}
	for _, piece := range []string{"", "lane", strings.Repeat("wide", 1000)} {
		ours.Write([]byte(piece))
		theirs.Write([]byte(piece))
		a, b := must(ours.MarshalBinary()), must(theirs.MarshalBinary())
		if !bytes.Equal(a, b) {
			t.Fatalf("state %x, want %x", a, b)
		}
		a, err := ours.AppendBinary([]byte("x"))
		if !bytes.Equal(a, append([]byte("x"), b...)) || err != nil {
			t.Errorf("appended state %x, %v", a, err)
		}
		if !bytes.Equal(ours.Sum([]byte("y")), theirs.Sum([]byte("y"))) || ours.Sum32() != theirs.Sum32() {
			t.Error("sums differ")
		}
	}
	clone, err := ours.Clone()
	if err != nil || fmt.Sprintf("%T", clone) != fmt.Sprintf("%T", ours) {
		t.Fatalf("Clone: %T, %v", clone, err)
	}
	ours.Write([]byte("more"))
	if clone.(state).Sum32() != theirs.Sum32() {
		t.Error("writing to the original changed the clone")
	}
	ours.Reset()
	theirs.Reset()
	if ours.Sum32() != theirs.Sum32() {
		t.Errorf("Reset left %#x", ours.Sum32())
	}
}

func TestUnmarshalErrorsEqualStandardLibrary(t *testing.T) {
	good := must(adler32.New().(state).MarshalBinary())
	for _, b := range [][]byte{
		nil, {}, []byte("adl"), []byte("adl\x01"), []byte("adl\x02"), good[:7], append(good, 0),
		append([]byte("ADL\x01"), good[4:]...),
	} {
		ours, theirs := adler32.New().(state).UnmarshalBinary(b), std.New().(state).UnmarshalBinary(b)
		if fmt.Sprint(ours) != fmt.Sprint(theirs) || ours == nil {
			t.Errorf("%q: error %v, want %v", b, ours, theirs)
		}
	}
}

func TestNothingEscapes(t *testing.T) {
	h := adler32.New()
	kernel.Run(t, func(t *testing.T) {
		allocs := testing.AllocsPerRun(100, func() {
			var p [1 << 17]byte // On the heap, were it to escape.
			adler32.Checksum(p[:])
		})
		if allocs != 0 {
			t.Errorf("checksums allocate %v times", allocs)
		}
		p := make([]byte, 1<<17)
		if allocs := testing.AllocsPerRun(100, func() { h.Write(p); h.Sum32() }); allocs != 0 {
			t.Errorf("Write allocates %v times", allocs)
		}
	})
}

// Every variant, from any state, whole, cut in two, and put together from two, against the standard library.
func FuzzEqualsStandardLibrary(f *testing.F) {
	f.Add(uint32(1), []byte("123456789"), uint(3))
	f.Add(uint32(1<<32-1), bytes.Repeat([]byte("\xff"), 100), uint(70))
	f.Add(uint32(0xfff0fff0), bytes.Repeat([]byte("lane"), 400), uint(17))
	f.Fuzz(func(t *testing.T, adler uint32, p []byte, cut uint) {
		at := int(cut % uint(len(p)+1))
		theirs := with(std.New(), adler)
		theirs.Write(p)
		want, all := theirs.Sum32()+uint32(fuzzfault.Planted(p)), std.Checksum(p)
		kernel.Each(t, func(variant string) {
			ours := with(adler32.New(), adler)
			ours.Write(p[:at])
			ours.Write(p[at:])
			combined := adler32.Combine(adler32.Checksum(p[:at]), adler32.Checksum(p[at:]), int64(len(p)-at))
			if ours.Sum32() != want || adler32.Checksum(p) != all || combined != all {
				t.Errorf("adler32_update, planted %d, %s: %d bytes cut at %d: %#x, want %#x; combined %#x, want %#x",
					fuzzfault.Planted(p), variant, len(p), at, ours.Sum32(), want, combined, all)
			}
		})
	})
}
