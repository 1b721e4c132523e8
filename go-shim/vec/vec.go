// Package vec does arithmetic over integer slices at the speed of the processor's vectors.
//
// All arithmetic is modulo 2^64, as Go's own. The functions allocate nothing, and what they are given does not move to
// the heap.
package vec

import "unsafe"

// chunk is how many elements one entry into machine code handles, 64 KiB: machine code cannot be preempted, and at 64
// KiB a call takes a few microseconds.
const chunk = 64 << 10 / 8

// short is the longest slice for which the caller's own loop surely beats the call: the loop does an element a cycle, or
// one in two where it lies badly in memory; the call takes some ten cycles, whatever the length up to 32.
const short = 4

// Sum returns the sum of the elements of p, 0 if there are none.
//
// The compiler inlines it, which a statement more would end.
func Sum(p []uint64) (total uint64) {
	if len(p) > short {
		return sum(p)
	}
	for _, x := range p {
		total += x
	}
	return
}

// Add sets dst[i] to a[i] + b[i] for every i. All three have the same length. dst may be a, or b, or both.
//
// It panics if a length differs, or if dst overlaps a or b other than element on element.
func Add(dst, a, b []uint64) {
	if len(a) != len(dst) || len(b) != len(dst) {
		panic("vec: lengths differ")
	}
	if shifted(dst, a) || shifted(dst, b) {
		panic("vec: dst overlaps a source in part")
	}
	if len(dst) > short {
		add(dst, a, b)
		return
	}
	for i, x := range a {
		dst[i] = x + b[i]
	}
}

// shifted reports whether x and y, of equal length, share memory but not element on element: whether their starts are
// less than the length apart, in either direction, and not equal. The sum wraps around for the one direction.
func shifted(x, y []uint64) bool {
	span := uintptr(len(x)) * 8
	distance := uintptr(unsafe.Pointer(unsafe.SliceData(x))) - uintptr(unsafe.Pointer(unsafe.SliceData(y)))
	return distance+span-1 < 2*span-1 && distance != 0 && span != 0
}

// sumLong is sum for more than a chunk.
func sumLong(p []uint64) (ret uint64) {
	for len(p) > chunk {
		ret += sum(p[:chunk])
		p = p[chunk:]
	}
	return ret + sum(p)
}

// addLong is add for more than a chunk.
func addLong(dst, a, b []uint64) {
	n := min(len(dst), len(a), len(b))
	dst, a, b = dst[:n], a[:n], b[:n]
	for len(dst) > chunk {
		add(dst[:chunk], a, b)
		dst, a, b = dst[chunk:], a[chunk:], b[chunk:]
	}
	add(dst, a, b)
}
