package torture

import (
	"sync/atomic"
	stdutf8 "unicode/utf8"

	"github.com/widelane/widelane/go-shim/unicode/latin1"
)

func init() {
	table = append(table, row{
		kernel: "latin1_from_utf8", unit: 1, align: 1,
		fill: latin,
		// As many bytes as there are: with fewer the function would go elsewhere.
		room: func(n int) int { return n },
		call: func(in, out []byte) uint64 {
			clear(out)
			bytes, err := latin1.AppendFromUTF8(out[:0], in)
			read := len(in)
			switch at := err.(type) {
			case latin1.InvalidUTF8Error:
				read = int(at)
			case latin1.UnsupportedError:
				read = -1 // there is no such character
			}
			return uint64(read)<<32 | uint64(len(bytes))
		},
		want: func(in, out []byte) uint64 {
			clear(out)
			read, written := latinMade(in, out)
			return read<<32 | written
		},
		local: func() {
			var bytes, text [300]byte
			made, _ := latin1.AppendFromUTF8(bytes[:0], text[:200])
			sink += uint64(len(made))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				made, _ := latin1.AppendFromUTF8(out[:0], in)
				sum += uint64(len(made))
			}
			return
		},
	}, row{
		kernel: "latin1_to_utf8", unit: 1, align: 1,
		room: func(n int) int { return 2 * n },
		call: func(in, out []byte) uint64 {
			clear(out)
			return uint64(len(latin1.AppendToUTF8(out[:0:len(out)], in)))
		},
		want: func(in, out []byte) uint64 {
			clear(out)
			return latinText(in, out)
		},
		local: func() {
			var text [400]byte
			var bytes [200]byte
			sink += uint64(len(latin1.AppendToUTF8(text[:0], bytes[:])))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += uint64(len(latin1.AppendToUTF8(out[:0:len(out)], in)))
			}
			return
		},
	})
}

// latin makes random bytes characters up to U+00FF, half of them ASCII.
func latin(p []byte) {
	for at := 0; at < len(p); {
		r := rune(p[at])
		if stdutf8.RuneLen(r) > len(p)-at {
			r = '.'
		}
		at += stdutf8.EncodeRune(p[at:], r)
	}
}

// latinMade fills out with the characters that in begins with, which may begin within one.
func latinMade(in, out []byte) (read, written uint64) {
	for read < uint64(len(in)) {
		r, n := stdutf8.DecodeRune(in[read:])
		if r > 0xff {
			break
		}
		out[written] = byte(r)
		read, written = read+uint64(n), written+1
	}
	return read, written
}

// latinText fills out with what in is in UTF-8, and returns how long that is.
func latinText(in, out []byte) uint64 {
	n := 0
	for _, c := range in {
		n += stdutf8.EncodeRune(out[n:], rune(c))
	}
	return uint64(n)
}
