//go:build (amd64 || arm64) && gc && !purego && !noasm && !race && !msan && !asan && !openbsd

// Package planted has machine code with the faults that the tests of package torture are there to find. Each is what a
// careless translation of compiled code into Go assembly has led to somewhere.
package planted

// Long spins n turns and never gives the scheduler a chance: no stack check, no preemption.
//
//go:noescape
func Long(n int)

// Hidden spins n turns with the stack pointer moved behind the assembler's back.
//
//go:noescape
func Hidden(n int)

// Fault reads address 0 with the stack pointer moved behind the assembler's back.
//
//go:noescape
func Fault()

// Deep overwrites 1600 bytes below its stack pointer, having asked for none.
//
//go:noescape
func Deep()

// Clobber spins n turns without a register that the Go runtime relies on, and puts it back: g on arm64. On amd64 it
// leaves the direction flag set, which every other function relies on to be clear.
//
//go:noescape
func Clobber(n int)
