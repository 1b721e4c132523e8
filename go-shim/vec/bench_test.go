package vec_test

import (
	"fmt"
	"testing"

	"github.com/widelane/widelane/go-shim/vec"
)

var sink uint64

// loop is what people write.
func loop(p []uint64) (sum uint64) {
	for _, x := range p {
		sum += x
	}
	return
}

func BenchmarkSum(b *testing.B) {
	for _, n := range []int{2, 8, 9, 16, 32, 128, 1024, 8192, 1 << 21} {
		p := random(n, 1)
		b.Run(fmt.Sprint("loop/", n*8), func(b *testing.B) {
			b.SetBytes(int64(n) * 8)
			for range b.N {
				sink += loop(p)
			}
		})
		b.Run(fmt.Sprint("vec/", n*8), func(b *testing.B) {
			b.SetBytes(int64(n) * 8)
			for range b.N {
				sink += vec.Sum(p)
			}
		})
	}
}

func BenchmarkAdd(b *testing.B) {
	for _, n := range []int{2, 8, 32, 128, 1024, 8192, 1 << 20} {
		dst, x, y := make([]uint64, n), random(n, 1), random(n, 2)
		b.Run(fmt.Sprint("loop/", n*8), func(b *testing.B) {
			b.SetBytes(int64(n) * 8)
			for range b.N {
				for i := range dst {
					dst[i] = x[i] + y[i]
				}
			}
		})
		b.Run(fmt.Sprint("vec/", n*8), func(b *testing.B) {
			b.SetBytes(int64(n) * 8)
			for range b.N {
				vec.Add(dst, x, y)
			}
		})
	}
}
