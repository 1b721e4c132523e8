//go:build !cgo && linux && (amd64 || arm64)

package main

var more = assembly
