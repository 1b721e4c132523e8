//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly || windows)

package main

import "os"

const unicodeByDefault = false

func isTerminal(*os.File) bool { return false }

func understandsColors(*os.File) bool { return false }
