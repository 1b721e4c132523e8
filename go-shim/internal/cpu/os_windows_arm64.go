//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

import "syscall"

// Numbers of IsProcessorFeaturePresent, from winnt.h.
const (
	pfARMv8Crypto = 30 // AES and PMULL, SHA-1, SHA-256
	pfARMv8CRC32  = 31
)

// detect asks the system. SHA-3 got its number late, and an older system answers no: nothing is assumed.
func detect() {
	present := syscall.NewLazyDLL("kernel32.dll").NewProc("IsProcessorFeaturePresent")
	if present.Find() != nil {
		return
	}
	has := func(feature uintptr) bool {
		yes, _, _ := present.Call(feature)
		return yes != 0
	}
	ARMAES, ARMCRC32 = has(pfARMv8Crypto), has(pfARMv8CRC32)
}
