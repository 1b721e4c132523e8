//! Hexadecimal on AVX2: 32 bytes, 64 characters at a time; shorter input in halves that overlap. See `docs/kernels/hex.md`.

use core::arch::x86_64::*;
use kernels_generic::hex::{asked, decode_pairs};

/// Bytes and characters of one turn.
const BYTES: usize = 32;
const CHARS: usize = 64;

/// Row `hex_encode`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`dst` for writes) or its length is 0. `dst` ends where `src`
/// does, and is exactly twice as long, or the two do not overlap.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn encode_avx2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let n = src_len.min(dst_len / 2);
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`. The last vector overlaps the one
    // before, and writes the same characters again; it is read first, since these may take the place of its bytes.
    unsafe {
        if n < BYTES {
            encode_short(dst, src, n);
            return n;
        }
        let (mut from, mut to, mut left) = (src, dst, n);
        let last = _mm256_loadu_si256(src.add(n - BYTES).cast());
        while left > BYTES {
            encode_32(to, _mm256_loadu_si256(from.cast()));
            (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
        }
        encode_32(dst.add(2 * n - CHARS), last);
    }
    n
}

/// Encodes less than 32 bytes.
///
/// # Safety
/// `n` bytes are readable at `src`, and their characters have room at `dst`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn encode_short(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: each access is within `n` bytes and `2 n` characters. All bytes are read before a character is written.
    unsafe {
        if n >= 16 {
            let first = encode_16(_mm_loadu_si128(src.cast()));
            let last = encode_16(_mm_loadu_si128(src.add(n - 16).cast()));
            _mm256_storeu_si256(dst.cast(), first);
            _mm256_storeu_si256(dst.add(2 * n - 32).cast(), last);
        } else if n >= 8 {
            let first = encode_16(_mm_loadl_epi64(src.cast()));
            let last = encode_16(_mm_loadl_epi64(src.add(n - 8).cast()));
            _mm_storeu_si128(dst.cast(), _mm256_castsi256_si128(first));
            _mm_storeu_si128(dst.add(2 * n - 16).cast(), _mm256_castsi256_si128(last));
        } else if n >= 4 {
            let word = |i: usize| u64::from(src.add(i).cast::<u32>().read_unaligned());
            let text = encode_8(word(0) | word(n - 4) << 32);
            _mm_storel_epi64(dst.cast(), text);
            _mm_storel_epi64(dst.add(2 * n - 8).cast(), _mm_unpackhi_epi64(text, text));
        } else if n >= 2 {
            let word = |i: usize| u64::from(src.add(i).cast::<u16>().read_unaligned());
            let text = _mm_cvtsi128_si64(encode_8(word(0) | word(n - 2) << 16)) as u64;
            dst.cast::<u32>().write_unaligned(text as u32);
            dst.add(2 * n - 4).cast::<u32>().write_unaligned((text >> 32) as u32);
        } else if n > 0 {
            let text = _mm_cvtsi128_si32(encode_8(u64::from(*src)));
            dst.cast::<u16>().write_unaligned(text as u16);
        }
    }
}

/// The 16 characters of 8 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn encode_8(bytes: u64) -> __m128i {
    _mm256_castsi256_si128(encode_16(_mm_cvtsi64_si128(bytes as i64)))
}

/// The 32 characters of 16 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn encode_16(v: __m128i) -> __m256i {
    // The upper digit is the lower byte of its word.
    let words = _mm256_cvtepu8_epi16(v);
    let digits = _mm256_or_si256(_mm256_srli_epi16::<4>(words), _mm256_slli_epi16::<8>(words));
    characters(digits)
}

/// Writes the 64 characters of 32 bytes.
///
/// # Safety
/// 64 bytes are writable at `to`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn encode_32(to: *mut u8, v: __m256i) {
    // The interleaving goes by halves of vectors: its lower results are wanted from the first two quarters.
    let v = _mm256_permute4x64_epi64::<0b11_01_10_00>(v);
    let (upper, lower) = (characters(_mm256_srli_epi16::<4>(v)), characters(v));
    // SAFETY: the caller's promise.
    unsafe {
        _mm256_storeu_si256(to.cast(), _mm256_unpacklo_epi8(upper, lower));
        _mm256_storeu_si256(to.add(32).cast(), _mm256_unpackhi_epi8(upper, lower));
    }
}

/// The character of the lower four bits of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn characters(digits: __m256i) -> __m256i {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // SAFETY: 16 bytes.
    let table = _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(DIGITS.as_ptr().cast()) });
    _mm256_shuffle_epi8(table, _mm256_and_si256(digits, _mm256_set1_epi8(15)))
}

/// Row `hex_decode`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`dst` for writes) or its length is 0. `dst` begins
/// where `src` does, or the two do not overlap.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn decode_avx2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let chars = asked(dst_len, src_len);
    // SAFETY: `chars` characters are readable and their bytes writable; `right` of them are done, an even number.
    unsafe {
        let right =
            if chars < 32 { decode_short(dst, src, chars) } else { decode_long(dst, src, chars) };
        // Two vectors, or less: three characters at most, or something in them is no digit.
        right + decode_pairs(dst.add(right / 2), src.add(right), chars - right)
    }
}

/// Decodes 32 characters or more; returns how many come before the two vectors with something wrong, of which nothing was
/// written.
///
/// # Safety
/// `chars` characters are readable, an even number, and their bytes have room.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn decode_long(dst: *mut u8, src: *const u8, chars: usize) -> usize {
    let mut at = 0;
    // SAFETY: `at` is even and at most `chars`. The bytes of what was decoded end before what was not, in place too; the
    // last vector, which may overlap what was, is read before anything is written.
    unsafe {
        let read = |at: usize| _mm256_loadu_si256(src.add(at).cast());
        let last = read(chars - 32);
        while chars - at > CHARS {
            let (a, b) = (digits(read(at)), digits(read(at + 32)));
            if any_invalid(_mm256_max_epu8(a, b)) {
                return at;
            }
            // Packing goes by halves of vectors, too.
            let bytes = _mm256_packus_epi16(pairs(a), pairs(b));
            let bytes = _mm256_permute4x64_epi64::<0b11_01_10_00>(bytes);
            _mm256_storeu_si256(dst.add(at / 2).cast(), bytes);
            at += CHARS;
        }
        // 1 to 64 characters are left: the first 32 of them, if there are more, and those that end the text.
        let two = chars - at > 32;
        let (a, b) = (digits(if two { read(at) } else { last }), digits(last));
        if any_invalid(_mm256_max_epu8(a, b)) {
            return at;
        }
        if two {
            _mm_storeu_si128(dst.add(at / 2).cast(), narrow(a));
        }
        _mm_storeu_si128(dst.add(chars / 2 - 16).cast(), narrow(b));
    }
    chars
}

/// Decodes 4 to 31 characters, if all are digits; returns how many were decoded, all or none.
///
/// # Safety
/// `chars` characters are readable, an even number, and their bytes have room.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn decode_short(dst: *mut u8, src: *const u8, chars: usize) -> usize {
    // SAFETY: each access is within `chars` characters and their bytes; all are read before a byte is written.
    unsafe {
        if chars >= 16 {
            let read = |i: usize| _mm_loadu_si128(src.add(i).cast());
            let v = digits(_mm256_set_m128i(read(chars - 16), read(0)));
            if !any_invalid(v) {
                let bytes = narrow(v);
                _mm_storel_epi64(dst.cast(), bytes);
                _mm_storel_epi64(dst.add(chars / 2 - 8).cast(), _mm_unpackhi_epi64(bytes, bytes));
                return chars;
            }
        } else if chars >= 8 {
            let read = |i: usize| _mm_loadl_epi64(src.add(i).cast());
            if let Some(bytes) = decode_16(_mm_unpacklo_epi64(read(0), read(chars - 8))) {
                dst.cast::<u32>().write_unaligned(bytes as u32);
                dst.add(chars / 2 - 4).cast::<u32>().write_unaligned((bytes >> 32) as u32);
                return chars;
            }
        } else if chars >= 4 {
            // Twice, so that no lane is empty: that would be no digit.
            let read = |i: usize| src.add(i).cast::<u32>().read_unaligned() as i32;
            let (first, last) = (read(0), read(chars - 4));
            if let Some(bytes) = decode_16(_mm_set_epi32(last, first, last, first)) {
                dst.cast::<u16>().write_unaligned(bytes as u16);
                dst.add(chars / 2 - 2).cast::<u16>().write_unaligned((bytes >> 16) as u16);
                return chars;
            }
        }
    }
    0
}

/// The 8 bytes of 16 characters, if all are digits.
#[inline]
#[target_feature(enable = "avx2")]
fn decode_16(text: __m128i) -> Option<u64> {
    let v = digits(_mm256_broadcastsi128_si256(text));
    if any_invalid(v) { None } else { Some(_mm_cvtsi128_si64(narrow(v)) as u64) }
}

/// The values of 32 characters; more than 15 for what is no digit.
///
/// Both guesses are made for every character, and the smaller one is right: a saturating step in each puts what it is
/// not meant for above 15.
#[inline]
#[target_feature(enable = "avx2")]
fn digits(v: __m256i) -> __m256i {
    let all = |x: u8| _mm256_set1_epi8(x as i8);
    // '0' to '9' become 0xf6 to 0xff, which nothing else is; less 6, everything below them is less than 0xf0.
    let top = _mm256_add_epi8(v, all(0xff - b'9'));
    let figures = _mm256_sub_epi8(_mm256_subs_epu8(top, all(6)), all(0xf0));
    // 'A' to 'F' in both cases become 0 to 5, anything else 6 or more.
    let folded = _mm256_and_si256(v, all(!0x20));
    let letters = _mm256_adds_epu8(_mm256_sub_epi8(folded, all(b'A')), all(10));
    _mm256_min_epu8(figures, letters)
}

#[inline]
#[target_feature(enable = "avx2")]
fn any_invalid(digits: __m256i) -> bool {
    let invalid = _mm256_adds_epu8(digits, _mm256_set1_epi8(127 - 15));
    _mm256_movemask_epi8(invalid) != 0
}

/// A word for each pair of digits, the first of which counts 16 times.
#[inline]
#[target_feature(enable = "avx2")]
fn pairs(digits: __m256i) -> __m256i {
    _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x0110))
}

/// The 16 bytes of 32 digits.
#[inline]
#[target_feature(enable = "avx2")]
fn narrow(digits: __m256i) -> __m128i {
    let words = pairs(digits);
    _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words))
}
