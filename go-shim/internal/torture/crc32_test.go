package torture

import (
	std "hash/crc32"
	"sync/atomic"

	"github.com/widelane/widelane/go-shim/hash/crc32"
)

func init() {
	for kernel, poly := range map[string]uint32{
		"crc32_ieee_update":       crc32.IEEE,
		"crc32_castagnoli_update": crc32.Castagnoli,
	} {
		ours, theirs := crc32.MakeTable(poly), std.MakeTable(poly)
		table = append(table, row{
			kernel: kernel, unit: 1, align: 1,
			call: func(in, _ []byte) uint64 { return uint64(crc32.Update(0x12345678, ours, in)) },
			want: func(in, _ []byte) uint64 { return uint64(std.Update(0x12345678, theirs, in)) },
			local: func() {
				var buf [300]byte
				sink += uint64(crc32.Update(0, ours, buf[:]))
			},
			loop: func(stop *atomic.Bool, turns int, in, out []byte) (sum uint64) {
				for i := 0; i < turns && !stop.Load(); i++ {
					sum += uint64(crc32.Update(0, ours, in))
				}
				return
			},
		})
	}
}
