package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// With this variable set the test binary is the program, so that the tests run what a shell would run.
	asProgram = "WIDELANE_TEST_AS_PROGRAM"
	// The command that runs this binary, if it is an emulator's: the kernel starts no program for another machine, and
	// would start one for a lesser model of this machine without the model.
	emulatedBy = "WIDELANE_TEST_EMULATOR"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	plant(os.Getenv(planted))
	status := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if path := os.Getenv(peakTo); path != "" {
		writePeak(path)
	}
	os.Exit(status)
}

// program returns the program as a command that is ready to run.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	line := append(append(strings.Fields(os.Getenv(emulatedBy)), self), args...)
	cmd := exec.Command(line[0], line[1:]...)
	// With the race detector a program sleeps for a second at its end, to let reports out: they come out without.
	cmd.Env = append(os.Environ(), asProgram+"=1", "LC_ALL=C", "GORACE=atexit_sleep_ms=0")
	return cmd
}

// A result is what a shell sees of a program.
type result struct {
	out, err string
	status   int
}

// capture runs a command to its end.
func capture(t testing.TB, cmd *exec.Cmd, stdin io.Reader) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stderr = stdin, &errs
	if cmd.Stdout == nil {
		cmd.Stdout = &out
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	return result{out.String(), withoutNoise(errs.String()), cmd.ProcessState.ExitCode()}
}

// withoutNoise drops what is not the program's: what Go's runtime says about names in GODEBUG that it does not know, and an
// emulator about what it cannot do.
func withoutNoise(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "GODEBUG: ") && !strings.HasPrefix(line, "qemu-") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// widelane runs the program.
func widelane(t testing.TB, stdin string, args ...string) result {
	t.Helper()
	return capture(t, program(t, args...), strings.NewReader(stdin))
}

// write makes files of the given contents in a new directory.
func write(t testing.TB, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestCommandLine(t *testing.T) {
	const hint = "Try 'widelane crc32 --help' for more information.\n"
	for _, c := range []struct {
		args []string
		want result
	}{
		{[]string{"crc65"}, result{"", "widelane: unknown command 'crc65'\nTry 'widelane help' for the list of commands.\n", 2}},
		{[]string{"-x"}, result{"", "widelane: unknown option '-x'\nTry 'widelane help' for the list of commands.\n", 2}},
		{[]string{"\x1b[1m"}, result{"", "widelane: unknown command \"\\x1b[1m\"\nTry 'widelane help' for the list of commands.\n", 2}},
		{[]string{"crc32", "-x"}, result{"", "widelane crc32: invalid option -- 'x'\n" + hint, 2}},
		{[]string{"crc32", "-Cx"}, result{"", "widelane crc32: invalid option -- 'x'\n" + hint, 2}},
		{[]string{"crc32", "--x=1"}, result{"", "widelane crc32: unrecognized option '--x'\n" + hint, 2}},
		{[]string{"crc32", "--tag=1"}, result{"", "widelane crc32: option '--tag' doesn't allow an argument\n" + hint, 2}},
		{[]string{"crc32", "--st"}, result{"", "widelane crc32: option '--st' is ambiguous; possibilities: '--status' '--strict'\n" + hint, 2}},
		{[]string{"crc32", "--quiet"}, result{"", "widelane crc32: the --quiet option is meaningful only when verifying checksums\n" + hint, 2}},
		{[]string{"crc64", "--iso", "--nvme"}, result{"", "widelane crc64: the --iso and --nvme options are mutually exclusive\nTry 'widelane crc64 --help' for more information.\n", 2}},
		{[]string{"base64", "-w"}, result{"", "widelane base64: option requires an argument -- 'w'\nTry 'widelane base64 --help' for more information.\n", 2}},
		{[]string{"base64", "--wr"}, result{"", "widelane base64: option '--wrap' requires an argument\nTry 'widelane base64 --help' for more information.\n", 2}},
		{[]string{"help", "x"}, result{"", "widelane help: unknown command 'x'\nTry 'widelane help --help' for more information.\n", 2}},
		{[]string{"version", "x"}, result{"", "widelane version: extra operand 'x'\nTry 'widelane version --help' for more information.\n", 2}},
	} {
		if got := widelane(t, "", c.args...); got != c.want {
			t.Errorf("%q:\ngot  %+v\nwant %+v", c.args, got, c.want)
		}
	}
}

func TestHelp(t *testing.T) {
	overview := widelane(t, "", "help")
	for _, args := range [][]string{{}, {"-h"}, {"--help"}} {
		if got := widelane(t, "", args...); got != overview || got.status != 0 || got.err != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
	for _, c := range commands() {
		if !strings.Contains(overview.out, "  "+c.name+" ") {
			t.Errorf("the overview lacks %s", c.name)
		}
		want := result{c.help, "", 0}
		for _, args := range [][]string{{"help", c.name}, {c.name, "--help"}, {c.name, "-h"}, {c.name, "--hel"}} {
			if got := widelane(t, "", args...); got != want {
				t.Errorf("%q: %+v", args, got)
			}
		}
		for line := range strings.Lines(c.help) {
			if len(line) > 81 {
				t.Errorf("help of %s: %d columns: %s", c.name, len(line), line)
			}
		}
		if !strings.HasPrefix(c.help, "Usage: widelane "+c.name) {
			t.Errorf("help of %s begins %.30q", c.name, c.help)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}, {"-V"}} {
		got := widelane(t, "", args...)
		if words := strings.Fields(got.out); len(words) != 4 || words[0] != "widelane" || got.status != 0 || got.err != "" {
			t.Errorf("%q: %+v", args, got)
		}
	}
}
