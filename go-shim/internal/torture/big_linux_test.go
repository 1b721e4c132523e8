//go:build amd64 || arm64

package torture

import (
	"bytes"
	stdbase32 "encoding/base32"
	stdadler "hash/adler32"
	std "hash/crc32"
	std64 "hash/crc64"
	"testing"
	"time"

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

// big is a length, in bytes, of which 32 bits leave another.
const big = 1<<32 + 67

// period is short enough for the processor's own memory, so that what takes time is the work.
const period = 2 << 20

// cut is what is left of a length that passes through 32 bits.
func cut(n int) int { return int(uint32(n)) }

// Everything that takes a length, with more than 2^32 bytes. The variant does not matter: long input comes to each in
// pieces, and whether the pieces are all there is up to the entry and to Go. Each check is shown a function, too, that
// lets the length pass through 32 bits.
func TestBig(t *testing.T) {
	if testing.Short() || len(emulator) > 0 || detector {
		t.Skip("takes seconds natively, minutes with an emulator or the race detector")
	}
	for name, check := range map[string]func(t *testing.T, planted bool) bool{
		"vec.Sum": bigSum, "vec.Add": bigAdd, "bytealg.IndexByte": bigIndexByte, "crc32": bigChecksum,
		"crc64": bigChecksum64, "base64 Encode": bigEncode, "base64 Decode": bigDecode, "utf8": bigText, "utf16": bigUnits,
		"latin1":        bigLatin,
		"base32 Encode": bigBase32Encode, "base32 Decode": bigBase32Decode, "hex Encode": bigHexEncode, "hex Decode": bigHexDecode, "xxh3": bigHash,
		"adler32": bigAdler,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if !check(t, false) {
				t.Error("wrong")
			}
			t.Log(time.Since(start))
			if check(t, true) {
				t.Error("a length of 32 bits was not noticed")
			}
		})
	}
}

func bigSum(t *testing.T, planted bool) bool {
	p := repeated(t, big/8*8, period)
	p[8], p[len(p)-8] = 7, 11
	shared := uint64(big / period) // the last period has a word of its own instead
	if planted {
		p = p[:cut(len(p))]
	}
	return vec.Sum(words(p)) == 7*shared+11
}

func bigAdd(t *testing.T, planted bool) bool {
	const n = big / 8 * 8
	dst, a, b := repeated(t, n, period), repeated(t, n, period), repeated(t, n, period)
	fill(a, 0x11)
	fill(b, 0x22)
	most := n
	if planted {
		most = cut(n)
	}
	vec.Add(words(dst[:most]), words(a[:most]), words(b[:most]))
	return all(dst[:period], 0x33) && all(dst[n-64:], 0x33)
}

func bigIndexByte(t *testing.T, planted bool) bool {
	p := repeated(t, big, period)
	p[big-1] = 'x'
	most := big
	if planted {
		most = cut(big)
	}
	return bytealg.IndexByte(p[:most], 'x') == big-1 && bytealg.IndexByte(p[:most-1], 'x') == -1
}

func bigChecksum(t *testing.T, planted bool) bool {
	p := repeated(t, big, period)
	copy(p[12_345:], "anything")
	copy(p[big-5:], "else")
	most := big
	if planted {
		most = cut(big)
	}
	for _, poly := range []uint32{crc32.IEEE, crc32.Castagnoli} {
		if crc32.Checksum(p[:most], crc32.MakeTable(poly)) != std.Checksum(p, std.MakeTable(poly)) {
			return false
		}
	}
	return true
}

// The standard library takes seconds for so much, so it has one period and the last one, and what is wanted is put
// together from their checksums.
func bigChecksum64(t *testing.T, planted bool) bool {
	p := repeated(t, big, period)
	copy(p[12_345:], "anything")
	copy(p[big-5:], "else")
	most := big
	if planted {
		most = cut(big)
	}
	for _, poly := range []uint64{crc64.ECMA, 0x95ac9329ac4bc9b5} {
		tab, want := crc64.MakeTable(poly), uint64(0)
		one, last := std64.Checksum(p[:period], tab), p[big/period*period:]
		for range big / period {
			want = crc64.Combine(want, one, tab, period)
		}
		want = crc64.Combine(want, std64.Checksum(last, tab), tab, int64(len(last)))
		if crc64.Checksum(p[:most], tab) != want {
			return false
		}
	}
	return true
}

// bigHash compares with pieces, whose lengths have few bits.
func bigHash(t *testing.T, planted bool) bool {
	p := repeated(t, big, period)
	copy(p[12_345:], "anything")
	copy(p[big-5:], "else")
	h := xxh3.New()
	for rest := p; len(rest) > 0; rest = rest[min(len(rest), period):] {
		h.Write(rest[:min(len(rest), period)])
	}
	if planted {
		p = p[:cut(big)]
	}
	return xxh3.Hash(p) == h.Sum64() && xxh3.Hash128(p) == h.Sum128()
}

// bigAdler puts together what is wanted, as the checksums of 64 bits do.
func bigAdler(t *testing.T, planted bool) bool {
	p := repeated(t, big, period)
	copy(p[12_345:], "anything")
	copy(p[big-5:], "else")
	most := big
	if planted {
		most = cut(big)
	}
	want, one, last := uint32(1), stdadler.Checksum(p[:period]), p[big/period*period:]
	for range big / period {
		want = adler32.Combine(want, one, period)
	}
	return adler32.Checksum(p[:most]) == adler32.Combine(want, stdadler.Checksum(last), int64(len(last)))
}

