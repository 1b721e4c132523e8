// Command widelane puts the module's kernels on the command line, and shows and checks what they do on this
// machine.
//
//	widelane adler32 [OPTION]... [FILE]...   print or check Adler-32 checksums
//	widelane crc32 [OPTION]... [FILE]...     print or check CRC-32 checksums
//	widelane crc64 [OPTION]... [FILE]...     print or check CRC-64 checksums
//	widelane xxh3 [OPTION]... [FILE]...      print or check XXH3 hashes
//	widelane base32 [OPTION]... [FILE]...    encode or decode base32
//	widelane base64 [OPTION]... [FILE]       encode or decode base64
//	widelane hex [OPTION]... [FILE]...       encode or decode hexadecimal
//	widelane utf8 [OPTION]... [FILE]...      say where text is not valid UTF-8
//	widelane cpu                             what this CPU has and which kernels serve
//	widelane selftest [FAMILY]...            check every kernel that this CPU can run
//	widelane bench [FAMILY]...               measure the kernels against Go's standard library
//	widelane version                         version, Go version, platform
//	widelane help [COMMAND]                  help
//
// The exit status is 0 when all went well, 1 when something failed, and 2 when the command line was not
// understood.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// A command is one row of the program's table.
type command struct {
	name    string
	summary string // one line of `widelane help`
	help    string // what `widelane NAME --help` prints
	run     func(*call) error
}

// commands returns the table in the order of the help. It is a function, since help itself is a row.
func commands() []command {
	return []command{
		{"adler32", "print or check Adler-32 checksums", adler32Help, runAdler32},
		{"crc32", "print or check CRC-32 checksums", crc32Help, runCRC32},
		{"crc64", "print or check CRC-64 checksums", crc64Help, runCRC64},
		{"xxh3", "print or check XXH3 hashes", xxh3Help, runXXH3},
		{"base32", "encode or decode base32", base32Help, runBase32},
		{"base64", "encode or decode base64", base64Help, runBase64},
		{"hex", "encode or decode hexadecimal", hexHelp, runHex},
		{"utf8", "say where text is not valid UTF-8", utf8Help, runUTF8},
		{"cpu", "what this CPU has and which kernels serve", cpuHelp, runCPU},
		{"selftest", "check every kernel that this CPU can run", selftestHelp, runSelftest},
		{"bench", "measure the kernels against Go's standard library", benchHelp, runBench},
		{"version", "version, Go version, platform", versionHelp, runVersion},
		{"help", "this overview, or the help of one command", helpHelp, runHelp},
	}
}

func lookup(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

// A call is one run of a command.
type call struct {
	command
	args   []string
	stdin  *os.File
	stdout *output
	stderr *terminal
}

// errFailed says that a command failed and has already told the user all there is to tell.
var errFailed = errors.New("failed")

// errHelp asks for the command's help.
var errHelp = errors.New("help")

// A usageError is a command line that was not understood.
type usageError string

func (e usageError) Error() string { return string(e) }

func usagef(format string, args ...any) error { return usageError(fmt.Sprintf(format, args...)) }

// complain writes one line about this call to standard error. What was printed before comes out before it.
func (c *call) complain(format string, args ...any) {
	c.stdout.flush()
	c.stderr.clearStatus()
	fmt.Fprintf(c.stderr.file, "widelane %s: %s\n", c.name, fmt.Sprintf(format, args...))
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run does what the arguments say and returns the exit status.
func run(args []string, stdin, stdout, stderr *os.File) int {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "-h", "--help":
		name = "help"
	case "-V", "--version":
		name = "version"
	}
	c, ok := lookup(name)
	if !ok {
		what := "command"
		if strings.HasPrefix(name, "-") {
			what = "option"
		}
		fmt.Fprintf(stderr, "widelane: unknown %s %s\nTry 'widelane help' for the list of commands.\n", what, quoteArg(name))
		return exitUsage
	}
	k := &call{command: c, args: args, stdin: stdin, stdout: newOutput(stdout), stderr: newTerminal(stderr)}
	return k.finish(k.run(k))
}

// finish reports what is left to report and returns the exit status.
func (c *call) finish(err error) int {
	var usage usageError
	status := exitOK
	switch {
	case err == nil:
	case errors.Is(err, errHelp):
		c.stdout.WriteString(c.help)
	case errors.Is(err, errFailed):
		status = exitFailure
	case errors.As(err, &usage):
		c.complain("%s", usage)
		fmt.Fprintf(c.stderr.file, "Try 'widelane %s --help' for more information.\n", c.name)
		status = exitUsage
	default:
		c.complain("%v", err)
		status = exitFailure
	}
	c.stderr.clearStatus()
	if err := c.stdout.close(); err != nil {
		c.complain("write error: %s", reason(err))
		return exitFailure
	}
	return status
}
