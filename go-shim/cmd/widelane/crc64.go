package main

import "github.com/widelane/widelane/go-shim/hash/crc64"

const crc64Help = `Usage: widelane crc64 [OPTION]... [FILE]...
Print CRC-64 checksums, or check them.

With no FILE, or when FILE is -, read standard input.

      --iso             CRC-64/GO-ISO (ISO 3309), not CRC-64/XZ (ECMA-182)
      --nvme            CRC-64/NVME (NVM Express, Amazon S3)
  -c, --check           read checksums from the FILEs and check them
      --tag             print lines that name the checksum, as BSD does
  -z, --zero            end lines with NUL, not newline, and do not escape names
  -h, --help            print this help
` + checksumHelp

var (
	ecma = crc64Of("CRC64", crc64.ECMA)
	iso  = crc64Of("CRC64ISO", crc64.ISO)
	nvme = crc64Of("CRC64NVME", crc64.NVME)
)

func crc64Of(tag string, poly uint64) *checksum {
	return &checksum{tag: tag, digits: 16, update: func(sum uint64, p []byte) uint64 {
		return crc64.Update(sum, crc64.MakeTable(poly), p)
	}}
}

func runCRC64(k *call) error {
	s := &checksummer{call: k, kinds: []*checksum{ecma, iso, nvme}, kind: ecma}
	var isISO, isNVME bool
	files, err := parse(k.args, append(s.options(), on(0, "iso", &isISO), on(0, "nvme", &isNVME))...)
	switch {
	case err != nil:
		return err
	case isISO && isNVME:
		return usagef("the --iso and --nvme options are mutually exclusive")
	case isISO:
		s.kind = iso
	case isNVME:
		s.kind = nvme
	}
	return s.run(files)
}
