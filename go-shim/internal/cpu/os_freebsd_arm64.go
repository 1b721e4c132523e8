//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

// detect reads the ID register, which FreeBSD emulates for user programs and reports for all cores together.
func detect() { decode(isar0()) }
