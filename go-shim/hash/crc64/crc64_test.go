package crc64_test

import (
	"bytes"
	"encoding"
	"fmt"
	"hash"
	std "hash/crc64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/internal/vectors"
)

var kernel = variants.Set{"crc64_update"}

// tables holds those with names, a copy of one, others, among them such as have no constant term, and two that are no
// polynomial's.
func tables() map[string]*crc64.Table {
	ecma := *crc64.MakeTable(crc64.ECMA)
	odd := ecma
	odd[77]++
	other := *crc64.MakeTable(0x95ac9329ac4bc9b5)
	other[1]++
	return map[string]*crc64.Table{
		"ISO":          crc64.MakeTable(crc64.ISO),
		"ECMA":         crc64.MakeTable(crc64.ECMA),
		"NVME":         crc64.MakeTable(crc64.NVME),
		"copy":         &ecma,
		"Jones":        crc64.MakeTable(0x95ac9329ac4bc9b5),
		"zero":         crc64.MakeTable(0),
		"no constant":  crc64.MakeTable(0x123456789abcdef0),
		"odd":          &odd,
		"other, odd":   &other,
		"nothing else": crc64.MakeTable(1 << 63),
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
	kernel.Run(t, func(t *testing.T) {
		for name, tab := range tables() {
			same := func(crc uint64, p []byte) {
				t.Helper()
				if got, want := crc64.Update(crc, tab, p), std.Update(crc, tab, p); got != want {
					t.Fatalf("%s: %d bytes from %#x: %#x, want %#x", name, len(p), crc, got, want)
				}
			}
			for n := range 2200 {
				same(uint64(n)*0x9e3779b97f4a7c15, data[n%64:][:n])
			}
			for _, n := range []int{1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<17 + 1, 300_000} {
				same(1, data[:n])
			}
		}
	})
}

// Polynomials that push one another out of the few places.
func TestManyPolynomials(t *testing.T) {
	data := random(5000)
	r := rand.New(rand.NewPCG(5, 6))
	var tabs []*crc64.Table
	for range 100 {
		tabs = append(tabs, crc64.MakeTable(r.Uint64()))
	}
	kernel.Run(t, func(t *testing.T) {
		for range 3 {
			for _, tab := range tabs {
				n := r.IntN(len(data))
				if got, want := crc64.Checksum(data[:n], tab), std.Checksum(data[:n], tab); got != want {
					t.Fatalf("%#x, %d bytes: %#x, want %#x", tab[0x80], n, got, want)
				}
			}
		}
	})
}

func TestSplits(t *testing.T) {
	data := random(20_000)
	r := rand.New(rand.NewPCG(3, 4))
	kernel.Run(t, func(t *testing.T) {
		for name, tab := range tables() {
			if strings.Contains(name, "odd") {
				continue // The twin's long way has no meaning for them, so that pieces differ from the whole.
			}
			whole := std.Checksum(data, tab)
			for range 50 {
				h := crc64.New(tab)
				combined := uint64(0)
				for rest := data; len(rest) > 0; {
					n := min(len(rest), r.IntN([]int{4, 20, 70, 300, 9000}[r.IntN(5)]))
					if m, err := h.Write(rest[:n]); m != n || err != nil {
						t.Fatalf("Write of %d bytes: %d, %v", n, m, err)
					}
					combined = crc64.Combine(combined, crc64.Checksum(rest[:n], tab), tab, int64(n))
					rest = rest[n:]
				}
				if h.Sum64() != whole || combined != whole {
					t.Fatalf("%s: %#x, combined %#x, want %#x", name, h.Sum64(), combined, whole)
				}
			}
		}
	})
}

func TestCombineOfNegativeLength(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); got != "crc64: Combine of a negative length" {
			t.Error(got)
		}
	}()
	crc64.Combine(1, 2, crc64.MakeTable(crc64.ISO), -1)
}

func TestPublishedVectors(t *testing.T) {
	lines := vectors.Lines(t, "../../../testdata/crc64.txt")
	for _, fields := range lines {
		number := func(i int) uint64 { return vectors.Number(t, fields[i], 16, 64) }
		poly, start, end, want := number(0), number(1), number(2), number(4)
		p := vectors.Bytes(t, fields[3])
		if got := ^crc64.Update(^start, crc64.MakeTable(poly), p) ^ end; got != want {
			t.Errorf("%v: %#x", fields, got)
		}
	}
	if len(lines) < 14 {
		t.Errorf("only %d vectors", len(lines))
	}
}

// The names and types of the twin: that this compiles is the test.
var (
	_ uint64                                  = crc64.ISO + 0*crc64.Size
	_ func([]byte, *crc64.Table) uint64       = crc64.Checksum
	_ func(uint64) *std.Table                 = crc64.MakeTable
	_ func(*std.Table) hash.Hash64            = crc64.New
	_ func(uint64, *std.Table, []byte) uint64 = crc64.Update
)

func TestConstantsAndTables(t *testing.T) {
	if crc64.Size != std.Size || uint64(crc64.ISO) != std.ISO || uint64(crc64.ECMA) != std.ECMA {
		t.Error("a constant differs")
	}
	for _, poly := range []uint64{crc64.ISO, crc64.ECMA} {
		if crc64.MakeTable(poly) != std.MakeTable(poly) {
			t.Errorf("the table of %#x is not the standard library's", poly)
		}
	}
	for _, poly := range []uint64{crc64.NVME, 0, 1, 1 << 63, 0x95ac9329ac4bc9b5} {
		if *crc64.MakeTable(poly) != *std.MakeTable(poly) {
			t.Errorf("the table of %#x differs", poly)
		}
	}
	if crc64.MakeTable(1) == crc64.MakeTable(1) {
		t.Error("tables of other polynomials are shared")
	}
}

