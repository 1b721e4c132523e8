//go:build goexperiment.simd && amd64 && go1.27

package main

import "simd/archsimd"

func loadWords(p []uint64) archsimd.Uint64x8 { return archsimd.LoadUint64x8(p) }
func loadBytes(p []byte) archsimd.Uint8x64   { return archsimd.LoadUint8x64(p) }

func loadWordsPart(p []uint64) archsimd.Uint64x8 {
	x, _ := archsimd.LoadUint64x8Part(p)
	return x
}

func loadBytesPart(p []byte) archsimd.Uint8x64 {
	x, _ := archsimd.LoadUint8x64Part(p)
	return x
}

func storeWords(x archsimd.Uint64x8, to *[8]uint64) { x.StoreArray(to) }
