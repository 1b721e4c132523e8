package main

import (
	"bytes"

	stdbase32 "encoding/base32"
	stdbase64 "encoding/base64"
	stdhex "encoding/hex"
	stdadler32 "hash/adler32"
	stdcrc32 "hash/crc32"
	stdcrc64 "hash/crc64"
	"hash/maphash"
	"strings"
	stdutf16 "unicode/utf16"
	stdutf8 "unicode/utf8"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/encoding/base32"
	"github.com/widelane/widelane/go-shim/encoding/base64"
	"github.com/widelane/widelane/go-shim/encoding/hex"
	"github.com/widelane/widelane/go-shim/hash/adler32"
	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/unicode/latin1"
	"github.com/widelane/widelane/go-shim/unicode/utf16"
	"github.com/widelane/widelane/go-shim/unicode/utf8"
	"github.com/widelane/widelane/go-shim/vec"
	"github.com/widelane/widelane/go-shim/xxh3"
)

// contests has a row per benchmark, in the order of the families' names.
var contests = []contest{
	{"adler32", "Adler-32", "adler32_update", "hash/adler32", contestAdler32},
	{"base32", "base32 encode", "base32_encode", "encoding/base32", contestBase32Encode},
	{"base32", "base32 decode", "base32_decode", "encoding/base32", contestBase32Decode},
	{"base64", "base64 encode", "base64_encode", "encoding/base64", contestEncode},
	{"base64", "base64 decode", "base64_decode", "encoding/base64", contestDecode},
	{"base64", "base64 decode in lines of 76", "base64_decode", "encoding/base64", contestDecodeLines},
	{"bytealg", "IndexByte", "bytealg_index_byte", "bytes", contestIndexByte},
	{"crc32", "CRC-32", "crc32_ieee_update", "hash/crc32", contestIEEE},
	{"crc32", "CRC-32C", "crc32_castagnoli_update", "hash/crc32", contestCastagnoli},
	{"crc64", "CRC-64", "crc64_update", "hash/crc64", contestECMA},
	{"hex", "hex encode", "hex_encode", "encoding/hex", contestHexEncode},
	{"hex", "hex decode", "hex_decode", "encoding/hex", contestHexDecode},
	{"latin1", "UTF-8 to Latin-1", "latin1_from_utf8", "a loop", contestFromLatin},
	{"latin1", "Latin-1 to UTF-8", "latin1_to_utf8", "a loop", contestToLatin},
	{"utf16", "UTF-8 to UTF-16", "utf16_from_utf8", "unicode/utf16", contestFromUTF8},
	{"utf16", "UTF-16 to UTF-8", "utf16_to_utf8", "unicode/utf16", contestToUTF8},
	{"utf8", "Valid, mixed text", "utf8_valid_up_to", "unicode/utf8", contestValid},
	{"utf8", "RuneCount, mixed text", "utf8_rune_count", "unicode/utf8", contestRuneCount},
	{"vec", "Sum", "vec_sum", "a loop", contestSum},
	{"vec", "Add", "vec_add", "a loop", contestAdd},
	{"xxh3", "XXH3", "xxh3_digest", "hash/maphash", contestXXH3},
}

// Results go here, so that no compiler can leave the work away.
var (
	resultBool bool
	result32   uint32
	result64   uint64
	resultInt  int
)

func contestAdler32(size int) (ours, theirs side) {
	p := testBytes(size)
	return func(n int) {
			for range n {
				result32 = adler32.Checksum(p)
			}
		}, func(n int) {
			for range n {
				result32 = stdadler32.Checksum(p)
			}
		}
}

func contestIEEE(size int) (ours, theirs side) {
	p := testBytes(size)
	return func(n int) {
			for range n {
				result32 = crc32.ChecksumIEEE(p)
			}
		}, func(n int) {
			for range n {
				result32 = stdcrc32.ChecksumIEEE(p)
			}
		}
}

