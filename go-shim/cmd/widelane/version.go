package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is the version of builds that carry none: from a work tree, as `go install` from a checkout makes them.
const release = "0.1.0"

const versionHelp = `Usage: widelane version
Print the version of this program, of Go, and the platform.
`

const helpHelp = `Usage: widelane help [COMMAND]
Print the list of commands, or the help of one.
`

func runVersion(k *call) error {
	if err := noOperands(k); err != nil {
		return err
	}
	fmt.Fprintf(k.stdout, "widelane %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version is the module's, from the build's own record, or the release and the revision of the work tree.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return release + "-" + s.Value[:12]
		}
	}
	return release
}

// noOperands is the whole command line of commands that take nothing but --help.
func noOperands(k *call) error {
	rest, err := parse(k.args)
	if err == nil && len(rest) > 0 {
		err = usagef("extra operand %s", quoteArg(rest[0]))
	}
	return err
}

func runHelp(k *call) error {
	names, err := parse(k.args)
	switch {
	case err != nil:
		return err
	case len(names) > 1:
		return usagef("extra operand %s", quoteArg(names[1]))
	case len(names) == 1:
		c, ok := lookup(names[0])
		if !ok {
			return usagef("unknown command %s", quoteArg(names[0]))
		}
		k.stdout.WriteString(c.help)
		return nil
	}
	fmt.Fprint(k.stdout, "Usage: widelane COMMAND [ARGUMENT]...\n"+
		"Checksums, base32, base64 and hexadecimal at the speed of the CPU, and what is behind them.\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(k.stdout, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprint(k.stdout, "\nRun 'widelane help COMMAND' for the options of one.\n")
	return nil
}
