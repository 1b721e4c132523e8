//go:build !linux && !freebsd && !windows && (!darwin || ios) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

// detect assumes nothing where it does not know how to ask.
func detect() {}
