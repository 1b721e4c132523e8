package main

import (
	"fmt"
	"slices"
	stdutf16 "unicode/utf16"

	"github.com/widelane/widelane/go-shim/unicode/utf16"
)

// Unicode standard, table 3-4 and section 3.9; what stands behind is not valid.
var utf16Vectors = []struct {
	text  string
	units []uint16
	upTo  int
}{
	{"M\u0430\u4e8c\U00010302", []uint16{0x004d, 0x0430, 0x4e8c, 0xd800, 0xdf02}, 10},
	{"a\U0010ffff\xed\xa0\x80", []uint16{0x61, 0xdbff, 0xdfff}, 5},
	{"\u00e9\xf0\x9f\x98", []uint16{0xe9}, 2},
	{"\xc0\x80", nil, 0},
}

func checkUTF16(c *cases) {
	for _, v := range utf16Vectors {
		input := func() string { return fmt.Sprintf("%q", v.text) }
		units, err := utf16From(nil, []byte(v.text))
		equal(c, fmt.Sprint(units), fmt.Sprint(v.units), input)
		equal(c, errorText(err), invalidAt(v.upTo, len(v.text)), input)
		text, err := utf16To(nil, append(v.units, 0xdc00))
		equal(c, string(text), v.text[:v.upTo], input)
		equal(c, errorText(err), utf16.UnpairedError(len(v.units)).Error(), input)
	}
	u := utf16Check{c: c, text: utf8Text(longest), random: testBytes(longest)}
	u.units, u.back = make([]uint16, 0, longest+fenceUnits), make([]byte, 0, 3*longest+fenceUnits)
	lengths(u.one)
}

// fenceUnits is how many elements behind the output are looked at.
const fenceUnits = 40

func invalidAt(upTo, n int) string {
	if upTo == n {
		return errorText(nil)
	}
	return utf16.InvalidUTF8Error(upTo).Error()
}

// utf16Check compares with the standard library.
type utf16Check struct {
	c            *cases
	text, random []byte
	units        []uint16
	back         []byte
}

func (u *utf16Check) one(n, offset int) {
	u.there(u.text[offset:][:n], n, offset)
	if offset%8 == 0 || n > dense {
		u.there(u.random[offset:][:n], n, offset)
	}
}

// there converts p and what comes of it back.
func (u *utf16Check) there(p []byte, n, offset int) {
	upTo := validUpTo(p)
	want := stdutf16.Encode([]rune(string(p[:upTo])))
	units, err := utf16From(u.units[:0], p)
	equal(u.c, errorText(err), invalidAt(upTo, n), atOffset(n, offset))
	equal(u.c, slices.Equal(units, want), true, atOffset(n, offset))
	// Again with one that has no partner, at a place that depends on the length.
	whole := len(units)
	if whole > 0 {
		whole = whole * 5 / 8
		units[whole] = 0xdc00
		if whole > 0 && units[whole-1]&0xfc00 == 0xd800 {
			units[whole-1] = 'a'
		}
	}
	u.backAgain(units, len(units), whole, n, offset)
}

func (u *utf16Check) backAgain(units []uint16, all, upTo, n, offset int) {
	want := string(stdutf16.Decode(units[:upTo]))
	room := u.back[:len(want)+fenceUnits]
	for i := range room {
		room[i] = fence
	}
	text, err := utf16To(u.back[:0], units)
	message := errorText(nil)
	if upTo < all {
		message = utf16.UnpairedError(upTo).Error()
	}
	equal(u.c, errorText(err), message, atOffset(n, offset))
	equal(u.c, string(text), want, atOffset(n, offset))
	untouched := !slices.ContainsFunc(room[len(want):], func(b byte) bool { return b != fence })
	equal(u.c, untouched, true, func() string { return "bytes behind the text, " + atOffset(n, offset)() })
}
