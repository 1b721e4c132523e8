//go:build linux

// Package peer has what calls are measured against: the least that a call can cost, and another project's way.
package peer

import "unsafe"

// Empty is an assembly function that returns at once.
//
//go:noescape
func Empty(fn unsafe.Pointer, a, b, c uintptr)

// BareOnG0 changes to g0 as rust2go's asmcall does, without a look at what it finds there, and has no result.
//
//go:noescape
func BareOnG0(fn unsafe.Pointer, a, b, c uintptr)

// BareInPlace calls where it is: no stack for the callee, no alignment, no result.
//
//go:noescape
func BareInPlace(fn unsafe.Pointer, a, b, c uintptr)
