package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/widelane/widelane/go-shim/hash/crc32"
)

const crc32Help = `Usage: widelane crc32 [OPTION]... [FILE]...
Print CRC-32 checksums, or check them.

With no FILE, or when FILE is -, read standard input.

  -C, --castagnoli      CRC-32C (iSCSI, ext4, Kafka), not that of zip and PNG
  -c, --check           read checksums from the FILEs and check them
      --tag             print lines that name the checksum, as BSD does
  -z, --zero            end lines with NUL, not newline, and do not escape names
  -h, --help            print this help

Useful only with --check:
      --ignore-missing  neither report missing files nor fail for them
      --quiet           do not print OK for each file that matches
      --status          print nothing; the exit status tells
      --strict          fail for lines that are not properly formatted
  -w, --warn            warn about each such line

Each line of output is the checksum in hexadecimal, two spaces, and the name.
Where a name has a backslash, newline or carriage return, these are escaped and
the line begins with a backslash. --check reads this format, with "*" in place
of the second space too, and that of --tag, whose lines say by themselves which
of the two checksums they hold.

A CRC finds damage by accident, not by intent.

Exit status: 0 if all went well, 1 if a file could not be read or a check
failed, 2 if the command line was not understood.
`

// A checksum is one of the two kinds that this command knows.
type checksum struct {
	tag   string
	table *crc32.Table
}

var (
	ieee       = checksum{"CRC32", crc32.IEEETable}
	castagnoli = checksum{"CRC32C", crc32.MakeTable(crc32.Castagnoli)}
)

// checksummer is one run of `widelane crc32`.
type checksummer struct {
	*call
	castagnoli, check, tag, zero                bool
	ignoreMissing, quiet, status, strict, warns bool

	stream stream
}

func runCRC32(k *call) error {
	s := &checksummer{call: k}
	files, err := parse(k.args,
		on('C', "castagnoli", &s.castagnoli),
		on('c', "check", &s.check),
		on(0, "tag", &s.tag),
		on('z', "zero", &s.zero),
		on(0, "ignore-missing", &s.ignoreMissing),
		on(0, "quiet", &s.quiet),
		on(0, "status", &s.status),
		on(0, "strict", &s.strict),
		on('w', "warn", &s.warns))
	if err == nil {
		err = s.contradiction()
	}
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	each := s.print
	if s.check {
		each = s.checkList
	}
	ok := true
	for _, name := range files {
		ok = each(name) && ok
		// Nobody will see the rest.
		if k.stdout.flush() != nil {
			break
		}
	}
	if !ok {
		return errFailed
	}
	return nil
}

// contradiction names an option that has no meaning beside the others.
func (s *checksummer) contradiction() error {
	if s.check {
		switch {
		case s.tag:
			return usagef("the --tag option is meaningless when verifying checksums")
		case s.zero:
			return usagef("the --zero option is not supported when verifying checksums")
		}
		return nil
	}
	for _, o := range []struct {
		set  bool
		name string
	}{
		{s.ignoreMissing, "ignore-missing"}, {s.status, "status"}, {s.warns, "warn"}, {s.quiet, "quiet"}, {s.strict, "strict"},
	} {
		if o.set {
			return usagef("the --%s option is meaningful only when verifying checksums", o.name)
		}
	}
	return nil
}

// kind is the checksum that the options ask for.
func (s *checksummer) kind() checksum {
	if s.castagnoli {
		return castagnoli
	}
	return ieee
}

// print writes the line of one file and reports success.
func (s *checksummer) print(name string) bool {
	sum, err := s.sum(name, s.kind())
	if err != nil {
		s.complain("%s: %s", printable(name), reason(err))
		return false
	}
	s.stderr.clearStatus()
	s.stdout.WriteString(s.line(name, sum))
	// Line by line, so that results appear as they are found, also in a pipe.
	s.stdout.flush()
	return true
}

func (s *checksummer) line(name string, sum uint32) string {
	escape, end := "", "\n"
	if s.zero {
		end = "\x00"
	} else if strings.ContainsAny(name, "\\\n\r") {
		escape, name = "\\", escapeName.Replace(name)
	}
	if s.tag {
		return fmt.Sprintf("%s%s (%s) = %08x%s", escape, s.kind().tag, name, sum, end)
	}
	return fmt.Sprintf("%s%08x  %s%s", escape, sum, name, end)
}

var escapeName = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r")

// sum returns the checksum of a file.
func (s *checksummer) sum(name string, kind checksum) (uint32, error) {
	f, size, err := open(name, s.stdin)
	if err != nil {
		return 0, err
	}
	if f != s.stdin {
		defer f.Close()
	}
	return s.sumOf(f, kind, newProgress(s.stderr, name, size))
}

func (s *checksummer) sumOf(r io.Reader, kind checksum, progress *progress) (sum uint32, err error) {
	err = s.stream.each(r, func(p []byte) error {
		sum = crc32.Update(sum, kind.table, p)
		progress.add(len(p))
		return nil
	})
	return sum, err
}
