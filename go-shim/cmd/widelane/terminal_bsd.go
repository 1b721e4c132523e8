//go:build darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"runtime"
	"syscall"
)

const (
	getAttributes    = syscall.TIOCGETA
	unicodeByDefault = runtime.GOOS == "darwin"
)
