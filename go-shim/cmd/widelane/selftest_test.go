package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/cpu"
	"github.com/widelane/widelane/go-shim/encoding/base32"
	"github.com/widelane/widelane/go-shim/encoding/base64"
	"github.com/widelane/widelane/go-shim/hash/crc32"
	"github.com/widelane/widelane/go-shim/hash/crc64"
	"github.com/widelane/widelane/go-shim/xxh3"
)

// With this variable set to a fault's name, the program has it.
const planted = "WIDELANE_TEST_PLANTED"

// faults are small: one length or one alignment, one byte or one bit.
var faults = map[string]func(){
	"base32 encode": func() {
		right := base32Encode
		base32Encode = func(e *base32.Encoding, dst, src []byte) {
			right(e, dst, src)
			if len(src) == 193 {
				dst[100] ^= 1
			}
		}
	},
	"base32 decode": func() {
		right := base32Decode
		base32Decode = func(e *base32.Encoding, dst, src []byte) (int, error) {
			n, err := right(e, dst, src)
			if bad, ok := err.(base32.CorruptInputError); ok && bad == 64 {
				err = base32.CorruptInputError(65)
			}
			return n, err
		}
	},
	"base32 overrun": func() {
		right := base32Decode
		base32Decode = func(e *base32.Encoding, dst, src []byte) (int, error) {
			n, err := right(e, dst, src)
			if len(dst) == 95 {
				dst[:96][95] = 0
			}
			return n, err
		}
	},
	"base64 encode": func() {
		right := base64Encode
		base64Encode = func(e *base64.Encoding, dst, src []byte) {
			right(e, dst, src)
			if len(src) == 193 {
				dst[100] ^= 1
			}
		}
	},
	"base64 decode": func() {
		right := base64Decode
		base64Decode = func(e *base64.Encoding, dst, src []byte) (int, error) {
			n, err := right(e, dst, src)
			if bad, ok := err.(base64.CorruptInputError); ok && bad == 64 {
				err = base64.CorruptInputError(65)
			}
			return n, err
		}
	},
	"base64 overrun": func() {
		right := base64Decode
		base64Decode = func(e *base64.Encoding, dst, src []byte) (int, error) {
			n, err := right(e, dst, src)
			if len(dst) == 96 {
				dst[:97][96] = 0
			}
			return n, err
		}
	},
	"bytealg": func() {
		right := bytealgIndex
		bytealgIndex = func(b []byte, c byte) int {
			if i := right(b, c); i != 255 {
				return i
			}
			return -1
		}
	},
	"adler32": func() {
		right := adler32Checksum
		adler32Checksum = func(p []byte) uint32 {
			if len(p) == 65535 {
				return 0
			}
			return right(p)
		}
	},
	"crc32": func() {
		right := crc32Update
		crc32Update = func(crc uint32, t *crc32.Table, p []byte) uint32 {
			if len(p) == 65535 {
				return 0
			}
			return right(crc, t, p)
		}
	},
	"crc64": func() {
		right := crc64Update
		crc64Update = func(crc uint64, t *crc64.Table, p []byte) uint64 {
			if len(p) == 65535 {
				return 0
			}
			return right(crc, t, p)
		}
	},
	"hex encode": func() {
		right := hexEncode
		hexEncode = func(dst, src []byte) int {
			n := right(dst, src)
			if len(src) == 193 {
				dst[100] ^= 1
			}
			return n
		}
	},
	"hex decode": func() {
		right := hexDecode
		hexDecode = func(dst, src []byte) (int, error) {
			n, err := right(dst, src)
			if err != nil && n == 64 {
				n--
			}
			return n, err
		}
	},
	"hex overrun": func() {
		right := hexDecode
		hexDecode = func(dst, src []byte) (int, error) {
			n, err := right(dst, src)
			if err != nil && n < len(dst) {
				dst[n] = 0
			}
			return n, err
		}
	},
	"latin1 from": func() {
		right := latin1From
		latin1From = func(dst, src []byte) ([]byte, error) {
			bytes, err := right(dst, src)
			if len(src) > 250 && len(bytes) > 150 && src[0] > 0x80 {
				bytes[150] ^= 1
			}
			return bytes, err
		}
	},
	"latin1 to": func() {
		right := latin1To
		latin1To = func(dst, src []byte) []byte {
			text := right(dst, src)
			if len(src) == 193 && cap(text) > len(text) {
				text[:len(text)+1][len(text)] = 0
			} else if len(src) == 193 {
				text = text[:len(text)-1]
			}
			return text
		}
	},
	"probe": func() {
		right := probeSpillMixes
		probeSpillMixes = func(p []uint64, rounds int) uint64 { return right(p, rounds) ^ uint64(rounds)>>5 }
	},
	"utf16 from": func() {
		right := utf16From
		utf16From = func(dst []uint16, src []byte) ([]uint16, error) {
			units, err := right(dst, src)
			if len(src) == 193 && len(units) > 50 {
				units[50] ^= 1
			}
			return units, err
		}
	},
	"utf16 to": func() {
		right := utf16To
		utf16To = func(dst []byte, src []uint16) ([]byte, error) {
			text, err := right(dst, src)
			if err != nil && len(text) > 64 {
				text = text[:len(text)-1]
			}
			return text, err
		}
	},
	"utf8": func() {
		right := utf8RuneCount
		utf8RuneCount = func(p []byte) int {
			if len(p) == 65535 {
				return 0
			}
			return right(p)
		}
	},
	"vec": func() {
		right := vecAdd
		vecAdd = func(dst, a, b []uint64) {
			right(dst, a, b)
			if len(dst) == 15 && &dst[0] == &b[0] {
				dst[14]++
			}
		}
	},
	"xxh3": func() {
		right := xxh3Hash128
		xxh3Hash128 = func(p []byte, seed uint64) xxh3.Uint128 {
			sum := right(p, seed)
			if len(p) == 1024 {
				sum.Hi ^= 1 << 40
			}
			return sum
		}
	},
}

