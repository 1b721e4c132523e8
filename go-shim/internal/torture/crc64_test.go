package torture

import (
	std "hash/crc64"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/hash/crc64"
)

func init() {
	ours, theirs := crc64.MakeTable(crc64.ECMA), std.MakeTable(std.ECMA)
	table = append(table, row{
		kernel: "crc64_update", unit: 1, align: 1,
		call: func(in, _ []byte) uint64 { return crc64.Update(0x123456789abcdef0, ours, in) },
		want: func(in, _ []byte) uint64 { return std.Update(0x123456789abcdef0, theirs, in) },
		local: func() {
			var buf [300]byte
			sink += crc64.Update(0, ours, buf[:])
		},
		loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
			for i := 0; i < turns && !stop.Load(); i++ {
				sum += crc64.Update(0, ours, in)
			}
			return
		},
	})
}
