package base32

import (
	"bytes"
	"testing"

	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
)

// Any bytes in any encoding, against the standard library, and back.
func FuzzEncode(f *testing.F) {
	f.Add([]byte("any carnal pleasure"), uint8(0))
	f.Add(bytes.Repeat([]byte{0xfb, 0xef}, 70), uint8(12))
	all := schemes()
	f.Fuzz(func(t *testing.T, src []byte, scheme uint8) {
		s := all[int(scheme)%len(all)]
		want := s.twin.EncodeToString(src)
		kernels.Each(t, func(variant string) {
			got := s.enc.EncodeToString(src)
			if got != want || fuzzfault.Planted(src) != 0 {
				t.Fatalf("%s, planted %d, %s: %q, not %q", variant, fuzzfault.Planted(src), s.name, got, want)
			}
			compareDecode(t, s, []byte(got))
		})
	})
}

// Any text in any encoding: bytes, errors and their offsets as the standard library's, in place too.
func FuzzDecode(f *testing.F) {
	for i, text := range []string{"", "MY======", "MZXQ====", "MZXW6YTB\r\nOI======\n", "MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB*Y======", "========", "MY======MY", "MZ\xff"} {
		f.Add([]byte(text), uint8(i))
	}
	all := schemes()
	f.Fuzz(func(t *testing.T, text []byte, scheme uint8) {
		if fuzzfault.Planted(text) != 0 {
			t.Fatal("planted")
		}
		s := all[int(scheme)%len(all)]
		kernels.Each(t, func(string) { compareDecode(t, s, text) })
	})
}
