package main

import (
	"bytes"
	"fmt"

	stdbase64 "encoding/base64"
	stdadler32 "hash/adler32"
	stdcrc32 "hash/crc32"
	stdcrc64 "hash/crc64"

	"github.com/widelane/widelane/go-shim/bytealg"
	"github.com/widelane/widelane/go-shim/encoding/base32"
	"github.com/widelane/widelane/go-shim/encoding/base64"
	"github.com/widelane/widelane/go-shim/encoding/hex"
	"github.com/widelane/widelane/go-shim/hash/adler32"
	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/internal/probe"
	"github.com/widelane/widelane/go-shim/unicode/latin1"
	"github.com/widelane/widelane/go-shim/unicode/utf16"
	"github.com/widelane/widelane/go-shim/unicode/utf8"
	"github.com/widelane/widelane/go-shim/vec"
)

// checks has one row per family.
var checks = []check{
	{"adler32", checkAdler32},
	{"base32", checkBase32},
	{"base64", checkBase64},
	{"bytealg", checkBytealg},
	{"crc32", checkCRC32},
	{"crc64", checkCRC64},
	{"hex", checkHex},
	{"latin1", checkLatin1},
	{"probe", checkProbe},
	{"utf16", checkUTF16},
	{"utf8", checkUTF8},
	{"vec", checkVec},
	{"xxh3", checkXXH3},
}

// What is checked, as variables, so that the tests of this program can put something wrong in their place.
var (
	adler32Checksum = adler32.Checksum
	crc32Update     = crc32.Update
	crc64Update     = crc64.Update
	base32Encode    = (*base32.Encoding).Encode
	base32Decode    = (*base32.Encoding).Decode
	base64Encode    = (*base64.Encoding).Encode
	base64Decode    = (*base64.Encoding).Decode
	hexEncode       = hex.Encode
	hexDecode       = hex.Decode
	latin1From      = latin1.AppendFromUTF8
	latin1To        = latin1.AppendToUTF8
	vecSum          = vec.Sum
	vecAdd          = vec.Add
	bytealgIndex    = bytealg.IndexByte
	probeSpillMixes = probe.Spill
	utf16From       = utf16.AppendFromUTF8
	utf16To         = utf16.AppendToUTF8
	utf8ValidUpTo   = utf8.ValidUpTo
	utf8RuneCount   = utf8.RuneCount
)

const (
	aligned = 64  // alignments within a cache line
	full    = 128 // up to this length every length is checked at each alignment,
	dense   = 320 // up to this one every length at every fifth alignment, another start for each
)

// lengths calls f with the short lengths one by one, and then with those around the powers of two, which are where kernels
// change their ways, to beyond the longest call that is one entry into machine code.
func lengths(f func(n, offset int)) {
	for n := range full + 1 {
		for offset := range aligned {
			f(n, offset)
		}
	}
	for n := full + 1; n <= dense; n++ {
		for offset := n % 5; offset < aligned; offset += 5 {
			f(n, offset)
		}
	}
	for power := 512; power <= 128<<10; power *= 2 {
		for n := power - 3; n <= power+3; n++ {
			f(n, n%aligned)
			f(n+power/2, n*7%aligned)
		}
	}
}

// testBytes is the same sequence on every machine.
func testBytes(n int) []byte {
	b := make([]byte, n)
	x := uint64(0x9E3779B97F4A7C15)
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x >> 32)
	}
	return b
}

// longest is more than any length that lengths gives, with its alignment.
const longest = 256 << 10

func atOffset(n, offset int) func() string {
	return func() string { return fmt.Sprintf("length %d at alignment %d", n, offset) }
}

// The check value of the CRC catalogue, and the examples of RFC 3720, appendix B.4.
var crc32Vectors = []struct {
	name  string
	poly  uint32
	input []byte
	sum   uint32
}{
	{"the digits 1 to 9, IEEE", crc32.IEEE, []byte("123456789"), 0xCBF43926},
	{"the digits 1 to 9, Castagnoli", crc32.Castagnoli, []byte("123456789"), 0xE3069283},
	{"RFC 3720, zeros", crc32.Castagnoli, make([]byte, 32), 0x8A9136AA},
	{"RFC 3720, ones", crc32.Castagnoli, bytes.Repeat([]byte{0xFF}, 32), 0x62A8AB43},
	{"RFC 3720, ascending", crc32.Castagnoli, sequence(0, 1), 0x46DD794E},
	{"RFC 3720, descending", crc32.Castagnoli, sequence(31, -1), 0x113FDB5C},
}

func sequence(from, step int) []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(from + i*step)
	}
	return b
}

