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

static void latin1(void) {
    /* Every byte there and back; then a character that Latin-1 does not have, and one that has no room. */
    uint8_t bytes[256], text[512], back[300];
    for (size_t i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    wl_pair none = wl_latin1_from_utf8(NULL, 0, NULL, 0);
    CHECK(none.first == 0 && none.second == 0);
    none = wl_latin1_to_utf8(NULL, 0, NULL, 0);
    CHECK(none.first == 0 && none.second == 0);
    memset(text, 0x55, sizeof text);
    wl_pair done = wl_latin1_to_utf8(text, sizeof text, bytes, 256);
    CHECK(done.first == 256 && done.second == 384 && text[384] == 0x55);
    CHECK(text[127] == 0x7f && text[128] == 0xc2 && text[129] == 0x80 && text[382] == 0xc3 && text[383] == 0xbf);
    memset(back, 0x55, sizeof back);
    done = wl_latin1_from_utf8(back, sizeof back, text, 384);
    CHECK(done.first == 384 && done.second == 256 && memcmp(back, bytes, 256) == 0 && back[256] == 0x55);
    text[300] = 0xc4;
    done = wl_latin1_from_utf8(back, sizeof back, text, 384);
    CHECK(done.first == 300 && done.second == 214);
    done = wl_latin1_to_utf8(text, 129, bytes, 256);
    CHECK(done.first == 128 && done.second == 128);
}

static void utf16(void) {
    /* One character of each length of UTF-8, and again cut off at the end; then a surrogate without its partner. */
    const uint8_t text[] = "widelane \xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e widelane widelane widelane widelane widelane widelane \xe2\x82";
    const size_t len = sizeof text - 1;
    uint16_t units[120];
    uint8_t back[360];
    wl_pair none = wl_utf16_from_utf8(NULL, 0, NULL, 0);
    CHECK(none.first == 0 && none.second == 0);
    none = wl_utf16_to_utf8(NULL, 0, NULL, 0);
    CHECK(none.first == 0 && none.second == 0);
    memset(units, 0x55, sizeof units);
    wl_pair done = wl_utf16_from_utf8(units, 120, text, len);
    CHECK(done.first == len - 2 && done.second == len - 2 - 5);
    CHECK(units[9] == 0xe9 && units[10] == 0x20ac && units[11] == 0xd834 && units[12] == 0xdd1e);
    CHECK(units[done.second] == 0x5555);
    const size_t n = done.second;
    done = wl_utf16_from_utf8(units, 12, text, len);
    CHECK(done.first == 14 && done.second == 11);
    wl_utf16_from_utf8(units, 120, text, len);
    memset(back, 0x55, sizeof back);
    done = wl_utf16_to_utf8(back, sizeof back, units, n);
    CHECK(done.first == n && done.second == len - 2 && memcmp(back, text, len - 2) == 0 && back[len - 2] == 0x55);
    done = wl_utf16_to_utf8(back, sizeof back, units, 12);
    CHECK(done.first == 11 && done.second == 14);
}

static void utf8(void) {
    /* A three-byte sequence in the middle, and again cut off at the end. */
    const uint8_t text[] = "widelane \xe2\x82\xac widelane widelane widelane widelane widelane widelane widelane \xe2\x82";
    const size_t len = sizeof text - 1;
    CHECK(wl_utf8_valid_up_to(NULL, 0) == 0);
    CHECK(wl_utf8_rune_count(NULL, 0) == 0);
    CHECK(wl_utf8_valid_up_to(text, len - 2) == len - 2);
    CHECK(wl_utf8_valid_up_to(text, len) == len - 2);
    CHECK(wl_utf8_valid_up_to(text, 11) == 9);
    CHECK(wl_utf8_rune_count(text, len) == len - 2);
    CHECK(wl_utf8_rune_count(text, 12) == 10);
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

/* One bit at a time: slow, and beyond doubt. */
static uint32_t crc_by_bits(uint32_t polynomial, const uint8_t *p, size_t n) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? polynomial : 0);
        }
    }
    return ~crc;
}

