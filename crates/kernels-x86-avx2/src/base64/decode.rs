//! 32 characters become 24 bytes: classify by both halves of a character, add what makes it a digit, join, close gaps.
//!
//! Alphabets whose first 62 digits are the usual ones go this way; others take the portable steps.

use core::arch::x86_64::*;
use kernels_generic::base64::{
    COMMON, Cursor, DECODE_FLAGS, DecodeTable, LAST_TWO, ROLL, ROWS, SKIP, pads,
};
use kernels_generic::ffi::Pair;

/// Characters and bytes of a vector; half a vector has half of both.
const CHARS: usize = 32;
const BYTES: usize = 24;
/// Bytes that a store of a vector touches: the halves are stored as 16 bytes, 12 apart.
const TOUCHED: usize = 28;

/// Row `base64_decode`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2 and BMI1. Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is
/// readable. `dst` begins where `src` does, or the two do not overlap.
#[target_feature(enable = "avx2,bmi1")]
pub unsafe extern "C" fn decode_avx2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let mut at = Cursor { read: 0, written: 0 };
    let common = table[DECODE_FLAGS] & COMMON != 0;
    // SAFETY: the caller's promise; the cursor stays within both lengths, and before padding while there is more.
    unsafe {
        let pads = pads(src, src_len, table);
        loop {
            if common && src_len - at.read >= CHARS / 2 {
                Code::new(table).run(dst, dst_len, src, src_len - pads, table, &mut at);
            }
            at.eights(dst, dst_len, src, src_len, table);
            if !at.step(dst, dst_len, src, src_len, table) {
                return at.pair();
            }
        }
    }
}

/// The constants of decoding that depend on the alphabet.
struct Code {
    rows: __m256i,
    last: [__m256i; 2],
    fix: [__m256i; 2],
}

impl Code {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(table: &DecodeTable) -> Code {
        // SAFETY: the table has 16 bytes there; any alignment is allowed.
        let rows = unsafe { _mm_loadu_si128(table.as_ptr().add(ROWS).cast()) };
        let splat = |i: usize| _mm256_set1_epi8(table[LAST_TWO + i] as i8);
        Code {
            rows: _mm256_broadcastsi128_si256(rows),
            last: [splat(0), splat(1)],
            fix: [splat(2), splat(3)],
        }
    }

    /// Decodes vectors, the last as two halves that overlap, until a group is not four digits in a row. Line breaks
    /// between groups are passed over.
    ///
    /// # Safety
    /// `src` is readable up to `limit`, `dst` is as long as it says, and the cursor is within both.
    #[inline]
    #[target_feature(enable = "avx2,bmi1")]
    unsafe fn run(
        &self,
        dst: *mut u8,
        dst_len: usize,
        src: *const u8,
        limit: usize,
        table: &DecodeTable,
        at: &mut Cursor,
    ) {
        loop {
            let (left, room) = (limit - at.read, dst_len - at.written);
            let full = left >= CHARS && room >= TOUCHED;
            // Where the upper half begins: after the lower one, or so that both together are all whole groups.
            let upper = if full { CHARS / 2 } else { (left & !3).wrapping_sub(CHARS / 2) };
            if upper > CHARS / 2 || room < upper / 4 * 3 + BYTES / 2 {
                return;
            }
            // SAFETY: both halves lie before the limit, and their bytes have room; of a full vector, so have the
            // bytes that its store touches besides.
            unsafe {
                let (from, to) = (src.add(at.read), dst.add(at.written));
                let low = _mm_loadu_si128(from.cast());
                let high = _mm_loadu_si128(from.add(upper).cast());
                let v = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
                let (digits, odd) = self.digits(v);
                let bytes = pack(digits);
                if odd == 0 {
                    // Apart from the case below, so that the next address does not wait for this vector.
                    if full {
                        store(to, bytes);
                        *at = Cursor { read: at.read + CHARS, written: at.written + BYTES };
                        continue;
                    }
                    store_12(to, _mm256_castsi256_si128(bytes));
                    store_12(to.add(upper / 4 * 3), _mm256_extracti128_si256::<1>(bytes));
                    let read = upper + CHARS / 2;
                    *at = Cursor { read: at.read + read, written: at.written + read / 4 * 3 };
                    return;
                }
                let found = odd.trailing_zeros() as usize;
                let whole = found & !3;
                // In place, a store must not touch characters that are still to be read.
                let ahead = (from as usize + whole).wrapping_sub(to as usize);
                if !full || ahead < TOUCHED {
                    return;
                }
                store(to, bytes);
                *at = Cursor { read: at.read + whole, written: at.written + whole / 4 * 3 };
                let line = at.read;
                if found == whole {
                    while at.read < limit && table[*src.add(at.read) as usize] == SKIP {
                        at.read += 1;
                    }
                }
                if at.read == line {
                    return;
                }
            }
        }
    }

    /// The digits of 32 characters, and a bit for each that is none.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn digits(&self, v: __m256i) -> (__m256i, u32) {
        let nibble = _mm256_set1_epi8(15);
        let row = _mm256_and_si256(_mm256_srli_epi32::<4>(v), nibble);
        // `rows` has a bit for each row of 16 characters in which this lower half is no digit.
        let bit = _mm256_broadcastsi128_si256(_mm_setr_epi8(
            1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0,
        ));
        let wrong =
            _mm256_and_si256(_mm256_shuffle_epi8(self.rows, v), _mm256_shuffle_epi8(bit, row));
        let right = _mm256_cmpeq_epi8(wrong, _mm256_setzero_si256());
        let odd = !_mm256_movemask_epi8(_mm256_andnot_si256(v, right)) as u32;
        let [a, b, c, d, e, f, g, h] = ROLL.map(|r| r as i8);
        let roll = _mm256_broadcastsi128_si256(_mm_setr_epi8(
            a, b, c, d, e, f, g, h, 0, 0, 0, 0, 0, 0, 0, 0,
        ));
        let mut digits = _mm256_add_epi8(v, _mm256_shuffle_epi8(roll, row));
        for k in 0..2 {
            let is = _mm256_cmpeq_epi8(v, self.last[k]);
            digits = _mm256_add_epi8(digits, _mm256_and_si256(is, self.fix[k]));
        }
        (digits, odd)
    }
}

/// Joins 16 digits of each half to its 12 lower bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn pack(digits: __m256i) -> __m256i {
    let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi32(0x0140_0140));
    let quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x0001_1000));
    let close = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    _mm256_shuffle_epi8(quads, _mm256_broadcastsi128_si256(close))
}

/// # Safety
/// 12 bytes are writable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn store_12(dst: *mut u8, v: __m128i) {
    // SAFETY: the caller's promise.
    unsafe {
        dst.cast::<i64>().write_unaligned(_mm_cvtsi128_si64(v));
        dst.add(8).cast::<i32>().write_unaligned(_mm_extract_epi32::<2>(v));
    }
}

/// Stores the 12 lower bytes of both halves, and touches [`TOUCHED`] bytes.
///
/// # Safety
/// So many bytes are writable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn store(dst: *mut u8, v: __m256i) {
    // SAFETY: the caller's promise.
    unsafe {
        _mm_storeu_si128(dst.cast(), _mm256_castsi256_si128(v));
        _mm_storeu_si128(dst.add(12).cast(), _mm256_extracti128_si256::<1>(v));
    }
}
