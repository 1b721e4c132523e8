//go:build cgo && linux && (amd64 || arm64)

package main

// #include <stdint.h>
// typedef void (*none)(void);
// typedef uint64_t (*three)(uint64_t, uint64_t, uint64_t);
// static void call_none(void *fn) { ((none)fn)(); }
// static void empty(void) {}
// static uint64_t sum(uint64_t a, uint64_t b, uint64_t c) { return a + 2 * b + 3 * c; }
// static void *address_of_empty(void) { return empty; }
// static void *address_of_sum(void) { return sum; }
// static uint64_t call_three(void *fn, uint64_t a, uint64_t b, uint64_t c) { return ((three)fn)(a, b, c); }
import "C"

import "unsafe"

// linked are functions in the program, near its own code. A call into a library crosses gigabytes, and a processor may
// take longer over that.
func linked() []unsafe.Pointer {
	return []unsafe.Pointer{C.address_of_empty(), C.address_of_sum()}
}

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
