package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/encoding/base64"
)

func TestBase64(t *testing.T) {
	const hint = "Try 'widelane base64 --help' for more information.\n"
	const invalid = "widelane base64: invalid input\n"
	dir := write(t, map[string]string{"file": "file\xff\xfe"})
	for _, c := range []struct {
		args  string
		stdin string
		want  result
	}{
		{"", "", result{"", "", 0}},
		{"", "f", result{"Zg==\n", "", 0}},
		{"-w 0", "f", result{"Zg==", "", 0}},
		{"-w0", "", result{"", "", 0}},
		{"-w4", "foobar", result{"Zm9v\nYmFy\n", "", 0}},
		{"--wrap=3", "foobar", result{"Zm9\nvYm\nFy\n", "", 0}},
		{"file", "", result{"ZmlsZf/+\n", "", 0}},
		{"-u file", "", result{"ZmlsZf_-\n", "", 0}},
		{"- --url", "\xff\xfe", result{"__4=\n", "", 0}},
		{"-r", "f", result{"Zg\n", "", 0}},
		{"-ur", "\xff\xfe", result{"__4\n", "", 0}},
		{"-d", "", result{"", "", 0}},
		{"-d", "Zm9v\nYmF\ny\n", result{"foobar", "", 0}},
		{"-d", "Zg==Zm8=\nZm9v", result{"ffofoo", "", 0}},
		{"-d", "Zh==", result{"f", "", 0}},
		{"-d", "Zg", result{"f", invalid, 1}},
		{"-d", "Zm9vZ", result{"foo", invalid, 1}},
		{"-d", "Zm9vZm8=Z", result{"foofo", invalid, 1}},
		{"-d", "Zm9v\r\nZm9v\r\n", result{"foo", invalid, 1}},
		{"-di", "Zm9v\r\nZ!m9v\r\n", result{"foofoo", "", 0}},
		{"-du", "__4=", result{"\xff\xfe", "", 0}},
		{"-d", "__4=", result{"", invalid, 1}},
		{"-dr", "Zg", result{"f", "", 0}},
		{"-dr", "Zm8", result{"fo", "", 0}},
		{"-dr", "Zg==Zm8", result{"ffo", "", 0}},
		{"-dr", "Z", result{"", invalid, 1}},
		{"-dr", "Zg=", result{"f", invalid, 1}},
		{"-w x", "", result{"", "widelane base64: invalid wrap size: 'x'\n", 1}},
		{"-w -1", "", result{"", "widelane base64: invalid wrap size: '-1'\n", 1}},
		{"file file", "", result{"", "widelane base64: extra operand 'file'\n" + hint, 1}},
		{"none", "", result{"", "widelane base64: none: No such file or directory\n", 1}},
		{".", "", result{"", "widelane base64: read error: Is a directory\n", 1}},
		{"-d .", "", result{"", "widelane base64: read error: Is a directory\n", 1}},
	} {
		cmd := program(t, append([]string{"base64"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		got := capture(t, cmd, strings.NewReader(c.stdin))
		if runtime.GOOS == "windows" {
			got.err, c.want.err = "", ""
		}
		if got != c.want {
			t.Errorf("base64 %s < %q:\ngot  %+v\nwant %+v", c.args, c.stdin, got, c.want)
		}
	}
}

// The streaming decoder in pieces of any length, beside one that knows only the definition: groups of four.
func TestDecoderPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rounds := 20000
	if testing.Short() {
		rounds = 1000
	}
	for range rounds {
		garbage, raw, url := r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(2) == 0
		in := randomText(r)
		wantOut, wantOK := decodeByDefinition(in, garbage, raw, url)
		alphabet := base64.StdEncoding
		if url {
			alphabet = base64.URLEncoding
		}
		var got memory
		err := inPieces(r, newDecoder(&got, alphabet, garbage, raw), in)
		if !bytes.Equal(got.Bytes(), wantOut) || (err == nil) != wantOK {
			t.Fatalf("garbage %v, raw %v, url %v, %s:\ngot  %q %v\nwant %q %v", garbage, raw, url, excerpt(string(in)), got.Bytes(), err, wantOut, wantOK)
		}
	}
}

// randomText is valid groups for the most part, with newlines, padding and damage mixed in.
func randomText(r *rand.Rand) []byte {
	var b []byte
	for range r.IntN(6) {
		text := encodeLines(string(randomBytes(r, r.IntN(400))), 1+r.IntN(100))
		if r.IntN(3) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		b = append(b, text...)
	}
	for range r.IntN(3) {
		if len(b) == 0 {
			break
		}
		i := r.IntN(len(b))
		switch r.IntN(4) {
		case 0:
			b[i] = byte(r.Uint32())
		case 1:
			b = b[:i]
		case 2:
			b = append(b[:i], b[i+1:]...)
		case 3:
			b[i] = "=\n\r -_+/"[r.IntN(8)]
		}
	}
	return b
}

// A memory is a sink.
type memory struct{ bytes.Buffer }

func (m *memory) direct(p []byte) error {
	m.Write(p)
	return nil
}

// inPieces sends in through t, in pieces of any length.
func inPieces(r *rand.Rand, t transform, in []byte) error {
	for p := bytes.Clone(in); len(p) > 0; {
		n := 1 + r.IntN(len(p))
		if r.IntN(2) == 0 {
			n = min(n, 1+r.IntN(9))
		}
		if err := t.write(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return t.finish()
}

// The streaming encoder in pieces, beside the standard library's encoding of the whole, cut into lines.
func TestEncoderPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		in := randomBytes(r, r.IntN(1000))
		wrap := r.IntN(120)
		want := base64.StdEncoding.EncodeToString(in)
		if wrap > 0 {
			want = encodeLines(string(in), wrap)
		}
		var got memory
		if err := inPieces(r, newEncoder(&got, base64Code{base64.StdEncoding}, wrap), in); err != nil || got.String() != want {
			t.Fatalf("wrap %d, %d bytes: %v\ngot  %q\nwant %q", wrap, len(in), err, got.String(), want)
		}
	}
}

// decodeByDefinition decodes group after group, and a broken one as far as it goes.
func decodeByDefinition(in []byte, garbage, raw, url bool) (out []byte, ok bool) {
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	if url {
		alphabet = alphabet[:62] + "-_"
	}
	var group []byte
	for _, c := range in {
		if c == '\n' || garbage && c != '=' && strings.IndexByte(alphabet, c) < 0 {
			continue
		}
		if group = append(group, c); len(group) < 4 {
			continue
		}
		bits, n := 0, 0
		for n < 4 && strings.IndexByte(alphabet, group[n]) >= 0 {
			bits |= strings.IndexByte(alphabet, group[n]) << (18 - 6*n)
			n++
		}
		out = append(out, []byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}[:n*6/8]...)
		if rest := string(group[n:]); n < 2 || rest != "==="[:4-n] {
			return out, false
		}
		group = group[:0]
	}
	if len(group) == 0 {
		return out, true
	}
	bits, n := 0, 0
	for n < len(group) && strings.IndexByte(alphabet, group[n]) >= 0 {
		bits |= strings.IndexByte(alphabet, group[n]) << (18 - 6*n)
		n++
	}
	out = append(out, []byte{byte(bits >> 16), byte(bits >> 8), byte(bits)}[:n*6/8]...)
	return out, raw && n == len(group) && n >= 2
}

func encodeLines(text string, wrap int) string {
	e := base64.StdEncoding.EncodeToString([]byte(text))
	var b strings.Builder
	for len(e) > 0 {
		n := min(wrap, len(e))
		b.WriteString(e[:n])
		b.WriteByte('\n')
		e = e[n:]
	}
	return b.String()
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// excerpt keeps a failure readable.
func excerpt(s string) string {
	if len(s) <= 400 {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q... (%d bytes) ...%q", s[:200], len(s), s[len(s)-200:])
}
