package utf8_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	std "unicode/utf8"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/internal/vectors"
	"github.com/widelane/widelane/go-shim/unicode/utf8"
)

var kernels = variants.Set{"utf8_valid_up_to", "utf8_rune_count"}

// upTo is the definition of ValidUpTo.
func upTo(p []byte) int {
	for at := 0; at < len(p); {
		r, n := std.DecodeRune(p[at:])
		if r == std.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return len(p)
}

func compare(t testing.TB, variant string, p []byte) {
	t.Helper()
	s := string(p)
	excerpt := p[:min(len(p), 200)]
	if got, want := utf8.Valid(p), std.Valid(p); got != want {
		t.Fatalf("%s: Valid: %v for %d bytes: %x", variant, got, len(p), excerpt)
	}
	if got, want := utf8.ValidString(s), std.ValidString(s); got != want {
		t.Fatalf("%s: ValidString: %v for %d bytes: %x", variant, got, len(p), excerpt)
	}
	if got, want := utf8.ValidUpTo(p), upTo(p); got != want {
		t.Fatalf("%s: ValidUpTo: %d, want %d, %d bytes: %x", variant, got, want, len(p), excerpt)
	}
	if got, want := utf8.ValidUpToInString(s), upTo(p); got != want {
		t.Fatalf("%s: ValidUpToInString: %d, want %d, %d bytes: %x", variant, got, want, len(p), excerpt)
	}
	if got, want := utf8.RuneCount(p), std.RuneCount(p); got != want {
		t.Fatalf("%s: RuneCount: %d, want %d, %d bytes: %x", variant, got, want, len(p), excerpt)
	}
	if got, want := utf8.RuneCountInString(s), std.RuneCountInString(s); got != want {
		t.Fatalf("%s: RuneCountInString: %d, want %d, %d bytes: %x", variant, got, want, len(p), excerpt)
	}
}

// nearlyValid is bytes of few values, most sequences of which are nearly valid.
func nearlyValid(r *rand.Rand, n int) []byte {
	const values = "ab\x80\x8f\x9f\xa0\xbf\xc3\xe0\xe2\xed\xef\xf0\xf1\xf4\xff"
	p := make([]byte, n)
	for i := range p {
		p[i] = values[r.IntN(len(values))]
	}
	return p
}

func TestAsTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kernels.Each(t, func(variant string) {
		compare(t, variant, nil)
		for n := range 400 {
			bad := nearlyValid(r, n)
			compare(t, variant, bad)
			good := bytes.ToValidUTF8(bad, []byte("é"))
			compare(t, variant, good)
			// One byte of valid text replaced, or its end cut off.
			if len(good) > 0 {
				compare(t, variant, good[:r.IntN(len(good))])
				good[r.IntN(len(good))] = byte(r.Uint32())
				compare(t, variant, good)
			}
		}
	})
}

// Every sequence of bytes on both sides of each boundary in the standard's table, across the end of a block.
func TestBlockEdges(t *testing.T) {
	const classes = "a\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xed\xee\xf0\xf1\xf4\xf5\xff"
	kernels.Each(t, func(variant string) {
		p := bytes.Repeat([]byte("a"), 192)
		for i := range classes {
			for j := range classes {
				for k := range classes {
					at := 125 + (i+j+k)%3
					clear := copy(p[at:], []byte{classes[i], classes[j], classes[k], 0x80})
					if got, want := utf8.ValidUpTo(p), upTo(p); got != want {
						t.Fatalf("%s: ValidUpTo: %d, want %d, %x at %d", variant, got, want, p[at:at+clear], at)
					}
					if got, want := utf8.RuneCount(p), std.RuneCount(p); got != want {
						t.Fatalf("%s: RuneCount: %d, want %d, %x at %d", variant, got, want, p[at:at+clear], at)
					}
					copy(p[at:], "aaaa")
				}
			}
		}
	})
}

// The sequences of the repository's vector file, alone and behind other text, at each place of a block.
func TestPublishedSequences(t *testing.T) {
	lines := vectors.Lines(t, "../../../testdata/utf8.txt")
	if len(lines) < 80 {
		t.Errorf("only %d sequences", len(lines))
	}
	kernels.Each(t, func(variant string) {
		for _, line := range lines {
			p, runes := vectors.Bytes(t, line[0]), int(vectors.Number(t, line[2], 10, 32))
			upTo := len(p)
			if line[1] != "ok" {
				upTo = int(vectors.Number(t, line[1], 10, 32))
			}
			for place := range 131 {
				s := strings.Repeat("é", place/2) + "a"[:place%2] + string(p)
				if got := utf8.ValidUpToInString(s); got != place+upTo {
					t.Fatalf("%s: ValidUpTo %d at %d: %v", variant, got, place, line)
				}
				if got, want := utf8.RuneCountInString(s), (place+1)/2+runes; got != want {
					t.Fatalf("%s: RuneCount %d, want %d, at %d: %v", variant, got, want, place, line)
				}
			}
		}
	})
}