func TestNilTable(t *testing.T) {
	if got := crc64.Update(7, nil, nil); got != std.Update(7, nil, nil) {
		t.Errorf("nothing added with a nil table: %#x", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a nil table was used without a panic")
		}
	}()
	crc64.Update(7, nil, []byte{1})
}

type state interface {
	hash.Hash64
	hash.Cloner
	encoding.BinaryMarshaler
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

func TestDigestEqualsStandardLibrary(t *testing.T) {
	for name, tab := range tables() {
		ours, theirs := crc64.New(tab).(state), std.New(tab).(state)
		if ours.Size() != theirs.Size() || ours.BlockSize() != theirs.BlockSize() {
			t.Errorf("%s: sizes differ", name)
		}
		for _, piece := range []string{"", "lane", strings.Repeat("wide", 1000)} {
			ours.Write([]byte(piece))
			theirs.Write([]byte(piece))
			a, b := must(ours.MarshalBinary()), must(theirs.MarshalBinary())
			if !bytes.Equal(a, b) {
				t.Fatalf("%s: state %x, want %x", name, a, b)
			}
			a, err := ours.AppendBinary([]byte("x"))
			if !bytes.Equal(a, append([]byte("x"), b...)) || err != nil {
				t.Errorf("%s: appended state %x, %v", name, a, err)
			}
			if !bytes.Equal(ours.Sum([]byte("y")), theirs.Sum([]byte("y"))) || ours.Sum64() != theirs.Sum64() {
				t.Errorf("%s: sums differ", name)
			}
			// Each takes up the other's state.
			resumed, twin := crc64.New(tab).(state), std.New(tab).(state)
			if err := resumed.UnmarshalBinary(b); err != nil || resumed.Sum64() != theirs.Sum64() {
				t.Errorf("%s: the twin's state: %v, %#x", name, err, resumed.Sum64())
			}
			if err := twin.UnmarshalBinary(a[1:]); err != nil || twin.Sum64() != theirs.Sum64() {
				t.Errorf("%s: the twin with our state: %v, %#x", name, err, twin.Sum64())
			}
		}
		clone, err := ours.Clone()
		if err != nil || fmt.Sprintf("%T", clone) != fmt.Sprintf("%T", ours) {
			t.Fatalf("%s: Clone: %T, %v", name, clone, err)
		}
		ours.Write([]byte("more"))
		if clone.(state).Sum64() != theirs.Sum64() {
			t.Errorf("%s: writing to the original changed the clone", name)
		}
		ours.Reset()
		if ours.Sum64() != 0 {
			t.Errorf("%s: Reset left %#x", name, ours.Sum64())
		}
	}
	if a := must(crc64.New(nil).(state).MarshalBinary()); !bytes.Equal(a, must(std.New(nil).(state).MarshalBinary())) {
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
	tab := crc64.MakeTable(crc64.ECMA)
	good := must(crc64.New(tab).(state).MarshalBinary())
	for _, b := range [][]byte{
		nil, {}, []byte("crc"), []byte("crc\x02"), []byte("crc\x01"), good[:19], append(good, 0),
		append([]byte("CRC\x02"), good[4:]...), append([]byte("crc\x02\x00"), good[5:]...),
	} {
		ours, theirs := crc64.New(tab).(state).UnmarshalBinary(b), std.New(tab).(state).UnmarshalBinary(b)
		if fmt.Sprint(ours) != fmt.Sprint(theirs) || ours == nil {
			t.Errorf("%q: error %v, want %v", b, ours, theirs)
		}
	}
}

func TestNothingEscapes(t *testing.T) {
	ecma, jones := crc64.MakeTable(crc64.ECMA), crc64.MakeTable(0x95ac9329ac4bc9b5)
	h := crc64.New(ecma)
	kernel.Run(t, func(t *testing.T) {
		allocs := testing.AllocsPerRun(100, func() {
			var p [1 << 17]byte // On the heap, were it to escape.
			crc64.Update(1, ecma, p[:])
			crc64.Checksum(p[:5000], jones)
		})
		if allocs != 0 {
			t.Errorf("checksums allocate %v times", allocs)
		}
		p := make([]byte, 1<<17)
		if allocs := testing.AllocsPerRun(100, func() { h.Write(p); h.Sum64() }); allocs != 0 {
			t.Errorf("Write allocates %v times", allocs)
		}
	})
}

// Every variant, any polynomial, whole, cut in two, and put together from two, against the standard library.
func FuzzEqualsStandardLibrary(f *testing.F) {
	f.Add(uint64(0), uint64(crc64.ECMA), []byte("123456789"), uint(3))
	f.Add(uint64(1), uint64(crc64.NVME), bytes.Repeat([]byte("wide"), 100), uint(130))
	f.Add(uint64(2), uint64(0), bytes.Repeat([]byte("lane"), 400), uint(17))
	f.Fuzz(func(t *testing.T, crc, poly uint64, p []byte, cut uint) {
		at := int(cut % uint(len(p)+1))
		tab := crc64.MakeTable(poly)
		want := std.Update(crc, tab, p) + uint64(fuzzfault.Planted(p))
		kernel.Each(t, func(variant string) {
			head := crc64.Update(crc, tab, p[:at])
			cut, combined := crc64.Update(head, tab, p[at:]), crc64.Combine(head, crc64.Checksum(p[at:], tab), tab, int64(len(p)-at))
			if cut != want || combined != want || crc64.Update(crc, tab, p) != want {
				t.Errorf("crc64_update, planted %d, %s: %d bytes cut at %d: %#x, combined %#x, want %#x", fuzzfault.Planted(p), variant, len(p), at, cut, combined, want)
			}
		})
	})
}