func contestCastagnoli(size int) (ours, theirs side) {
	p := testBytes(size)
	a, b := crc32.MakeTable(crc32.Castagnoli), stdcrc32.MakeTable(stdcrc32.Castagnoli)
	return func(n int) {
			for range n {
				result32 = crc32.Checksum(p, a)
			}
		}, func(n int) {
			for range n {
				result32 = stdcrc32.Checksum(p, b)
			}
		}
}

func contestECMA(size int) (ours, theirs side) {
	p := testBytes(size)
	a, b := crc64.MakeTable(crc64.ECMA), stdcrc64.MakeTable(stdcrc64.ECMA)
	return func(n int) {
			for range n {
				result64 = crc64.Checksum(p, a)
			}
		}, func(n int) {
			for range n {
				result64 = stdcrc64.Checksum(p, b)
			}
		}
}

func contestBase32Encode(size int) (ours, theirs side) {
	p := testBytes(size)
	out := make([]byte, stdbase32.StdEncoding.EncodedLen(size))
	return func(n int) {
			for range n {
				base32.StdEncoding.Encode(out, p)
			}
		}, func(n int) {
			for range n {
				stdbase32.StdEncoding.Encode(out, p)
			}
		}
}

func contestBase32Decode(size int) (ours, theirs side) {
	text := stdbase32.StdEncoding.AppendEncode(nil, testBytes(size))
	out := make([]byte, stdbase32.StdEncoding.DecodedLen(len(text)))
	return func(n int) {
			for range n {
				resultInt, _ = base32.StdEncoding.Decode(out, text)
			}
		}, func(n int) {
			for range n {
				resultInt, _ = stdbase32.StdEncoding.Decode(out, text)
			}
		}
}

func contestEncode(size int) (ours, theirs side) {
	p := testBytes(size)
	out := make([]byte, stdbase64.StdEncoding.EncodedLen(size))
	return func(n int) {
			for range n {
				base64.StdEncoding.Encode(out, p)
			}
		}, func(n int) {
			for range n {
				stdbase64.StdEncoding.Encode(out, p)
			}
		}
}

func contestDecode(size int) (ours, theirs side) {
	text := make([]byte, stdbase64.StdEncoding.EncodedLen(size))
	stdbase64.StdEncoding.Encode(text, testBytes(size))
	return decoders(text)
}

func contestDecodeLines(size int) (ours, theirs side) {
	if size < 256 {
		return nil, nil // no second line
	}
	text := make([]byte, stdbase64.StdEncoding.EncodedLen(size))
	stdbase64.StdEncoding.Encode(text, testBytes(size))
	var lines []byte
	for len(text) > 76 {
		lines = append(append(lines, text[:76]...), "\r\n"...)
		text = text[76:]
	}
	return decoders(append(lines, text...))
}

func decoders(text []byte) (ours, theirs side) {
	out := make([]byte, stdbase64.StdEncoding.DecodedLen(len(text)))
	return func(n int) {
			for range n {
				resultInt, _ = base64.StdEncoding.Decode(out, text)
			}
		}, func(n int) {
			for range n {
				resultInt, _ = stdbase64.StdEncoding.Decode(out, text)
			}
		}
}

func contestHexEncode(size int) (ours, theirs side) {
	p := testBytes(size)
	out := make([]byte, stdhex.EncodedLen(size))
	return func(n int) {
			for range n {
				resultInt = hex.Encode(out, p)
			}
		}, func(n int) {
			for range n {
				resultInt = stdhex.Encode(out, p)
			}
		}
}

func contestHexDecode(size int) (ours, theirs side) {
	text := stdhex.AppendEncode(nil, testBytes(size))
	out := make([]byte, size)
	return func(n int) {
			for range n {
				resultInt, _ = hex.Decode(out, text)
			}
		}, func(n int) {
			for range n {
				resultInt, _ = stdhex.Decode(out, text)
			}
		}
}

func contestIndexByte(size int) (ours, theirs side) {
	p := bytes.Repeat([]byte{'x'}, size)
	return func(n int) {
			for range n {
				resultInt = bytealg.IndexByte(p, 'y')
			}
		}, func(n int) {
			for range n {
				resultInt = bytes.IndexByte(p, 'y')
			}
		}
}