static void adler32(void) {
    const uint8_t digits[] = "123456789";
    CHECK(wl_adler32_update(1, digits, 9) == 0x091e01de);
    CHECK(wl_adler32_update(7, NULL, 0) == 7);
    uint8_t text[2000];
    uint32_t a = 1, b = 0;
    for (size_t n = 0; n < sizeof text; n++) {
        uint32_t whole = wl_adler32_update(1, text, n);
        CHECK(whole == (b << 16 | a));
        uint32_t first = wl_adler32_update(1, text, n / 3);
        CHECK(wl_adler32_update(first, text + n / 3, n - n / 3) == whole);
        CHECK(wl_adler32_combine(first, wl_adler32_update(1, text + n / 3, n - n / 3), n - n / 3) == whole);
        text[n] = (uint8_t)(n * n % 251);
        a = (a + text[n]) % 65521;
        b = (b + a) % 65521;
    }
}

static void crc32(void) {
    const uint32_t ieee = 0xedb88320, castagnoli = 0x82f63b78;
    const uint8_t digits[] = "123456789";
    CHECK(wl_crc32_ieee_update(0, digits, 9) == 0xcbf43926);
    CHECK(wl_crc32_castagnoli_update(0, digits, 9) == 0xe3069283);
    CHECK(wl_crc32_ieee_update(7, NULL, 0) == 7);

    uint8_t text[3000];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * i % 251);
    }
    for (size_t n = 0; n < sizeof text; n += 1 + n / 7) {
        uint32_t crc = wl_crc32_ieee_update(wl_crc32_ieee_update(0, text, n / 3), text + n / 3, n - n / 3);
        CHECK(crc == crc_by_bits(ieee, text, n));
        CHECK(wl_crc32_castagnoli_update(0, text, n) == crc_by_bits(castagnoli, text, n));
        uint32_t second = wl_crc32_ieee_update(0, text + n / 3, n - n / 3);
        CHECK(wl_crc32_ieee_combine(wl_crc32_ieee_update(0, text, n / 3), second, n - n / 3) == crc);
        second = wl_crc32_castagnoli_update(0, text + n / 3, n - n / 3);
        crc = wl_crc32_castagnoli_combine(wl_crc32_castagnoli_update(0, text, n / 3), second, n - n / 3);
        CHECK(crc == crc_by_bits(castagnoli, text, n));
    }
}

static uint64_t crc64_by_bits(uint64_t polynomial, const uint8_t *p, size_t n) {
    uint64_t crc = UINT64_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? polynomial : 0);
        }
    }
    return ~crc;
}

