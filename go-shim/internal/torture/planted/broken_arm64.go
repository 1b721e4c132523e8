//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package planted

import "runtime"

const rounding = "FPCR was"

// Conventions are all that can be looked for on this system.
func Conventions(bool) []Broken {
	all := append(broken, Broken{LostFrame, "R29 was"}, Broken{LostG, "R28, was"}, Broken{SavedFrame, "where frame pointers are saved"})
	if runtime.GOOS == "linux" {
		all = append(all, Broken{Platform, "R18 was"})
	}
	return all
}

// LostG loses g.
//
//go:noescape
func LostG(x uint64) (y uint64)

// Platform clobbers the register that belongs to the system.
//
//go:noescape
func Platform(x uint64) (y uint64)

// SavedFrame saves two registers at once below its stack pointer, where its caller's frame pointer is.
//
//go:noescape
func SavedFrame(x uint64) (y uint64)
