//go:build gc && !purego && !noasm && !plan9 && !js && !wasip1 && !msan && !asan

package asmcall

// errArch is why no call is made at all. C code on amd64 touches nothing that Go's signal handlers rely on.
var errArch error
