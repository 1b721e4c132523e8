//go:build !linux

package main

// Nothing asks for it but the test that only Linux has.
func writePeak(string) {}
