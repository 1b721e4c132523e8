package crc32_test

import (
	"bytes"
	"encoding"
	"fmt"
	"hash"
	std "hash/crc32"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/internal/vectors"
)

// tables holds the two with kernels of their own, one that those of hash/crc64 serve, and one that is no polynomial's.
func tables() map[string]*crc32.Table {
	odd := *crc32.IEEETable
	odd[77]++
	return map[string]*crc32.Table{
		"IEEE":       crc32.MakeTable(crc32.IEEE),
		"Castagnoli": crc32.MakeTable(crc32.Castagnoli),
		"Koopman":    crc32.MakeTable(crc32.Koopman),
		"odd":        &odd,
	}
}

func random(n int) []byte {
	p := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

func TestUpdateEqualsStandardLibrary(t *testing.T) {
	data := random(300_000)
	variants.Family("crc32").Singly(t, func(t *testing.T) {
		for name, tab := range tables() {
			same := func(crc uint32, p []byte) {
				t.Helper()
				if got, want := crc32.Update(crc, tab, p), std.Update(crc, tab, p); got != want {
					t.Fatalf("%s: %d bytes from %#x: %#x, want %#x", name, len(p), crc, got, want)
				}
			}
			for n := range 4200 {
				same(uint32(n)*0x85ebca6b, data[n%64:][:n])
			}
			for _, n := range []int{1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<17 + 1, 300_000} {
				same(1, data[:n])
			}
		}
	})
}

func TestSplits(t *testing.T) {
	data := random(20_000)
	r := rand.New(rand.NewPCG(3, 4))
	variants.Family("crc32").Singly(t, func(t *testing.T) {
		for name, tab := range tables() {
			whole := std.Checksum(data, tab)
			for range 50 {
				h := crc32.New(tab)
				for rest := data; len(rest) > 0; {
					n := min(len(rest), r.IntN([]int{4, 20, 70, 300, 9000}[r.IntN(5)]))
					if m, err := h.Write(rest[:n]); m != n || err != nil {
						t.Fatalf("Write of %d bytes: %d, %v", n, m, err)
					}
					rest = rest[n:]
				}
				if h.Sum32() != whole {
					t.Fatalf("%s: %#x, want %#x", name, h.Sum32(), whole)
				}
			}
		}
	})
}

func TestCombine(t *testing.T) {
	data := random(5000)
	for name, tab := range tables() {
		if name == "odd" {
			continue // It is no polynomial's.
		}
		for cut := 0; cut <= len(data); cut += 1 + cut/9 {
			first, second := std.Checksum(data[:cut], tab), std.Checksum(data[cut:], tab)
			if got, want := crc32.Combine(first, second, tab, int64(len(data)-cut)), std.Checksum(data, tab); got != want {
				t.Fatalf("%s, cut at %d: %#x, want %#x", name, cut, got, want)
			}
		}
	}
	defer func() {
		if got := fmt.Sprint(recover()); got != "crc32: Combine of a negative length" {
			t.Error(got)
		}
	}()
	crc32.Combine(1, 2, crc32.IEEETable, -1)
}

// Polynomials without a name, which push one another out of the few places, by each of the kernels that serve them.
func TestOtherPolynomials(t *testing.T) {
	data := random(9000)
	r := rand.New(rand.NewPCG(5, 6))
	linear := *crc32.MakeTable(crc32.Koopman)
	for b := range linear {
		linear[b] ^= uint32(b & 1) // Sums of remainders, but not of a polynomial's.
	}
	tabs := []*crc32.Table{crc32.MakeTable(0), crc32.MakeTable(0x12345678), &linear} // two without a constant term
	for range 60 {
		tabs = append(tabs, crc32.MakeTable(r.Uint32()))
	}
	variants.Set{"crc64_update"}.Each(t, func(variant string) {
		for range 3 {
			for _, tab := range tabs {
				for _, n := range []int{r.IntN(200), r.IntN(len(data)), len(data), r.IntN(100)} {
					crc := r.Uint32()
					if got, want := crc32.Update(crc, tab, data[:n]), std.Update(crc, tab, data[:n]); got != want {
						t.Fatalf("%s, %#x, %d bytes from %#x: %#x, want %#x", variant, tab[0x80], n, crc, got, want)
					}
				}
			}
		}
	})
}

func TestPublishedVectors(t *testing.T) {
	tables := map[string]*crc32.Table{"ieee": crc32.IEEETable, "castagnoli": crc32.MakeTable(crc32.Castagnoli)}
	lines := vectors.Lines(t, "../../../testdata/crc32.txt")
	for _, fields := range lines {
		got := crc32.Checksum(vectors.Bytes(t, fields[1]), tables[fields[0]])
		if want := uint32(vectors.Number(t, fields[2], 16, 32)); got != want {
			t.Errorf("%v: %#x", fields, got)
		}
	}
	if len(lines) < 10 {
		t.Errorf("only %d vectors", len(lines))
	}
}

// The names and types of the twin: that this compiles is the test.
var (
	_ uint32                                  = crc32.IEEE + 0*crc32.Size
	_ func([]byte, *crc32.Table) uint32       = crc32.Checksum
	_ func([]byte) uint32                     = crc32.ChecksumIEEE
	_ func(uint32) *std.Table                 = crc32.MakeTable
	_ func(*std.Table) hash.Hash32            = crc32.New
	_ func() hash.Hash32                      = crc32.NewIEEE
	_ func(uint32, *std.Table, []byte) uint32 = crc32.Update
)

func TestConstantsAndTables(t *testing.T) {
	if crc32.Size != std.Size || crc32.IEEE != std.IEEE || crc32.Castagnoli != std.Castagnoli || crc32.Koopman != std.Koopman {
		t.Error("a constant differs")
	}
	if crc32.IEEETable != std.IEEETable || crc32.MakeTable(crc32.IEEE) != std.IEEETable {
		t.Error("IEEETable is not the standard library's")
	}
	if crc32.MakeTable(crc32.Castagnoli) != std.MakeTable(std.Castagnoli) {
		t.Error("the Castagnoli table is not the standard library's")
	}
	if *crc32.MakeTable(crc32.Koopman) != *std.MakeTable(std.Koopman) {
		t.Error("Koopman's table differs")
	}
	if crc32.MakeTable(1) == crc32.MakeTable(1) {
		t.Error("tables of other polynomials are shared")
	}
}

func TestNilTable(t *testing.T) {
	if got := crc32.Update(7, nil, nil); got != std.Update(7, nil, nil) {
		t.Errorf("nothing added with a nil table: %#x", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a nil table was used without a panic")
		}
	}()
	crc32.Update(7, nil, []byte{1})
}

type state interface {
	hash.Hash32
	hash.Cloner
	encoding.BinaryMarshaler
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

func TestDigestEqualsStandardLibrary(t *testing.T) {
	for name, tab := range tables() {
		ours, theirs := crc32.New(tab).(state), std.New(tab).(state)
		if ours.Size() != theirs.Size() || ours.BlockSize() != theirs.BlockSize() {
			t.Errorf("%s: sizes differ", name)
		}
		for _, piece := range []string{"", "lane", strings.Repeat("wide", 1000)} {
			ours.Write([]byte(piece))
			theirs.Write([]byte(piece))
			a, _ := ours.MarshalBinary()
			b, _ := theirs.MarshalBinary()
			if !bytes.Equal(a, b) {
				t.Fatalf("%s: state %x, want %x", name, a, b)
			}
			a, err := ours.AppendBinary([]byte("x"))
			if !bytes.Equal(a, append([]byte("x"), b...)) || err != nil {
				t.Errorf("%s: appended state %x, %v", name, a, err)
			}
			if !bytes.Equal(ours.Sum([]byte("y")), theirs.Sum([]byte("y"))) || ours.Sum32() != theirs.Sum32() {
				t.Errorf("%s: sums differ", name)
			}
			// Each takes up the other's state.
			resumed := crc32.New(tab).(state)
			if err := resumed.UnmarshalBinary(b); err != nil || resumed.Sum32() != theirs.Sum32() {
				t.Errorf("%s: the twin's state: %v, %#x", name, err, resumed.Sum32())
			}
		}
		clone, err := ours.Clone()
		if err != nil || fmt.Sprintf("%T", clone) != fmt.Sprintf("%T", ours) {
			t.Fatalf("%s: Clone: %T, %v", name, clone, err)
		}
		ours.Write([]byte("more"))
		if clone.(state).Sum32() != theirs.Sum32() {
			t.Errorf("%s: writing to the original changed the clone", name)
		}
		ours.Reset()
		if ours.Sum32() != 0 {
			t.Errorf("%s: Reset left %#x", name, ours.Sum32())
		}
	}
	if a, _ := crc32.New(nil).(state).MarshalBinary(); !bytes.Equal(a, must(std.New(nil).(state).MarshalBinary())) {
		t.Errorf("state with a nil table: %x", a)
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestUnmarshalErrorsEqualStandardLibrary(t *testing.T) {
	good := must(crc32.NewIEEE().(state).MarshalBinary())
	for _, b := range [][]byte{
		nil, {}, []byte("crc"), []byte("crc\x01"), []byte("crc\x02"), good[:11], append(good, 0),
		append([]byte("CRC\x01"), good[4:]...), append([]byte("crc\x01\x00"), good[5:]...),
	} {
		a, b := crc32.NewIEEE().(state).UnmarshalBinary(b), std.NewIEEE().(state).UnmarshalBinary(b)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%q: error %v, want %v", b, a, b)
		}
	}
}

func TestNothingEscapes(t *testing.T) {
	castagnoli, koopman := crc32.MakeTable(crc32.Castagnoli), crc32.MakeTable(crc32.Koopman)
	h := crc32.New(castagnoli)
	variants.Family("crc32").Singly(t, func(t *testing.T) {
		allocs := testing.AllocsPerRun(100, func() {
			var p [1 << 17]byte // On the heap, were it to escape.
			crc32.ChecksumIEEE(p[:])
			crc32.Update(1, castagnoli, p[:])
			crc32.Checksum(p[:5000], koopman)
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

// Every variant, whole and cut in two, against the standard library.
func FuzzEqualsStandardLibrary(f *testing.F) {
	f.Add(uint32(0), []byte("123456789"), uint(3))
	tables := map[string]*crc32.Table{
		"crc32_ieee_update":       crc32.IEEETable,
		"crc32_castagnoli_update": crc32.MakeTable(crc32.Castagnoli),
	}
	f.Fuzz(func(t *testing.T, crc uint32, p []byte, cut uint) {
		at := int(cut % uint(len(p)+1))
		for kernel, tab := range tables {
			want := std.Update(crc, tab, p) + uint32(fuzzfault.Planted(p))
			variants.Set{kernel}.Each(t, func(variant string) {
				got := crc32.Update(crc32.Update(crc, tab, p[:at]), tab, p[at:])
				if got != want || crc32.Update(crc, tab, p) != want {
					t.Errorf("%s, planted %d, %s: %d bytes cut at %d: %#x, want %#x", kernel, fuzzfault.Planted(p), variant, len(p), at, got, want)
				}
			})
		}
	})
}
