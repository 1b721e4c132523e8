//! Hexadecimal on AVX-512 VBMI: byte permutes hold all 16 characters, or all 128 classes, at once.
//!
//! Up to 32 bytes, or 64 characters, are one vector without a loop, its halves from both ends of the input, so that no
//! access is masked. See `docs/kernels/hex.md`.

use core::arch::x86_64::*;
use kernels_generic::hex::{asked, decode_pairs};

/// Bytes and characters of one vector.
const BYTES: usize = 32;
const CHARS: usize = 64;
/// Vectors of a turn: of bytes in encoding, of characters in decoding.
const UNROLL: usize = 4;

/// The class of what is no digit: above all values, with the bit that a character beyond ASCII has too.
const INVALID: u8 = 0x80;

/// A vector of bytes in memory.
#[repr(align(64))]
struct Vector([u8; 64]);

/// The 16 characters, four times, so that the two bits above a digit may be anything.
static DIGITS: Vector = Vector({
    let mut digits = [0; 64];
    let mut i = 0;
    while i < 64 {
        digits[i] = b"0123456789abcdef"[i % 16];
        i += 1;
    }
    digits
});

/// Where the eight digits of four bytes begin in a quadword, in bits: the upper one first.
static SHIFTS: Vector = Vector({
    let mut shifts = [0; 64];
    let mut i = 0;
    while i < 64 {
        shifts[i] = (i % 8 * 4) as u8 ^ 4;
        i += 1;
    }
    shifts
});

/// The values of the first 128 characters.
static CLASSES: [Vector; 2] = [classes(0), classes(64)];

const fn classes(first: u8) -> Vector {
    let mut classes = [0; 64];
    let mut i = 0;
    while i < 64 {
        let c = first + i as u8;
        classes[i] = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            b'A'..=b'F' => c - b'A' + 10,
            _ => INVALID,
        };
        i += 1;
    }
    Vector(classes)
}

/// The even lanes of two vectors.
static EVEN: Vector = Vector({
    let mut even = [0; 64];
    let mut i = 0;
    while i < 64 {
        even[i] = 2 * i as u8;
        i += 1;
    }
    even
});

#[inline]
#[target_feature(enable = "avx512f")]
fn load(v: &Vector) -> __m512i {
    // SAFETY: 64 bytes.
    unsafe { _mm512_loadu_si512(v.0.as_ptr().cast()) }
}

