//go:build (msan || asan) && !race

package bytealg

// indexByteGeneric is plain Go, for the sanitizers to see every access: the standard library's is assembly, in which
// they see none.
func indexByteGeneric(p []byte, c byte) int {
	for i, x := range p {
		if x == c {
			return i
		}
	}
	return -1
}
