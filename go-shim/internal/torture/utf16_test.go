package torture

import (
	"encoding/binary"
	"sync/atomic"
	stdutf16 "unicode/utf16"
	stdutf8 "unicode/utf8"
	"unsafe"

	"github.com/widelane/widelane/go-shim/unicode/utf16"
)

func init() {
	table = append(table, row{
		kernel: "utf16_from_utf8", unit: 1, align: 1,
		fill: textual,
		// As many units as bytes: with fewer the function would go elsewhere.
		room: func(n int) int { return 2 * n },
		call: func(in, out []byte) uint64 {
			clear(out)
			units, err := utf16.AppendFromUTF8(halves(out)[:0], in)
			read := len(in)
			if invalid, ok := err.(utf16.InvalidUTF8Error); ok {
				read = int(invalid)
			}
			return uint64(read)<<32 | uint64(len(units))
		},
		want: func(in, out []byte) uint64 {
			clear(out)
			read, written := unitsMade(in, out)
			return read<<32 | written
		},
		local: func() {
			var units [300]uint16
			var text [200]byte
			made, _ := utf16.AppendFromUTF8(units[:0], text[:])
			sink += uint64(len(made))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			units := halves(out)
			for i := 0; i < turns && !stop.Load(); i++ {
				made, _ := utf16.AppendFromUTF8(units[:0], in)
				sum += uint64(len(made))
			}
			return
		},
	}, row{
		kernel: "utf16_to_utf8", unit: 2, align: 2,
		fill: paired,
		room: func(n int) int { return n / 2 * 3 },
		call: func(in, out []byte) uint64 {
			clear(out)
			text, err := utf16.AppendToUTF8(out[:0], halves(in))
			return outcome(len(text), err)
		},
		want: func(in, out []byte) uint64 {
			clear(out)
			return uint64(copy(out, string(stdutf16.Decode(halves(in)))))
		},
		local: func() {
			var text [600]byte
			var units [200]uint16
			made, _ := utf16.AppendToUTF8(text[:0], units[:])
			sink += uint64(len(made))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			units := halves(in)
			for i := 0; i < turns && !stop.Load(); i++ {
				made, _ := utf16.AppendToUTF8(out[:0], units)
				sum += uint64(len(made))
			}
			return
		},
	})
}

// unitsMade fills out with the units of what is valid at the start of in, which may begin within a character.
func unitsMade(in, out []byte) (read, written uint64) {
	read = upTo(in)
	units := stdutf16.Encode([]rune(string(in[:read])))
	for i, u := range units {
		binary.NativeEndian.PutUint16(out[2*i:], u)
	}
	return read, uint64(len(units))
}

// halves returns the bytes as numbers of 16 bits of the machine's order, as [words] does.
func halves(p []byte) []uint16 {
	h := header{unsafe.Pointer(unsafe.SliceData(p)), len(p) / 2, len(p) / 2}
	return *(*[]uint16)(unsafe.Pointer(&h))
}

// paired makes random bytes valid UTF-16 that stays so from any unit on: characters of one unit, half of them ASCII.
func paired(p []byte) {
	for i := 0; i+1 < len(p); i += 2 {
		u := binary.NativeEndian.Uint16(p[i:])
		if stdutf16.IsSurrogate(rune(u)) || u&1 == 0 {
			u &= stdutf8.RuneSelf - 1
		}
		binary.NativeEndian.PutUint16(p[i:], u)
	}
}
