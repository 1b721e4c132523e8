package main

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

func TestHex(t *testing.T) {
	const hint = "Try 'widelane hex --help' for more information.\n"
	dir := write(t, map[string]string{"file": "file\xff\xfe", "half": "6", "text": "66\n6F6f", "bad": "666\n6x6"})
	for _, c := range []struct {
		args  string
		stdin string
		want  result
	}{
		{"", "", result{"", "", 0}},
		{"", "f", result{"66\n", "", 0}},
		{"-w 0", "f", result{"66", "", 0}},
		{"-w4", "foobar", result{"666f\n6f62\n6172\n", "", 0}},
		{"--wrap=5", "foobar", result{"666f6\nf6261\n72\n", "", 0}},
		{"file", "", result{"66696c65fffe\n", "", 0}},
		{"-u file", "", result{"66696C65FFFE\n", "", 0}},
		{"-uw0 file", "", result{"66696C65FFFE", "", 0}},
		{"file - file", "-", result{"66696c65fffe2d66696c65fffe\n", "", 0}},
		{"-d", "", result{"", "", 0}},
		{"-d", "666F\n6f6\n261\n72\n\n", result{"foobar", "", 0}},
		{"-d text text", "", result{"foofoo", "", 0}},
		{"-d half -", "6\n6f", result{"fo", "", 0}},
		{"-d -", "666", result{"f", "widelane hex: invalid input: it ends inside a pair of digits\n", 1}},
		{"-d", "666f 6f", result{"fo", "widelane hex: -: invalid input: ' ' at offset 4 is no digit\n", 1}},
		{"-d", "666f\r\n", result{"fo", "widelane hex: -: invalid input: '\\r' at offset 4 is no digit\n", 1}},
		{"-d", "66\n6\n\xff", result{"f", "widelane hex: -: invalid input: 'ÿ' at offset 5 is no digit\n", 1}},
		{"-d text bad text", "", result{"foofffo"[:0] + "fooff", "widelane hex: bad: invalid input: 'x' at offset 5 is no digit\n", 1}},
		{"-di", "66:6f 6F\r\n0x", result{"foo", "widelane hex: invalid input: it ends inside a pair of digits\n", 1}},
		{"-di", "66:6f 6F\r\n6, 1", result{"fooa", "", 0}},
		{"-di bad", "", result{"ff", "widelane hex: invalid input: it ends inside a pair of digits\n", 1}},
		{"file none file", "", result{"66696c65fffe66696c65fffe\n", "widelane hex: none: No such file or directory\n", 1}},
		{"-d text . text", "", result{"foofoo", "widelane hex: .: Is a directory\n", 1}},
		{"-w x", "", result{"", "widelane hex: invalid wrap size: 'x'\n", 1}},
		{"-x", "", result{"", "widelane hex: invalid option -- 'x'\n" + hint, 2}},
	} {
		cmd := program(t, append([]string{"hex"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		got := capture(t, cmd, strings.NewReader(c.stdin))
		if runtime.GOOS == "windows" {
			got.err, c.want.err = "", ""
		}
		if got != c.want {
			t.Errorf("hex %s < %q:\ngot  %+v\nwant %+v", c.args, c.stdin, got, c.want)
		}
	}
}

// The offset of what is wrong counts from the beginning of its file, which may be many reads away.
func TestHexOffset(t *testing.T) {
	dir := write(t, map[string]string{"first": "66\n6f6f"})
	text := bytes.Repeat([]byte(strings.Repeat("66", 30)+"\n"), (aheadAfter+3*bufferSize)/61)
	at := len(text) - 1000
	text[at] = 'x'
	if err := os.WriteFile(filepath.Join(dir, "long"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := program(t, "hex", "-d", "first", "long", "first")
	cmd.Dir = dir
	got := capture(t, cmd, nil)
	digits := at - bytes.Count(text[:at], []byte("\n"))
	want := result{"foo" + strings.Repeat("f", digits/2), "widelane hex: long: invalid input: 'x' at offset " + strconv.Itoa(at) + " is no digit\n", 1}
	if got != want {
		t.Errorf("%q, status %d, %d bytes of %d", got.err, got.status, len(got.out), len(want.out))
	}
}

// The streaming encoder and decoder in pieces of any length, beside the standard library.
func TestHexPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	rounds := 20000
	if testing.Short() {
		rounds = 1000
	}
	for range rounds {
		in := randomBytes(r, r.IntN(600))
		upper, wrap := r.IntN(2) == 0, r.IntN(100)
		want := hex.EncodeToString(in)
		if upper {
			want = strings.ToUpper(want)
		}
		var text memory
		if err := inPieces(r, newEncoder(&text, hexCode{upper}, wrap), in); err != nil || strings.ReplaceAll(text.String(), "\n", "") != want {
			t.Fatalf("upper %v, wrap %d: %v\ngot  %q\nwant %q", upper, wrap, err, text.String(), want)
		}
		for line := range strings.Lines(text.String()) {
			if wrap == 0 && strings.HasSuffix(line, "\n") || wrap > 0 && len(line) > wrap+1 {
				t.Fatalf("wrap %d: %q", wrap, line)
			}
		}
		damaged, garbage := text.Bytes(), r.IntN(2) == 0
		for range r.IntN(3) {
			if len(damaged) > 0 {
				damaged[r.IntN(len(damaged))] = "g/:@`G \r\n\x00\xb0"[r.IntN(11)]
			}
		}
		compareHexDecoder(t, damaged, garbage, func(d *hexDecoder) error { return inPieces(r, d, damaged) })
	}
}

// compareHexDecoder checks a decoder that is given in, however cut, beside one that goes digit by digit.
func compareHexDecoder(t *testing.T, in []byte, garbage bool, decode func(*hexDecoder) error) {
	t.Helper()
	want, wantOK := hexByDefinition(in, garbage)
	var got memory
	err := decode(newHexDecoder(&got, garbage))
	if !bytes.Equal(got.Bytes(), want) || (err == nil) != wantOK {
		t.Fatalf("garbage %v, %s:\ngot  %q %v\nwant %q %v", garbage, excerpt(string(in)), got.Bytes(), err, want, wantOK)
	}
}

func hexByDefinition(in []byte, garbage bool) (out []byte, ok bool) {
	var pair []byte
	for _, c := range in {
		if strings.IndexByte("0123456789abcdefABCDEF", c) < 0 {
			if c == '\n' || garbage {
				continue
			}
			return out, false
		}
		if pair = append(pair, c); len(pair) == 2 {
			out, _ = hex.AppendDecode(out, pair)
			pair = nil
		}
	}
	return out, len(pair) == 0
}
