//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import "syscall"

// brand returns the CPU's name, empty if the system does not tell.
func brand() string {
	for _, name := range []string{"machdep.cpu.brand_string", "hw.model"} {
		if text, err := syscall.Sysctl(name); err == nil && text != "" {
			return text
		}
	}
	return ""
}
