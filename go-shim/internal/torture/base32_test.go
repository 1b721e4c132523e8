package torture

import (
	std "encoding/base32"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/encoding/base32"
)

func init() {
	table = append(table, row{
		kernel: "base32_encode", unit: 1, align: 1,
		room: std.StdEncoding.EncodedLen,
		call: func(in, out []byte) uint64 {
			base32.StdEncoding.Encode(out, in)
			return 0
		},
		want: func(in, out []byte) uint64 {
			std.StdEncoding.Encode(out, in)
			return 0
		},
		local: func() {
			var dst, src [320]byte
			base32.StdEncoding.Encode(dst[:], src[:200])
			sink += uint64(dst[0])
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				base32.StdEncoding.Encode(out, in)
			}
			return
		},
	}, row{
		kernel: "base32_decode", unit: 8, align: 1,
		fill: func(p []byte) {
			for i, x := range p {
				p[i] = letters[x%26]
			}
		},
		room: func(n int) int { return n / 8 * 5 },
		call: func(in, out []byte) uint64 {
			n, err := base32.StdEncoding.Decode(out, in)
			return outcome(n, err)
		},
		want: func(in, out []byte) uint64 {
			n, err := std.StdEncoding.Decode(out, in)
			return outcome(n, err)
		},
		local: func() {
			var dst [300]byte
			src := [...]byte{103: 'A'}
			for i := range src {
				src[i] = 'A'
			}
			n, _ := base32.StdEncoding.Decode(dst[:], src[:])
			sink += uint64(n)
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				n, _ := base32.StdEncoding.Decode(out, in)
				sum += uint64(n)
			}
			return
		},
	})
}