func checkCRC32(c *cases) {
	for _, v := range crc32Vectors {
		equal(c, crc32Update(0, crc32.MakeTable(v.poly), v.input), v.sum, func() string { return v.name })
	}
	data := testBytes(longest)
	for _, poly := range []uint32{crc32.IEEE, crc32.Castagnoli} {
		ours, theirs := crc32.MakeTable(poly), stdcrc32.MakeTable(poly)
		lengths(func(n, offset int) {
			p := data[offset:][:n]
			start := uint32(n) * 0x9E3779B1
			equal(c, crc32Update(start, ours, p), stdcrc32.Update(start, theirs, p), atOffset(n, offset))
			cut := n * 5 / 8
			equal(c, crc32Update(crc32Update(0, ours, p[:cut]), ours, p[cut:]), stdcrc32.Checksum(p, theirs), atOffset(n, offset))
		})
	}
}

// The check values of the CRC catalogue: CRC-64/GO-ISO, CRC-64/XZ and CRC-64/NVME.
var crc64Vectors = []struct {
	name string
	poly uint64
	sum  uint64
}{
	{"ISO", crc64.ISO, 0xB90956C775A41001},
	{"ECMA", crc64.ECMA, 0x995DC9BBDF1939FA},
	{"NVME", crc64.NVME, 0xAE8B14860A799888},
}

func checkCRC64(c *cases) {
	for _, v := range crc64Vectors {
		sum := crc64Update(0, crc64.MakeTable(v.poly), []byte("123456789"))
		equal(c, sum, v.sum, func() string { return "the digits 1 to 9, " + v.name })
	}
	data := testBytes(longest)
	// The last has no name and no constant term.
	for _, poly := range []uint64{crc64.ISO, crc64.ECMA, crc64.NVME, 0x123456789ABCDEF0} {
		ours, theirs := crc64.MakeTable(poly), stdcrc64.MakeTable(poly)
		lengths(func(n, offset int) {
			p := data[offset:][:n]
			start := uint64(n) * 0x9E3779B97F4A7C15
			equal(c, crc64Update(start, ours, p), stdcrc64.Update(start, theirs, p), atOffset(n, offset))
			cut := n * 5 / 8
			equal(c, crc64Update(crc64Update(0, ours, p[:cut]), ours, p[cut:]), stdcrc64.Checksum(p, theirs), atOffset(n, offset))
		})
	}
}

func checkAdler32(c *cases) {
	equal(c, adler32Checksum([]byte("123456789")), 0x091E01DE, func() string { return "the digits 1 to 9" })
	for _, data := range [][]byte{testBytes(longest), bytes.Repeat([]byte{0xff}, longest)} {
		lengths(func(n, offset int) {
			p := data[offset:][:n]
			want := stdadler32.Checksum(p)
			equal(c, adler32Checksum(p), want, atOffset(n, offset))
			cut := n * 5 / 8
			combined := adler32.Combine(adler32Checksum(p[:cut]), adler32Checksum(p[cut:]), int64(n-cut))
			equal(c, combined, want, atOffset(n, offset))
		})
	}
}

