package base32

import (
	"bytes"
	std "encoding/base32"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/variants"
)

var kernels = variants.Set{"base32_encode", "base32_decode"}

// scheme is one encoding, here and in the standard library.
type scheme struct {
	name string
	enc  *Encoding
	twin *std.Encoding
}

// schemes returns the usual encodings and some that are not.
func schemes() []scheme {
	high := make([]byte, 32)
	for i := range high {
		high[i] = byte(0x70 + i*13%32)
	}
	alphabets := []string{
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
		"0123456789ABCDEFGHIJKLMNOPQRSTUV",
		"0123456789abcdefghjkmnpqrstvwxyz", // Crockford's, whose gaps not every kernel takes
		string(high),
		"=BCDEFGHIJKLMNOPQRSTUVWXYZ234567", // contains the padding character, which is allowed
		"\x00BCDEFGHIJKLMNOPQRSTUVWXYZ23456\xff",
	}
	var list []scheme
	for i, alphabet := range alphabets {
		paddings := []rune{StdPadding, NoPadding}
		if i%3 == 0 {
			paddings = append(paddings, '*', 1, 0xfe)[:len(paddings)+3-i/3]
		}
		for _, padding := range paddings {
			enc, twin := NewEncoding(alphabet), std.NewEncoding(alphabet)
			if padding != StdPadding {
				enc, twin = enc.WithPadding(padding), twin.WithPadding(padding)
			}
			list = append(list, scheme{fmt.Sprintf("%.3q../%d", alphabet, padding), enc, twin})
		}
	}
	list = append(list, scheme{"zero", new(Encoding), new(std.Encoding)})
	if testing.Short() { // RFC 4648's and Crockford's
		return slices.DeleteFunc(list, func(s scheme) bool { return s.name[0] == '"' && !strings.ContainsAny(s.name[1:2], "A0") })
	}
	return list
}

var random = rand.New(rand.NewPCG(1, 2))

func randomBytes(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(random.Uint32())
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
		return append(list, 256, 385, 769, 1000, 61441)
	}
	for _, n := range []int{255, 256, 639, 640, 641, 1000, 4096, 40959, 40960, 40961, 61439, 61440, 61441, 65537, 200000} {
		list = append(list, n)
	}
	return list
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../../testdata/base32.txt")
	if err != nil {
		t.Fatal(err)
	}
	encodings := map[string]*Encoding{
		"std": StdEncoding, "hex": HexEncoding, "rawstd": StdEncoding.WithPadding(NoPadding), "rawhex": HexEncoding.WithPadding(NoPadding),
	}
	kernels.Run(t, func(t *testing.T) {
		seen := 0
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) == 0 || fields[0] == "#" {
				continue
			}
			seen++
			checkVector(t, encodings, fields)
		}
		if seen < 30 {
			t.Errorf("only %d vectors", seen)
		}
	})
}

// checkVector checks a line: encoding, bytes, text, and the offset of an error.
func checkVector(t *testing.T, encodings map[string]*Encoding, fields []string) {
	kind, name, tagged := strings.Cut(fields[0], ":")
	if !tagged {
		name = kind
	}
	enc := encodings[name]
	want, err := hex.DecodeString(strings.TrimPrefix(fields[1], "-"))
	if enc == nil || err != nil {
		t.Fatalf("%q: %v", fields, err)
	}
	text := strings.NewReplacer(`\n`, "\n", `\r`, "\r").Replace(fields[2])
	if text == "-" {
		text = ""
	}
	if !tagged && enc.EncodeToString(want) != text {
		t.Errorf("%q: encoded to %q", fields, enc.EncodeToString(want))
	}
	got, err := enc.DecodeString(text)
	if !bytes.Equal(got, want) {
		t.Errorf("%q: decoded to %x", fields, got)
	}
	if kind != "bad" && err != nil {
		t.Errorf("%q: %v", fields, err)
	}
	if kind == "bad" && fmt.Sprint(err) != "illegal base32 data at input byte "+fields[3] {
		t.Errorf("%q: %v", fields, err)
	}
}

func TestEncode(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for _, s := range schemes() {
			for _, n := range lengths() {
				src := randomBytes(n)
				want := s.twin.EncodeToString(src)
				if got := s.enc.EncodeToString(src); got != want {
					t.Fatalf("%s: EncodeToString of %d bytes: %q, not %q", s.name, n, got, want)
				}
				if got := s.enc.EncodedLen(n); got != len(want) {
					t.Fatalf("%s: EncodedLen(%d): %d, not %d", s.name, n, got, len(want))
				}
				dst := bytes.Repeat([]byte{0xa5}, len(want)+70)
				s.enc.Encode(dst, src)
				if string(dst[:len(want)]) != want || !allAre(dst[len(want):], 0xa5) {
					t.Fatalf("%s: Encode of %d bytes: %q, not %q", s.name, n, dst, want)
				}
				if got := s.enc.AppendEncode([]byte("lead"), src); string(got) != "lead"+want {
					t.Fatalf("%s: AppendEncode of %d bytes: %q, not %q", s.name, n, got, want)
				}
			}
		}
	})
}

