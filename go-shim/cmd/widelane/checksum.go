package main

import (
	"fmt"
	"io"
	"strings"
)

// checksumHelp ends the help of every command that prints and checks checksums.
const checksumHelp = `
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
of the checksums they hold.

Such a checksum finds damage by accident, not by intent.

Exit status: 0 if all went well, 1 if a file could not be read or a check
failed, 2 if the command line was not understood.
`

// A checksum is a kind of checksum that a command knows.
type checksum struct {
	tag    string
	digits int    // of a checksum in hexadecimal
	prefix string // that other tools put before these
	update func(sum uint64, p []byte) uint64
	begin  func() running // instead of update, where the state is more than the checksum
}

// A value is a checksum, of which most kinds have 64 bits or less.
type value struct{ high, low uint64 }

// hex returns the last so many digits.
func (v value) hex(digits int) string {
	all := fmt.Sprintf("%016x%016x", v.high, v.low)
	return all[len(all)-digits:]
}

// running is a checksum of what was read so far.
type running interface {
	add(p []byte)
	value() value
}

func (c *checksum) start() running {
	if c.begin != nil {
		return c.begin()
	}
	return &register{update: c.update}
}

// A register is running where the checksum so far is all there is to know.
type register struct {
	sum    uint64
	update func(sum uint64, p []byte) uint64
}

func (r *register) add(p []byte) { r.sum = r.update(r.sum, p) }
func (r *register) value() value { return value{low: r.sum} }

// checksummer is one run of `widelane crc32` and its like.
type checksummer struct {
	*call
	kinds []*checksum // those that a line with a tag may name
	kind  *checksum   // the one that the options ask for
	plain []*checksum // those that a line without a tag may hold, which its length tells; nil for kind alone

	check, tag, zero                            bool
	ignoreMissing, quiet, status, strict, warns bool

	stream stream
}

// options are those that all of these commands have.
func (s *checksummer) options() []option {
	return []option{
		on('c', "check", &s.check),
		on(0, "tag", &s.tag),
		on('z', "zero", &s.zero),
		on(0, "ignore-missing", &s.ignoreMissing),
		on(0, "quiet", &s.quiet),
		on(0, "status", &s.status),
		on(0, "strict", &s.strict),
		on('w', "warn", &s.warns),
	}
}

// run prints the checksums of files, or checks those that the files list.
func (s *checksummer) run(files []string) error {
	if err := s.contradiction(); err != nil {
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
		if s.stdout.flush() != nil {
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

// print writes the line of one file and reports success.
func (s *checksummer) print(name string) bool {
	sum, err := s.sum(name, s.kind)
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

func (s *checksummer) line(name string, sum value) string {
	escape, end := "", "\n"
	if s.zero {
		end = "\x00"
	} else if strings.ContainsAny(name, "\\\n\r") {
		escape, name = "\\", escapeName.Replace(name)
	}
	if s.tag {
		return escape + s.kind.tag + " (" + name + ") = " + sum.hex(s.kind.digits) + end
	}
	return escape + sum.hex(s.kind.digits) + "  " + name + end
}

var escapeName = strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "\\r")

// sum returns the checksum of a file.
func (s *checksummer) sum(name string, kind *checksum) (value, error) {
	f, size, err := open(name, s.stdin)
	if err != nil {
		return value{}, err
	}
	if f != s.stdin {
		defer f.Close()
	}
	return s.sumOf(f, kind, newProgress(s.stderr, name, size))
}

func (s *checksummer) sumOf(r io.Reader, kind *checksum, progress *progress) (value, error) {
	sum := kind.start()
	err := s.stream.each(r, func(p []byte) error {
		sum.add(p)
		progress.add(len(p))
		return nil
	})
	return sum.value(), err
}
