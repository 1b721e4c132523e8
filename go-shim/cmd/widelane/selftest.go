package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/widelane/widelane/go-shim/cpu"
)

const selftestHelp = `Usage: widelane selftest [OPTION]... [FAMILY]...
Check every variant of every kernel that this CPU can run: published known
answers, and many lengths and alignments against Go's standard library. The
portable variants take the same test, so all variants agree with each other.
FAMILY is adler32, base32, base64, bytealg, crc32, crc64, hex, latin1, utf16,
utf8, vec, xxh3, or probe, which is the test of the machinery itself; all if
none is named.

  -v, --verbose         print the number of cases and the time for each
  -h, --help            print this help

Exit status: 0 if all variants are right, 1 if one is wrong, 2 if the command
line was not understood.
`

// A check exercises all kernels of a family through the package's public functions.
type check struct {
	family string // kernels of the family are named family_...
	run    func(*cases)
}

// cases counts what was checked, and keeps the first failure: the later ones say the same.
type cases struct {
	n       int
	failure string
}

// equal counts a case, and says in what input it failed if got is not want.
func equal[T comparable](c *cases, got, want T, input func() string) {
	c.n++
	if got != want && c.failure == "" {
		c.failure = fmt.Sprintf("%s: got %s, want %s", input(), show(got), show(want))
	}
}

func show(v any) string {
	text := fmt.Sprintf("%v", v)
	if n, ok := v.(uint32); ok {
		text = fmt.Sprintf("%08x", n)
	}
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	return printable(text)
}

// A selftest is one run of `widelane selftest`.
type selftest struct {
	*call
	verbose                   bool
	paint                     style
	kernelWidth, variantWidth int

	passed, failed, idle int
}

func runSelftest(k *call) error {
	t := &selftest{call: k, paint: styleFor(k.stdout.file)}
	families, err := parse(k.args, on('v', "verbose", &t.verbose))
	if err != nil {
		return err
	}
	kernels := cpu.Kernels()
	if len(families) == 0 {
		return t.all(kernels)
	}
	var chosen []cpu.Kernel
	for _, f := range families {
		if !slices.ContainsFunc(checks, func(c check) bool { return c.family == f }) {
			return usagef("unknown family %s", quoteArg(f))
		}
		for _, k := range kernels {
			if strings.HasPrefix(k.Name, f+"_") {
				chosen = append(chosen, k)
			}
		}
	}
	return t.all(chosen)
}

func (t *selftest) all(kernels []cpu.Kernel) error {
	for _, k := range kernels {
		t.kernelWidth = max(t.kernelWidth, len(k.Name))
		for _, v := range k.Variants {
			t.variantWidth = max(t.variantWidth, len(v.Name))
		}
	}
	for _, k := range kernels {
		for _, v := range k.Variants {
			t.variant(k, v)
		}
		// The one that served serves again.
		if err := cpu.Force(k.Name, ""); err != nil {
			return err
		}
	}
	fmt.Fprintf(t.stdout, "\n%d variants of %d kernels right, %d wrong, %d not run\n", t.passed, len(kernels), t.failed, t.idle)
	if t.failed > 0 || t.passed == 0 {
		return errFailed
	}
	return nil
}

func (t *selftest) variant(k cpu.Kernel, v cpu.Variant) {
	if !v.Available {
		t.idle++
		t.line(t.paint.dim, "not run", k.Name, v.Name, "needs "+strings.Join(v.Features, " "))
		return
	}
	if err := cpu.Force(k.Name, v.Name); err != nil {
		t.idle++
		t.line(t.paint.dim, "not run", k.Name, v.Name, strings.TrimPrefix(err.Error(), k.Name+": "))
		return
	}
	t.stderr.status("checking " + k.Name + " " + v.Name)
	start := time.Now()
	var c cases
	if check := checkOf(k.Name); check != nil {
		check.run(&c)
	} else {
		c.failure = "no check knows this kernel"
	}
	note := ""
	if t.verbose {
		note = fmt.Sprintf("%d cases, %.2f s", c.n, time.Since(start).Seconds())
	}
	if c.failure != "" {
		t.failed++
		t.line(t.paint.red, "WRONG", k.Name, v.Name, c.failure)
		return
	}
	t.passed++
	t.line(t.paint.green, "ok", k.Name, v.Name, note)
}

func checkOf(kernel string) *check {
	for i := range checks {
		if strings.HasPrefix(kernel, checks[i].family+"_") {
			return &checks[i]
		}
	}
	return nil
}

func (t *selftest) line(paint func(string) string, verdict, kernel, variant, note string) {
	t.stderr.clearStatus()
	rest := fmt.Sprintf("  %-*s  %-*s  %s", t.kernelWidth, kernel, t.variantWidth, variant, note)
	fmt.Fprintln(t.stdout, paint(fmt.Sprintf("%-7s", verdict))+strings.TrimRight(rest, " "))
	t.stdout.flush()
}