func allAre(p []byte, c byte) bool {
	return len(bytes.Trim(p, string([]byte{c}))) == 0
}

func TestDecodeValid(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for _, s := range schemes() {
			for _, n := range lengths() {
				text := []byte(s.twin.EncodeToString(randomBytes(n)))
				compareDecode(t, s, text)
				for _, line := range []struct {
					n     int
					chars string
				}{{76, "\r\n"}, {64, "\n"}, {8, "\n"}, {1 + random.IntN(90), "\r\n\n"}} {
					compareDecode(t, s, broken(text, line.n, line.chars))
				}
			}
		}
	})
}

// broken returns the text with a line break after every n characters.
func broken(text []byte, n int, chars string) []byte {
	var lines []byte
	for len(text) > n {
		lines = append(append(lines, text[:n]...), chars...)
		text = text[n:]
	}
	return append(append(lines, text...), chars...)
}

// compareDecode compares everything that decodes with the twin.
func compareDecode(t *testing.T, s scheme, text []byte) {
	t.Helper()
	want := make([]byte, len(text)+8)
	wantN, wantErr := s.twin.Decode(want, text)
	want = want[:wantN]
	wanted := fmt.Sprintf("%#v", wantErr)
	check := func(how string, got []byte, err error) {
		t.Helper()
		if !bytes.Equal(got, want) || (err != nil || wantErr != nil) && fmt.Sprintf("%#v", err) != wanted {
			t.Fatalf("%s: %s of %s: %s, %v, not %s, %v", s.name, how, quote(text), quote(got), err, quote(want), wantErr)
		}
	}
	dst := bytes.Repeat([]byte{0xa5}, len(text)+8)
	n, err := s.enc.Decode(dst, text)
	check("Decode", dst[:n], err)
	if !allAre(dst[n:], 0xa5) {
		t.Fatalf("%s: Decode of %s wrote behind what it counts", s.name, quote(text))
	}
	exact := dst[: wantN : wantN+8]
	copy(dst[wantN:], "\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5")
	if wantErr == nil {
		n, err = s.enc.Decode(exact, text)
		check("Decode into exactly enough", exact[:n], err)
		if !allAre(dst[wantN:wantN+8], 0xa5) {
			t.Fatalf("%s: Decode of %s wrote after dst", s.name, quote(text))
		}
	}
	place := bytes.Clone(text)
	n, err = s.enc.Decode(place, place)
	check("Decode in place", place[:n], err)
	ahead := append(make([]byte, 0, 2*len(text)+20), text...)
	n, err = s.enc.Decode(ahead[min(3, len(text)):cap(ahead)], ahead)
	check("Decode into its own source", ahead[min(3, len(text)):cap(ahead)][:n], err)
	behind := append(make([]byte, 3, len(text)+3), text...)
	n, err = s.enc.Decode(behind, behind[3:])
	check("Decode to just before its source", behind[:n], err)
	got, err := s.enc.DecodeString(string(text))
	check("DecodeString", got, err)
	// With padding in the alphabet, or a table of zeros, the twin's own sizes are too small, and it panics.
	if panics(func() { s.twin.AppendDecode([]byte("lead"), text) }) == "" {
		got, err = s.enc.AppendDecode([]byte("lead"), text)
		check("AppendDecode", bytes.TrimPrefix(got, []byte("lead")), err)
	}
}

func quote(p []byte) string {
	if len(p) > 300 {
		return fmt.Sprintf("%q... (%d)", p[:300], len(p))
	}
	return strconv.Quote(string(p))
}

// panics returns what the function panics with, "" if it does not.
func panics(f func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}

func TestDecodeInvalid(t *testing.T) {
	rounds := 4
	if testing.Short() {
		rounds = 1
	}
	kernels.Run(t, func(t *testing.T) {
		for _, s := range schemes() {
			for n := range 300 {
				for range rounds {
					text := []byte(s.twin.EncodeToString(randomBytes(n)))
					if n%3 == 0 {
						text = broken(text, 76, "\r\n")
					}
					compareDecode(t, s, mutated(s, text))
				}
			}
			for _, n := range []int{40960, 40961, 130000} {
				text := []byte(s.twin.EncodeToString(randomBytes(n)))
				compareDecode(t, s, mutated(s, text))
				compareDecode(t, s, mutated(s, broken(text, 61, "\n")))
			}
		}
	})
}

