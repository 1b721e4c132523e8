package bytealg_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
	"github.com/widelane/widelane/go-shim/internal/variants"
)

var kernel = variants.Set{"bytealg_index_byte"}

// The only hit at each position of each length, among neighbours one below and one above, with hits outside.
func TestEveryPosition(t *testing.T) {
	kernel.Run(t, func(t *testing.T) {
		for _, c := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			for _, other := range []byte{c - 1, c + 1} {
				for n := range 300 {
					memory := bytes.Repeat([]byte{other}, n+2)
					memory[0], memory[n+1] = c, c
					p := memory[1 : n+1]
					if got := bytealg.IndexByte(p, c); got != -1 {
						t.Fatalf("%#x among %d of %#x: %d", c, n, other, got)
					}
					for i := n - 1; i >= 0; i-- { // later hits stay
						p[i] = c
						if got := bytealg.IndexByte(p, c); got != i {
							t.Fatalf("%#x at %d of %d: %d", c, i, n, got)
						}
					}
				}
			}
		}
	})
}

// Around the cuts that long input is made at.
func TestLong(t *testing.T) {
	kernel.Run(t, func(t *testing.T) {
		p := make([]byte, 3<<16+5)
		for _, n := range []int{1<<16 - 1, 1 << 16, 1<<16 + 1, 2 << 16, len(p)} {
			if got := bytealg.IndexByte(p[:n], 1); got != -1 {
				t.Errorf("absent from %d: %d", n, got)
			}
			for _, i := range []int{0, 63, 1<<16 - 1, 1 << 16, 1<<16 + 1, 2<<16 - 1, 2 << 16, n - 1} {
				if i >= n {
					continue
				}
				p[i] = 1
				if got := bytealg.IndexByte(p[:n], 1); got != i {
					t.Errorf("at %d of %d: %d", i, n, got)
				}
				p[i] = 0
			}
		}
	})
}

func TestEmpty(t *testing.T) {
	kernel.Run(t, func(t *testing.T) {
		for _, p := range [][]byte{nil, {}, make([]byte, 0, 100)} {
			if got := bytealg.IndexByte(p, 0); got != -1 {
				t.Errorf("in nothing: %d", got)
			}
		}
		if got := bytealg.IndexByteString("", 0); got != -1 {
			t.Errorf("in no string: %d", got)
		}
	})
}

func FuzzIndexByte(f *testing.F) {
	f.Add([]byte("widelane"), byte('e'))
	f.Fuzz(func(t *testing.T, p []byte, c byte) {
		kernel.Each(t, func(variant string) {
			if got, want := bytealg.IndexByte(p, c)+fuzzfault.Planted(p), bytes.IndexByte(p, c); got != want {
				t.Errorf("%s, planted %d: %d, want %d", variant, fuzzfault.Planted(p), got, want)
			}
			if got, want := bytealg.IndexByteString(string(p), c), strings.IndexByte(string(p), c); got != want {
				t.Errorf("%s, string: %d, want %d", variant, got, want)
			}
		})
	})
}

func ExampleIndexByte() {
	fmt.Println(bytealg.IndexByte([]byte("widelane"), 'e'), bytealg.IndexByte([]byte("widelane"), 'x'))
	// Output: 3 -1
}

func ExampleIndexByteString() {
	fmt.Println(bytealg.IndexByteString("widelane", 'l'))
	// Output: 4
}

var sink int

func BenchmarkIndexByte(b *testing.B) {
	for _, n := range []int{1, 8, 16, 32, 64, 128, 256, 1024, 8192, 65536, 1 << 20} {
		p := bytes.Repeat([]byte{2}, n)
		b.Run(fmt.Sprint("bytes/", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for range b.N {
				sink += bytes.IndexByte(p, 1)
			}
		})
		b.Run(fmt.Sprint("bytealg/", n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for range b.N {
				sink += bytealg.IndexByte(p, 1)
			}
		})
	}
}
