// Package guard makes memory between pages that cannot be accessed, and turns a fault there into a value, for tests:
// a kernel that reads or writes one byte too far is found, and the byte is named.
package guard

import (
	"runtime"
	"runtime/debug"
)

// Arena is memory with a guard page on either side.
type Arena struct {
	all    []byte // guards included
	inside []byte
}

// Bytes returns all of it.
func (a *Arena) Bytes() []byte { return a.inside }

// Head returns n bytes that begin with the arena: what lies before them cannot be accessed. Their capacity is n.
func (a *Arena) Head(n int) []byte { return a.inside[:n:n] }

// Tail returns n bytes that end with the arena: what lies behind them cannot be accessed.
func (a *Arena) Tail(n int) []byte { return a.inside[len(a.inside)-n:] }

// Fault runs f. If f accesses memory that it must not, Fault returns the address and true; on s390x the address of its
// page, which is all that the machine tells.
func Fault(f func()) (address uintptr, faulted bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch e := recover().(type) {
		case nil:
		case interface {
			runtime.Error
			Addr() uintptr
		}:
			address, faulted = e.Addr(), true
		default:
			panic(e)
		}
	}()
	f()
	return
}
