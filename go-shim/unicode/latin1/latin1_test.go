package latin1_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
	"github.com/widelane/widelane/go-shim/unicode/latin1"
)

var kernels = variants.Set{"latin1_from_utf8", "latin1_to_utf8"}

// encoded is p in Latin-1 as far as that goes, and the error of what stops it.
func encoded(p []byte) (made []byte, err error) {
	for at := 0; at < len(p); {
		r, n := utf8.DecodeRune(p[at:])
		if r == utf8.RuneError && n == 1 {
			return made, latin1.InvalidUTF8Error(at)
		}
		if r > 0xff {
			return made, latin1.UnsupportedError(at)
		}
		made = append(made, byte(r))
		at += n
	}
	return made, nil
}

// decoded is what p is in UTF-8.
func decoded(p []byte) []byte {
	text := make([]byte, 0, 2*len(p))
	for _, c := range p {
		text = utf8.AppendRune(text, rune(c))
	}
	return text
}

const canary = 0xa7

// room has two bytes in use, and canaries in so many more.
func room(n int) []byte {
	p := bytes.Repeat([]byte{canary}, n+2)
	return p[:2]
}

// appended checks what stands in made, and that nothing behind it was written where it has room.
func appended(t testing.TB, what string, made, want []byte) {
	t.Helper()
	if !bytes.Equal(made[:2], []byte{canary, canary}) || !bytes.Equal(made[2:], want) {
		t.Fatalf("%s: %x, want %x", what, made[:min(len(made), 200)], want[:min(len(want), 200)])
	}
	for _, b := range made[len(made):cap(made)] {
		if b != canary {
			t.Fatalf("%s: wrote behind %d bytes", what, len(made))
		}
	}
}

// compareFrom checks everything that takes UTF-8.
func compareFrom(t testing.TB, variant string, p []byte) {
	t.Helper()
	want, wantErr := encoded(p)
	excerpt := fmt.Sprintf("%s: of %d bytes, %x", variant, len(p), p[:min(len(p), 200)])
	made, err := latin1.AppendFromUTF8(room(len(p)+9), p)
	if err != wantErr {
		t.Fatalf("AppendFromUTF8, %s: %v, want %v", excerpt, err, wantErr)
	}
	appended(t, "AppendFromUTF8, "+excerpt, made, want)
	made, err = latin1.AppendString([]byte{canary, canary}, string(p))
	if err != wantErr || !bytes.Equal(made[2:], want) {
		t.Fatalf("AppendString, %s: %v", excerpt, err)
	}
	made, err = latin1.EncodeString(string(p))
	if err != wantErr || !bytes.Equal(made, want) {
		t.Fatalf("EncodeString, %s: %v", excerpt, err)
	}
}

// compareTo checks everything that takes Latin-1, with any room: too little, just enough, and more.
func compareTo(t testing.TB, variant string, p []byte, short int) {
	t.Helper()
	want := decoded(p)
	excerpt := fmt.Sprintf("%s: of %d bytes, %x", variant, len(p), p[:min(len(p), 200)])
	if n := latin1.UTF8Len(p); n != len(want) {
		t.Fatalf("UTF8Len, %s: %d, want %d", excerpt, n, len(want))
	}
	for _, n := range []int{len(want), len(want) + 9} {
		made := latin1.AppendToUTF8(room(n), p)
		appended(t, "AppendToUTF8, "+excerpt, made, want)
		if cap(made) != cap(room(n)) {
			t.Fatalf("AppendToUTF8, %s: a room of %d was not enough for %d", excerpt, n, len(want))
		}
	}
	made := latin1.AppendToUTF8(room(max(len(want)-short, 0)), p)
	if !bytes.Equal(made[2:], want) {
		t.Fatalf("AppendToUTF8 with %d missing, %s: %x", short, excerpt, made)
	}
	if latin1.DecodeToString(p) != string(want) {
		t.Fatalf("DecodeToString, %s", excerpt)
	}
}

// latin is so many bytes, in runs of ASCII and others.
func latin(r *rand.Rand, n int) []byte {
	p := make([]byte, n)
	for i := 0; i < n; {
		high := byte(r.IntN(2)) << 7
		for end := min(n, i+1+r.IntN(9)*r.IntN(9)); i < end; i++ {
			p[i] = high | byte(r.IntN(0x80))
		}
	}
	return p
}

func TestEveryLength(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	kernels.Each(t, func(variant string) {
		for n := range 400 {
			p := latin(r, n)
			text := decoded(p)
			compareTo(t, variant, p, r.IntN(n+2))
			compareFrom(t, variant, text)
			if n == 0 {
				continue
			}
			compareFrom(t, variant, text[:r.IntN(len(text))])
			for _, b := range []byte{0xc2, 0xc3, 0xc1, 0xc4, 0x80, 0xff, 'a'} {
				bad := bytes.Clone(text)
				bad[r.IntN(len(bad))] = b
				compareFrom(t, variant, bad)
			}
		}
	})
}

