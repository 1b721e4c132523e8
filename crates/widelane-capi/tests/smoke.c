/* What a user of the library in C does: include the header, link, call. Prints what failed; exits with the number. */
#include <widelane.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void check(int holds, const char *what) {
    if (!holds) {
        failures++;
        printf("FAILED %s\n", what);
    }
}

#define CHECK(condition) check((condition), #condition)

static void library(void) {
    wl_init();
    wl_init();
    CHECK(strcmp(wl_version(), WL_VERSION) == 0);
    CHECK(wl_cpu_level() >= 0 && wl_cpu_level() <= 4);
    CHECK(wl_kernel_variant(NULL) == NULL);
    CHECK(wl_kernel_variant("vec_sun") == NULL);
    CHECK(wl_kernel_variant("vec_su") == NULL);
    CHECK(wl_kernel_variant("vec_summ") == NULL);
    CHECK(wl_kernel_variant("") == NULL);

    size_t n = 0;
    for (; wl_kernel_name(n) != NULL; n++) {
        const char *variant = wl_kernel_variant(wl_kernel_name(n));
        CHECK(variant != NULL && variant[0] != 0);
        if (variant != NULL) {
            printf("%s %s\n", wl_kernel_name(n), variant);
        }
    }
    CHECK(n >= 3);
    CHECK(wl_kernel_name(n + 1000) == NULL);

    /* The environment is heeded. */
    const char *mask = getenv("WIDELANE_CPU");
    if (mask != NULL && strcmp(mask, "all=off") == 0) {
        CHECK(wl_cpu_level() <= 1);
    }
}

static void vec(void) {
    enum { N = 300 };
    uint64_t a[N], b[N], dst[N];
    CHECK(wl_vec_sum(NULL, 0) == 0);
    wl_vec_add(NULL, 0, NULL, 0, NULL, 0);
    for (size_t i = 0; i < N; i++) {
        a[i] = i;
        b[i] = UINT64_MAX;
    }
    for (size_t n = 0; n < N; n++) {
        CHECK(wl_vec_sum(a, n) == (uint64_t)n * (n == 0 ? 0 : n - 1) / 2);
        memset(dst, 0x55, sizeof dst);
        wl_vec_add(dst, n, a, n, b, n);
        for (size_t i = 0; i < n; i++) {
            CHECK(dst[i] == (uint64_t)i - 1);
        }
        CHECK(dst[n] == 0x5555555555555555u);
    }
}

static void bytealg(void) {
    const uint8_t text[] = "The quick brown fox jumps over the lazy dog, and then over another hundred lazy dogs "
                           "that had been lying there for the whole of the afternoon, in the sun!";
    size_t n = sizeof text - 1;
    CHECK(wl_bytealg_index_byte(NULL, 0, 'x') == -1);
    for (unsigned c = 0; c < 256; c++) {
        const uint8_t *at = memchr(text, (int)c, n);
        CHECK(wl_bytealg_index_byte(text, n, (uint8_t)c) == (at == NULL ? -1 : at - text));
    }
}

int main(void) {
    library();
    vec();
    bytealg();
    printf("%d failures\n", failures);
    return failures > 100 ? 100 : failures;
}
