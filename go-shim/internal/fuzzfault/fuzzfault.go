// Package fuzzfault puts a fault into fuzz functions that are told to have one: a run that does not find it finds nothing.
package fuzzfault

import "os"

var wanted = os.Getenv("WIDELANE_FUZZ_PLANTED") != ""

// Planted returns 1 for input of more than two bytes that begins with a certain one, if a fault is wanted, and else 0, so
// that a result is wrong once it is added. No seed is such an input. It is one byte only: Go's fuzzer neither sees what is
// compared nor, in an external test, counts branches, so that it is led nowhere.
func Planted(p []byte) int {
	if wanted && len(p) > 2 && p[0] == '!' {
		return 1
	}
	return 0
}