// Around the cuts that long input is made at, with every kind of sequence across them.
func TestLong(t *testing.T) {
	kernels.Each(t, func(variant string) {
		for _, unit := range []string{"a", "é", "€", "😀", "\x80", "\xf0\x9f\x98", "\xe2\x82", "\xff", "aé€😀\xed\xa0\x80"} {
			for shift := range 4 {
				p := []byte(strings.Repeat("b", shift) + strings.Repeat(unit, 200_000/len(unit)))
				for _, n := range []int{1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<16 + 2, 1<<16 + 3, 2<<16 + 1, len(p)} {
					compare(t, variant, p[:n])
				}
				p[2<<16+1] = 0xff
				compare(t, variant, p)
			}
		}
	})
}

// What is handed through is what the twin has.
func TestHandedThrough(t *testing.T) {
	if utf8.RuneError != std.RuneError || utf8.RuneSelf != std.RuneSelf || utf8.MaxRune != std.MaxRune || utf8.UTFMax != std.UTFMax {
		t.Error("a constant differs")
	}
	r := rand.New(rand.NewPCG(3, 4))
	type both [2]any
	for range 20_000 {
		p := nearlyValid(r, r.IntN(6))
		s, c := string(p), rune(r.Int32N(0x120000)-16)
		first, n := utf8.DecodeRune(p)
		wantFirst, wantN := std.DecodeRune(p)
		firstS, nS := utf8.DecodeRuneInString(s)
		last, m := utf8.DecodeLastRune(p)
		wantLast, wantM := std.DecodeLastRune(p)
		lastS, mS := utf8.DecodeLastRuneInString(s)
		var a, b [utf8.UTFMax]byte
		for what, x := range map[string]both{
			"DecodeRune":             {fmt.Sprint(first, n), fmt.Sprint(wantFirst, wantN)},
			"DecodeRuneInString":     {fmt.Sprint(firstS, nS), fmt.Sprint(wantFirst, wantN)},
			"DecodeLastRune":         {fmt.Sprint(last, m), fmt.Sprint(wantLast, wantM)},
			"DecodeLastRuneInString": {fmt.Sprint(lastS, mS), fmt.Sprint(wantLast, wantM)},
			"FullRune":               {utf8.FullRune(p), std.FullRune(p)},
			"FullRuneInString":       {utf8.FullRuneInString(s), std.FullRuneInString(s)},
			"RuneLen":                {utf8.RuneLen(c), std.RuneLen(c)},
			"EncodeRune":             {utf8.EncodeRune(a[:], c), std.EncodeRune(b[:], c)},
			"AppendRune":             {string(utf8.AppendRune(p, c)), string(std.AppendRune(p, c))},
			"RuneStart":              {utf8.RuneStart(byte(c)), std.RuneStart(byte(c))},
			"ValidRune":              {utf8.ValidRune(c), std.ValidRune(c)},
		} {
			if x[0] != x[1] {
				t.Fatalf("%s: %v, want %v, for %x and %d", what, x[0], x[1], p, c)
			}
		}
		if a != b {
			t.Fatalf("EncodeRune of %d: %x, want %x", c, a, b)
		}
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("aé€😀"))
	f.Add(append(bytes.Repeat([]byte("é"), 40), 0xed, 0xa0, 0x80))
	f.Fuzz(func(t *testing.T, p []byte) {
		kernels.Each(t, func(variant string) {
			compare(t, variant, p)
			if got, want := utf8.ValidUpTo(p)+fuzzfault.Planted(p), upTo(p); got != want {
				t.Errorf("%s, planted %d: %d, want %d", variant, fuzzfault.Planted(p), got, want)
			}
		})
	})
}

func ExampleValidUpTo() {
	fmt.Println(utf8.ValidUpTo([]byte("na\xefve")), utf8.ValidUpTo([]byte("naïve")))
	// Output: 2 6
}

func ExampleRuneCount() {
	fmt.Println(utf8.RuneCount([]byte("naïve")), utf8.RuneCount([]byte("na\xe2\x82ve")))
	// Output: 5 6
}
