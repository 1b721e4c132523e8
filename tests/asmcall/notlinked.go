//go:build !cgo

package asmcall

import "unsafe"

// linked is empty: without cgo everything is loaded.
var linked map[string]unsafe.Pointer
