//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package probe

// empty is what a call of assembly costs, at the least: the yardstick of nothing.
//
//go:noescape
func empty(p []byte, x uint64)

// bare is nothing as one would write it by hand.
//
//go:noescape
func bare(p []byte, x uint64) (ret uint64)
