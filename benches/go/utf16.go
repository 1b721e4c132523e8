package main

import (
	stdutf16 "unicode/utf16"

	"golang.org/x/text/encoding/unicode"

	"github.com/widelane/widelane/go-shim/unicode/utf16"
)

// utf16FromUTF8 and utf16ToUTF8 count bytes of UTF-8.
func utf16FromUTF8(size int) []contender {
	p := mixedText(size)
	s := string(p)
	units := make([]uint16, 0, size)
	coded := make([]byte, 2*size)
	encoder := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()
	return []contender{
		{"widelane", func(n int) {
			for range n {
				units, _ = utf16.AppendFromUTF8(units[:0], p)
				sink += uint64(len(units))
			}
		}},
		{"utf16.Encode", func(n int) {
			for range n {
				sink += uint64(len(stdutf16.Encode([]rune(s))))
			}
		}},
		{"utf16.AppendRune", func(n int) {
			for range n {
				units = units[:0]
				for _, r := range s {
					units = stdutf16.AppendRune(units, r)
				}
				sink += uint64(len(units))
			}
		}},
		{"x/text", func(n int) {
			for range n {
				encoder.Reset()
				written, _, _ := encoder.Transform(coded, p, true)
				sink += uint64(written)
			}
		}},
	}
}

func utf16ToUTF8(size int) []contender {
	units := stdutf16.Encode([]rune(string(mixedText(size))))
	text := make([]byte, 0, 3*size)
	coded := make([]byte, 2*len(units))
	for i, u := range units {
		coded[2*i], coded[2*i+1] = byte(u), byte(u>>8)
	}
	decoder := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	return []contender{
		{"widelane", func(n int) {
			for range n {
				text, _ = utf16.AppendToUTF8(text[:0], units)
				sink += uint64(len(text))
			}
		}},
		{"utf16.Decode", func(n int) {
			for range n {
				sink += uint64(len(string(stdutf16.Decode(units))))
			}
		}},
		{"x/text", func(n int) {
			for range n {
				decoder.Reset()
				written, _, _ := decoder.Transform(text[:cap(text)], coded, true)
				sink += uint64(written)
			}
		}},
	}
}
