package main

import "github.com/widelane/widelane/go-shim/xxh3"

const xxh3Help = `Usage: widelane xxh3 [OPTION]... [FILE]...
Print XXH3 hashes, or check them.

With no FILE, or when FILE is -, read standard input.

      --128             hashes of 128 bits (XXH128), not 64
  -c, --check           read hashes from the FILEs and check them; without
                        --128, the length of each says which it is
      --tag             print lines that name the hash, as BSD does
  -z, --zero            end lines with NUL, not newline, and do not escape names
  -h, --help            print this help

The hashes are those of xxhsum -H3 and -H2, and --check reads its lines too,
those that begin with XXH3_ as well.
` + checksumHelp

var (
	xxh3Narrow = &checksum{tag: "XXH3", digits: 16, prefix: "XXH3_", begin: func() running { return new(xxh3Running) }}
	xxh3Wide   = &checksum{tag: "XXH128", digits: 32, begin: func() running { return &xxh3Running{wide: true} }}
)

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

func runXXH3(k *call) error {
	s := &checksummer{call: k, kinds: []*checksum{xxh3Narrow, xxh3Wide}, kind: xxh3Narrow}
	s.plain = s.kinds
	var isWide bool
	files, err := parse(k.args, append(s.options(), on(0, "128", &isWide))...)
	if err != nil {
		return err
	}
	if isWide {
		s.kind, s.plain = xxh3Wide, nil
	}
	return s.run(files)
}