static void crc64(void) {
    const uint64_t polynomials[] = {WL_CRC64_ISO, WL_CRC64_ECMA, WL_CRC64_NVME, UINT64_C(0x123456789abcdef0)};
    const uint8_t digits[] = "123456789";
    CHECK(wl_crc64_update(0, wl_crc64_named(WL_CRC64_ISO), digits, 9) == UINT64_C(0xb90956c775a41001));
    CHECK(wl_crc64_update(0, wl_crc64_named(WL_CRC64_ECMA), digits, 9) == UINT64_C(0x995dc9bbdf1939fa));
    CHECK(wl_crc64_update(0, wl_crc64_named(WL_CRC64_NVME), digits, 9) == UINT64_C(0xae8b14860a799888));
    CHECK(wl_crc64_update(7, wl_crc64_named(WL_CRC64_NVME), NULL, 0) == 7);
    CHECK(wl_crc64_named(polynomials[3]) == NULL);
    const uint32_t koopman = 0xeb31d82e;
    uint8_t narrow[WL_CRC64_CONSTANTS];
    wl_crc64_make(narrow, koopman);
    uint32_t start = (uint32_t)wl_crc64_update(~(uint64_t)UINT32_MAX, narrow, digits, 4);
    CHECK(start == crc_by_bits(koopman, digits, 4));
    CHECK((uint32_t)wl_crc64_update(~(uint64_t)(uint32_t)~start, narrow, digits + 4, 5) == crc_by_bits(koopman, digits, 9));

    uint8_t text[2000], room[WL_CRC64_CONSTANTS + 2];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * i % 251);
    }
    for (int k = 0; k < 4; k++) {
        uint8_t *constants = room + 1;
        room[0] = room[WL_CRC64_CONSTANTS + 1] = 0x55;
        wl_crc64_make(constants, polynomials[k]);
        CHECK(room[0] == 0x55 && room[WL_CRC64_CONSTANTS + 1] == 0x55);
        CHECK(k == 3 || memcmp(constants, wl_crc64_named(polynomials[k]), WL_CRC64_CONSTANTS) == 0);
        for (size_t n = 0; n < sizeof text; n += 1 + n / 7) {
            uint64_t first = wl_crc64_update(0, constants, text, n / 3);
            uint64_t second = wl_crc64_update(0, constants, text + n / 3, n - n / 3);
            uint64_t whole = crc64_by_bits(polynomials[k], text, n);
            CHECK(wl_crc64_update(first, constants, text + n / 3, n - n / 3) == whole);
            CHECK(wl_crc64_combine(polynomials[k], first, second, n - n / 3) == whole);
        }
    }
}

static ptrdiff_t encode(char *dst, size_t room, const char *text, unsigned flags) {
    ptrdiff_t n = wl_base64_to_text((uint8_t *)dst, room, (const uint8_t *)text, strlen(text), flags);
    if (n >= 0) {
        dst[n] = 0;
    }
    return n;
}

static ptrdiff_t decode(char *dst, size_t room, const char *text, unsigned flags, size_t *read) {
    ptrdiff_t n = wl_base64_from_text((uint8_t *)dst, room, (const uint8_t *)text, strlen(text), flags, read);
    if (n >= 0) {
        dst[n] = 0;
    }
    return n;
}

static void base64_vectors(void) {
    const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    const char *const padded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    char buffer[64];
    for (size_t i = 0; i < 7; i++) {
        size_t n = strlen(padded[i]);
        CHECK(wl_base64_text_len(strlen(plain[i]), 0) == n);
        CHECK(encode(buffer, n, plain[i], 0) == (ptrdiff_t)n && strcmp(buffer, padded[i]) == 0);
        CHECK(decode(buffer, 63, padded[i], 0, NULL) == (ptrdiff_t)strlen(plain[i]));
        CHECK(strcmp(buffer, plain[i]) == 0);
        if (n > 0) {
            CHECK(encode(buffer, n - 1, plain[i], 0) == WL_ESHORT);
        }
        size_t raw = strcspn(padded[i], "=");
        CHECK(encode(buffer, raw, plain[i], WL_BASE64_RAW) == (ptrdiff_t)raw);
        CHECK(decode(buffer, 63, padded[i], WL_BASE64_RAW, NULL) == (raw == n ? (ptrdiff_t)(n / 4 * 3) : WL_EDATA));
    }
    CHECK(encode(buffer, 63, "\xfb\xff", 0) == 4 && strcmp(buffer, "+/8=") == 0);
    CHECK(encode(buffer, 63, "\xfb\xff", WL_BASE64_URL) == 4 && strcmp(buffer, "-_8=") == 0);
    CHECK(encode(buffer, 63, "f", WL_BASE64_STRICT) == WL_EFLAGS);
    CHECK(decode(buffer, 63, "Zg==", 16, NULL) == WL_EFLAGS);
    size_t read = 99;
    CHECK(decode(buffer, 2, "Zm9v", 0, &read) == WL_ESHORT && read == 99);
    CHECK(decode(buffer, 63, "Zm9vY?==", 0, &read) == WL_EDATA && read == 4);
    CHECK(decode(buffer, 63, "Zh==", 0, &read) == 1 && read == 4);
    CHECK(decode(buffer, 63, "Zh==", WL_BASE64_STRICT, NULL) == WL_EDATA);
    CHECK(decode(buffer, 63, "Zm\r\n9v\n", WL_BASE64_LINES, NULL) == 3 && strcmp(buffer, "foo") == 0);
    CHECK(decode(buffer, 63, "Zm\r\n9v\n", 0, NULL) == WL_EDATA);
    CHECK(wl_base64_text_len(SIZE_MAX, 0) == SIZE_MAX);
    CHECK(wl_base64_to_text(NULL, 0, (const uint8_t *)"f", 1, 0) == WL_ESHORT);
    CHECK(wl_base64_to_text(NULL, 0, NULL, 0, 0) == 0 && wl_base64_from_text(NULL, 0, NULL, 0, 0, NULL) == 0);
}

