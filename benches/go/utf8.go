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

// utf8ValidUpTo calls each function by its name, as a user does: through a variable none of them is inlined.
func utf8ValidUpTo(size int) []contender {
	p := mixedText(size)
	if !wide.Valid(p) || !stdutf8.Valid(p) || !utf8.Valid(p) {
		panic("valid text is said to be invalid")
	}
	return []contender{
		{"widelane", func(n int) {
			for range n {
				if wide.Valid(p) {
					sink++
				}
			}
		}},
		{"utf8.Valid", func(n int) {
			for range n {
				if stdutf8.Valid(p) {
					sink++
				}
			}
		}},
		{"segmentio/asm", func(n int) {
			for range n {
				if utf8.Valid(p) {
					sink++
				}
			}
		}},
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
