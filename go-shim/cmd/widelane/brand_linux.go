package main

import (
	"os"
	"strings"
)

// brand returns the CPU's name, empty if the system does not tell. The kernel's words for it depend on the architecture.
func brand() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		key, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "model name", "Model Name", "uarch", "cpu model", "Model", "processor 0", "cpu":
			return strings.TrimSpace(value)
		}
	}
	return ""
}