static void base64_round_trips(void) {
    static uint8_t data[1000], text[1400], back[1002];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 131 + i / 7);
    }
    for (size_t n = 0; n < sizeof data; n++) {
        for (unsigned flags = 0; flags < 4; flags++) {
            size_t length = wl_base64_text_len(n, flags);
            text[length] = 0x55;
            CHECK(wl_base64_to_text(text, length, data, n, flags) == (ptrdiff_t)length);
            CHECK(text[length] == 0x55);
            CHECK(wl_base64_from_text(back, sizeof back, text, length, flags | WL_BASE64_STRICT, NULL) == (ptrdiff_t)n);
            CHECK(memcmp(back, data, n) == 0);
        }
    }
}

static void base32(void) {
    const char *plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    const char *padded[] = {"", "MY======", "MZXQ====", "MZXW6===", "MZXW6YQ=", "MZXW6YTB", "MZXW6YTBOI======"};
    char text[64], back[64];
    for (size_t i = 0; i < 7; i++) {
        size_t n = strlen(padded[i]), raw = strcspn(padded[i], "="), bytes = strlen(plain[i]), read = 99;
        CHECK(wl_base32_text_len(bytes, 0) == n && wl_base32_text_len(bytes, WL_BASE32_RAW) == raw);
        CHECK(wl_base32_to_text((uint8_t *)text, n, (const uint8_t *)plain[i], bytes, 0) == (ptrdiff_t)n);
        CHECK(memcmp(text, padded[i], n) == 0);
        CHECK(wl_base32_from_text((uint8_t *)back, 63, (const uint8_t *)text, n, WL_BASE32_STRICT, &read) == (ptrdiff_t)bytes);
        CHECK(memcmp(back, plain[i], bytes) == 0 && read == n);
        CHECK(wl_base32_from_text((uint8_t *)text, n, (const uint8_t *)text, raw, WL_BASE32_RAW, NULL) == (ptrdiff_t)bytes);
        CHECK(memcmp(text, plain[i], bytes) == 0);
    }
    size_t read = 99;
    const uint8_t *loose = (const uint8_t *)"MZXW6YTBMZ======", *lines = (const uint8_t *)"MZXW6YTB\n";
    CHECK(wl_base32_from_text((uint8_t *)back, 63, loose, 16, 0, &read) == 6 && read == 16);
    CHECK(wl_base32_from_text((uint8_t *)back, 63, loose, 16, WL_BASE32_STRICT, &read) == WL_EDATA && read == 8);
    CHECK(wl_base32_from_text((uint8_t *)back, 63, lines, 9, 0, &read) == WL_EDATA && read == 8);
    CHECK(wl_base32_from_text((uint8_t *)back, 63, lines, 8, WL_BASE32_HEX, &read) == WL_EDATA && read == 0);
    CHECK(wl_base32_to_text((uint8_t *)text, 63, (const uint8_t *)"fooba", 5, WL_BASE32_HEX) == 8 && memcmp(text, "CPNMUOJ1", 8) == 0);
    CHECK(wl_base32_to_text((uint8_t *)text, 63, lines, 1, WL_BASE32_STRICT) == WL_EFLAGS);
    CHECK(wl_base32_from_text((uint8_t *)text, 63, lines, 1, 8, NULL) == WL_EFLAGS);
    CHECK(wl_base32_to_text((uint8_t *)text, 7, lines, 5, 0) == WL_ESHORT);
    CHECK(wl_base32_from_text((uint8_t *)back, 4, lines, 8, 0, NULL) == WL_ESHORT);
    CHECK(wl_base32_text_len(SIZE_MAX, 0) == SIZE_MAX && wl_base32_data_len(15) == 9);
    CHECK(wl_base32_to_text(NULL, 0, NULL, 0, 0) == 0 && wl_base32_from_text(NULL, 0, NULL, 0, WL_BASE32_STRICT, NULL) == 0);
    CHECK(wl_base32_to_text(NULL, 0, lines, 1, 0) == WL_ESHORT && wl_base32_from_text(NULL, 0, lines, 8, 0, NULL) == WL_ESHORT);
}

