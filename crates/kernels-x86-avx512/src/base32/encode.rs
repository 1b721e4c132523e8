//! 40 bytes become 64 characters: spread the groups, take five bits for each lane, look up the characters.

use super::{load_permuted, store};
use crate::ends::lanes;
use core::arch::x86_64::*;
use kernels_generic::base32::{ENCODE_PADDING, EncodeTable, digits_of, fitting};
use kernels_generic::ffi::Pair;

/// Bytes and characters of one vector; it is loaded as 64 bytes.
const BYTES: usize = 40;
const CHARS: usize = 64;
const UNROLL: usize = 4;

/// A vector of bytes in memory.
#[repr(align(64))]
struct Vector([u8; 64]);

/// The bytes of each group in the lanes of a quadword, the last one lowest; three lanes are of no account.
static SPREAD: Vector = Vector({
    let mut index = [0; 64];
    let mut i = 0;
    while i < 64 {
        let (group, lane) = (i / 8, i % 8);
        index[i] = (5 * group + if lane < 5 { 4 - lane } else { 0 }) as u8;
        i += 1;
    }
    index
});

/// Where the eight digits of a group begin in its quadword, in bits: the first one uppermost.
const SHIFTS: i64 = i64::from_le_bytes([35, 30, 25, 20, 15, 10, 5, 0]);

/// Row `base32_encode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI, F, BW and BMI2. Each pointer is valid for its length (`dst` for writes) or its length is 0;
/// `table` is readable. `dst` and `src` do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
pub unsafe extern "C" fn encode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let all = fitting(src_len, dst_len, table);
    let n = all.first;
    if n == 0 {
        return all;
    }
    let code = Code::new(table);
    // SAFETY: so many bytes are readable, and their characters have room.
    unsafe {
        if n <= BYTES {
            let groups = load_permuted(src, n, code.spread);
            code.finish(dst, groups, n, all.second);
        } else if n <= 64 {
            code.encode_two(dst, src, n, all.second);
        } else {
            code.encode_long(dst, src, n, all.second);
        }
    }
    all
}

/// What encoding keeps in registers.
#[derive(Clone, Copy)]
struct Code {
    spread: __m512i,
    shifts: __m512i,
    alphabet: __m512i,
    padding: __m512i,
}

impl Code {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn new(table: &EncodeTable) -> Code {
        // SAFETY: the table is longer than 32 bytes, and the other is 64; any alignment is allowed.
        let (alphabet, spread) = unsafe {
            let alphabet = _mm256_loadu_si256(table.as_ptr().cast());
            (alphabet, _mm512_loadu_si512(SPREAD.0.as_ptr().cast()))
        };
        Code {
            spread,
            shifts: _mm512_set1_epi64(SHIFTS),
            // Twice, so that the bit above a digit may be anything.
            alphabet: _mm512_broadcast_i64x4(alphabet),
            padding: _mm512_set1_epi8(table[ENCODE_PADDING] as i8),
        }
    }

    /// The 64 characters of eight groups, each in its quadword.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f")]
    fn characters(self, groups: __m512i) -> __m512i {
        // The permute takes six bits of each index.
        let digits = _mm512_multishift_epi64_epi8(self.shifts, groups);
        _mm512_permutexvar_epi8(digits, self.alphabet)
    }

    /// Encodes the groups that end a text, `n` bytes to `chars` characters, padding included.
    ///
    /// # Safety
    /// The characters have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn finish(self, dst: *mut u8, groups: __m512i, n: usize, chars: usize) {
        let digits = lanes(digits_of(n));
        let text = _mm512_mask_mov_epi8(self.padding, digits, self.characters(groups));
        // SAFETY: the caller's promise.
        unsafe { store(dst, text, chars) }
    }

    /// Encodes 41 to 64 bytes.
    ///
    /// # Safety
    /// `n` bytes are readable at `src`, and their characters have room at `dst`.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn encode_two(self, dst: *mut u8, src: *const u8, n: usize, chars: usize) {
        // SAFETY: the caller's promise; the first vector is 40 bytes of them.
        unsafe {
            let first = load_permuted(src, n, self.spread);
            let rest = load_permuted(src.add(BYTES), n - BYTES, self.spread);
            _mm512_storeu_si512(dst.cast(), self.characters(first));
            self.finish(dst.add(CHARS), rest, n - BYTES, chars - CHARS);
        }
    }

    /// Encodes more than 64 bytes.
    ///
    /// # Safety
    /// `n` bytes are readable at `src`, and their characters have room at `dst`.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn encode_long(self, dst: *mut u8, src: *const u8, n: usize, chars: usize) {
        let (mut from, mut to, mut left) = (src, dst, n);
        // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`; a vector is loaded where 64
        // bytes are left, or ends where the text does.
        unsafe {
            let next = |from: *const u8, k: usize| {
                let v = _mm512_loadu_si512(from.add(BYTES * k).cast());
                self.characters(_mm512_permutexvar_epi8(self.spread, v))
            };
            while left >= BYTES * (UNROLL - 1) + 64 {
                for k in 0..UNROLL {
                    _mm512_storeu_si512(to.add(CHARS * k).cast(), next(from, k));
                }
                (from, to) = (from.add(BYTES * UNROLL), to.add(CHARS * UNROLL));
                left -= BYTES * UNROLL;
            }
            while left > 64 {
                _mm512_storeu_si512(to.cast(), next(from, 0));
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            // 25 to 64 bytes are left, in the upper lanes of the text's last 64.
            let last = _mm512_loadu_si512(src.add(n - 64).cast());
            let moved = |left: usize| {
                let up = _mm512_set1_epi8((64 - left) as i8);
                let index = _mm512_add_epi8(self.spread, up);
                // An index that was 64 or more takes a 0 from the other vector.
                _mm512_permutex2var_epi8(last, index, _mm512_setzero_si512())
            };
            if left > BYTES {
                _mm512_storeu_si512(to.cast(), self.characters(moved(left)));
                (to, left) = (to.add(CHARS), left - BYTES);
            }
            self.finish(to, moved(left), left, chars - to.offset_from_unsigned(dst));
        }
    }
}
