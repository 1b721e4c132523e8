package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/widelane/widelane/go-shim/cpu"
)

const cpuHelp = `Usage: widelane cpu [OPTION]...
Print what this CPU has, and for each kernel its variants and which one serves.

      --json            print JSON
  -h, --help            print this help

Features are switched off with GODEBUG=cpu.NAME=off,...; cpu.avx512 stands for
all of AVX-512, cpu.all for everything. What the GOAMD64 level of the build
guarantees stays on.
`

// A machine is what `widelane cpu --json` prints.
type machine struct {
	CPU      string    `json:"cpu"`
	OS       string    `json:"os"`
	Arch     string    `json:"arch"`
	Go       string    `json:"go"`
	Version  string    `json:"version"`
	Level    int       `json:"level"` // GOAMD64 level of the build, 0 elsewhere
	Masks    []string  `json:"godebug"`
	Features []feature `json:"features"`
	Kernels  []kernel  `json:"kernels"`
}

type feature struct {
	Name  string `json:"name"`
	Found bool   `json:"found"` // the CPU has it and the system supports it
	Used  bool   `json:"used"`  // and it is not switched off
}

type kernel struct {
	Name     string    `json:"name"`
	Serving  string    `json:"serving"`
	Variants []variant `json:"variants"` // best first
}

type variant struct {
	Name      string   `json:"name"`
	Needs     []string `json:"needs"`
	Available bool     `json:"available"`
}

func runCPU(k *call) error {
	var asJSON bool
	rest, err := parse(k.args, on(0, "json", &asJSON))
	if err == nil && len(rest) > 0 {
		err = usagef("extra operand %s", quoteArg(rest[0]))
	}
	if err != nil {
		return err
	}
	m := thisMachine()
	if asJSON {
		enc := json.NewEncoder(k.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(m)
	}
	m.print(k.stdout, styleFor(k.stdout.file))
	return nil
}

func thisMachine() machine {
	m := machine{
		CPU: brand(), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(), Version: version(),
		Level: cpu.Level, Masks: masks(os.Getenv("GODEBUG")), Features: []feature{}, Kernels: []kernel{},
	}
	for _, f := range cpu.Features() {
		m.Features = append(m.Features, feature(f))
	}
	for _, c := range cpu.Kernels() {
		if strings.HasPrefix(c.Name, "probe_") {
			continue // measures the machinery; nobody calls it
		}
		k := kernel{Name: c.Name, Serving: c.Serving}
		for _, v := range c.Variants {
			k.Variants = append(k.Variants, variant{v.Name, append([]string{}, v.Features...), v.Available})
		}
		m.Kernels = append(m.Kernels, k)
	}
	return m
}

// masks returns the settings of GODEBUG that concern the CPU.
func masks(godebug string) []string {
	found := []string{}
	for s := range strings.SplitSeq(godebug, ",") {
		if s = strings.TrimSpace(s); strings.HasPrefix(s, "cpu.") {
			found = append(found, s)
		}
	}
	return found
}

func (m machine) print(to *output, paint style) {
	fact := func(name, text string) {
		if text != "" {
			fmt.Fprintf(to, "%-9s %s\n", name, strings.Join(fold(strings.Fields(text), 68), "\n"+strings.Repeat(" ", 10)))
		}
	}
	level := ""
	if m.Level > 0 {
		level = fmt.Sprintf("GOAMD64=v%d", m.Level)
	}
	used, off, missing := m.sortFeatures()
	fact("CPU", m.CPU)
	fact("platform", m.OS+"/"+m.Arch+", "+m.Go+", widelane "+m.Version)
	fact("level", level)
	fact("GODEBUG", printable(strings.Join(m.Masks, " ")))
	fact("features", strings.Join(used, " "))
	fact("off", strings.Join(off, " "))
	fact("missing", strings.Join(missing, " "))
	if len(m.Features) == 0 {
		fact("features", "none: this build has no machine code for the CPU")
	}
	fmt.Fprintln(to)
	m.printKernels(to, paint)
}

func (m machine) sortFeatures() (used, off, missing []string) {
	for _, f := range m.Features {
		switch {
		case f.Used:
			used = append(used, f.Name)
		case f.Found:
			off = append(off, f.Name)
		default:
			missing = append(missing, f.Name)
		}
	}
	return used, off, missing
}

func (m machine) printKernels(to *output, paint style) {
	names, variants := len("KERNEL"), len("VARIANT")
	for _, k := range m.Kernels {
		names = max(names, len(k.Name))
		for _, v := range k.Variants {
			variants = max(variants, len(v.Name))
		}
	}
	row := func(name, variant, state, needs string) string {
		return strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %-9s  %s", names, name, variants, variant, state, needs), " ")
	}
	fmt.Fprintln(to, paint.bold(row("KERNEL", "VARIANT", "", "NEEDS")))
	for _, k := range m.Kernels {
		name := k.Name
		for _, v := range k.Variants {
			needs := strings.Join(v.Needs, " ")
			switch {
			case v.Name == k.Serving:
				fmt.Fprintln(to, paint.green(row(name, v.Name, "SERVES", needs)))
			case v.Available:
				fmt.Fprintln(to, row(name, v.Name, "available", needs))
			default:
				fmt.Fprintln(to, paint.dim(row(name, v.Name, "-", m.lacking(v.Needs))))
			}
			name = ""
		}
	}
}

// lacking marks which of the needs are not met.
func (m machine) lacking(needs []string) string {
	used, _, _ := m.sortFeatures()
	var met, unmet []string
	for _, n := range needs {
		if slices.Contains(used, n) {
			met = append(met, n)
		} else {
			unmet = append(unmet, n)
		}
	}
	if len(met) == 0 {
		return "lacks " + strings.Join(unmet, " ")
	}
	return strings.Join(met, " ") + ", lacks " + strings.Join(unmet, " ")
}

// fold joins words into lines of at most width columns.
func fold(words []string, width int) (lines []string) {
	line := ""
	for _, w := range words {
		if line != "" && len(line)+1+len(w) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	return append(lines, line)
}
