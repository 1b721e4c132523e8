//go:build !race && !msan && !asan

package bytealg

import "bytes"

// indexByteGeneric is the standard library's, which has something good for every architecture of Go.
func indexByteGeneric(p []byte, c byte) int {
	return bytes.IndexByte(p, c)
}
