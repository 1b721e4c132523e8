package main

import (
	"fmt"
	stdutf8 "unicode/utf8"
)

// Table 3-8 of the Unicode standard and the examples around it: what is not well-formed, and up to where.
var utf8Vectors = []struct {
	text  string
	upTo  int
	runes int
}{
	{"a\u00e9\u20ac\U0001f600", 10, 4},
	{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82A", 0, 9},
	{"\xed\xa0\x80\xed\xbf\xbf\xed\xafA", 0, 9},
	{"\xf4\x91\x92\x93\xffA\x80\xbfB", 0, 9},
	{"a\xe1\x80\xe2\xf0\x91\x92\xf1\xbfA", 1, 10},
}

func checkUTF8(c *cases) {
	for _, v := range utf8Vectors {
		for _, before := range []string{"", "......................................................................"} {
			p := []byte(before + v.text)
			input := func() string { return fmt.Sprintf("%q", p) }
			equal(c, utf8ValidUpTo(p), len(before)+v.upTo, input)
			equal(c, utf8RuneCount(p), len(before)+v.runes, input)
		}
	}
	text := utf8Text(longest)
	random := testBytes(longest)
	lengths(func(n, offset int) {
		p := text[offset:][:n]
		equal(c, utf8ValidUpTo(p), validUpTo(p), atOffset(n, offset))
		equal(c, utf8RuneCount(p), stdutf8.RuneCount(p), atOffset(n, offset))
		p = random[offset:][:n]
		equal(c, utf8ValidUpTo(p), validUpTo(p), atOffset(n, offset))
		equal(c, utf8RuneCount(p), stdutf8.RuneCount(p), atOffset(n, offset))
	})
}

// validUpTo finds by the standard library what the kernel finds.
func validUpTo(p []byte) int {
	for at := 0; at < len(p); {
		r, n := stdutf8.DecodeRune(p[at:])
		if r == stdutf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return len(p)
}

// utf8Text is n bytes of valid text, characters of all lengths.
func utf8Text(n int) []byte {
	text := make([]byte, 0, n+stdutf8.UTFMax)
	for _, b := range testBytes(n) {
		text = stdutf8.AppendRune(text, rune(b)<<(b%14))
		if len(text) >= n {
			break
		}
	}
	for i := validUpTo(text[:n]); i < n; i++ {
		text[i] = '.'
	}
	return text[:n]
}
