// What the tests call: each argument with a weight of its own, so that no two of them can change places unnoticed.
#include <stdint.h>
#include <stdlib.h>

void noop(void) {}

uint64_t three(uint64_t a, uint64_t b, uint64_t c) { return a + 2 * b + 3 * c; }

uint64_t mix15(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h, uint64_t i,
	uint64_t j, uint64_t k, uint64_t l, uint64_t m, uint64_t n, uint64_t o) {
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l + 13 * m + 14 * n + 15 * o;
}

double doubles(double a, int64_t b, double c, int32_t d, double e, double f) { return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f; }

float singles(float a, float b, float c) { return a - 2 * b + 4 * c; }

static int by_value(const void *a, const void *b) {
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

void *comparator(void) { return (void *)by_value; }

// Uses about n bytes of stack, and gives what it wrote there.
uint64_t deep(uint64_t n) {
	volatile unsigned char *p = __builtin_alloca(n);
	for (uint64_t i = 0; i < n; i++) p[i] = (unsigned char)i;
	return p[n - 1];
}
