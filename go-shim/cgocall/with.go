//go:build cgo

package cgocall

/*
#include <stdint.h>
#include <string.h>

typedef uintptr_t word;
typedef struct { word r; double f; } both;

// Arguments that a callee does not expect do it no harm in the C calling conventions in use: registers and words of the
// caller's stack that it does not read. So one call passes every register, and 15 words on the stack.
#define SIX(a) a[0], a[1], a[2], a[3], a[4], a[5]
#define EIGHT(a) SIX(a), a[6], a[7]
#define FIFTEEN(a) EIGHT(a), a[8], a[9], a[10], a[11], a[12], a[13], a[14]
#define W5 word, word, word, word, word
#define D8 double, double, double, double, double, double, double, double

#if !defined(_WIN32) && (defined(__x86_64__) || defined(__aarch64__))
#define ANY_FLOAT 1
#ifdef __x86_64__
#define NGP 6
#else
#define NGP 8
#endif

static both call_floats(void *fn, const word *args, int n, uint64_t floats) {
	word gp[8] = {0}, st[15] = {0};
	double fp[8] = {0};
	int ni = 0, nf = 0, ns = 0;
	for (int i = 0; i < n; i++) {
		int isfloat = floats >> i & 1;
		if (isfloat && nf < 8) memcpy(&fp[nf++], &args[i], 8);
		else if (!isfloat && ni < NGP) gp[ni++] = args[i];
		else st[ns++] = args[i];
	}
#ifdef __x86_64__
	// A structure of an integer and a float is returned in the first register of either kind.
	return ((both (*)(W5, word, D8, W5, W5, W5))fn)(SIX(gp), EIGHT(fp), FIFTEEN(st));
#else
	both res;
	res.r = ((word (*)(W5, word, word, word, D8, W5, W5, W5))fn)(EIGHT(gp), EIGHT(fp), FIFTEEN(st));
	register double d0 __asm__("d0");
	__asm__ volatile("" : "=w"(d0), "+r"(res.r));
	res.f = d0;
	return res;
#endif
}
#else
#define ANY_FLOAT 0
static both call_floats(void *fn, const word *args, int n, uint64_t floats) {
	both none = {0, 0};
	return none;
}
#endif

static int any_float(void) { return ANY_FLOAT; }

static word call_words(void *fn, const word *a, int n) {
	if (n <= 6) return ((word (*)(W5, word))fn)(SIX(a));
	return ((word (*)(W5, W5, W5))fn)(FIFTEEN(a));
}
*/
import "C"

import "unsafe"

var errSupported error

var anyFloat = C.any_float() != 0

func callWords(fn unsafe.Pointer, args *[MaxArgs]uintptr, n int) uintptr {
	return uintptr(C.call_words(fn, (*C.word)(unsafe.Pointer(args)), C.int(n)))
}

func callFloats(fn unsafe.Pointer, args *[MaxArgs]uintptr, n int, floats uint64) (uintptr, float64) {
	if !anyFloat {
		return callWords(fn, args, n), 0
	}
	res := C.call_floats(fn, (*C.word)(unsafe.Pointer(args)), C.int(n), C.uint64_t(floats))
	return uintptr(res.r), float64(res.f)
}
