package main

import (
	"encoding/binary"

	"github.com/widelane/widelane/go-shim/encoding/hex"
)

const hexHelp = `Usage: widelane hex [OPTION]... [FILE]...
Encode the FILEs, one behind the other, to standard output in hexadecimal
digits, or decode them.

With no FILE, or when FILE is -, read standard input.

  -d, --decode          decode digits of either case
  -i, --ignore-garbage  when decoding, skip characters that are no digits
  -w, --wrap COLS       break encoded lines after COLS characters (default 76);
                        0 for no line breaks
  -u, --upper           encode in upper case, as basenc --base16 does
  -h, --help            print this help

Newlines in encoded input are skipped; anything else that is no digit is an
error without --ignore-garbage, which names its offset in its file. What
precedes an error is decoded and written. A byte may begin in one FILE and end
in the next.

Exit status: 0 if all went well, 1 if the input could not be read or was not
valid, the output could not be written, or the wrap size was wrong, 2 if an
option was not understood.
`

func runHex(k *call) error {
	var decode, ignoreGarbage, upper bool
	wrap := 76
	files, err := parse(k.args,
		on('d', "decode", &decode),
		on('i', "ignore-garbage", &ignoreGarbage),
		on('u', "upper", &upper),
		option{short: 'w', long: "wrap", value: func(v string) (err error) {
			wrap, err = parseWrap(v)
			return err
		}})
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	if decode {
		return k.transformAll(files, newHexDecoder(k.stdout, ignoreGarbage))
	}
	return k.transformAll(files, newEncoder(k.stdout, hexCode{upper}, wrap))
}

// hexCode is hexadecimal in either case.
type hexCode struct{ upper bool }

func (c hexCode) step() (bytes, group int) { return 8 << 10, 1 }

func (c hexCode) EncodedLen(n int) int { return hex.EncodedLen(n) }

func (c hexCode) Encode(dst, src []byte) {
	hex.Encode(dst, src)
	if c.upper {
		upperDigits(dst)
	}
}

// upperDigits turns digits of text to upper case. Letters have bit 6 set and figures have not; bit 5 is the case.
func upperDigits(text []byte) {
	const bit6 = 0x4040404040404040
	for ; len(text) >= 8; text = text[8:] {
		x := binary.NativeEndian.Uint64(text)
		binary.NativeEndian.PutUint64(text, x&^(x&bit6>>1))
	}
	for i, c := range text {
		text[i] = c &^ (c & 0x40 >> 1)
	}
}