func bigEncode(t *testing.T, planted bool) bool {
	src := repeated(t, big, period)
	src[big-1] = 0xff
	dst := repeated(t, base64.StdEncoding.EncodedLen(big), period)
	if len(dst) != (big+2)/3*4 {
		return false
	}
	most := big
	if planted {
		most = cut(big)
	}
	base64.StdEncoding.Encode(dst, src[:most])
	return string(dst[len(dst)-8:]) == "AAAAAP8=" && all(dst[:period], 'A')
}

func bigDecode(t *testing.T, planted bool) bool {
	src := repeated(t, (big+2)/3*4, period)
	fill(src, 'A')
	copy(src[len(src)-4:], "AP8=")
	dst := repeated(t, base64.StdEncoding.DecodedLen(len(src)), period)
	fill(dst, 1)
	most := len(src)
	if planted {
		most = cut(most) / 4 * 4
	}
	n, err := base64.StdEncoding.Decode(dst, src[:most])
	return n == big && err == nil && bytes.Equal(dst[big-4:big], []byte{0, 0, 0, 0xff}) && all(dst[:period], 0)
}

func bigBase32Encode(t *testing.T, planted bool) bool {
	src := repeated(t, big, period)
	src[big-1] = 0xff
	dst := repeated(t, base32.StdEncoding.EncodedLen(big), period)
	most := big
	if planted {
		most = cut(big)
	}
	base32.StdEncoding.Encode(dst, src[:most])
	tail := make([]byte, big%5+5)
	tail[len(tail)-1] = 0xff
	want := stdbase32.StdEncoding.EncodeToString(tail)
	return string(dst[len(dst)-len(want):]) == want && all(dst[:period], 'A')
}

func bigBase32Decode(t *testing.T, planted bool) bool {
	src := repeated(t, (big+4)/5*8, period)
	fill(src, 'A')
	tail := make([]byte, (big-1)%5+1)
	tail[len(tail)-1] = 0xff
	stdbase32.StdEncoding.Encode(src[len(src)-8:], tail)
	dst := repeated(t, base32.StdEncoding.DecodedLen(len(src)), period)
	fill(dst, 1)
	most := len(src)
	if planted {
		most = cut(most) / 8 * 8
	}
	n, err := base32.StdEncoding.Decode(dst, src[:most])
	return n == big && err == nil && bytes.Equal(dst[big-4:big], []byte{0, 0, 0, 0xff}) && all(dst[:period], 0)
}

func bigHexEncode(t *testing.T, planted bool) bool {
	src := repeated(t, big, period)
	src[big-1] = 0xfa
	dst := repeated(t, hex.EncodedLen(big), period)
	most := big
	if planted {
		most = cut(big)
	}
	hex.Encode(dst, src[:most])
	return string(dst[len(dst)-4:]) == "00fa" && all(dst[:period], '0')
}

func bigHexDecode(t *testing.T, planted bool) bool {
	src := repeated(t, 2*big, period)
	fill(src, '0')
	copy(src[len(src)-4:], "00fA")
	dst := repeated(t, big, period)
	fill(dst, 1)
	most := len(src)
	if planted {
		most = cut(most) / 2 * 2
	}
	n, err := hex.Decode(dst, src[:most])
	return n == big && err == nil && bytes.Equal(dst[big-2:big], []byte{0, 0xfa}) && all(dst[:period], 0)
}

// Of two bytes a character, the last one cut off.
func bigText(t *testing.T, planted bool) bool {
	p := repeated(t, big, period)
	for _, part := range ends(p, period) {
		for i := range part {
			part[i] = "é"[i%2]
		}
	}
	most := big
	if planted {
		most = cut(big)
	}
	return utf8.ValidUpTo(p[:most]) == big-1 && utf8.RuneCount(p[:most]) == big/2+1
}

// Letters, the last one above ASCII, there and back.
func bigUnits(t *testing.T, planted bool) bool {
	text, units := repeated(t, big, period), repeated(t, 2*big, period)
	fill(text, 'a')
	copy(text[big-2:], "é")
	most := big
	if planted {
		most = cut(big)
	}
	made, err := utf16.AppendFromUTF8(halves(units)[:0], text[:most])
	if err != nil || len(made) != big-1 || made[big-2] != 'é' {
		return false
	}
	back, err := utf16.AppendToUTF8(nil, made[big-9:])
	return err == nil && string(back) == "aaaaaaaé"
}

// Letters, the last two above ASCII, there and back.
func bigLatin(t *testing.T, planted bool) bool {
	bytes, text := repeated(t, big, period), repeated(t, big+2, period)
	fill(bytes, 'a')
	bytes[big-1], bytes[big-2] = 0xff, 0xe9
	most := big
	if planted {
		most = cut(big)
	}
	made := latin1.AppendToUTF8(text[:0], bytes[:most])
	if len(made) != big+2 || string(made[big-3:]) != "aé\u00ff" || latin1.UTF8Len(bytes) != big+2 {
		return false
	}
	back, err := latin1.AppendFromUTF8(bytes[:0], made)
	return err == nil && len(back) == big && string(back[big-3:]) == "a\xe9\xff"
}

// fill fills all of what repeated returns.
func fill(p []byte, c byte) {
	for _, part := range ends(p, period) {
		for i := range part {
			part[i] = c
		}
	}
}

// all reports whether every byte of p is c.
func all(p []byte, c byte) bool { return bytes.Count(p, []byte{c}) == len(p) }
