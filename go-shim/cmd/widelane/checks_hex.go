package main

import (
	"bytes"
	"fmt"

	stdhex "encoding/hex"
)

// RFC 4648, section 10, in lower case.
var hexVectors = []struct{ plain, text string }{
	{"", ""}, {"f", "66"}, {"fo", "666f"}, {"foo", "666f6f"}, {"foob", "666f6f62"}, {"fooba", "666f6f6261"}, {"foobar", "666f6f626172"},
}

func checkHex(c *cases) {
	for _, v := range hexVectors {
		text, plain := make([]byte, len(v.text)), make([]byte, len(v.plain))
		hexEncode(text, []byte(v.plain))
		equal(c, string(text), v.text, func() string { return fmt.Sprintf("RFC 4648, encoding %q", v.plain) })
		n, err := hexDecode(plain, bytes.ToUpper([]byte(v.text)))
		equal(c, fmt.Sprint(string(plain[:n]), err), v.plain+"<nil>", func() string { return fmt.Sprintf("RFC 4648, decoding %q", v.text) })
	}
	h := hexCheck{c: c, data: testBytes(longest)}
	h.out, h.want, h.text = make([]byte, 3*longest), make([]byte, longest), make([]byte, 2*longest)
	lengths(h.one)
}

// hexCheck compares with the standard library.
type hexCheck struct {
	c               *cases
	data            []byte
	out, want, text []byte
}

func (h *hexCheck) one(n, offset int) {
	p := h.data[offset:][:n]
	text := h.text[:2*n]
	stdhex.Encode(text, p)
	out := h.out[offset:][:2*n+1]
	out[2*n] = fence
	hexEncode(out[:2*n], p)
	equal(h.c, bytes.Equal(out[:2*n], text), true, func() string { return "encoding " + atOffset(n, offset)() })
	equal(h.c, out[2*n], fence, func() string { return "encoding, the byte behind the output, " + atOffset(n, offset)() })
	h.decode(text, offset)
	if n == 0 || offset%8 != 0 && n <= dense {
		return
	}
	h.decode(text[:2*n-1], offset)
	// The other case, and damage at a place that depends on the length.
	for _, c := range []byte{'A', 'F', 'G', '@', '`', ':', '/', 0, 0x80 | 'a'} {
		at := (n*31 + offset) % len(text)
		good := text[at]
		text[at] = c
		h.decode(text, offset)
		text[at] = good
	}
}

func (h *hexCheck) decode(text []byte, offset int) {
	input := func() string { return fmt.Sprintf("decoding %d characters at alignment %d", len(text), offset) }
	size := len(text) / 2
	out, want := h.out[offset:][:size+1], h.want[:size]
	for i := range out {
		out[i] = fence
	}
	gotN, gotErr := hexDecode(out[:size], text)
	wantN, wantErr := stdhex.Decode(want, text)
	equal(h.c, gotN, wantN, input)
	equal(h.c, errorText(gotErr), errorText(wantErr), input)
	equal(h.c, bytes.Equal(out[:gotN], want[:wantN]), true, input)
	untouched := bytes.Count(out[gotN:], []byte{fence}) == len(out)-gotN
	equal(h.c, untouched, true, func() string { return "bytes behind the decoded ones, " + input() })
}
