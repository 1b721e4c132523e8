package main

import (
	"os"
	"syscall"
)

const unicodeByDefault = true

// Set in a console's mode when it interprets escape sequences.
const enableVirtualTerminalProcessing = 0x4

func consoleMode(f *os.File) (mode uint32, ok bool) {
	err := syscall.GetConsoleMode(syscall.Handle(f.Fd()), &mode)
	return mode, err == nil
}

func isTerminal(f *os.File) bool {
	mode, ok := consoleMode(f)
	return ok && mode&enableVirtualTerminalProcessing != 0
}

func understandsColors(*os.File) bool { return true }
