//go:build cgo

package asmcall

// With cgo at hand the tests run on its threads and stacks: on arm64 calls are refused otherwise where signal handlers
// rely on it.
import _ "runtime/cgo"
