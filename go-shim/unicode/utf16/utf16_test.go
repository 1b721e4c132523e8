package utf16_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	std "unicode/utf16"
	"unicode/utf8"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/unicode/utf16"
)

var kernels = variants.Set{"utf16_from_utf8", "utf16_to_utf8"}

// upTo is the length of the longest valid prefix.
func upTo(p []byte) int {
	for at := 0; at < len(p); {
		r, n := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return len(p)
}

// pairedUpTo is the index of the first surrogate without its partner.
func pairedUpTo(u []uint16) int {
	for at := 0; at < len(u); at++ {
		if !std.IsSurrogate(rune(u[at])) {
			continue
		}
		if at+1 == len(u) || std.DecodeRune(rune(u[at]), rune(u[at+1])) == utf8.RuneError {
			return at
		}
		at++
	}
	return len(u)
}

// compareFrom checks everything that takes UTF-8.
func compareFrom(t testing.TB, variant string, p []byte) {
	t.Helper()
	excerpt := p[:min(len(p), 200)]
	before := []uint16{1, 2}
	got := utf16.AppendString(before, string(p))
	if want := std.Encode([]rune(string(p))); !slices.Equal(got[:2], before) || !slices.Equal(got[2:], want) {
		t.Fatalf("%s: AppendString of %d bytes: %x", variant, len(p), excerpt)
	}
	if again := utf16.EncodeString(string(p)); !slices.Equal(again, got[2:]) || again == nil {
		t.Fatalf("%s: EncodeString of %d bytes: %x", variant, len(p), excerpt)
	}
	// A destination with canaries behind it: not one unit more than what is valid is written.
	room := make([]uint16, 2, len(p)+10)
	for i := range room[:cap(room)] {
		room[:cap(room)][i] = 0xa7a7
	}
	valid := upTo(p)
	units, err := utf16.AppendFromUTF8(room, p)
	var invalid utf16.InvalidUTF8Error
	if errors.As(err, &invalid) != (valid < len(p)) || valid < len(p) && int(invalid) != valid {
		t.Fatalf("%s: AppendFromUTF8: %v, want %d of %d bytes: %x", variant, err, valid, len(p), excerpt)
	}
	if want := std.Encode([]rune(string(p[:valid]))); !slices.Equal(units[2:], want) {
		t.Fatalf("%s: AppendFromUTF8: wrong units of %d bytes: %x", variant, len(p), excerpt)
	}
	for _, u := range room[len(units):cap(room)] {
		if u != 0xa7a7 {
			t.Fatalf("%s: AppendFromUTF8 wrote behind %d units, %d bytes: %x", variant, len(units), len(p), excerpt)
		}
	}
}

// compareTo checks everything that takes UTF-16.
func compareTo(t testing.TB, variant string, u []uint16) {
	t.Helper()
	excerpt := u[:min(len(u), 100)]
	got := utf16.AppendUTF8([]byte("ab"), u)
	want := string(std.Decode(u))
	if string(got) != "ab"+want {
		t.Fatalf("%s: AppendUTF8 of %d units: %x", variant, len(u), excerpt)
	}
	if utf16.DecodeToString(u) != want {
		t.Fatalf("%s: DecodeToString of %d units: %x", variant, len(u), excerpt)
	}
	room := make([]byte, 2, 3*len(u)+10)
	for i := range room[:cap(room)] {
		room[:cap(room)][i] = 0xa7
	}
	valid := pairedUpTo(u)
	text, err := utf16.AppendToUTF8(room, u)
	var unpaired utf16.UnpairedError
	if errors.As(err, &unpaired) != (valid < len(u)) || valid < len(u) && int(unpaired) != valid {
		t.Fatalf("%s: AppendToUTF8: %v, want %d of %d units: %x", variant, err, valid, len(u), excerpt)
	}
	if string(text[2:]) != string(std.Decode(u[:valid])) {
		t.Fatalf("%s: AppendToUTF8: wrong text of %d units: %x", variant, len(u), excerpt)
	}
	for _, b := range room[len(text):cap(room)] {
		if b != 0xa7 {
			t.Fatalf("%s: AppendToUTF8 wrote behind %d bytes, %d units: %x", variant, len(text), len(u), excerpt)
		}
	}
}

// text is so many characters of one to four bytes, in runs.
func text(r *rand.Rand, n int) []rune {
	runes := make([]rune, 0, n+8)
	for len(runes) < n {
		most := []int32{0x80, 0x800, 0xd800, 0x110000}[r.IntN(4)]
		for range 1 + r.IntN(8)*r.IntN(8) {
			c := r.Int32N(most)
			if std.IsSurrogate(c) {
				c = '.'
			}
			runes = append(runes, c)
		}
	}
	return runes[:n]
}

func TestAsTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kernels.Each(t, func(variant string) {
		compareFrom(t, variant, nil)
		compareTo(t, variant, nil)
		for n := 1; n < 400; n++ {
			runes := text(r, n)
			p, u := []byte(string(runes)), std.Encode(runes)
			compareFrom(t, variant, p)
			compareTo(t, variant, u)
			compareFrom(t, variant, p[:r.IntN(len(p))])
			compareTo(t, variant, u[:r.IntN(len(u))])
			for range 3 {
				p[r.IntN(len(p))] = byte(r.Uint32())
				u[r.IntN(len(u))] = 0xd800 | uint16(r.IntN(0x800))
				compareFrom(t, variant, p)
				compareTo(t, variant, u)
			}
		}
	})
}

