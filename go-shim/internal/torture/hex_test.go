package torture

import (
	std "encoding/hex"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/encoding/hex"
)

func init() {
	table = append(table, row{
		kernel: "hex_encode", unit: 1, align: 1,
		room: std.EncodedLen,
		call: func(in, out []byte) uint64 { return uint64(hex.Encode(out, in)) },
		want: func(in, out []byte) uint64 { return uint64(std.Encode(out, in)) },
		local: func() {
			var dst, src [300]byte
			sink += uint64(hex.Encode(dst[:], src[:150]))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += uint64(hex.Encode(out, in))
			}
			return
		},
	}, row{
		kernel: "hex_decode", unit: 2, align: 1,
		fill: func(p []byte) {
			for i, x := range p {
				p[i] = "0123456789abcdefABCDEF"[x%22]
			}
		},
		room: std.DecodedLen,
		call: func(in, out []byte) uint64 {
			n, err := hex.Decode(out, in)
			return outcome(n, err)
		},
		want: func(in, out []byte) uint64 {
			n, err := std.Decode(out, in)
			return outcome(n, err)
		},
		local: func() {
			var dst [300]byte
			src := [...]byte{199: 'A'}
			for i := range src {
				src[i] = 'A'
			}
			n, _ := hex.Decode(dst[:], src[:])
			sink += uint64(n)
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				n, _ := hex.Decode(out, in)
				sum += uint64(n)
			}
			return
		},
	})
}
