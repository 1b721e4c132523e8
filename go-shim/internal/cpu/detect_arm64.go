//go:build gc && !purego && !noasm && !race && !msan && !asan && !openbsd

package cpu

// Names as in Go's runtime. Rust's `aes` is AES with PMULL, its `sha3` is SHA-3 with SHA-512: what comes under one name
// must be there in full.
var known = []feature{
	{name: "aes", has: &ARMAES},
	{name: "crc32", has: &ARMCRC32},
	{name: "sha3", has: &ARMSHA3},
}
