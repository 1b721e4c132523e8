package main

import (
	"bytes"
	"fmt"

	stdbase32 "encoding/base32"

	"github.com/widelane/widelane/go-shim/encoding/base32"
)

// RFC 4648, section 10.
var base32Vectors = []struct{ plain, text, sorted string }{
	{"", "", ""},
	{"f", "MY======", "CO======"},
	{"fo", "MZXQ====", "CPNG===="},
	{"foo", "MZXW6===", "CPNMU==="},
	{"foob", "MZXW6YQ=", "CPNMUOG="},
	{"fooba", "MZXW6YTB", "CPNMUOJ1"},
	{"foobar", "MZXW6YTBOI======", "CPNMUOJ1E8======"},
}

func checkBase32(c *cases) {
	for _, v := range base32Vectors {
		for _, one := range []struct {
			enc  *base32.Encoding
			text string
		}{{base32.StdEncoding, v.text}, {base32.HexEncoding, v.sorted}} {
			text, plain := make([]byte, len(one.text)), make([]byte, len(one.text))
			base32Encode(one.enc, text, []byte(v.plain))
			equal(c, string(text), one.text, func() string { return fmt.Sprintf("RFC 4648, encoding %q", v.plain) })
			n, err := base32Decode(one.enc, plain, []byte(one.text))
			equal(c, fmt.Sprint(string(plain[:n]), err), v.plain+"<nil>", func() string { return fmt.Sprintf("RFC 4648, decoding %q", one.text) })
		}
	}
	for _, e := range []struct {
		ours   *base32.Encoding
		theirs *stdbase32.Encoding
	}{
		{base32.StdEncoding, stdbase32.StdEncoding},
		{base32.HexEncoding.WithPadding(base32.NoPadding), stdbase32.HexEncoding.WithPadding(stdbase32.NoPadding)},
	} {
		b := base32Check{c: c, ours: e.ours, theirs: e.theirs, data: testBytes(longest)}
		b.out, b.want, b.text = make([]byte, 2*longest), make([]byte, 2*longest), make([]byte, 2*longest)
		lengths(b.one)
	}
}

// base32Check compares one encoding with the standard library's.
type base32Check struct {
	c               *cases
	ours            *base32.Encoding
	theirs          *stdbase32.Encoding
	data            []byte
	out, want, text []byte
}

func (b *base32Check) one(n, offset int) {
	p := b.data[offset:][:n]
	text := b.text[:b.theirs.EncodedLen(n)]
	b.theirs.Encode(text, p)
	out := b.out[offset:][:len(text)+1]
	out[len(text)] = fence
	base32Encode(b.ours, out[:len(text)], p)
	equal(b.c, bytes.Equal(out[:len(text)], text), true, func() string { return "encoding " + atOffset(n, offset)() })
	equal(b.c, out[len(text)], fence, func() string { return "encoding, the byte behind the output, " + atOffset(n, offset)() })
	b.decode(text, offset)
	if n == 0 || offset%8 != 0 && n <= dense {
		return
	}
	// A line break, and damage at a place that depends on the length.
	for _, bad := range []byte{'=', '!', '@', '[', 0x80 | 'A', '\n'} {
		at := (n*31 + offset) % len(text)
		good := text[at]
		text[at] = bad
		b.decode(text, offset)
		text[at] = good
	}
}

func (b *base32Check) decode(text []byte, offset int) {
	input := func() string { return fmt.Sprintf("decoding %d characters at alignment %d", len(text), offset) }
	size := b.theirs.DecodedLen(len(text))
	out, want := b.out[offset:][:size+1], b.want[:size]
	for i := range out {
		out[i] = fence
	}
	gotN, gotErr := base32Decode(b.ours, out[:size], text)
	wantN, wantErr := b.theirs.Decode(want, text)
	equal(b.c, gotN, wantN, input)
	equal(b.c, errorText(gotErr), errorText(wantErr), input)
	equal(b.c, bytes.Equal(out[:gotN], want[:wantN]), true, input)
	untouched := bytes.Count(out[gotN:], []byte{fence}) == len(out)-gotN
	equal(b.c, untouched, true, func() string { return "bytes behind the decoded ones, " + input() })
}
