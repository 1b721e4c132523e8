package torture

import (
	std "hash/adler32"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/hash/adler32"
)

func init() {
	table = append(table, row{
		kernel: "adler32_update", unit: 1, align: 1,
		call: func(in, _ []byte) uint64 { return uint64(adler32.Checksum(in)) },
		want: func(in, _ []byte) uint64 { return uint64(std.Checksum(in)) },
		local: func() {
			var buf [300]byte
			sink += uint64(adler32.Checksum(buf[:]))
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += uint64(adler32.Checksum(in))
			}
			return
		},
	})
}
