package hex

import (
	"bytes"
	std "encoding/hex"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
)

// Any bytes into any room, against the standard library, and back; and as a dump.
func FuzzEncode(f *testing.F) {
	f.Add([]byte("any carnal pleasure"), uint8(0))
	f.Add(bytes.Repeat([]byte{0xfb, 0xef}, 70), uint8(3))
	f.Fuzz(func(t *testing.T, src []byte, less uint8) {
		want, dump := std.EncodeToString(src), std.Dump(src)
		kernels.Each(t, func(variant string) {
			got := EncodeToString(src)
			if got != want || fuzzfault.Planted(src) != 0 {
				t.Fatalf("%s, planted %d: %q, not %q", variant, fuzzfault.Planted(src), got, want)
			}
			if got := Dump(src); got != dump {
				t.Fatalf("%s: %q, not %q", variant, got, dump)
			}
			compareEncode(t, src, max(0, 2*len(src)-int(less)))
			compareInPlace(t, []byte(got))
		})
	})
}

// Any text into any room: bytes, errors and panics as the standard library's, in place too.
func FuzzDecode(f *testing.F) {
	for i, text := range []string{"", "0", "0g", "666f6F", "6 6f", "abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789x"} {
		f.Add([]byte(text), uint8(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, less uint8) {
		if fuzzfault.Planted(text) != 0 {
			t.Fatal("planted")
		}
		kernels.Each(t, func(string) {
			compareDecode(t, text, max(0, len(text)/2-int(less)))
			compareDecode(t, text, len(text))
			compareInPlace(t, text)
		})
	})
}
