// Package callee has functions in C's calling convention, written in Go's assembly, so that calls can be tested where
// there is no C compiler. Being known to Go's runtime, they also show what it makes of a stack with such a call on it.
package callee
