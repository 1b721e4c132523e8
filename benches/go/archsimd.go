//go:build goexperiment.simd && amd64

package main

import (
	"math/bits"
	"simd/archsimd"
)

// The same kernels as Go's own SIMD package has them written, by hand and with as many accumulators as ours. Built with
// GOEXPERIMENT=simd only.
func init() {
	if !archsimd.X86.AVX512() {
		return
	}
	sumPeers = append(sumPeers, sumPeer{"archsimd", sumAVX512})
	findPeers = append(findPeers, findPeer{"archsimd", indexByteAVX512})
}

func sumAVX512(p []uint64) uint64 {
	var a, b, c, d archsimd.Uint64x8
	for len(p) >= 32 {
		a = a.Add(loadWords(p))
		b = b.Add(loadWords(p[8:]))
		c = c.Add(loadWords(p[16:]))
		d = d.Add(loadWords(p[24:]))
		p = p[32:]
	}
	for len(p) >= 8 {
		a = a.Add(loadWords(p))
		p = p[8:]
	}
	if len(p) > 0 {
		b = b.Add(loadWordsPart(p))
	}
	var lanes [8]uint64
	storeWords(a.Add(b).Add(c.Add(d)), &lanes)
	var sum uint64
	for _, x := range lanes {
		sum += x
	}
	return sum
}

func indexByteAVX512(p []byte, c byte) int {
	needle := archsimd.BroadcastUint8x64(c)
	i := 0
	for ; len(p)-i >= 256; i += 256 {
		h0 := loadBytes(p[i:]).Equal(needle)
		h1 := loadBytes(p[i+64:]).Equal(needle)
		h2 := loadBytes(p[i+128:]).Equal(needle)
		h3 := loadBytes(p[i+192:]).Equal(needle)
		if h0.Or(h1).Or(h2.Or(h3)).ToBits() != 0 {
			break
		}
	}
	for ; len(p)-i >= 64; i += 64 {
		if hits := loadBytes(p[i:]).Equal(needle).ToBits(); hits != 0 {
			return i + bits.TrailingZeros64(hits)
		}
	}
	if rest := p[i:]; len(rest) > 0 {
		hits := loadBytesPart(rest).Equal(needle).ToBits()
		if at := bits.TrailingZeros64(hits); at < len(rest) {
			return i + at
		}
	}
	return -1
}
