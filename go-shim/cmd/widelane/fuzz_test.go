package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/widelane/widelane/go-shim/encoding/base64"
	"github.com/widelane/widelane/go-shim/internal/fuzzfault"
)

// Whatever the input and wherever it is cut, the decoder does what the definition says.
func FuzzDecoder(f *testing.F) {
	for _, seed := range []string{"", "Zm9v", "Zg==Zm8=", "Zm\n9v\r\nZg", "=", "====", "Z\x00m9v", "__-_", "Zm9vYmFyZm9vYmFy*Zm9v"} {
		f.Add([]byte(seed), uint16(3), false, false, false)
		f.Add([]byte(seed), uint16(9), true, true, true)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut uint16, garbage, raw, url bool) {
		alphabet := base64.StdEncoding
		if url {
			alphabet = base64.URLEncoding
		}
		var got memory
		d := newDecoder(&got, alphabet, garbage, raw)
		at := min(int(cut), len(in))
		err := d.write(bytes.Clone(in[:at]))
		if err == nil {
			err = d.write(bytes.Clone(in[at:]))
		}
		if err == nil {
			err = d.finish()
		}
		want, ok := decodeByDefinition(in, garbage, raw, url)
		if !bytes.Equal(got.Bytes(), want) || (err == nil) != ok || fuzzfault.Planted(in) != 0 {
			t.Errorf("planted %d: %q cut at %d: %q %v, want %q %v", fuzzfault.Planted(in), in, at, got.Bytes(), err, want, ok)
		}
	})
}

// The same of hexadecimal.
func FuzzHexDecoder(f *testing.F) {
	for _, seed := range []string{"", "666f", "6\n6", "66\n6f\n6f", "6", "66:6f", "0x66\r\n", "g", "66G6", "\xb6", "6/", "6:"} {
		f.Add([]byte(seed), uint16(3), false)
		f.Add([]byte(seed), uint16(1), true)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut uint16, garbage bool) {
		compareHexDecoder(t, in, garbage, func(d *hexDecoder) error {
			at := min(int(cut), len(in))
			err := d.write(bytes.Clone(in[:at]))
			if err == nil {
				err = d.write(bytes.Clone(in[at:]))
			}
			if err == nil {
				err = d.finish()
			}
			return err
		})
		if planted := fuzzfault.Planted(in); planted != 0 {
			t.Errorf("planted %d: %q", planted, in)
		}
	})
}

// The same of base32.
func FuzzBase32Decoder(f *testing.F) {
	for _, seed := range []string{"", "MZXW6YTB", "MY======MZXQ====", "MZXW\n6YT\r\nB", "=", "MZX=====", "CPNMUOJ1E8", "M\x00ZXW6YTB"} {
		f.Add([]byte(seed), uint16(3), false, false, false)
		f.Add([]byte(seed), uint16(9), true, true, true)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut uint16, garbage, raw, sorted bool) {
		compareBase32Decoder(t, in, garbage, raw, sorted, func(d *base32Decoder) error {
			at := min(int(cut), len(in))
			err := d.write(bytes.Clone(in[:at]))
			if err == nil {
				err = d.write(bytes.Clone(in[at:]))
			}
			if err == nil {
				err = d.finish()
			}
			return err
		})
		if planted := fuzzfault.Planted(in); planted != 0 {
			t.Errorf("planted %d: %q", planted, in)
		}
	})
}

// Every name that a file can have comes back from the line that is printed for it, whichever form the line has.
func FuzzListLine(f *testing.F) {
	for _, name := range []string{"a", " a", "*a", "a\nb", "a\\nb", "\\", "a\r", "(a) = b", ") = ", "CRC32 (a) = 00000000", "-", "ü\xff"} {
		f.Add(name, uint64(0xCBF43926), false, byte(0))
		f.Add(name, uint64(1), true, byte(1))
		f.Add(name, uint64(0x995DC9BBDF1939FA), true, byte(2))
	}
	f.Add("wide", uint64(3), false, byte(6))
	kinds := []*checksum{ieee, castagnoli, ecma, iso, nvme, xxh3Narrow, xxh3Wide}
	f.Fuzz(func(t *testing.T, name string, sum uint64, tag bool, which byte) {
		if name == "" || strings.Contains(name, "\x00") {
			return
		}
		kind := kinds[int(which)%len(kinds)]
		v := value{low: sum & (1<<(4*kind.digits) - 1)}
		if kind.digits > 16 {
			v = value{high: ^sum, low: sum}
		}
		s := &checksummer{tag: tag, kind: kind}
		line, ok := strings.CutSuffix(s.line(name, v), "\n")
		if !ok || strings.Contains(line, "\n") {
			t.Fatalf("%q is not one line", line)
		}
		form := listForm{kinds: kinds, plain: []*checksum{kind}}
		if got, ok := form.parse(line); !ok || got != (entry{name, v, kind}) || fuzzfault.Planted([]byte(name)) != 0 {
			t.Errorf("planted %d: %q: %+v %v", fuzzfault.Planted([]byte(name)), line, got, ok)
		}
	})
}

// No line, however broken, is more than refused.
func FuzzListParse(f *testing.F) {
	for _, line := range []string{"", "\\", "00000000", "00000000 ", "00000000  a", "\\00000000  a\\", "CRC32 (", "CRC32 (a", "CRC32 (a)", "CRC32 () = 00000000"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		form := listForm{kinds: []*checksum{ieee, castagnoli}, plain: []*checksum{ieee, xxh3Narrow, xxh3Wide}}
		if e, ok := form.parse(line); ok && e.name == "" || fuzzfault.Planted([]byte(line)) != 0 {
			t.Errorf("planted %d: %q names nothing", fuzzfault.Planted([]byte(line)), line)
		}
	})
}

// However a text is cut, the same is wrong with it, at the place where decoding says so.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "naïve\n", "\n漢\xe6\xbc", "\xed\xa0\xbd\xed\xb8\x80", "\xf4\x90\x80\x80", "\xe0\x80\xaf", "\xff"} {
		f.Add([]byte(seed), uint8(1), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, first, second uint8) {
		checkText(t, in, int(first), int(second))
		if fuzzfault.Planted(in) != 0 {
			t.Errorf("planted %d", fuzzfault.Planted(in))
		}
	})
}