// Characters of all kinds, at a place of a block that changes from one to the next.
func TestCharacters(t *testing.T) {
	kernels.Each(t, func(variant string) {
		var runes []rune
		for c := rune(0); c <= utf8.MaxRune; c += 1 + c>>15 {
			if !std.IsSurrogate(c) {
				runes = append(runes, c)
			}
		}
		for from := 0; from < len(runes); from += 4099 {
			piece := runes[from:min(len(runes), from+4099)]
			compareFrom(t, variant, []byte(string(piece)))
			compareTo(t, variant, std.Encode(piece))
		}
	})
}

// Around the cuts that long input is made at, with every kind of character across them.
func TestLong(t *testing.T) {
	kernels.Each(t, func(variant string) {
		for _, unit := range []string{"a", "é", "€", "😀", "aé€😀"} {
			for shift := range len(unit) {
				s := strings.Repeat("b", shift) + strings.Repeat(unit, 99_000/len(unit))
				p, u := []byte(s), std.Encode([]rune(s))
				compareFrom(t, variant, p[:64<<10+1+shift])
				compareTo(t, variant, u[:min(len(u), 32<<10+1+shift)])
				// What is not valid at once behind a cut.
				p[96<<10], u[len(u)-1] = 0xff, 0xdc00
				compareFrom(t, variant, p)
				compareTo(t, variant, u)
			}
		}
	})
}

// What is handed through is what the twin has.
func TestHandedThrough(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	type both [2]any
	for range 3_000 {
		c, d := rune(r.Int32N(0x120000)-16), 0xd700+rune(r.IntN(0xa00))
		runes := []rune{c, d, 'a', c}
		units := []uint16{uint16(c), uint16(d), 0xdc00, uint16(d)}
		high, low := utf16.EncodeRune(c)
		wantHigh, wantLow := std.EncodeRune(c)
		for what, x := range map[string]both{
			"Encode":      {fmt.Sprint(utf16.Encode(runes)), fmt.Sprint(std.Encode(runes))},
			"Decode":      {fmt.Sprint(utf16.Decode(units)), fmt.Sprint(std.Decode(units))},
			"AppendRune":  {fmt.Sprint(utf16.AppendRune(units, c)), fmt.Sprint(std.AppendRune(units, c))},
			"RuneLen":     {utf16.RuneLen(c), std.RuneLen(c)},
			"IsSurrogate": {utf16.IsSurrogate(d), std.IsSurrogate(d)},
			"DecodeRune":  {utf16.DecodeRune(d, c), std.DecodeRune(d, c)},
			"EncodeRune":  {[2]rune{high, low}, [2]rune{wantHigh, wantLow}},
		} {
			if x[0] != x[1] {
				t.Fatalf("%s: %v, want %v, for %x and %x", what, x[0], x[1], c, d)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	_, err := utf16.AppendFromUTF8(nil, []byte("lane\xff"))
	if err == nil || err.Error() != "utf16: invalid UTF-8 at byte 4" {
		t.Error(err)
	}
	_, err = utf16.AppendToUTF8(nil, []uint16{'a', 0xd800})
	if err == nil || err.Error() != "utf16: surrogate without its partner at unit 1" {
		t.Error(err)
	}
}

func FuzzUTF16(f *testing.F) {
	f.Add([]byte("aé€😀"))
	f.Add(append([]byte(strings.Repeat("é", 40)), 0xed, 0xa0, 0x80))
	f.Fuzz(func(t *testing.T, p []byte) {
		units := make([]uint16, len(p)/2)
		for i := range units {
			units[i] = uint16(p[2*i]) | uint16(p[2*i+1])<<8
		}
		kernels.Each(t, func(variant string) {
			compareFrom(t, variant, p)
			compareTo(t, variant, units)
			if got, want := len(utf16.EncodeString(string(p)))+fuzzfault.Planted(p), len(std.Encode([]rune(string(p)))); got != want {
				t.Errorf("%s, planted %d: %d, want %d", variant, fuzzfault.Planted(p), got, want)
			}
		})
	})
}

func ExampleEncodeString() {
	fmt.Printf("%x\n", utf16.EncodeString("lané𝄞"))
	// Output: [6c 61 6e e9 d834 dd1e]
}

func ExampleAppendToUTF8() {
	text, err := utf16.AppendToUTF8(nil, []uint16{'l', 'a', 0xd834, 'n'})
	fmt.Printf("%s, %v\n", text, err)
	// Output: la, utf16: surrogate without its partner at unit 2
}
