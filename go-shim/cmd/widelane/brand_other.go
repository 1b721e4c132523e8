//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package main

import "os"

// brand returns the CPU's name as Windows puts it into the environment, or nothing.
func brand() string { return os.Getenv("PROCESSOR_IDENTIFIER") }
