//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd && !ios

package cpu

// detect has nothing to ask: the first Mac on this architecture, with M1, has all of it.
func detect() { ARMAES, ARMCRC32, ARMSHA3 = true, true, true }
