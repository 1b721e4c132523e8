//go:build cgo && linux && (amd64 || arm64)

package main

// #include <stdint.h>
// typedef void (*none)(void);
// typedef uint64_t (*three)(uint64_t, uint64_t, uint64_t);
// static void call_none(void *fn) { ((none)fn)(); }
// static uint64_t call_three(void *fn, uint64_t a, uint64_t b, uint64_t c) { return ((three)fn)(a, b, c); }
import "C"

import "unsafe"

var more = append(assembly, way{"cgo",
	func(fn unsafe.Pointer, n int) {
		for range n {
			C.call_none(fn)
		}
	},
	func(fn unsafe.Pointer, n int) {
		for i := range n {
			C.call_three(fn, C.uint64_t(i), 2, 3)
		}
	}})
