package main

import (
	"bytes"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/vec"
)

func words(size int) []uint64 {
	p := make([]uint64, size/8)
	for i := range p {
		p[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	return p
}

func vecSum(size int) []contender {
	p := words(size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += vec.Sum(p)
			}
		}},
		{"loop", func(n int) {
			for range n {
				var sum uint64
				for _, x := range p {
					sum += x
				}
				sink += sum
			}
		}},
	}
}

func vecAdd(size int) []contender {
	dst, a, b := words(size), words(size), words(size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				vec.Add(dst, a, b)
			}
		}},
		{"loop", func(n int) {
			for range n {
				for i := range dst {
					dst[i] = a[i] + b[i]
				}
			}
		}},
	}
}

// The byte is absent, so both read everything.
func indexByte(size int) []contender {
	p := bytes.Repeat([]byte{'a'}, size)
	return []contender{
		{"widelane", func(n int) {
			for range n {
				sink += uint64(bytealg.IndexByte(p, 'b'))
			}
		}},
		{"bytes.IndexByte", func(n int) {
			for range n {
				sink += uint64(bytes.IndexByte(p, 'b'))
			}
		}},
	}
}
