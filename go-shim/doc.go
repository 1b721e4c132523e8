// Package widelane is the root of the Go module of widelane, SIMD kernels that are written once in Rust and travel as
// machine code inside generated Go assembly. The module needs no cgo, no C toolchain and no other module. It has nothing
// to call in this package; import the ones below it.
//
// Drop-in replacements of the standard library's packages, with every exported name, the same values, errors and error
// offsets:
//
//	encoding/base32   kernels for both alphabets; nothing is written behind what was valid
//	encoding/base64   kernels for the standard and URL alphabets; line breaks stay fast
//	encoding/hex      kernels for both directions; nothing is written behind what was valid
//	hash/adler32      the checksum of zlib streams
//	hash/crc32        kernels for the IEEE and Castagnoli polynomials
//	hash/crc64        kernels for every polynomial
//	unicode/utf16     and kernels between UTF-16 and UTF-8
//	unicode/utf8      kernels for validation and counting
//
// Packages of its own:
//
//	asmcall           C functions called by address, without cgo
//	bytealg           byte search
//	cgocall           the same functions over cgo
//	cpu               features found, kernels with their variants, which one serves, and a way to force another
//	unicode/latin1    Latin-1 to and from UTF-8
//	vec               arithmetic over integer slices
//	xxh3              XXH3 hashes of 64 and 128 bits
//
// And a command, cmd/widelane: checksums and base64 on the command line, a self-test of every variant, and a benchmark
// of this machine against the standard library.
//
// # Where kernels run
//
// On amd64 and arm64, in builds by the gc compiler. The CPU is asked once, when the program starts, and each call reaches
// the best variant that it can run. Elsewhere portable Go code gives the same results: on other architectures, on OpenBSD
// (constants lie in the text, which is not readable there), under -race, -msan and -asan (which see nothing of what
// assembly does), and with the build tag purego or noasm.
//
// GOAMD64=v3 or v4 settles at build time what the level guarantees. GODEBUG=cpu.avx512=off, or another name that
// [github.com/widelane/widelane/go-shim/cpu.Features] lists, switches features off in one run.
package widelane
