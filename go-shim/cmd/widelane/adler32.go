package main

import (
	"hash"

	"github.com/widelane/widelane/go-shim/hash/adler32"
)

const adler32Help = `Usage: widelane adler32 [OPTION]... [FILE]...
Print Adler-32 checksums, those of zlib streams, or check them.

With no FILE, or when FILE is -, read standard input.

  -c, --check           read checksums from the FILEs and check them
      --tag             print lines that name the checksum, as BSD does
  -z, --zero            end lines with NUL, not newline, and do not escape names
  -h, --help            print this help
` + checksumHelp

// adler does not begin as 0, so a hash is its state.
var adler = &checksum{tag: "ADLER32", digits: 8, begin: func() running { return adlerRunning{adler32.New()} }}

type adlerRunning struct{ hash.Hash32 }

func (r adlerRunning) add(p []byte) { r.Write(p) }
func (r adlerRunning) value() value { return value{low: uint64(r.Sum32())} }

func runAdler32(k *call) error {
	s := &checksummer{call: k, kinds: []*checksum{adler}, kind: adler}
	files, err := parse(k.args, s.options()...)
	if err != nil {
		return err
	}
	return s.run(files)
}
