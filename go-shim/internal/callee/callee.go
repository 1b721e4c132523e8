//go:build (amd64 || arm64) && gc && !purego && !noasm && !plan9 && !js && !wasip1

package callee

import "unsafe"

// Each is the address of a C function.
var (
	Noop   = noop()   // void noop(void)
	Sum6   = sum6()   // word sum6(word a, ..., word f): a + 2b + ... + 6f
	Sum15  = sum15()  // word sum15(word a0, ..., word a14): a0 + 2 a1 + ... + 15 a14
	Floats = floats() // double floats(double a, word b, double c, word d, double e): a + 2c + 4e + 8b + 16d
	State  = state()  // void state(word *out): address of the return address; MXCSR or FPCR; flags; x87 control word
	Trash  = trash()  // void trash(void): overwrites every register that a callee may
	Deep   = deep()   // void deep(word n): writes n bytes of stack, the return address included
	Spin   = spin()   // void spin(word n): counts down
	Load   = load()   // word load(word *p): *p

	// word again(code *f, word a, word *g): calls a function of Go by its internal convention. If g is not 0, it does so on the
	// stack of that goroutine, as if it ran, and does not come back.
	Again = again()
)

func noop() unsafe.Pointer
func sum6() unsafe.Pointer
func sum15() unsafe.Pointer
func floats() unsafe.Pointer
func state() unsafe.Pointer
func trash() unsafe.Pointer
func deep() unsafe.Pointer
func spin() unsafe.Pointer
func load() unsafe.Pointer
func again() unsafe.Pointer
