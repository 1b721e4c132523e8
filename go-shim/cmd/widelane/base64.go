package main

import (
	"errors"
	"io"
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

// errInvalid is what a decoder returns for input that is not base64.
var errInvalid = errors.New("invalid input")

// A sink takes the result of a transform. It keeps its errors.
type sink interface{ direct(p []byte) error }

// A transform turns a stream into another, piece by piece.
type transform interface {
	// write takes the next piece of input.
	write(p []byte) error
	// finish takes the end of the input.
	finish() error
}

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
	return k.transform(files[0], newEncoder(k.stdout, alphabet, wrap))
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

// transform sends a file through t and says what went wrong.
func (k *call) transform(name string, t transform) error {
	f, size, err := open(name, k.stdin)
	if err != nil {
		k.complain("%s: %s", printable(name), reason(err))
		return errFailed
	}
	if f != k.stdin {
		defer f.Close()
	}
	statusTo := k.stderr
	if isTerminal(k.stdout.file) {
		// A status line would stand in the way of the result.
		statusTo = new(terminal)
	}
	return k.transformErr(streamInto(f, t, newProgress(statusTo, name, size)))
}

// A readError is an error of the input's, to be told from those of the output and the data.
type readError struct{ error }

func streamInto(r io.Reader, t transform, shown *progress) error {
	var refused error
	var s stream
	err := s.each(r, func(p []byte) error {
		shown.add(len(p))
		refused = t.write(p)
		return refused
	})
	switch {
	case refused != nil:
		return refused
	case err != nil:
		return readError{err}
	}
	return t.finish()
}

func (k *call) transformErr(err error) error {
	var input readError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errInvalid):
		return err
	case errors.As(err, &input):
		k.complain("read error: %s", reason(input.error))
		return errFailed
	}
	// An error of the output stays with the output, and is reported when that is closed.
	return errFailed
}