/// Row `hex_encode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI and F. Each pointer is valid for its length (`dst` for writes) or its length is
/// 0. `dst` ends where `src` does, and is exactly twice as long, or the two do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f")]
pub unsafe extern "C" fn encode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let n = src_len.min(dst_len / 2);
    let code = Code { shifts: load(&SHIFTS), digits: load(&DIGITS) };
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`. The last vector overlaps the one
    // before, and writes the same characters again; it is read first, since these may take the place of its bytes.
    unsafe {
        if n <= BYTES {
            encode_short(code, dst, src, n);
            return n;
        }
        let read = |p: *const u8| _mm256_loadu_si256(p.cast());
        let (mut from, mut to, mut left) = (src, dst, n);
        let last = read(src.add(n - BYTES));
        while left > BYTES * UNROLL {
            let v: [__m256i; UNROLL] = core::array::from_fn(|k| read(from.add(BYTES * k)));
            for (k, v) in v.into_iter().enumerate() {
                _mm512_storeu_si512(to.add(CHARS * k).cast(), code.encode(v));
            }
            (from, to) = (from.add(BYTES * UNROLL), to.add(CHARS * UNROLL));
            left -= BYTES * UNROLL;
        }
        while left > BYTES {
            _mm512_storeu_si512(to.cast(), code.encode(read(from)));
            (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
        }
        _mm512_storeu_si512(dst.add(2 * n - CHARS).cast(), code.encode(last));
    }
    n
}

/// Encodes at most 32 bytes.
///
/// # Safety
/// `n` bytes are readable at `src`, and their characters have room at `dst`.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f")]
unsafe fn encode_short(code: Code, dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: each access is within `n` bytes and `2 n` characters. All bytes are read before a character is written.
    unsafe {
        if n >= 16 {
            let (first, last) =
                (_mm_loadu_si128(src.cast()), _mm_loadu_si128(src.add(n - 16).cast()));
            let text = code.encode(_mm256_set_m128i(last, first));
            _mm256_storeu_si256(dst.cast(), _mm512_castsi512_si256(text));
            _mm256_storeu_si256(dst.add(2 * n - 32).cast(), _mm512_extracti64x4_epi64::<1>(text));
        } else if n >= 8 {
            let (first, last) =
                (_mm_loadl_epi64(src.cast()), _mm_loadl_epi64(src.add(n - 8).cast()));
            let text = code.encode_16(_mm_unpacklo_epi64(first, last));
            _mm_storeu_si128(dst.cast(), _mm256_castsi256_si128(text));
            _mm_storeu_si128(dst.add(2 * n - 16).cast(), _mm256_extracti128_si256::<1>(text));
        } else if n >= 4 {
            let word = |i: usize| u64::from(src.add(i).cast::<u32>().read_unaligned());
            let text = code.encode_8(word(0) | word(n - 4) << 32);
            _mm_storel_epi64(dst.cast(), text);
            _mm_storel_epi64(dst.add(2 * n - 8).cast(), _mm_unpackhi_epi64(text, text));
        } else if n >= 2 {
            let word = |i: usize| u64::from(src.add(i).cast::<u16>().read_unaligned());
            let text = _mm_cvtsi128_si64(code.encode_8(word(0) | word(n - 2) << 16)) as u64;
            dst.cast::<u32>().write_unaligned(text as u32);
            dst.add(2 * n - 4).cast::<u32>().write_unaligned((text >> 32) as u32);
        } else if n > 0 {
            let text = _mm_cvtsi128_si32(code.encode_8(u64::from(*src)));
            dst.cast::<u16>().write_unaligned(text as u16);
        }
    }
}

/// What encoding keeps in registers.
#[derive(Clone, Copy)]
struct Code {
    shifts: __m512i,
    digits: __m512i,
}

impl Code {
    /// The 64 characters of 32 bytes.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f")]
    fn encode(self, v: __m256i) -> __m512i {
        let fours = _mm512_cvtepu32_epi64(v);
        let digits = _mm512_multishift_epi64_epi8(self.shifts, fours);
        _mm512_permutexvar_epi8(digits, self.digits)
    }

    /// The 32 characters of 16 bytes.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f")]
    fn encode_16(self, v: __m128i) -> __m256i {
        _mm512_castsi512_si256(self.encode(_mm256_zextsi128_si256(v)))
    }

    /// The 16 characters of 8 bytes.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f")]
    fn encode_8(self, bytes: u64) -> __m128i {
        _mm256_castsi256_si128(self.encode_16(_mm_cvtsi64_si128(bytes as i64)))
    }
}

/// Row `hex_decode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI, F and BW. Each pointer is valid for its length (`dst` for writes) or its
/// length is 0. `dst` begins where `src` does, or the two do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
pub unsafe extern "C" fn decode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let chars = asked(dst_len, src_len);
    let classes = Classes { low: load(&CLASSES[0]), high: load(&CLASSES[1]), even: load(&EVEN) };
    // SAFETY: `chars` characters are readable and their bytes writable; `right` of them are done, an even number.
    unsafe {
        let right = if chars <= CHARS {
            classes.decode_short(dst, src, chars)
        } else {
            classes.decode_long(dst, src, chars)
        };
        // Two vectors, or less: three characters at most, or something in them is no digit.
        right + decode_pairs(dst.add(right / 2), src.add(right), chars - right)
    }
}

/// What decoding keeps in registers.
#[derive(Clone, Copy)]
struct Classes {
    low: __m512i,
    high: __m512i,
    even: __m512i,
}

