package main

import (
	"strings"
	stdutf8 "unicode/utf8"

	"github.com/segmentio/asm/utf8"
	wide "github.com/widelane/widelane/go-shim/unicode/utf8"
)

// mixedText has characters of all lengths, often changing, and is valid.
func mixedText(size int) []byte {
	text := strings.Repeat("Some text, größer, длинный, 漢字かな, 😀. ", size/40+1)
	p := []byte(text[:size])
	for i := size - 1; i >= 0 && !stdutf8.Valid(p); i-- {
		p[i] = '.'
	}
	return p
}

func utf8ValidUpTo(size int) []contender {
	p := mixedText(size)
	valid := func(name string, f func([]byte) bool) contender {
		if !f(p) {
			panic(name + " says that the text is invalid")
		}
		return contender{name, func(n int) {
			for range n {
				if f(p) {
					sink++
				}
			}
		}}
	}
	return []contender{
		valid("widelane", wide.Valid),
		valid("utf8.Valid", stdutf8.Valid),
		valid("segmentio/asm", utf8.Valid),
	}
}

func utf8RuneCount(size int) []contender {
	p := mixedText(size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += uint64(wide.RuneCount(p))
			}
		}},
		{"utf8.RuneCount", func(n int) {
			for range n {
				sink += uint64(stdutf8.RuneCount(p))
			}
		}},
	}
}