// RFC 4648, section 10.
var base64Vectors = []struct{ plain, text string }{
	{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
}

func checkBase64(c *cases) {
	for _, v := range base64Vectors {
		text, plain := make([]byte, len(v.text)), make([]byte, len(v.text))
		base64Encode(base64.StdEncoding, text, []byte(v.plain))
		equal(c, string(text), v.text, func() string { return fmt.Sprintf("RFC 4648, encoding %q", v.plain) })
		n, err := base64Decode(base64.StdEncoding, plain, []byte(v.text))
		equal(c, fmt.Sprint(string(plain[:n]), err), v.plain+"<nil>", func() string { return fmt.Sprintf("RFC 4648, decoding %q", v.text) })
	}
	for _, e := range []struct {
		ours   *base64.Encoding
		theirs *stdbase64.Encoding
	}{
		{base64.StdEncoding, stdbase64.StdEncoding}, {base64.RawURLEncoding, stdbase64.RawURLEncoding},
	} {
		b := base64Check{c: c, ours: e.ours, theirs: e.theirs, data: testBytes(longest)}
		b.out, b.want, b.text = make([]byte, 2*longest), make([]byte, 2*longest), make([]byte, 2*longest)
		lengths(b.one)
	}
}

// base64Check compares one encoding with the standard library's.
type base64Check struct {
	c               *cases
	ours            *base64.Encoding
	theirs          *stdbase64.Encoding
	data            []byte
	out, want, text []byte
}

const fence = 0xA5

func (b *base64Check) one(n, offset int) {
	p := b.data[offset:][:n]
	text := b.text[:b.theirs.EncodedLen(n)]
	b.theirs.Encode(text, p)
	b.encode(p, text, n, offset)
	b.decode(text, n, offset)
	if n == 0 || offset%8 != 0 && n <= dense {
		return
	}
	// Lines as in mail, and damage at a place that depends on the length.
	b.decode(bytes.Join([][]byte{text[:len(text)/3], text[len(text)/3:]}, []byte("\r\n")), n, offset)
	for _, bad := range []byte{'=', '!', 0x80 | 'A', '\n'} {
		at := (n*31 + offset) % len(text)
		good := text[at]
		text[at] = bad
		b.decode(text, n, offset)
		text[at] = good
	}
}

func (b *base64Check) encode(p, text []byte, n, offset int) {
	out := b.out[offset:][:len(text)+1]
	out[len(text)] = fence
	base64Encode(b.ours, out[:len(text)], p)
	equal(b.c, bytes.Equal(out[:len(text)], text), true, func() string { return "encoding " + atOffset(n, offset)() })
	equal(b.c, out[len(text)], fence, func() string { return "encoding, the byte behind the output, " + atOffset(n, offset)() })
}

func (b *base64Check) decode(text []byte, n, offset int) {
	input := func() string { return fmt.Sprintf("decoding %d characters at alignment %d", len(text), offset) }
	size := b.theirs.DecodedLen(len(text))
	out, want := b.out[offset:][:size+1], b.want[:size]
	out[size] = fence
	gotN, gotErr := base64Decode(b.ours, out[:size], text)
	wantN, wantErr := b.theirs.Decode(want, text)
	equal(b.c, gotN, wantN, input)
	equal(b.c, errorText(gotErr), errorText(wantErr), input)
	equal(b.c, bytes.Equal(out[:gotN], want[:wantN]), true, input)
	equal(b.c, out[size], fence, input)
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}

func checkBytealg(c *cases) {
	const needle = 'x'
	data := bytes.Repeat([]byte{needle + 1, needle - 1}, longest/2)
	lengths(func(n, offset int) {
		p := data[offset:][:n]
		input := func(at int) func() string {
			return func() string { return fmt.Sprintf("byte %d of %s", at, atOffset(n, offset)()) }
		}
		// One just before and one just behind what may be looked at.
		data[offset+n] = needle
		if offset > 0 {
			data[offset-1] = needle
		}
		equal(c, bytealgIndex(p, needle), -1, input(-1))
		for at := n - 1; at >= 0; at -= 1 + at/9 {
			before := p[at]
			p[at] = needle
			equal(c, bytealgIndex(p, needle), at, input(at))
			p[at] = before
		}
		data[offset+n] = needle + 1
		if offset > 0 {
			data[offset-1] = needle - 1
		}
	})
}

// probeVectors are results of the portable kernel, which has no twin anywhere else.
var probeVectors = []struct {
	n, rounds int
	mixed     uint64
}{
	{0, 3, 0x0000000000000000},
	{1, 3, 0x0000000000000001},
	{2, 1, 0x9C09F89F8565578B},
	{3, 2, 0xFFF10779E42E9716},
	{17, 5, 0x9FD458877A52C324},
	{64, 1, 0x3E1C340C58EF76A9},
	{300, 40, 0xA2339143941FBB3D},
}

func checkProbe(c *cases) {
	p := testWords(300)
	for _, x := range p {
		equal(c, probe.Nothing(nil, x), x, func() string { return "nothing" })
	}
	for _, v := range probeVectors {
		equal(c, probeSpillMixes(p[:v.n], v.rounds), v.mixed, func() string { return fmt.Sprintf("spill, %d words, %d rounds", v.n, v.rounds) })
	}
}

// wordLengths is lengths in words of 8 bytes, with the alignments that a []uint64 can have within a cache line.
func wordLengths(f func(n, offset int)) {
	lengths(func(n, offset int) {
		if offset < 8 {
			f(n, offset)
		}
	})
}

func testWords(n int) []uint64 {
	b := testBytes(8 * n)
	w := make([]uint64, n)
	for i := range w {
		for _, x := range b[8*i:][:8] {
			w[i] = w[i]<<8 | uint64(x)
		}
	}
	return w
}

func checkVec(c *cases) {
	// 1 + 2 + ... + n, and the carry out of the top that is lost.
	for _, n := range []uint64{0, 1, 7, 64, 1000} {
		p := make([]uint64, n)
		for i := range p {
			p[i] = uint64(i+1) | 1<<63
		}
		equal(c, vecSum(p), n*(n+1)/2+n<<63, func() string { return fmt.Sprintf("the sum of 1 to %d", n) })
	}
	a, b := testWords(longest), testWords(longest)
	dst, want := make([]uint64, longest+1), make([]uint64, longest)
	wordLengths(func(n, offset int) {
		x, y := a[offset:][:n], b[(offset*3)%8:][:n]
		total := uint64(0)
		for i := range x {
			want[i] = x[i] + y[i]
			total += x[i]
		}
		equal(c, vecSum(x), total, atOffset(n, offset))
		out := dst[offset*5%8:][:n+1]
		out[n] = fence
		vecAdd(out[:n], x, y)
		equal(c, firstDifference(out, want[:n]), -1, atOffset(n, offset))
		equal(c, out[n], fence, atOffset(n, offset))
		// In place.
		copy(out, x)
		vecAdd(out[:n], out[:n], y)
		equal(c, firstDifference(out, want[:n]), -1, atOffset(n, offset))
		copy(out, y)
		vecAdd(out[:n], x, out[:n])
		equal(c, firstDifference(out, want[:n]), -1, atOffset(n, offset))
	})
}

// firstDifference is an index, so that a failure says where.
func firstDifference(got, want []uint64) int {
	for i := range want {
		if got[i] != want[i] {
			return i
		}
	}
	return -1
}
