//go:build !cgo && linux && (amd64 || arm64)

package main

import "unsafe"

func linked() []unsafe.Pointer { return nil }

var more = assembly
