package main

import "github.com/widelane/widelane/go-shim/encoding/base32"

const base32Help = `Usage: widelane base32 [OPTION]... [FILE]...
Encode the FILEs, one behind the other, to standard output in base32, or decode
them.

With no FILE, or when FILE is -, read standard input.

  -d, --decode          decode
  -i, --ignore-garbage  when decoding, skip characters outside the alphabet
  -w, --wrap COLS       break encoded lines after COLS characters (default 76);
                        0 for no line breaks
  -x, --hex             the alphabet whose texts sort as their bytes do: 0 to 9
                        and A to V, as basenc --base32hex has it
  -r, --raw             without padding: write none, and decode input without it
  -h, --help            print this help

Output is that of base32 of the GNU coreutils. Newlines in encoded input are
skipped; anything else outside the alphabet is an error without
--ignore-garbage, which names its offset in its file. Padded texts may follow
each other. Whole groups of eight characters before an error are decoded and
written. A group may begin in one FILE and end in the next.

Exit status: 0 if all went well, 1 if the input could not be read or was not
valid, the output could not be written, or the wrap size was wrong, 2 if an
option was not understood.
`

// base32Code is base32 in any alphabet.
type base32Code struct{ *base32.Encoding }

func (base32Code) step() (bytes, group int) { return 10 << 10, 5 }

func runBase32(k *call) error {
	var decode, ignoreGarbage, sorted, raw bool
	wrap := 76
	files, err := parse(k.args,
		on('d', "decode", &decode),
		on('i', "ignore-garbage", &ignoreGarbage),
		on('x', "hex", &sorted),
		on('r', "raw", &raw),
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
	alphabet := base32.StdEncoding
	if sorted {
		alphabet = base32.HexEncoding
	}
	if decode {
		return k.transformAll(files, newBase32Decoder(k.stdout, alphabet, ignoreGarbage, raw))
	}
	if raw {
		alphabet = alphabet.WithPadding(base32.NoPadding)
	}
	return k.transformAll(files, newEncoder(k.stdout, base32Code{alphabet}, wrap))
}
