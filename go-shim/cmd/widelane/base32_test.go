package main

import (
	"bytes"
	stdbase32 "encoding/base32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/encoding/base32"
)

func TestBase32(t *testing.T) {
	const hint = "Try 'widelane base32 --help' for more information.\n"
	const half = "widelane base32: invalid input: it ends inside a group of eight characters\n"
	dir := write(t, map[string]string{"file": "file\xff\xfe", "part": "MZX", "text": "MZXW6YTB\nOI======\n", "bad": "MZXW\n6YTBM1"})
	for _, c := range []struct {
		args  string
		stdin string
		want  result
	}{
		{"", "", result{"", "", 0}},
		{"", "f", result{"MY======\n", "", 0}},
		{"-w 0", "foob", result{"MZXW6YQ=", "", 0}},
		{"-w5", "foobar", result{"MZXW6\nYTBOI\n=====\n=\n", "", 0}},
		{"--hex", "foobar", result{"CPNMUOJ1E8======\n", "", 0}},
		{"-xrw0", "foobar", result{"CPNMUOJ1E8", "", 0}},
		{"file", "", result{"MZUWYZP77Y======\n", "", 0}},
		{"file - file", "-", result{"MZUWYZP77YWWM2LMMX774===\n", "", 0}},
		{"-d", "", result{"", "", 0}},
		{"-d", "M\nZX\nW6YTBOI==\n====\n", result{"foobar", "", 0}},
		{"-d text text", "", result{"foobarfoobar", "", 0}},
		{"-d part -", "W6YQ=MY======", result{"foobf", "", 0}},
		{"-dx", "CPNMUOJ1", result{"fooba", "", 0}},
		{"-dr", "MZXW6YQ", result{"foob", "", 0}},
		{"-dr", "MZXW6YTBMZX", result{"fooba", half, 1}},
		{"-dr", "MZXW6YTBMZXQ=", result{"fooba", half, 1}},
		{"-d", "MZXW6YTBMZXQ", result{"fooba", half, 1}},
		{"-d", "MZXW6YTBMZXQ===", result{"fooba", half, 1}},
		{"-d", "MZXW 6YTB", result{"", "widelane base32: -: invalid input: ' ' at offset 4 is not in the alphabet\n", 1}},
		{"-d", "MZXW6YTB\r\n", result{"fooba", "widelane base32: -: invalid input: '\\r' at offset 8 is not in the alphabet\n", 1}},
		{"-d", "MZXW6YTB\nMZX=====", result{"fooba", "widelane base32: -: invalid input: '=' at offset 12 is padding where none belongs\n", 1}},
		{"-d", "MY=====A", result{"", "widelane base32: -: invalid input: 'A' at offset 7 is where padding belongs\n", 1}},
		{"-d text bad text", "", result{"foobarfooba", "widelane base32: bad: invalid input: '1' at offset 10 is not in the alphabet\n", 1}},
		{"-di", "MZ-XW 6YTB\r\nO1I======", result{"foobar", "", 0}},
		{"-di", "MZ=", result{"", half, 1}},
		{"file none file", "", result{"MZUWYZP77ZTGS3DF777A====\n", "widelane base32: none: No such file or directory\n", 1}},
		{"-d text . text", "", result{"foobarfoobar", "widelane base32: .: Is a directory\n", 1}},
		{"-w x", "", result{"", "widelane base32: invalid wrap size: 'x'\n", 1}},
		{"-u", "", result{"", "widelane base32: invalid option -- 'u'\n" + hint, 2}},
	} {
		cmd := program(t, append([]string{"base32"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		got := capture(t, cmd, strings.NewReader(c.stdin))
		if runtime.GOOS == "windows" {
			got.err, c.want.err = "", ""
		}
		if got != c.want {
			t.Errorf("base32 %s < %q:\ngot  %+v\nwant %+v", c.args, c.stdin, got, c.want)
		}
	}
}

// The offset of what is wrong counts from the beginning of its file, which may be many reads away.
func TestBase32Offset(t *testing.T) {
	dir := write(t, map[string]string{"first": "MZXW6\nYTBMZ"})
	text := append([]byte("XW6YTB"), bytes.Repeat([]byte(strings.Repeat("A", 76)+"\n"), (aheadAfter+3*bufferSize)/77)...)
	at := len(text) - 1000
	text[at] = 'x'
	if err := os.WriteFile(filepath.Join(dir, "long"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := program(t, "base32", "-d", "first", "long", "first")
	cmd.Dir = dir
	got := capture(t, cmd, nil)
	zeros := (at - 6 - bytes.Count(text[:at], []byte("\n"))) / 8 * 5
	want := result{"foobafooba" + strings.Repeat("\x00", zeros), "widelane base32: long: invalid input: 'x' at offset " + strconv.Itoa(at) + " is not in the alphabet\n", 1}
	if got != want {
		t.Errorf("%q, status %d, %d bytes of %d", got.err, got.status, len(got.out), len(want.out))
	}
}

// The streaming encoder and decoder in pieces of any length, beside the standard library and a decoder by definition.
func TestBase32Pieces(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	rounds := 20000
	if testing.Short() {
		rounds = 1000
	}
	for range rounds {
		in := randomBytes(r, r.IntN(600))
		sorted, wrap := r.IntN(2) == 0, r.IntN(100)
		alphabet, twin := base32.StdEncoding, stdbase32.StdEncoding
		if sorted {
			alphabet, twin = base32.HexEncoding, stdbase32.HexEncoding
		}
		want := twin.EncodeToString(in)
		var text memory
		if err := inPieces(r, newEncoder(&text, base32Code{alphabet}, wrap), in); err != nil || strings.ReplaceAll(text.String(), "\n", "") != want {
			t.Fatalf("hex %v, wrap %d: %v\ngot  %q\nwant %q", sorted, wrap, err, text.String(), want)
		}
		damaged, garbage, raw := text.Bytes(), r.IntN(2) == 0, r.IntN(2) == 0
		if r.IntN(4) == 0 {
			damaged = append(damaged, damaged...)
		}
		if r.IntN(4) == 0 {
			damaged = bytes.TrimRight(damaged, "=\n")
		}
		for range r.IntN(3) {
			if len(damaged) > 0 {
				damaged[r.IntN(len(damaged))] = "AW18=@ \r\n\x00\xc1"[r.IntN(11)]
			}
		}
		compareBase32Decoder(t, damaged, garbage, raw, sorted, func(d *base32Decoder) error { return inPieces(r, d, damaged) })
	}
}

// compareBase32Decoder checks a decoder that is given in, however cut, beside one that knows only the definition.
func compareBase32Decoder(t *testing.T, in []byte, garbage, raw, sorted bool, decode func(*base32Decoder) error) {
	t.Helper()
	alphabet, twin := base32.StdEncoding, stdbase32.StdEncoding
	if sorted {
		alphabet, twin = base32.HexEncoding, stdbase32.HexEncoding
	}
	want, wantOK := base32ByDefinition(in, twin, garbage, raw)
	var got memory
	err := decode(newBase32Decoder(&got, alphabet, garbage, raw))
	if !bytes.Equal(got.Bytes(), want) || (err == nil) != wantOK {
		t.Fatalf("garbage %v, raw %v, hex %v, %s:\ngot  %q %v\nwant %q %v", garbage, raw, sorted, excerpt(string(in)), got.Bytes(), err, want, wantOK)
	}
}

// base32ByDefinition decodes group after group with the standard library.
func base32ByDefinition(in []byte, twin *stdbase32.Encoding, garbage, raw bool) (out []byte, ok bool) {
	var group []byte
	for _, c := range in {
		if c == '\n' || garbage && c != '=' && !isBase32(c, twin) {
			continue
		}
		if group = append(group, c); len(group) < 8 {
			continue
		}
		bytes, err := twin.DecodeString(string(group))
		if err != nil || strings.ContainsAny(string(group), "\r\n") {
			return out, false
		}
		out, group = append(out, bytes...), group[:0]
	}
	if len(group) == 0 {
		return out, true
	}
	if raw && base32Ends[len(group)] && !strings.ContainsAny(string(group), "\r=") {
		if bytes, err := twin.WithPadding(stdbase32.NoPadding).DecodeString(string(group)); err == nil {
			return append(out, bytes...), true
		}
	}
	return out, false
}

func isBase32(c byte, twin *stdbase32.Encoding) bool {
	_, err := twin.DecodeString(string([]byte{'A', c, '=', '=', '=', '=', '=', '='}))
	return err == nil && c != '\r' && c != '\n' && c != '='
}