impl Classes {
    /// Decodes more than 64 characters; returns how many come before the two vectors with something wrong, of which nothing
    /// was written.
    ///
    /// # Safety
    /// `chars` characters are readable, an even number, and their bytes have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    unsafe fn decode_long(self, dst: *mut u8, src: *const u8, chars: usize) -> usize {
        let mut at = 0;
        // SAFETY: `at` is even and at most `chars`. The bytes of what was decoded end before what was not, in place too;
        // the last vector, which may overlap what was, is read before anything is written.
        unsafe {
            let read = |at: usize| _mm512_loadu_si512(src.add(at).cast());
            let last = read(chars - CHARS);
            while chars - at > CHARS * UNROLL {
                let v: [__m512i; UNROLL] = core::array::from_fn(|k| read(at + CHARS * k));
                let a = v.map(|v| self.of(v));
                let odd = _mm512_or_si512(odd(v[0], v[1], a[0], a[1]), odd(v[2], v[3], a[2], a[3]));
                if _mm512_movepi8_mask(odd) != 0 {
                    break;
                }
                _mm512_storeu_si512(dst.add(at / 2).cast(), self.join(a[0], a[1]));
                _mm512_storeu_si512(dst.add(at / 2 + CHARS).cast(), self.join(a[2], a[3]));
                at += CHARS * UNROLL;
            }
            while chars - at > 2 * CHARS {
                let (v, w) = (read(at), read(at + CHARS));
                let (a, b) = (self.of(v), self.of(w));
                if _mm512_movepi8_mask(odd(v, w, a, b)) != 0 {
                    return at;
                }
                _mm512_storeu_si512(dst.add(at / 2).cast(), self.join(a, b));
                at += 2 * CHARS;
            }
            // 1 to 128 characters are left: the first 64 of them, if there are more, and those that end the text.
            let two = chars - at > CHARS;
            let first = if two { read(at) } else { last };
            let (a, b) = (self.of(first), self.of(last));
            if _mm512_movepi8_mask(odd(first, last, a, b)) != 0 {
                return at;
            }
            let (end, bytes) = (chars / 2 - BYTES, self.join(a, b));
            let place = if two { at / 2 } else { end };
            _mm256_storeu_si256(dst.add(place).cast(), _mm512_castsi512_si256(bytes));
            _mm256_storeu_si256(dst.add(end).cast(), _mm512_extracti64x4_epi64::<1>(bytes));
        }
        chars
    }

    /// Decodes 4 to 64 characters, if all are digits; returns how many were decoded, all or none.
    ///
    /// # Safety
    /// `chars` characters are readable, an even number, and their bytes have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    unsafe fn decode_short(self, dst: *mut u8, src: *const u8, chars: usize) -> usize {
        // SAFETY: each access is within `chars` characters and their bytes; all are read before a byte is written.
        unsafe {
            if chars >= 32 {
                let read = |i: usize| _mm256_loadu_si256(src.add(i).cast());
                let v = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(read(0)), read(chars - 32));
                let Some(bytes) = self.digits(v, u64::MAX) else { return 0 };
                _mm_storeu_si128(dst.cast(), _mm256_castsi256_si128(bytes));
                _mm_storeu_si128(
                    dst.add(chars / 2 - 16).cast(),
                    _mm256_extracti128_si256::<1>(bytes),
                );
            } else if chars >= 16 {
                let read = |i: usize| _mm_loadu_si128(src.add(i).cast());
                let v = _mm512_zextsi256_si512(_mm256_set_m128i(read(chars - 16), read(0)));
                let Some(bytes) = self.digits(v, u32::MAX.into()) else { return 0 };
                let bytes = _mm256_castsi256_si128(bytes);
                _mm_storel_epi64(dst.cast(), bytes);
                _mm_storel_epi64(dst.add(chars / 2 - 8).cast(), _mm_unpackhi_epi64(bytes, bytes));
            } else if chars >= 8 {
                let read = |i: usize| _mm_loadl_epi64(src.add(i).cast());
                let v = _mm512_zextsi128_si512(_mm_unpacklo_epi64(read(0), read(chars - 8)));
                let Some(bytes) = self.digits(v, u16::MAX.into()) else { return 0 };
                let bytes = _mm_cvtsi128_si64(_mm256_castsi256_si128(bytes)) as u64;
                dst.cast::<u32>().write_unaligned(bytes as u32);
                dst.add(chars / 2 - 4).cast::<u32>().write_unaligned((bytes >> 32) as u32);
            } else if chars >= 4 {
                let read = |i: usize| u64::from(src.add(i).cast::<u32>().read_unaligned());
                let text = read(0) | read(chars - 4) << 32;
                let v = _mm512_zextsi128_si512(_mm_cvtsi64_si128(text as i64));
                let Some(bytes) = self.digits(v, u8::MAX.into()) else { return 0 };
                let bytes = _mm_cvtsi128_si32(_mm256_castsi256_si128(bytes)) as u32;
                dst.cast::<u16>().write_unaligned(bytes as u16);
                dst.add(chars / 2 - 2).cast::<u16>().write_unaligned((bytes >> 16) as u16);
            } else {
                return 0;
            }
        }
        chars
    }

    /// The bytes of the characters in the lanes that are asked for, if these are digits.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn digits(self, v: __m512i, lanes: u64) -> Option<__m256i> {
        let a = self.of(v);
        let bad = _mm512_movepi8_mask(_mm512_or_si512(v, a));
        let bytes = _mm512_castsi512_si256(self.join(a, a));
        (bad & lanes == 0).then_some(bytes)
    }

    /// The values of 64 characters, without regard to their high bits.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn of(self, v: __m512i) -> __m512i {
        _mm512_permutex2var_epi8(self.low, v, self.high)
    }

    /// The bytes of 128 digits; in the lower half those of the first 64.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn join(self, a: __m512i, b: __m512i) -> __m512i {
        // 16 and 1 in turn: the upper digit comes first.
        let weights = _mm512_set1_epi16(0x0110);
        let (a, b) = (_mm512_maddubs_epi16(a, weights), _mm512_maddubs_epi16(b, weights));
        _mm512_permutex2var_epi8(a, self.even, b)
    }
}

/// The top bits of two vectors of characters, and of their classes: those of what is no digit.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
fn odd(v: __m512i, w: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_or_si512(_mm512_ternarylogic_epi64::<0xfe>(v, w, a), b)
}
