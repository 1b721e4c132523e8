//go:build cgo

package asmcall

// #include "native/echo.c"
import "C"

import "unsafe"

// linked are functions that cgo has linked into the program.
var linked = map[string]unsafe.Pointer{
	"noop":    C.noop,
	"three":   C.three,
	"mix15":   C.mix15,
	"doubles": C.doubles,
	"singles": C.singles,
	"deep":    C.deep,
}
