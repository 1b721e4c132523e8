package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
)

// maxListLine bounds the memory that a list takes: longer than any path of any system, so a longer line is not a line
// of a list.
const maxListLine = 64 << 10

// tally counts what became of the lines of one list.
type tally struct {
	proper, improper    int
	unreadable, differs int
	matches             int
}

// checkList checks the files that a list names and reports whether all is well.
func (s *checksummer) checkList(list string) bool {
	f, _, err := open(list, s.stdin)
	if err != nil {
		s.complain("%s: %s", printable(list), reason(err))
		return false
	}
	shown := printable(list)
	if f == s.stdin {
		shown = "'standard input'"
	} else {
		defer f.Close()
	}
	count, err := s.checkLines(f, shown)
	if err != nil {
		s.complain("%s: %s", shown, reason(err))
		return false
	}
	if s.stdout.err != nil {
		return false
	}
	return s.conclude(shown, count)
}

func (s *checksummer) checkLines(r io.Reader, list string) (count tally, err error) {
	lines := bufio.NewReaderSize(r, maxListLine)
	form := listForm{kinds: s.kinds, plain: s.plain}
	if form.plain == nil {
		form.plain = []*checksum{s.kind}
	}
	for number := 1; ; number++ {
		line, proper, err := readLine(lines)
		if err != nil {
			return count, notEOF(err)
		}
		if line == "" || line[0] == '#' {
			continue
		}
		entry, ok := form.parse(line)
		if !ok || !proper {
			count.improper++
			if s.warns {
				s.complain("%s: %d: improperly formatted %s checksum line", list, number, s.kind.tag)
			}
			continue
		}
		count.proper++
		s.checkEntry(entry, &count)
		if s.stdout.flush() != nil {
			return count, nil
		}
	}
}

// readLine returns the next line without its end. A line over the bound is read to its end and is not proper.
func readLine(r *bufio.Reader) (line string, proper bool, err error) {
	b, err := r.ReadSlice('\n')
	line, proper = string(b), true
	for errors.Is(err, bufio.ErrBufferFull) {
		proper = false
		_, err = r.ReadSlice('\n')
	}
	if err == io.EOF && line != "" {
		err = nil
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), proper, err
}

func (s *checksummer) checkEntry(e entry, count *tally) {
	sum, err := s.sum(e.name, e.kind)
	if s.ignoreMissing && errors.Is(err, fs.ErrNotExist) {
		return
	}
	verdict := "OK"
	switch {
	case err != nil:
		s.complain("%s: %s", printable(e.name), reason(err))
		count.unreadable++
		verdict = "FAILED open or read"
	case sum != e.sum:
		count.differs++
		verdict = "FAILED"
	default:
		count.matches++
		if s.quiet {
			return
		}
	}
	if s.status {
		return
	}
	s.stderr.clearStatus()
	name := e.name
	if strings.Contains(name, "\n") {
		name = "\\" + escapeName.Replace(name)
	}
	fmt.Fprintf(s.stdout, "%s: %s\n", name, verdict)
}

// conclude prints the warnings about a whole list and reports whether all is well.
func (s *checksummer) conclude(list string, count tally) bool {
	if count.proper == 0 {
		s.complain("%s: no properly formatted checksum lines found", list)
		return false
	}
	if !s.status {
		s.warnCount(count.improper, "line is improperly formatted", "lines are improperly formatted")
		s.warnCount(count.unreadable, "listed file could not be read", "listed files could not be read")
		s.warnCount(count.differs, "computed checksum did NOT match", "computed checksums did NOT match")
		if s.ignoreMissing && count.matches == 0 {
			s.complain("%s: no file was verified", list)
		}
	}
	// A list of missing files only is no success, even where missing ones are ignored: nothing was verified.
	return count.matches > 0 && count.unreadable == 0 && count.differs == 0 && (!s.strict || count.improper == 0)
}

func (s *checksummer) warnCount(n int, one, many string) {
	switch n {
	case 0:
	case 1:
		s.complain("WARNING: 1 %s", one)
	default:
		s.complain("WARNING: %d %s", n, many)
	}
}

// An entry is one line of a list.
type entry struct {
	name string
	sum  value
	kind *checksum
}

// listForm parses the lines of one list.
type listForm struct {
	kinds []*checksum
	plain []*checksum // of lines without a tag, each of another length
	// decided is whether a line has shown how names begin: after one space (an old BSD form) or after two characters.
	// The first line decides, since a name may itself begin with a space.
	decided, oneSpace bool
}

func (l *listForm) parse(line string) (entry, bool) {
	line = strings.TrimLeft(line, " \t")
	escaped := strings.HasPrefix(line, "\\")
	line = strings.TrimPrefix(line, "\\")
	e, ok := l.parseTagged(line)
	if !ok {
		e, ok = l.parsePlain(line)
	}
	if ok && escaped {
		e.name, ok = unescapeName(e.name)
	}
	return e, ok && e.name != "" && !strings.Contains(e.name, "\x00")
}

// parseTagged reads `CRC32 (name) = 0123abcd`.
func (l *listForm) parseTagged(line string) (entry, bool) {
	tag, rest, _ := strings.Cut(line, " ")
	for _, kind := range l.kinds {
		if tag != kind.tag || !strings.HasPrefix(rest, "(") {
			continue
		}
		end := strings.LastIndexByte(rest, ')')
		if end < 0 {
			return entry{}, false
		}
		hex, found := strings.CutPrefix(strings.TrimLeft(rest[end+1:], " \t"), "=")
		sum, ok := parseSum(strings.TrimLeft(hex, " \t"), kind.digits)
		return entry{rest[1:end], sum, kind}, found && ok
	}
	return entry{}, false
}

// parsePlain reads `0123abcd  name`, `0123abcd *name` and `0123abcd name`.
func (l *listForm) parsePlain(line string) (entry, bool) {
	var kind *checksum
	var sum value
	var name string
	for _, k := range l.plain {
		rest := strings.TrimPrefix(line, k.prefix)
		if len(rest) < k.digits+2 || rest[k.digits] != ' ' && rest[k.digits] != '\t' {
			continue
		}
		var ok bool
		if sum, ok = parseSum(rest[:k.digits], k.digits); ok {
			kind, name = k, rest[k.digits+1:]
			break
		}
	}
	if kind == nil {
		return entry{}, false
	}
	if oneSpace := len(name) == 1 || name[0] != ' ' && name[0] != '*'; oneSpace {
		if l.decided && !l.oneSpace {
			return entry{}, false
		}
		l.decided, l.oneSpace = true, true
	} else if !l.oneSpace {
		l.decided = true
		name = name[1:]
	}
	return entry{name, sum, kind}, true
}

// parseSum wants exactly so many digits; ParseUint alone would take fewer, and a sign.
func parseSum(hex string, digits int) (sum value, ok bool) {
	if len(hex) != digits || strings.Trim(hex, "0123456789abcdefABCDEF") != "" {
		return value{}, false
	}
	if len(hex) > 16 {
		sum.high, _ = strconv.ParseUint(hex[:len(hex)-16], 16, 64)
		hex = hex[len(hex)-16:]
	}
	sum.low, _ = strconv.ParseUint(hex, 16, 64)
	return sum, true
}

// unescapeName undoes escapeName; an escape that it does not make is an error.
func unescapeName(name string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '\\' {
			i++
			if i == len(name) {
				return "", false
			}
			switch name[i] {
			case '\\':
				c = '\\'
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			default:
				return "", false
			}
		}
		b.WriteByte(c)
	}
	return b.String(), true
}
