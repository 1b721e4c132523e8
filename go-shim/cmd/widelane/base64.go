package main

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/widelane/widelane/go-shim/encoding/base64"
)

const base64Help = `Usage: widelane base64 [OPTION]... [FILE]
Encode FILE, or standard input, to standard output in base64, or decode it.

With no FILE, or when FILE is -, read standard input.

  -d, --decode          decode
  -i, --ignore-garbage  when decoding, skip characters outside the alphabet
  -w, --wrap COLS       break encoded lines after COLS characters (default 76);
                        0 for no line breaks
  -u, --url             the alphabet for URLs and file names: - and _
  -r, --raw             without padding: write none, and decode input without it
  -h, --help            print this help

Output is that of base64 of the GNU coreutils (with --url, of basenc
--base64url). Newlines in encoded input are skipped; anything else outside the
alphabet is an error without --ignore-garbage. Padded texts may follow each
other. What precedes an error is decoded and written.

Exit status: 0 if all went well, 1 if the input could not be read or was not
valid, the output could not be written, or an operand was wrong, 2 if an option
was not understood.
`

// An operandError is reported as any failure is, with status 1: scripts know that from coreutils.
type operandError string

func (e operandError) Error() string { return string(e) }

// base64Code is base64 in any alphabet.
type base64Code struct{ *base64.Encoding }

func (base64Code) step() (bytes, group int) { return 12 << 10, 3 }

func runBase64(k *call) error {
	var decode, ignoreGarbage, url, raw bool
	wrap := 76
	files, err := parse(k.args,
		on('d', "decode", &decode),
		on('i', "ignore-garbage", &ignoreGarbage),
		on('u', "url", &url),
		on('r', "raw", &raw),
		option{short: 'w', long: "wrap", value: func(v string) (err error) {
			wrap, err = parseWrap(v)
			return err
		}})
	switch {
	case err != nil:
		return err
	case len(files) == 0:
		files = []string{"-"}
	case len(files) > 1:
		return operandError("extra operand " + quoteArg(files[1]) + "\nTry 'widelane base64 --help' for more information.")
	}
	alphabet := base64.StdEncoding
	if url {
		alphabet = base64.URLEncoding
	}
	if decode {
		return k.transform(files[0], newDecoder(k.stdout, alphabet, ignoreGarbage, raw))
	}
	if raw {
		alphabet = alphabet.WithPadding(base64.NoPadding)
	}
	return k.transform(files[0], newEncoder(k.stdout, base64Code{alphabet}, wrap))
}

// parseWrap reads a number of columns; one that no line can reach means no line breaks.
func parseWrap(v string) (int, error) {
	digits := strings.TrimPrefix(strings.TrimLeft(v, " \t\n\v\f\r"), "+")
	n, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case errors.Is(err, strconv.ErrRange), err == nil && n > math.MaxInt:
		return 0, nil
	case err != nil:
		return 0, operandError("invalid wrap size: " + quoteArg(v))
	}
	return int(n), nil
}
