// Leaves dirty what System V's convention for x86-64 lets a function leave so: every vector register in its whole width, the
// mask registers, the sticky flags of MXCSR and of the x87 unit, and the flags but the direction. No vzeroupper follows.
#include <stdint.h>

// Signalling NaNs: whoever takes such a register for zero, or for its own, computes visible nonsense.
static const uint64_t pattern[8] = {0x7ff4dead5a5a5a5a, 0x7ff4dead5a5a5a5b, 0x7ff4dead5a5a5a5c, 0x7ff4dead5a5a5a5d,
	0x7ff4dead5a5a5a5e, 0x7ff4dead5a5a5a5f, 0x7ff4dead5a5a5a60, 0x7ff4dead5a5a5a61};

#define FILL(op, r) op " (%0), %%" r "\n\t"
#define FILL8(op, r) FILL(op, r "0") FILL(op, r "1") FILL(op, r "2") FILL(op, r "3") FILL(op, r "4") FILL(op, r "5") FILL(op, r "6") FILL(op, r "7")
#define FILL16(op, r) FILL8(op, r) FILL(op, r "8") FILL(op, r "9") FILL(op, r "10") FILL(op, r "11") FILL(op, r "12") FILL(op, r "13") FILL(op, r "14") FILL(op, r "15")
#define FILL32(op, r) FILL16(op, r) FILL(op, r "16") FILL(op, r "17") FILL(op, r "18") FILL(op, r "19") FILL(op, r "20") FILL(op, r "21") FILL(op, r "22") FILL(op, r "23") \
	FILL(op, r "24") FILL(op, r "25") FILL(op, r "26") FILL(op, r "27") FILL(op, r "28") FILL(op, r "29") FILL(op, r "30") FILL(op, r "31")

// Divides by zero, overflows, underflows and computes what is no number, in both units.
static void flags(void) {
	volatile double zero = 0, huge = 1e308, tiny = 1e-308, sum;
	sum = zero / zero;
	sum = huge / zero;
	sum = huge * huge;
	sum = tiny * tiny;
	(void)sum;
	__asm__ volatile("fld1\n\tfldz\n\tfdivrp\n\tfstp %%st(0)\n\tfldz\n\tfldz\n\tfdivrp\n\tfstp %%st(0)" ::: "st", "st(1)");
}

// What was filled: 1 for SSE, 2 for AVX, 4 for AVX-512.
uint64_t dirty(void) {
	flags();
	if (__builtin_cpu_supports("avx512f")) {
		__asm__ volatile(FILL32("vmovups", "zmm") "kxnorw %%k0, %%k0, %%k0\n\tkxnorw %%k1, %%k1, %%k1\n\tkxnorw %%k2, %%k2, %%k2\n\t"
			"kxnorw %%k3, %%k3, %%k3\n\tkxnorw %%k4, %%k4, %%k4\n\tkxnorw %%k5, %%k5, %%k5\n\tkxnorw %%k6, %%k6, %%k6\n\t"
			"kxnorw %%k7, %%k7, %%k7\n\tstc" ::"r"(pattern) : "cc", "memory");
		return 7;
	}
	if (__builtin_cpu_supports("avx")) {
		__asm__ volatile(FILL16("vmovups", "ymm") "stc" ::"r"(pattern) : "cc", "memory");
		return 3;
	}
	__asm__ volatile(FILL16("movups", "xmm") "stc" ::"r"(pattern) : "cc", "memory");
	return 1;
}

// MXCSR, the x87 control word, its status word, and its tags, of which empty registers have both bits.
void units(uint64_t out[4]) {
	uint32_t mxcsr, x87[7];
	__asm__ volatile("stmxcsr %0\n\tfnstenv %1\n\tfldenv %1" : "=m"(mxcsr), "=m"(x87));
	out[0] = mxcsr;
	out[1] = x87[0] & 0xffff;
	out[2] = x87[1] & 0xffff;
	out[3] = x87[2] & 0xffff;
}

// The upper half of register 7, by which a test sees that dirt arrives.
uint64_t upper(void) {
	uint64_t lanes[4] = {0};
	if (__builtin_cpu_supports("avx")) __asm__ volatile("vmovups %%ymm7, %0" : "=m"(lanes));
	return lanes[3];
}
