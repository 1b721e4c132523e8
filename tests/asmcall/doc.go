// Package asmcall tests package asmcall of the Go module with real partners: C and Rust that the test compiles, libc, zlib
// and libwidelane, loaded by purego's Dlopen, and C that cgo links.
package asmcall
