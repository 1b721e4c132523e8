package main

import (
	"fmt"
	"slices"
	stdutf8 "unicode/utf8"

	"github.com/widelane/widelane/go-shim/unicode/latin1"
)

// ISO/IEC 8859-1: its first and last characters, and the least and greatest that are not ASCII; what stands behind is no
// character of it.
var latin1Vectors = []struct {
	text  string
	bytes []byte
	err   error
}{
	{"\x00\x7f\u0080\u00a0\u00bf\u00c0\u00ff", []byte{0x00, 0x7f, 0x80, 0xa0, 0xbf, 0xc0, 0xff}, nil},
	{"na\u00efve\u20ac", []byte{'n', 'a', 0xef, 'v', 'e'}, latin1.UnsupportedError(6)},
	{"\u00e9\u0100", []byte{0xe9}, latin1.UnsupportedError(2)},
	{"\u00e9\xc3", []byte{0xe9}, latin1.InvalidUTF8Error(2)},
	{"\xc1\x80", nil, latin1.InvalidUTF8Error(0)},
}

func checkLatin1(c *cases) {
	for _, v := range latin1Vectors {
		input := func() string { return fmt.Sprintf("%q", v.text) }
		bytes, err := latin1From(nil, []byte(v.text))
		equal(c, fmt.Sprint(bytes), fmt.Sprint(v.bytes), input)
		equal(c, errorText(err), errorText(v.err), input)
		equal(c, string(latin1To(nil, v.bytes)), latin1Text(v.bytes), input)
	}
	l := latin1Check{c: c, random: testBytes(longest)}
	l.text = make([]byte, 0, 2*longest+fenceUnits)
	l.back = make([]byte, 0, 2*longest+fenceUnits)
	lengths(l.one)
}

// latin1Text is what p is in UTF-8, by the standard library.
func latin1Text(p []byte) string {
	text := make([]byte, 0, 2*len(p))
	for _, c := range p {
		text = stdutf8.AppendRune(text, rune(c))
	}
	return string(text)
}

// latin1Check compares with the standard library.
type latin1Check struct {
	c                  *cases
	random, text, back []byte
}

// one converts random bytes and what comes of them back, the second time with a character that is none of Latin-1 at a
// place that depends on the length.
func (l *latin1Check) one(n, offset int) {
	p := l.random[offset:][:n]
	want := latin1Text(p)
	room := fenced(l.text, len(want))
	text := latin1To(l.text[:0:len(want)], p)
	equal(l.c, string(text), want, atOffset(n, offset))
	l.intact(room, "text", n, offset)
	equal(l.c, latin1.UTF8Len(p), len(want), atOffset(n, offset))
	l.backAgain(text, p, nil, n, offset)
	if n == 0 {
		return
	}
	upTo := n * 5 / 8
	at := len(latin1Text(p[:upTo]))
	bad := append(slices.Clone(text[:at]), "\u0100 and so on"...)
	l.backAgain(bad, p[:upTo], latin1.UnsupportedError(at), n, offset)
}

func (l *latin1Check) backAgain(text, want []byte, wantErr error, n, offset int) {
	room := fenced(l.back, len(want))
	bytes, err := latin1From(l.back[:0], text)
	equal(l.c, errorText(err), errorText(wantErr), atOffset(n, offset))
	equal(l.c, slices.Equal(bytes, want), true, atOffset(n, offset))
	l.intact(room, "characters", n, offset)
}

// fenced marks what is behind n elements of room, and returns it.
func fenced(room []byte, n int) []byte {
	behind := room[n : n+fenceUnits]
	for i := range behind {
		behind[i] = fence
	}
	return behind
}

func (l *latin1Check) intact(behind []byte, what string, n, offset int) {
	whole := !slices.ContainsFunc(behind, func(b byte) bool { return b != fence })
	equal(l.c, whole, true, func() string { return "bytes behind the " + what + ", " + atOffset(n, offset)() })
}