/* Every length to 500, between canaries: with a byte less than is needed, with as much, over the text and to before it. */
static void base32_round_trips(void) {
    static uint8_t data[500], around[810], back[510];
    uint8_t *text = around + 4;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 131 + i / 7);
    }
    for (size_t n = 1; n < sizeof data; n++) {
        for (unsigned flags = 0; flags < 4; flags++) {
            size_t length = wl_base32_text_len(n, flags), room = wl_base32_data_len(length), read = 99;
            memset(around, 0x55, sizeof around);
            memset(back, 0x55, sizeof back);
            CHECK(wl_base32_to_text(text, length - 1, data, n, flags) == WL_ESHORT && text[0] == 0x55);
            CHECK(wl_base32_to_text(text, length, data, n, flags) == (ptrdiff_t)length);
            CHECK(text[-1] == 0x55 && text[length] == 0x55);
            CHECK(wl_base32_from_text(back, room - 1, text, length, flags, &read) == WL_ESHORT);
            CHECK(back[0] == 0x55 && read == 99);
            CHECK(wl_base32_from_text(back, room, text, length, flags | WL_BASE32_STRICT, &read) == (ptrdiff_t)n);
            CHECK(memcmp(back, data, n) == 0 && back[n] == 0x55 && read == length);
            if (length > 16) {
                size_t bad = length - 16, good = bad / 8;
                uint8_t digit = text[bad];
                text[bad] = '!';
                memset(back, 0x55, sizeof back);
                CHECK(wl_base32_from_text(back, room, text, length, flags, &read) == WL_EDATA && read == 8 * good);
                CHECK(memcmp(back, data, 5 * good) == 0 && back[5 * good] == 0x55);
                text[bad] = digit;
            }
            CHECK(wl_base32_from_text(around, room, text, length, flags, NULL) == (ptrdiff_t)n);
            CHECK(memcmp(around, data, n) == 0);
            CHECK(wl_base32_to_text(text, length, data, n, flags) == (ptrdiff_t)length);
            CHECK(wl_base32_from_text(text, room, text, length, flags, NULL) == (ptrdiff_t)n);
            CHECK(memcmp(text, data, n) == 0 && text[length] == 0x55);
        }
    }
}

static void hex(void) {
    static uint8_t data[500], text[1001], back[501];
    const uint8_t digits[] = "6C616e65", bad[] = "6C61-e65";
    CHECK(wl_hex_decode(back, 4, digits, 8) == 8 && memcmp(back, "lane", 4) == 0);
    CHECK(wl_hex_decode(back, 3, digits, 8) == 6);
    CHECK(wl_hex_decode(back, 4, digits, 7) == 6);
    CHECK(wl_hex_decode(back, 4, bad, 8) == 4);
    CHECK(wl_hex_encode(NULL, 0, NULL, 0) == 0 && wl_hex_decode(NULL, 0, NULL, 0) == 0);
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 131 + i / 7);
    }
    for (size_t n = 0; n < sizeof data; n++) {
        text[2 * n] = back[n] = 0x55;
        CHECK(wl_hex_encode(text, 2 * n, data, n) == n && text[2 * n] == 0x55);
        if (n > 0) {
            char last[3];
            snprintf(last, sizeof last, "%02x", data[n - 1]);
            CHECK(memcmp(text + 2 * n - 2, last, 2) == 0);
        }
        CHECK(wl_hex_decode(back, n, text, 2 * n) == 2 * n && back[n] == 0x55);
        CHECK(memcmp(back, data, n) == 0);
    }
}