// Every character up to U+07FF and some above, each at the end of several lengths and among others.
func TestCharacters(t *testing.T) {
	kernels.Each(t, func(variant string) {
		for c := rune(0); c <= utf8.MaxRune; c += 1 + c>>11<<8 {
			for _, before := range []int{0, 15, 63, 90} {
				s := strings.Repeat("\u00e9", before/2) + strings.Repeat("n", before%2) + string(c)
				compareFrom(t, variant, []byte(s))
				compareFrom(t, variant, []byte(s+"and more behind, as long as a vector"))
			}
		}
	})
}

// Around the cuts that long input is made at, with characters across them.
func TestLong(t *testing.T) {
	kernels.Each(t, func(variant string) {
		for _, unit := range []string{"a", "\u00e9", "\u00ffn", "abc\u00e9"} {
			for shift := range 3 {
				s := strings.Repeat("b", shift) + strings.Repeat(unit, 100_000/len(unit))
				p, err := latin1.EncodeString(s)
				if err != nil || latin1.DecodeToString(p) != s {
					t.Fatalf("%s: %q, %d: %v", variant, unit, shift, err)
				}
				compareTo(t, variant, p, 40_000)
				bad := []byte(s)
				compareFrom(t, variant, bad[:64<<10+1+shift])
				compareFrom(t, variant, bad[:96<<10])
				// What is not valid at once behind a cut, and before it.
				bad[96<<10] = 0xff
				compareFrom(t, variant, bad)
				bad[64<<10-1] = 0xe0
				compareFrom(t, variant, bad)
			}
		}
	})
}

func TestErrors(t *testing.T) {
	_, err := latin1.EncodeString("lan\u00e9\xff")
	var invalid latin1.InvalidUTF8Error
	if !errors.As(err, &invalid) || err.Error() != "latin1: invalid UTF-8 at byte 5" {
		t.Error(err)
	}
	_, err = latin1.EncodeString("5 \u20ac")
	var unsupported latin1.UnsupportedError
	if !errors.As(err, &unsupported) || err.Error() != "latin1: character above U+00FF at byte 2" {
		t.Error(err)
	}
	// The replacement character itself is valid, and none of Latin-1.
	if _, err = latin1.EncodeString("\ufffd"); err != latin1.UnsupportedError(0) {
		t.Error(err)
	}
}

// Appending nothing to nil is nil, as with append; what EncodeString returns is never nil, as a
// conversion to []byte is not.
func TestNothing(t *testing.T) {
	kernels.Each(t, func(variant string) {
		p, err := latin1.AppendFromUTF8(nil, nil)
		if p != nil || err != nil || latin1.AppendToUTF8(nil, nil) != nil {
			t.Errorf("%s: nothing appended to nil: %v, %v", variant, p, err)
		}
		if p, err = latin1.EncodeString(""); p == nil || len(p) > 0 || err != nil {
			t.Errorf("%s: EncodeString of nothing: %v, %v", variant, p, err)
		}
		if latin1.DecodeToString(nil) != "" || latin1.UTF8Len(nil) != 0 {
			t.Errorf("%s: nil is not an empty text", variant)
		}
	})
}

// A text is allocated once, with the length that it has.
func TestAllocations(t *testing.T) {
	p := []byte(strings.Repeat("na\xefve ", 40))
	if n := testing.AllocsPerRun(10, func() { latin1.DecodeToString(p) }); n > 1 {
		t.Errorf("DecodeToString allocates %v times", n)
	}
	text, dst := []byte(strings.Repeat("na\u00efve ", 40)), make([]byte, 0, 300)
	if n := testing.AllocsPerRun(10, func() { latin1.AppendFromUTF8(dst, text) }); n > 0 {
		t.Errorf("AppendFromUTF8 allocates %v times", n)
	}
}

func FuzzLatin1(f *testing.F) {
	f.Add([]byte("na\u00efve \u20ac"))
	f.Add(append([]byte(strings.Repeat("\u00e9", 40)), 0xc3))
	f.Fuzz(func(t *testing.T, p []byte) {
		kernels.Each(t, func(variant string) {
			compareFrom(t, variant, p)
			compareTo(t, variant, p, len(p)/3)
			compareFrom(t, variant, decoded(p))
			if got, want := latin1.UTF8Len(p)+fuzzfault.Planted(p), len(decoded(p)); got != want {
				t.Errorf("%s, planted %d: %d, want %d", variant, fuzzfault.Planted(p), got, want)
			}
		})
	})
}

func ExampleDecodeToString() {
	fmt.Println(latin1.DecodeToString([]byte("lan\xe9")))
	// Output: lané
}

func ExampleAppendFromUTF8() {
	p, err := latin1.AppendFromUTF8(nil, []byte("lané 5 €"))
	fmt.Printf("%q, %v\n", p, err)
	// Output: "lan\xe9 5 ", latin1: character above U+00FF at byte 8
}
