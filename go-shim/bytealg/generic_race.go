//go:build race

package bytealg

import (
	"bytes"
	"runtime"
	"unsafe"
)

// indexByteGeneric tells the race detector which bytes were looked at, since it does not see into the standard library's
// assembly. A loop would not do: the detector remembers four accesses to eight bytes, so that most of eight reads of one
// byte each are forgotten before another goroutine's write comes.
func indexByteGeneric(p []byte, c byte) int {
	i := bytes.IndexByte(p, c)
	looked := i + 1
	if i < 0 {
		looked = len(p)
	}
	if looked > 0 {
		runtime.RaceReadRange(unsafe.Pointer(unsafe.SliceData(p)), looked)
	}
	return i
}