/* The values are the reference implementation's, of nothing and of zeros; their halves agree, and with a secret they differ. */
static void xxh3(void) {
    static uint8_t data[1000];
    wl_u128 wide = wl_xxh3_hash128(NULL, 0, 0), other = wide;
    uint64_t narrow = 7;
    CHECK(wl_xxh3_hash64(NULL, 0, 0) == UINT64_C(0x2d06800538d394c2));
    CHECK(wide.high == UINT64_C(0x99aa06d3014798d8) && wide.low == UINT64_C(0x6001c324468d497f));
    CHECK(wl_xxh3_hash64(data, sizeof data, 0) == UINT64_C(0x24c1ea6074dd588c));
    CHECK(wl_xxh3_hash64(data, sizeof data, 5) == UINT64_C(0x765b10afd651e96d));
    CHECK(wl_xxh3_hash64_secret(&narrow, data, sizeof data, data, 135) == WL_ESHORT && narrow == 7);
    CHECK(wl_xxh3_hash128_secret(&wide, data, sizeof data, NULL, 0) == WL_ESHORT && wide.low == other.low);
    CHECK(wl_xxh3_hash64_secret(&narrow, data, sizeof data, data, 136) == 0);
    CHECK(wl_xxh3_hash128_secret(&wide, data, sizeof data, data, 136) == 0 && wide.low == narrow);
    CHECK(narrow != wl_xxh3_hash64(data, sizeof data, 0));
}

/* In pieces of every length that a buffer could be wrong at, with a checkpoint, a seed and a secret. */
static void xxh3_in_pieces(void) {
    static uint8_t data[1500];
    wl_xxh3 hash, secret;
    size_t i, piece;
    for (i = 0; i < sizeof data; i++) data[i] = (uint8_t)(i * i >> 3);
    for (piece = 1; piece < 600; piece++) {
        wl_u128 wide, whole = wl_xxh3_hash128(data, sizeof data, piece);
        uint64_t narrow;
        CHECK(wl_xxh3_init_secret(&secret, data, 135) == WL_ESHORT && wl_xxh3_init_secret(&secret, data, 192) == 0);
        wl_xxh3_init(&hash, piece);
        wl_xxh3_update(&hash, NULL, 0);
        for (i = 0; i < sizeof data; i += piece) {
            size_t n = sizeof data - i < piece ? sizeof data - i : piece;
            wl_xxh3 before = hash;
            wl_xxh3_update(&hash, data + i, n);
            wl_xxh3_update(&secret, data + i, n);
            CHECK(wl_xxh3_finish64(&before) == wl_xxh3_hash64(data, i, piece));
        }
        wide = wl_xxh3_finish128(&hash);
        CHECK(wide.low == whole.low && wide.high == whole.high);
        CHECK(wl_xxh3_finish64(&hash) == wl_xxh3_hash64(data, sizeof data, piece));
        wl_xxh3_hash64_secret(&narrow, data, sizeof data, data, 192);
        CHECK(wl_xxh3_finish64(&secret) == narrow);
    }
}

int main(void) {
    library();
    base32();
    base32_round_trips();
    hex();
    base64_vectors();
    base64_round_trips();
    adler32();
    crc32();
    crc64();
    vec();
    bytealg();
    latin1();
    utf16();
    utf8();
    xxh3();
    xxh3_in_pieces();
    printf("%d failures\n", failures);
    return failures > 100 ? 100 : failures;
}