func plant(fault string) {
	if f := faults[fault]; f != nil {
		f()
	}
}

func TestSelftest(t *testing.T) {
	got := widelane(t, "", "selftest", "-v")
	if got.status != 0 || got.err != "" || strings.Contains(got.out, "WRONG") {
		t.Fatalf("%+v", got)
	}
	right := 0
	for _, k := range cpu.Kernels() {
		if checkOf(k.Name) == nil {
			t.Errorf("no check knows %s", k.Name)
		}
		for _, v := range k.Variants {
			verdict := "not run"
			if v.Available {
				verdict = "ok"
				right++
			}
			line := regexp.MustCompile(`(?m)^(ok|WRONG|not run) +` + k.Name + ` +` + v.Name + `( .*)?$`).FindStringSubmatch(got.out)
			// A build for a GOAMD64 level cannot run what the level makes superfluous.
			fixed := line != nil && line[1] == "not run" && strings.Contains(line[2], "this build always uses")
			if line == nil || line[1] != verdict && !fixed {
				t.Errorf("%s %s: %q, want %q", k.Name, v.Name, line, verdict)
			}
		}
	}
	if right == 0 {
		t.Error("nothing was checked")
	}
	if got := widelane(t, "", "selftest", "crc65"); got.status != 2 || !strings.Contains(got.err, "unknown family 'crc65'") {
		t.Errorf("%+v", got)
	}
}

// Each fault is found. What finds them is Go, so that one is enough where tests are short.
func TestSelftestFindsFaults(t *testing.T) {
	for fault := range faults {
		if testing.Short() && fault != "crc32" {
			continue
		}
		family, _, _ := strings.Cut(fault, " ")
		cmd := program(t, "selftest", family)
		cmd.Env = append(cmd.Env, planted+"="+fault)
		got := capture(t, cmd, nil)
		if got.status != 1 {
			t.Errorf("%s: status %d\n%s%s", fault, got.status, got.out, got.err)
		}
		found := false
		for line := range strings.Lines(got.out) {
			words := strings.Fields(line)
			if len(words) < 3 || words[0] != "WRONG" {
				continue
			}
			found = true
			if !strings.HasPrefix(words[1], family+"_") {
				t.Errorf("%s: %s", fault, line)
			}
		}
		if !found {
			t.Errorf("%s: not found", fault)
		}
	}
}
