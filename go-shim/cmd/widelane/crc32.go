package main

import "github.com/widelane/widelane/go-shim/hash/crc32"

const crc32Help = `Usage: widelane crc32 [OPTION]... [FILE]...
Print CRC-32 checksums, or check them.

With no FILE, or when FILE is -, read standard input.

  -C, --castagnoli      CRC-32C (iSCSI, ext4, Kafka), not that of zip and PNG
  -c, --check           read checksums from the FILEs and check them
      --tag             print lines that name the checksum, as BSD does
  -z, --zero            end lines with NUL, not newline, and do not escape names
  -h, --help            print this help
` + checksumHelp

var (
	ieee       = crc32Of("CRC32", crc32.IEEETable)
	castagnoli = crc32Of("CRC32C", crc32.MakeTable(crc32.Castagnoli))
)

func crc32Of(tag string, table *crc32.Table) *checksum {
	return &checksum{tag: tag, digits: 8, update: func(sum uint64, p []byte) uint64 {
		return uint64(crc32.Update(uint32(sum), table, p))
	}}
}

func runCRC32(k *call) error {
	s := &checksummer{call: k, kinds: []*checksum{ieee, castagnoli}, kind: ieee}
	var isCastagnoli bool
	files, err := parse(k.args, append(s.options(), on('C', "castagnoli", &isCastagnoli))...)
	if err != nil {
		return err
	}
	if isCastagnoli {
		s.kind = castagnoli
	}
	return s.run(files)
}
