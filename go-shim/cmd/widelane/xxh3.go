package main

import (
	"strconv"
	"strings"

	"github.com/widelane/widelane/go-shim/xxh3"
)

const xxh3Help = `Usage: widelane xxh3 [OPTION]... [FILE]...
Print XXH3 hashes, or check them.

With no FILE, or when FILE is -, read standard input.

      --128             hashes of 128 bits (XXH128), not 64
      --seed N          begin with the seed N, up to 64 bits, in decimal or
                        with 0x before it in hexadecimal; 0, as without
  -c, --check           read hashes from the FILEs and check them; without
                        --128, the length of each says which it is
      --tag             print lines that name the hash, as BSD does
  -z, --zero            end lines with NUL, not newline, and do not escape names
  -h, --help            print this help

The hashes are those of xxhsum -H3 and -H2, and --check reads its lines too,
those that begin with XXH3_ as well.
` + checksumHelp

var xxh3Narrow, xxh3Wide = xxh3Of(0)

// xxh3Of returns the two kinds of hashes with a seed, which no line of a list tells.
func xxh3Of(seed uint64) (narrow, wide *checksum) {
	begin := func(wide bool) func() running {
		return func() running {
			r := &xxh3Running{wide: wide}
			r.hasher.ResetSeed(seed)
			return r
		}
	}
	narrow = &checksum{tag: "XXH3", digits: 16, prefix: "XXH3_", begin: begin(false)}
	wide = &checksum{tag: "XXH128", digits: 32, begin: begin(true)}
	return narrow, wide
}

// xxh3Running is an XXH3 hash of what was read so far.
type xxh3Running struct {
	hasher xxh3.Hasher
	wide   bool
}

func (r *xxh3Running) add(p []byte) { r.hasher.Write(p) }

func (r *xxh3Running) value() value {
	if !r.wide {
		return value{low: r.hasher.Sum64()}
	}
	sum := r.hasher.Sum128()
	return value{sum.Hi, sum.Lo}
}

// seedOf reads a seed, strictly: no sign, no underscores, no octal digits.
func seedOf(text string) (uint64, error) {
	digits, base := text, 10
	if rest, ok := strings.CutPrefix(text, "0x"); ok {
		digits, base = rest, 16
	}
	seed, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return 0, usagef("invalid seed: '%s'", printable(text))
	}
	return seed, nil
}

func runXXH3(k *call) error {
	s := &checksummer{call: k}
	var (
		isWide bool
		seed   uint64
	)
	files, err := parse(k.args, append(s.options(), on(0, "128", &isWide),
		option{long: "seed", value: func(v string) (err error) {
			seed, err = seedOf(v)
			return err
		}})...)
	if err != nil {
		return err
	}
	narrow, wide := xxh3Of(seed)
	s.kinds, s.kind = []*checksum{narrow, wide}, narrow
	s.plain = s.kinds
	if isWide {
		s.kind, s.plain = wide, nil
	}
	return s.run(files)
}
