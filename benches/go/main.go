// Command go measures the Go module beside Go's standard library and its peers, in one process. It prints CSV, of which
// `cargo xtask bench` makes tables.
package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
)

// Bytes of input, from a short header to more than the caches hold.
var sizes = []int{16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20, 16 << 20}

type bench struct {
	family, kernel string
	contenders     func(size int) []contender
}

var benches = []bench{
	{"adler32", "update", adler32Update},
	{"crc32", "ieee_update", crc32IEEE},
	{"crc32", "castagnoli_update", crc32Castagnoli},
	{"crc64", "update", crc64Update},
	{"base32", "encode", base32Encode},
	{"base32", "decode", base32Decode},
	{"base32", "decode_lines", base32DecodeLines},
	{"base64", "encode", base64Encode},
	{"base64", "decode", base64Decode},
	{"base64", "decode_mime", base64DecodeMIME},
	{"hex", "encode", hexEncode},
	{"hex", "decode", hexDecode},
	{"vec", "sum", vecSum},
	{"vec", "add", vecAdd},
	{"bytealg", "index_byte", indexByte},
	{"xxh3", "digest", xxh3Digest},
	{"xxh3", "digest_128", xxh3Digest128},
	{"xxh3", "accumulate", xxh3Accumulate},
	{"latin1", "from_utf8", latin1FromUTF8},
	{"latin1", "to_utf8", latin1ToUTF8},
	{"utf16", "from_utf8", utf16FromUTF8},
	{"utf16", "to_utf8", utf16ToUTF8},
	{"utf8", "valid_up_to", utf8ValidUpTo},
	{"utf8", "rune_count", utf8RuneCount},
}

// short is the longest of short inputs: with --short every length up to it is measured.
const short = 256

// main runs the families and kernels named on the command line, or all of them.
func main() {
	runtime.LockOSThread()
	debug.SetGCPercent(-1)
	isShort := len(os.Args) > 1 && os.Args[1] == "--short"
	if isShort {
		os.Args = slices.Delete(os.Args, 1, 2)
		beShort()
	}
	chosen := slices.DeleteFunc(benches, func(b bench) bool {
		wanted := func(name string) bool { return name == b.family || name == b.family+"_"+b.kernel }
		return len(os.Args) > 1 && !slices.ContainsFunc(os.Args[1:], wanted)
	})
	if isShort {
		for i, rows := range lengths(chosen, short) {
			for size := range rows {
				chosen[i].print(size, rows[size])
			}
		}
		return
	}
	for _, b := range chosen {
		for _, size := range sizes {
			b.print(size, measure(size, b.contenders(size)))
			if size > short {
				runtime.GC()
			}
		}
	}
}

func (b bench) print(size int, rows []row) {
	for _, r := range rows {
		fmt.Printf("go,%s,%s,%s,%d,%.3f,%.4f\n", b.family, b.kernel, r.name, size, r.ns, r.ratio)
	}
}

// randomBytes has no structure and is the same in every run.
func randomBytes(n int) []byte {
	p := make([]byte, n)
	chacha := rand.NewChaCha8([32]byte{})
	chacha.Read(p)
	return p
}
