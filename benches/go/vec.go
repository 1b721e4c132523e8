package main

import (
	"bytes"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/vec"
)

// Peers that an ordinary build does not have; archsimd.go adds to them.
type (
	sumPeer struct {
		name string
		sum  func(p []uint64) uint64
	}
	findPeer struct {
		name string
		find func(p []byte, c byte) int
	}
)

var (
	sumPeers  []sumPeer
	findPeers []findPeer
)

func words(size int) []uint64 {
	p := make([]uint64, size/8)
	for i := range p {
		p[i] = uint64(i) * 0x9e3779b97f4a7c15
	}
	return p
}

// vecSum and vecAdd have no contenders for a length that is no number of elements.
func vecSum(size int) []contender {
	if size%8 != 0 {
		return nil
	}
	p := words(size)
	contenders := []contender{
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
	for _, peer := range sumPeers {
		if peer.sum(p) != vec.Sum(p) {
			panic(peer.name + " sums otherwise")
		}
		contenders = append(contenders, contender{peer.name, func(n int) {
			for range n {
				sink += peer.sum(p)
			}
		}})
	}
	return contenders
}

func vecAdd(size int) []contender {
	if size%8 != 0 {
		return nil
	}
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
	contenders := []contender{
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
	for _, peer := range findPeers {
		if peer.find(p, 'b') != -1 || peer.find(p, 'a') != 0 {
			panic(peer.name + " finds otherwise")
		}
		contenders = append(contenders, contender{peer.name, func(n int) {
			for range n {
				sink += uint64(peer.find(p, 'b'))
			}
		}})
	}
	return contenders
}