// mutated returns the text with one to three changes, often of what means something and near the end.
func mutated(s scheme, text []byte) []byte {
	text = bytes.Clone(text)
	for range 1 + random.IntN(3) {
		c := byte(random.Uint32())
		switch random.IntN(5) {
		case 0:
			c = '\n'
		case 1:
			c = '='
		case 2:
			c = byte(s.enc.padding())
		case 3:
			c = s.enc.enc[random.IntN(32)]
		}
		i := random.IntN(len(text) + 1)
		if random.IntN(2) == 0 {
			i = len(text) - random.IntN(min(len(text), 8)+1)
		}
		switch {
		case random.IntN(3) == 0 && i > len(text)-4:
			text = text[:i]
		case random.IntN(2) == 0 || i == len(text):
			text = append(text[:i], append([]byte{c}, text[i:]...)...)
		default:
			text[i] = c
		}
	}
	return text
}

// TestEveryByte puts every byte at every place of a text longer than any vector.
func TestEveryByte(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		most := 7
		if testing.Short() {
			most = 2
		}
		for _, s := range schemes()[:most] {
			text := []byte(s.twin.EncodeToString(randomBytes(53)))
			for i := range text {
				for c := range 256 {
					changed := bytes.Clone(text)
					changed[i] = byte(c)
					compareDecode(t, s, changed)
				}
			}
		}
	})
}

// TestShort compares the panics of a short dst, and the groups that were written before.
func TestShort(t *testing.T) {
	kernels.Run(t, func(t *testing.T) {
		for _, s := range schemes() {
			for n := range 90 {
				src := randomBytes(n)
				text := s.twin.EncodeToString(src)
				for room := max(0, len(text)-10); room < len(text); room++ {
					got, want := make([]byte, room), make([]byte, room)
					ours := func() { s.enc.Encode(got, src) }
					compareShort(t, s, ours, func() { s.twin.Encode(want, src) }, got[:room/8*8], want[:room/8*8])
				}
				for _, text := range []string{text, string(broken([]byte(text), 8, "\n"))} {
					for room := max(0, n-8); room < n; room++ {
						got, want := make([]byte, room), make([]byte, room)
						ours := func() { s.enc.Decode(got, []byte(text)) }
						compareShort(t, s, ours, func() { s.twin.Decode(want, []byte(text)) }, got[:room/5*5], want[:room/5*5])
					}
				}
			}
		}
	})
}

// compareShort compares two panics, of an index but for which one: which byte of a group the twin touches first is its
// compiler's choice, and changed with Go 1.27.
func compareShort(t *testing.T, s scheme, ours, twins func(), got, want []byte) {
	t.Helper()
	ourPanic, twinPanic := panics(ours), panics(twins)
	if twinPanic == "" && s.enc.dec[decodeHints]&hintKernels != 0 {
		t.Fatalf("%s: the twin does not panic", s.name)
	}
	const index = "runtime error: index out of range "
	alike := ourPanic == twinPanic || strings.HasPrefix(ourPanic, index) && strings.HasPrefix(twinPanic, index)
	if !alike || !bytes.Equal(got, want) {
		t.Fatalf("%s: %q after %x, not %q after %x", s.name, ourPanic, got, twinPanic, want)
	}
}

func TestConstructorPanics(t *testing.T) {
	const usual = "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345"
	for _, alphabet := range []string{"", "ABC", strings.Repeat("A", 32), "\n" + usual + "6", usual + "66", usual + "\r6", usual + "678"} {
		ours, twins := panics(func() { NewEncoding(alphabet) }), panics(func() { std.NewEncoding(alphabet) })
		if ours != twins || ours == "" {
			t.Errorf("NewEncoding(%q): %q, not %q", alphabet, ours, twins)
		}
	}
	for _, s := range schemes() {
		for padding := rune(-3); padding < 300; padding++ {
			ours, twins := panics(func() { s.enc.WithPadding(padding) }), panics(func() { s.twin.WithPadding(padding) })
			if ours != twins {
				t.Errorf("%s: WithPadding(%d): %q, not %q", s.name, padding, ours, twins)
			}
		}
	}
}

func TestAllocs(t *testing.T) {
	src, text, dst := randomBytes(1000), []byte(nil), make([]byte, 2000)
	text = StdEncoding.AppendEncode(nil, src)
	s := string(text)
	for _, c := range []struct {
		name string
		want float64
		f    func()
	}{
		{"Encode", 0, func() { StdEncoding.Encode(dst, src) }},
		{"Decode", 0, func() { StdEncoding.Decode(dst, text) }},
		{"AppendEncode", 0, func() { StdEncoding.AppendEncode(dst[:0], src) }},
		{"AppendDecode", 0, func() { StdEncoding.AppendDecode(dst[:0], text) }},
		{"EncodeToString", 1, func() { sink = StdEncoding.EncodeToString(src) }},
		{"DecodeString", 1, func() { bytesSink, _ = StdEncoding.DecodeString(s) }},
		{"on the stack", 0, func() {
			var src [40]byte
			var dst [64]byte
			StdEncoding.Encode(dst[:], src[:])
			StdEncoding.Decode(src[:], dst[:])
		}},
	} {
		if got := testing.AllocsPerRun(100, c.f); got != c.want {
			t.Errorf("%s: %v allocations, not %v", c.name, got, c.want)
		}
	}
}

var (
	sink      string
	bytesSink []byte
)
