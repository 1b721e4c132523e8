package cpu

import "strings"

// switchedOff reads the cpu.NAME=off settings. What it does not know it leaves to Go's runtime, which reads the same
// text and says so on standard error.
func switchedOff(known []feature, godebug string) []bool {
	off := make([]bool, len(known))
	for setting := range strings.SplitSeq(godebug, ",") {
		setting, ours := strings.CutPrefix(setting, "cpu.")
		name, value, _ := strings.Cut(setting, "=")
		if !ours || value != "on" && value != "off" {
			continue
		}
		for i, f := range known {
			guaranteed := f.level != 0 && f.level <= Level
			if named(f.name, name) && !guaranteed {
				off[i] = value == "off"
			}
		}
	}
	return off
}

// named reports whether a setting for name concerns feature.
func named(feature, name string) bool {
	switch name {
	case "all":
		return true
	case "avx512":
		return strings.HasPrefix(feature, "avx512")
	}
	return feature == name
}
