//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package main

import (
	"os"
	"syscall"
	"unsafe"
)

// isTerminal asks for terminal attributes, which only a terminal has: /dev/null is a character device too.
func isTerminal(f *os.File) bool {
	var attributes syscall.Termios
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), getAttributes, uintptr(unsafe.Pointer(&attributes)))
	return errno == 0
}

func understandsColors(*os.File) bool { return os.Getenv("TERM") != "" }
