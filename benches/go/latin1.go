package main

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/widelane/widelane/go-shim/unicode/latin1"
)

// latinText is so many bytes of UTF-8, in which every sixth character is not ASCII. It repeats after 73 bytes, so that the ends
// of vectors come to lie everywhere in it.
func latinText(size int) string {
	const words = "Größe und Maß, naïveté, déjà vu, mañana por la mañana, façade. "
	text := strings.Repeat(words, size/len(words)+1)
	end := size
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + strings.Repeat(".", size-end)
}

// latin1FromUTF8 and latin1ToUTF8 count bytes of UTF-8.
func latin1FromUTF8(size int) []contender {
	s := latinText(size)
	p := []byte(s)
	made := make([]byte, 0, size)
	encoder := charmap.ISO8859_1.NewEncoder()
	return []contender{
		{"widelane", func(n int) {
			for range n {
				made, _ = latin1.AppendFromUTF8(made[:0], p)
				sink += uint64(len(made))
			}
		}},
		{"a loop", func(n int) {
			for range n {
				made = made[:0]
				for _, r := range s {
					if r > 0xff {
						break
					}
					made = append(made, byte(r))
				}
				sink += uint64(len(made))
			}
		}},
		{"x/text", func(n int) {
			for range n {
				encoder.Reset()
				written, _, _ := encoder.Transform(made[:size], p, true)
				sink += uint64(written)
			}
		}},
	}
}

func latin1ToUTF8(size int) []contender {
	p, _ := latin1.EncodeString(latinText(size))
	text := make([]byte, 0, 2*size)
	decoder := charmap.ISO8859_1.NewDecoder()
	return []contender{
		{"widelane", func(n int) {
			for range n {
				text = latin1.AppendToUTF8(text[:0], p)
				sink += uint64(len(text))
			}
		}},
		{"a loop", func(n int) {
			for range n {
				text = text[:0]
				for _, c := range p {
					text = utf8.AppendRune(text, rune(c))
				}
				sink += uint64(len(text))
			}
		}},
		{"x/text", func(n int) {
			for range n {
				decoder.Reset()
				written, _, _ := decoder.Transform(text[:2*size], p, true)
				sink += uint64(written)
			}
		}},
	}
}
