//go:build goexperiment.simd && amd64 && !go1.27

package main

import "simd/archsimd"

// Go 1.26 spells loads and stores otherwise than Go 1.27, partly with the same names for other types.

func loadWords(p []uint64) archsimd.Uint64x8     { return archsimd.LoadUint64x8Slice(p) }
func loadWordsPart(p []uint64) archsimd.Uint64x8 { return archsimd.LoadUint64x8SlicePart(p) }
func loadBytes(p []byte) archsimd.Uint8x64       { return archsimd.LoadUint8x64Slice(p) }
func loadBytesPart(p []byte) archsimd.Uint8x64   { return archsimd.LoadUint8x64SlicePart(p) }

func storeWords(x archsimd.Uint64x8, to *[8]uint64) { x.Store(to) }