// contestLatinText is text of which every fifth character is not ASCII, so many bytes of UTF-8 or one fewer.
func contestLatinText(size int) string {
	text := strings.Repeat("Gr\u00f6\u00dfe und Ma\u00df, na\u00efve na\u00efvet\u00e9. ", size/32+1)
	for size > 0 && !stdutf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}

// contestFromLatin and contestToLatin are beside what one writes by hand, into the same memory.
func contestFromLatin(size int) (ours, theirs side) {
	text := contestLatinText(size)
	bytes := make([]byte, 0, size)
	return func(n int) {
			for range n {
				bytes, _ = latin1.AppendString(bytes[:0], text)
			}
		}, func(n int) {
			for range n {
				bytes = bytes[:0]
				for _, r := range text {
					if r > 0xff {
						break
					}
					bytes = append(bytes, byte(r))
				}
			}
		}
}

func contestToLatin(size int) (ours, theirs side) {
	bytes, _ := latin1.EncodeString(contestLatinText(size))
	text := make([]byte, 0, size)
	return func(n int) {
			for range n {
				text = latin1.AppendToUTF8(text[:0], bytes)
			}
		}, func(n int) {
			for range n {
				text = text[:0]
				for _, c := range bytes {
					text = stdutf8.AppendRune(text, rune(c))
				}
			}
		}
}

// contestFromUTF8 is beside the runes in between, into the same memory.
func contestFromUTF8(size int) (ours, theirs side) {
	p := utf8Text(size)
	units := make([]uint16, 0, size)
	return func(n int) {
			for range n {
				units, _ = utf16.AppendFromUTF8(units[:0], p)
			}
		}, func(n int) {
			for range n {
				units = units[:0]
				for _, r := range string(p) {
					units = stdutf16.AppendRune(units, r)
				}
			}
		}
}

func contestToUTF8(size int) (ours, theirs side) {
	p := utf8Text(size)
	units := utf16.EncodeString(string(p))
	text := make([]byte, 0, 3*len(units))
	return func(n int) {
			for range n {
				text, _ = utf16.AppendToUTF8(text[:0], units)
			}
		}, func(n int) {
			for range n {
				text = append(text[:0], string(stdutf16.Decode(units))...)
			}
		}
}

func contestValid(size int) (ours, theirs side) {
	p := utf8Text(size)
	return func(n int) {
			for range n {
				resultBool = utf8.Valid(p)
			}
		}, func(n int) {
			for range n {
				resultBool = stdutf8.Valid(p)
			}
		}
}

func contestRuneCount(size int) (ours, theirs side) {
	p := utf8Text(size)
	return func(n int) {
			for range n {
				resultInt = utf8.RuneCount(p)
			}
		}, func(n int) {
			for range n {
				resultInt = stdutf8.RuneCount(p)
			}
		}
}

func contestSum(size int) (ours, theirs side) {
	p := testWords(size / 8)
	return func(n int) {
			for range n {
				result64 = vec.Sum(p)
			}
		}, func(n int) {
			for range n {
				result64 = loopSum(p)
			}
		}
}

func loopSum(p []uint64) (total uint64) {
	for _, x := range p {
		total += x
	}
	return total
}

func contestAdd(size int) (ours, theirs side) {
	a, b, dst := testWords(size/8), testWords(size/8), make([]uint64, size/8)
	return func(n int) {
			for range n {
				vec.Add(dst, a, b)
			}
		}, func(n int) {
			for range n {
				loopAdd(dst, a, b)
			}
		}
}

func loopAdd(dst, a, b []uint64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// contestXXH3 is beside the standard library's hash that is not cryptographic either. That one's values differ from process
// to process.
func contestXXH3(size int) (ours, theirs side) {
	p, seed := testBytes(size), maphash.MakeSeed()
	return func(n int) {
			for range n {
				result64 = xxh3.Hash(p)
			}
		}, func(n int) {
			for range n {
				result64 = maphash.Bytes(seed, p)
			}
		}
}
