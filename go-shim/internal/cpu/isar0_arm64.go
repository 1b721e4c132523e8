//go:build (freebsd || linux) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

// decode sets the features from ID_AA64ISAR0_EL1, whose fields of four bits count upwards.
func decode(isar0 uint64) {
	field := func(low int) uint64 { return isar0 >> low & 15 }
	ARMAES = field(4) >= 2 // 1 is AES without PMULL
	ARMCRC32 = field(16) >= 1
	ARMSHA3 = field(32) >= 1 && field(12) >= 2 // SHA-3, and SHA-512 as SHA2's second step
}

// isar0 reads ID_AA64ISAR0_EL1. Only where the operating system emulates it.
func isar0() uint64
