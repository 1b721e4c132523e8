//! Base32 on AVX2: 20 bytes, 32 characters to a vector; what is less goes group by group. See `docs/kernels/base32.md`.

use core::arch::asm;
use core::arch::x86_64::*;
use kernels_generic::base32::{
    Cursor, DecodeTable, EncodeTable, HINTS, ROLLING, ROLLS, ROWS, decode_rest, encode_rest,
    fitting,
};
use kernels_generic::ffi::Pair;

/// Bytes and characters of one vector.
const BYTES: usize = 20;
const CHARS: usize = 32;

/// Row `base32_encode`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable.
/// `dst` and `src` do not overlap.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn encode_avx2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let all = fitting(src_len, dst_len, table);
    let (mut from, mut to, mut left) = (src, dst, all.first);
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`. The last vector overlaps the one
    // before, and writes the same characters again.
    unsafe {
        if left >= BYTES {
            let alphabet = Alphabet::new(table);
            while left >= 2 * BYTES {
                alphabet.encode_20(to, from);
                alphabet.encode_20(to.add(CHARS), from.add(BYTES));
                (from, to) = (from.add(2 * BYTES), to.add(2 * CHARS));
                left -= 2 * BYTES;
            }
            if left >= BYTES {
                alphabet.encode_20(to, from);
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            let groups = left / 5;
            if groups > 0 {
                (from, to, left) = (from.add(5 * groups), to.add(8 * groups), left % 5);
                alphabet.encode_20(to.sub(CHARS), from.sub(BYTES));
            }
        } else if left >= BYTES / 2 {
            let alphabet = Alphabet::new(table);
            alphabet.encode_10(to, from);
            (from, to, left) = (from.add(BYTES / 2), to.add(CHARS / 2), left - BYTES / 2);
        }
        encode_rest(to, from, left, table);
    }
    all
}

/// The two halves of an alphabet, the second as what it differs in from the first.
#[derive(Clone, Copy)]
struct Alphabet {
    first: __m256i,
    change: __m256i,
}

impl Alphabet {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(table: &EncodeTable) -> Alphabet {
        // SAFETY: the table is longer than 32 bytes; any alignment is allowed.
        let half = |i: usize| unsafe {
            _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().add(i).cast()))
        };
        Alphabet { first: half(0), change: _mm256_xor_si256(half(0), half(16)) }
    }

    /// The characters of 10 bytes in each half, which begin at byte 0 of the lower and at byte 6 of the upper one.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn characters(self, v: __m256i) -> __m256i {
        // Two digits are 10 bits, and each such pair lies in two bytes that are neighbours.
        let spread = _mm256_setr_epi8(
            1, 0, 2, 1, 3, 2, 4, 3, 6, 5, 7, 6, 8, 7, 9, 8, 7, 6, 8, 7, 9, 8, 10, 9, 12, 11, 13,
            12, 14, 13, 15, 14,
        );
        let words = _mm256_shuffle_epi8(v, spread);
        // The first digit right, by a product's upper half; the second left, to the upper byte.
        let right = _mm256_set1_epi64x(0x0800_0200_0080_0020);
        let left = _mm256_set1_epi64x(0x0100_0040_0010_0004);
        let first = _mm256_and_si256(upper_products(words, right), _mm256_set1_epi16(0x001f));
        let second = _mm256_mullo_epi16(words, left);
        let second = _mm256_and_si256(second, _mm256_set1_epi16(0x1f00));
        let digits = _mm256_or_si256(first, second);
        // A shuffle gives 0 for an index below 0.
        let later = _mm256_sub_epi8(digits, _mm256_set1_epi8(16));
        _mm256_xor_si256(
            _mm256_shuffle_epi8(self.first, digits),
            _mm256_shuffle_epi8(self.change, later),
        )
    }

    /// # Safety
    /// 20 bytes are readable at `from`, and 32 writable at `to`.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn encode_20(self, to: *mut u8, from: *const u8) {
        // SAFETY: the caller's promise: the halves are bytes 0 to 15 and 4 to 19.
        unsafe {
            let v = _mm256_castsi128_si256(_mm_loadu_si128(from.cast()));
            let v = _mm256_inserti128_si256::<1>(v, _mm_loadu_si128(from.add(4).cast()));
            _mm256_storeu_si256(to.cast(), self.characters(v));
        }
    }

    /// # Safety
    /// 10 bytes are readable at `from`, and 16 writable at `to`.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn encode_10(self, to: *mut u8, from: *const u8) {
        // SAFETY: the caller's promise.
        unsafe {
            let end = from.add(8).cast::<u16>().read_unaligned();
            let v = _mm_insert_epi16::<4>(_mm_loadl_epi64(from.cast()), i32::from(end));
            let text = self.characters(_mm256_castsi128_si256(v));
            _mm_storeu_si128(to.cast(), _mm256_castsi256_si128(text));
        }
    }
}

/// The upper halves of the products of unsigned words.
///
/// Not by the intrinsic: that is an extension, a product and a shift to the compiler, which does not always find the one
/// instruction again (`docs/kernels/base64.md`).
#[inline]
#[target_feature(enable = "avx2")]
fn upper_products(a: __m256i, b: __m256i) -> __m256i {
    let product: __m256i;
    // SAFETY: one instruction that reads and writes these registers alone.
    unsafe {
        asm!("vpmulhuw {p}, {a}, {b}", p = lateout(ymm_reg) product, a = in(ymm_reg) a, b = in(ymm_reg) b,
             options(pure, nomem, nostack, preserves_flags));
    }
    product
}

/// Row `base32_decode`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable.
/// `dst` begins where `src` does or before it, or the two do not overlap.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn decode_avx2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let mut at = Cursor::default();
    // SAFETY: the cursor stays within both lengths; wherever characters are decoded, so many are readable, and their bytes
    // have room. No store is ahead of the loads that are still to come, since bytes are fewer than characters.
    unsafe {
        if src_len >= CHARS / 2 && table[HINTS] & ROLLING != 0 {
            let rows = Rows::new(table);
            while src_len - at.read >= 2 * CHARS && dst_len - at.written >= 2 * BYTES {
                let (from, to) = (src.add(at.read), dst.add(at.written));
                let (v, w) = (load(from), load(from.add(CHARS)));
                if !all(_mm256_min_epu8(rows.digits(v), rows.digits(w))) {
                    break;
                }
                store_20(to, join(rows.values(v)));
                store_20(to.add(BYTES), join(rows.values(w)));
                at = Cursor { read: at.read + 2 * CHARS, written: at.written + 2 * BYTES };
            }
            while src_len - at.read >= CHARS && dst_len - at.written >= BYTES {
                let v = load(src.add(at.read));
                if !all(rows.digits(v)) {
                    break;
                }
                store_20(dst.add(at.written), join(rows.values(v)));
                at = Cursor { read: at.read + CHARS, written: at.written + BYTES };
            }
            if src_len - at.read >= CHARS / 2 && dst_len - at.written >= BYTES / 2 {
                let half = _mm_loadu_si128(src.add(at.read).cast());
                let v = _mm256_broadcastsi128_si256(half);
                if all(rows.digits(v)) {
                    let bytes = _mm256_castsi256_si128(join(rows.values(v)));
                    let to = dst.add(at.written);
                    _mm_storel_epi64(to.cast(), _mm_srli_si128::<6>(bytes));
                    to.add(8).cast::<u16>().write_unaligned(_mm_extract_epi16::<7>(bytes) as u16);
                    at = Cursor { read: at.read + CHARS / 2, written: at.written + BYTES / 2 };
                }
            }
        }
        decode_rest(dst, dst_len, src, src_len, at, table)
    }
}

/// # Safety
/// 32 bytes are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load(p: *const u8) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe { _mm256_loadu_si256(p.cast()) }
}

/// Whether no lane is 0.
#[inline]
#[target_feature(enable = "avx2")]
fn all(v: __m256i) -> bool {
    _mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_setzero_si256())) == 0
}

/// What the upper half of a character says: whether it can be a digit, and its value.
#[derive(Clone, Copy)]
struct Rows {
    rows: __m256i,
    rolls: __m256i,
}

impl Rows {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(table: &DecodeTable) -> Rows {
        // SAFETY: the table has 16 bytes from each of these on; any alignment is allowed.
        let sixteen = |i: usize| unsafe {
            _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().add(i).cast()))
        };
        Rows { rows: sixteen(ROWS), rolls: sixteen(ROLLS) }
    }

    /// Not 0 in each lane that holds a digit: the bit of its row is among those of its lower half. For a character beyond
    /// ASCII a shuffle gives 0.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn digits(self, v: __m256i) -> __m256i {
        let bits = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
        _mm256_and_si256(_mm256_shuffle_epi8(self.rows, v), _mm256_shuffle_epi8(bits, upper(v)))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn values(self, v: __m256i) -> __m256i {
        _mm256_add_epi8(v, _mm256_shuffle_epi8(self.rolls, upper(v)))
    }
}

/// The upper four bits of each lane.
#[inline]
#[target_feature(enable = "avx2")]
fn upper(v: __m256i) -> __m256i {
    _mm256_and_si256(_mm256_srli_epi16::<4>(v), _mm256_set1_epi8(15))
}

/// The ten bytes of 16 digits, at the end of each half.
#[inline]
#[target_feature(enable = "avx2")]
fn join(digits: __m256i) -> __m256i {
    // Two digits are 10 bits, two of those 20, and the 20 that come first are moved up by 4, so that the byte across the
    // middle of the group has a half in lane 0 and a half in lane 6.
    let tens = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x0120));
    let twenties = _mm256_madd_epi16(tens, _mm256_set1_epi64x(0x0001_0400_0010_4000));
    let groups = _mm256_or_si256(twenties, _mm256_srli_epi64::<48>(twenties));
    let close = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        -1, -1, -1, -1, -1, -1, 2, 1, 0, 5, 4, 10, 9, 8, 13, 12,
    ));
    _mm256_shuffle_epi8(groups, close)
}

/// Stores what [`join`] made of 32 digits.
///
/// # Safety
/// 20 bytes are writable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn store_20(to: *mut u8, v: __m256i) {
    // SAFETY: the caller's promise.
    unsafe {
        let (first, last) = (_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
        // Ten bytes and the next six; then four.
        let next = _mm_srli_si128::<6>(last);
        _mm_storeu_si128(to.cast(), _mm_alignr_epi8::<6>(next, first));
        to.add(16).cast::<u32>().write_unaligned(_mm_extract_epi32::<3>(last) as u32);
    }
}
