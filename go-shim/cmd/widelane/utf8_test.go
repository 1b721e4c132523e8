package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestUTF8(t *testing.T) {
	dir := write(t, map[string]string{
		"good": "naïve\n", "empty": "", "latin1": "first\nna\xefve\n", "cut": "größe\n\n漢\xe6\xbc", "bom": "\ufeffa\xff",
		"high": "\xf4\x90\x80\x80", "over": "/\xe0\x80\xaf", "pair": "\xed\xa0\xbd\xed\xb8\x80", "short": "é\xe2\x82\n", "stray": "\x80",
		"long": strings.Repeat("é", 3<<20) + "\n" + strings.Repeat("漢", 300<<10) + "\xc0\x80", "a\nb": "\xff",
	})
	if err := os.Mkdir(filepath.Join(dir, "dir"), 0o777); err != nil {
		t.Fatal(err)
	}
	const latin1 = "latin1:2:3: byte 8: sequence cut short (ef)\n"
	for _, c := range []struct {
		args  []string
		stdin string
		want  result
	}{
		{[]string{"good", "empty"}, "", result{"", "", 0}},
		{[]string{"-v", "good", "latin1", "empty"}, "", result{"good: OK\n" + latin1 + "empty: OK\n", "", 1}},
		{[]string{"--quiet", "good", "latin1"}, "", result{"", "", 1}},
		{[]string{"-q", "good"}, "", result{"", "", 0}},
		{nil, "é\n\xff", result{"-:2:1: byte 3: byte that is never part of UTF-8 (ff)\n", "", 1}},
		{[]string{"-", "good"}, "fine", result{"", "", 0}},
		{[]string{"cut"}, "", result{"cut:3:2: byte 12: sequence cut off by the end (e6 bc)\n", "", 1}},
		{[]string{"bom"}, "", result{"bom:1:3: byte 4: byte that is never part of UTF-8 (ff)\n", "", 1}},
		{[]string{"high"}, "", result{"high:1:1: byte 0: character above U+10FFFF (f4 90)\n", "", 1}},
		{[]string{"over"}, "", result{"over:1:2: byte 1: longer form than needed (e0 80)\n", "", 1}},
		{[]string{"pair"}, "", result{"pair:1:1: byte 0: surrogate (ed a0)\n", "", 1}},
		{[]string{"short"}, "", result{"short:1:2: byte 2: sequence cut short (e2 82)\n", "", 1}},
		{[]string{"stray"}, "", result{"stray:1:1: byte 0: continuation byte without a beginning (80)\n", "", 1}},
		{[]string{"long"}, "", result{"long:2:307201: byte 7213057: longer form than needed (c0)\n", "", 1}},
		{[]string{"dir", "none", "latin1"}, "", result{
			latin1, "widelane utf8: dir: Is a directory\nwidelane utf8: none: No such file or directory\n", 1}},
		{[]string{"-qv"}, "", result{
			"", "widelane utf8: the --quiet and --verbose options contradict each other\n" +
				"Try 'widelane utf8 --help' for more information.\n", 2}},
	} {
		cmd := program(t, append([]string{"utf8"}, c.args...)...)
		cmd.Dir = dir
		got := capture(t, cmd, strings.NewReader(c.stdin))
		if runtime.GOOS == "windows" {
			got.err, c.want.err = "", ""
		}
		if got != c.want {
			t.Errorf("utf8 %q:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}

// place is where a text goes wrong, by decoding it: -1 if nowhere.
func place(p []byte) (offset, line, column int64) {
	line, column = 1, 1
	for i := 0; i < len(p); {
		r, n := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && n == 1 {
			return int64(i), line, column
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
		i += n
	}
	return -1, line, column
}

// However a text is cut, the same is wrong with it, at the same place.
func checkText(t *testing.T, p []byte, cuts ...int) {
	t.Helper()
	offset, line, column := place(p)
	var whole text
	for _, cuts := range [][]int{nil, cuts} {
		pieces, from := text{line: 1, column: 1}, 0
		var err error
		for _, cut := range append(cuts, len(p)) {
			if cut = min(max(cut, from), len(p)); err == nil {
				err = pieces.write(bytes.Clone(p[from:cut]))
				from = cut
			}
		}
		if err == nil {
			err = pieces.finish()
		}
		if (err == nil) != (offset < 0) || err != nil && (pieces.offset != offset || pieces.line != line || pieces.column != column) {
			t.Fatalf("%x cut at %d: %v, byte %d, line %d, column %d, want %d, %d, %d",
				p, cuts, err, pieces.offset, pieces.line, pieces.column, offset, line, column)
		}
		if whole.what == "" {
			whole = pieces
		}
		if pieces.what != whole.what || !bytes.Equal(pieces.bad, whole.bad) || (err != nil) != (len(pieces.bad) > 0) {
			t.Fatalf("%x cut at %d: %s (% x), want %s (% x)", p, cuts, pieces.what, pieces.bad, whole.what, whole.bad)
		}
	}
}

func TestTextInPieces(t *testing.T) {
	const values = "a\n\x80\x8f\x90\x9f\xa0\xbf\xc0\xc2\xe0\xe2\xed\xf0\xf1\xf4\xf5\xff"
	p := make([]byte, 6)
	for k := range len(values) * len(values) * len(values) * 4 {
		p[0], p[5] = 'a', "a\n\xa0\xff"[k%4]
		for i, rest := 1, k/4; i < 4; i, rest = i+1, rest/len(values) {
			p[i] = values[rest%len(values)]
		}
		p[4] = "\x80\xbf"[k/4%2]
		for cut := range 5 {
			checkText(t, p, cut+1)
		}
		checkText(t, p, 1, 2, 3, 4, 5)
	}
}
