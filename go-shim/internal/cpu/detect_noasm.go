//go:build !(gc && (amd64 || arm64) && !purego && !noasm && !race && !msan && !asan && !openbsd)

package cpu

var known []feature

func detect() {}
