package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

func TestCRC32(t *testing.T) {
	dir := write(t, map[string]string{
		"check": "123456789", "empty": "", "-C": "option", "with space": "x",
		"good":  "cbf43926  check\n00000000 *empty\n",
		"wrong": "cbf43926  check\n00000001  empty\n",
		"tags":  "CRC32 (check) = CBF43926\r\nCRC32C (check) = e3069283\n",
		"lost":  "cbf43926  check\n00000000  lost file\n",
	})
	if err := os.Mkdir(filepath.Join(dir, "dir"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  string // separated by single spaces
		stdin string
		want  result
	}{
		{"check", "", result{"cbf43926  check\n", "", 0}},
		{"-C check empty", "", result{"e3069283  check\n00000000  empty\n", "", 0}},
		{"check -C", "", result{"e3069283  check\n", "", 0}},
		{"-- -C", "", result{"5a8600b0  -C\n", "", 0}},
		{"--cast --tag check", "", result{"CRC32C (check) = e3069283\n", "", 0}},
		{"", "123456789", result{"cbf43926  -\n", "", 0}},
		{"- empty", "123456789", result{"cbf43926  -\n00000000  empty\n", "", 0}},
		{"-z check empty", "", result{"cbf43926  check\x0000000000  empty\x00", "", 0}},
		{"dir check none", "", result{
			"cbf43926  check\n",
			"widelane crc32: dir: Is a directory\nwidelane crc32: none: No such file or directory\n", 1}},
		{"-c good", "", result{"check: OK\nempty: OK\n", "", 0}},
		{"-c", "cbf43926  check\n", result{"check: OK\n", "", 0}},
		{"-c good --quiet", "", result{"", "", 0}},
		{"-c good --status", "", result{"", "", 0}},
		{"-c tags", "", result{"check: OK\ncheck: OK\n", "", 0}},
		{"-cC", "e3069283 check\n", result{"check: OK\n", "", 0}},
		{"-c wrong", "", result{
			"check: OK\nempty: FAILED\n",
			"widelane crc32: WARNING: 1 computed checksum did NOT match\n", 1}},
		{"-c --status wrong", "", result{"", "", 1}},
		{"-c lost", "", result{
			"check: OK\nlost file: FAILED open or read\n",
			"widelane crc32: lost file: No such file or directory\n" +
				"widelane crc32: WARNING: 1 listed file could not be read\n", 1}},
		{"-c --ignore-missing lost", "", result{"check: OK\n", "", 0}},
		{"-c check", "", result{"", "widelane crc32: check: no properly formatted checksum lines found\n", 1}},
		{"-c none", "", result{"", "widelane crc32: none: No such file or directory\n", 1}},
		{"-c dir", "", result{"", "widelane crc32: dir: Is a directory\n", 1}},
		// A line as long as memory is not a line of a list, and takes no memory.
		{"-c", strings.Repeat("0", 200<<10) + "\ncbf43926  check\n", result{
			"check: OK\n", "widelane crc32: WARNING: 1 line is improperly formatted\n", 0}},
		{"-c --strict", "x\ncbf43926  check\n", result{
			"check: OK\n", "widelane crc32: WARNING: 1 line is improperly formatted\n", 1}},
	} {
		cmd := program(t, append([]string{"crc32"}, strings.Fields(c.args)...)...)
		cmd.Dir = dir
		got := capture(t, cmd, strings.NewReader(c.stdin))
		if runtime.GOOS == "windows" {
			got.err, c.want.err = "", ""
		}
		if got != c.want {
			t.Errorf("crc32 %s:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}

// Escaped names, and every branch of the check, beside sha256sum, whose words these are: the same run with its sums and
// its name replaced.
func TestCRC32LikeSha256sum(t *testing.T) {
	sha256sum := coreutils(t, "sha256sum")
	names := []string{"a", "b c", "n\nl", "b\\s", "c\rr", " lead", "*star", "\\b", "(p) = q", "ü", "-"}
	files := map[string]string{}
	for _, n := range names {
		files[n] = "contents of " + n
	}
	for _, c := range []struct {
		name string
		args []string                // for making the list
		edit func([]string) []string // of the list's lines
		opts []string                // for checking it
	}{
		{"plain", nil, nil, nil},
		{"tag", []string{"--tag"}, nil, nil},
		{"quiet", nil, nil, []string{"--quiet"}},
		{"upper case", nil, mapSum(strings.ToUpper), nil},
		{"CRLF", nil, mapLine(func(s string) string { return s + "\r" }), nil},
		{"leading blanks", nil, mapLine(func(s string) string { return " \t" + s }), nil},
		{"star", nil, mapLine(func(s string) string { return strings.Replace(s, "  ", " *", 1) }), nil},
		{"one space", nil, mapLine(func(s string) string { return strings.Replace(s, "  ", " ", 1) }), nil},
		{"tab", nil, mapLine(func(s string) string { return strings.Replace(s, "  ", "\t", 1) }), nil},
		{"three spaces", nil, mapLine(func(s string) string { return strings.Replace(s, "  ", "   ", 1) }), []string{"-w"}},
		{"no space", nil, mapLine(func(s string) string { return strings.Replace(s, "  ", "", 1) }), nil},
		{"no name", nil, mapLine(func(s string) string { return strings.Replace(s, "  a", "  ", 1) }), []string{"-w"}},
		{"mixed spaces", nil, func(l []string) []string {
			return append(l, strings.Replace(l[0], "  ", " ", 1))
		}, []string{"-w"}},
		{"sum too long", nil, mapSum(func(s string) string { return s + "0" }), nil},
		{"sum too short", nil, mapSum(func(s string) string { return s[1:] }), nil},
		{"not hexadecimal", nil, mapSum(func(s string) string { return "g" + s[1:] }), nil},
		{"differs", nil, mapSum(func(s string) string { return strings.Repeat("f", len(s)) }), nil},
		{"differs, status", nil, mapSum(func(s string) string { return strings.Repeat("f", len(s)) }), []string{"--status"}},
		{"differs, ignore", nil, mapSum(func(s string) string { return strings.Repeat("f", len(s)) }), []string{"--ignore-missing"}},
		{"comments", nil, func(l []string) []string { return append([]string{"", "# comment", " # not one"}, l...) }, []string{"-w"}},
		{"strict", nil, func(l []string) []string { return append(l, "improper", "too") }, []string{"--strict"}},
		{"warn", nil, func(l []string) []string { return append(l, "improper") }, []string{"-w"}},
		{"missing", nil, mapLine(func(s string) string { return strings.Replace(s, "  a", "  gone", 1) }), nil},
		{"missing, ignored", nil, mapLine(func(s string) string { return strings.Replace(s, "  a", "  gone", 1) }), []string{"--ignore-missing"}},
		{"missing, status", nil, mapLine(func(s string) string { return strings.Replace(s, "  a", "  gone", 1) }), []string{"--status"}},
		{"all missing", nil, mapLine(func(s string) string { return s + "gone" }), []string{"--ignore-missing"}},
		{"all missing, status", nil, mapLine(func(s string) string { return s + "gone" }), []string{"--ignore-missing", "--status"}},
		{"directory", nil, mapLine(func(s string) string { return strings.Replace(s, "  a", "  .", 1) }), []string{"--ignore-missing"}},
		{"empty", nil, func([]string) []string { return nil }, nil},
		{"bad escape", nil, mapLine(func(s string) string { return strings.Replace(s, "n\\nl", "n\\xl", 1) }), nil},
		{"open escape", nil, mapLine(func(s string) string { return strings.Replace(s, "n\\nl", "n\\", 1) }), nil},
		{"tag, no close", []string{"--tag"}, mapLine(func(s string) string { return strings.ReplaceAll(s, ")", "") }), nil},
		{"tag, no equals", []string{"--tag"}, mapLine(func(s string) string { return strings.ReplaceAll(s, "=", " ") }), nil},
		{"tag, narrow", []string{"--tag"}, mapLine(func(s string) string { return endOfTag.ReplaceAllString(s, ")=$1") }), nil},
		{"tag, other", []string{"--tag"}, mapLine(func(s string) string { return "X" + s }), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := checkRound(t, exec.Command(sha256sum), files, names, c.args, c.edit, c.opts)
			got := checkRound(t, program(t, "crc32"), files, names, c.args, c.edit, c.opts)
			want.err = strings.ReplaceAll(want.err, sha256sum+": ", "widelane crc32: ")
			want.err = strings.ReplaceAll(want.err, "SHA256", "CRC32")
			// It quotes names for a shell; ours are quoted only where they would disturb a terminal.
			want.err = lostName.ReplaceAllString(want.err, ": NAME: No such")
			got.err = lostName.ReplaceAllString(got.err, ": NAME: No such")
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// checkRound lets a tool make a list, edits it, and lets the tool check it.
func checkRound(t *testing.T, tool *exec.Cmd, files map[string]string, names, args []string, edit func([]string) []string, opts []string) result {
	dir := write(t, files)
	with := func(args ...string) *exec.Cmd {
		cmd := *tool
		cmd.Args, cmd.Dir = append(cmd.Args[:len(cmd.Args):len(cmd.Args)], args...), dir
		if cmd.Env == nil {
			cmd.Env = append(os.Environ(), "LC_ALL=C")
		}
		return &cmd
	}
	make := capture(t, with(append(append(args, "--"), names...)...), strings.NewReader("standard input"))
	if make.status != 0 {
		t.Fatalf("%v: %+v", tool.Args, make)
	}
	lines := strings.Split(strings.TrimSuffix(make.out, "\n"), "\n")
	// "-" in a list is standard input again, which has been read: the sum differs, for both tools.
	if edit != nil {
		lines = edit(lines)
	}
	list := filepath.Join(dir, "list")
	if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	return capture(t, with(append(opts, "-c", "list")...), strings.NewReader(""))
}

func mapLine(f func(string) string) func([]string) []string {
	return func(lines []string) (out []string) {
		for _, l := range lines {
			out = append(out, f(l))
		}
		return out
	}
}

var endOfTag = regexp.MustCompile(`\) = ([0-9a-f]+)$`)

var lostName = regexp.MustCompile(`: .*: No such`)

var hexSum = regexp.MustCompile(`^(\\?)([0-9a-f]+)`)

func mapSum(f func(string) string) func([]string) []string {
	return mapLine(func(l string) string {
		m := hexSum.FindStringSubmatch(l)
		return m[1] + f(m[2]) + l[len(m[0]):]
	})
}
