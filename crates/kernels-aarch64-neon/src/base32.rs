//! Base32 on NEON: 10 bytes, 16 characters to a vector; what is less goes group by group. See `docs/kernels/base32.md`.

use core::arch::aarch64::*;
use kernels_generic::base32::{
    Cursor, DecodeTable, EncodeTable, HINTS, ROLLING, ROLLS, ROWS, decode_rest, encode_rest,
    fitting,
};
use kernels_generic::ffi::Pair;

/// Bytes and characters of one vector.
const BYTES: usize = 10;
const CHARS: usize = 16;
/// Vectors of a turn.
const UNROLL: usize = 4;

/// Row `base32_encode`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` and `src`
/// do not overlap.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn encode_neon(
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
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`. A vector is loaded where 16 bytes
    // are left, or ends where its bytes do; the last one may overlap the one before, and write the same characters again.
    unsafe {
        if left >= 16 {
            let code = Code::new(table);
            while left >= BYTES * UNROLL + 6 {
                for k in 0..UNROLL {
                    code.encode_10(to.add(CHARS * k), vld1q_u8(from.add(BYTES * k)), code.first);
                }
                (from, to) = (from.add(BYTES * UNROLL), to.add(CHARS * UNROLL));
                left -= BYTES * UNROLL;
            }
            while left >= 16 {
                code.encode_10(to, vld1q_u8(from), code.first);
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            // 6 to 15 bytes are left, behind ten at least.
            if left >= BYTES {
                code.encode_10(to, vld1q_u8(from.sub(6)), code.last);
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            // A vector that ends with the next five begins with the eleven before.
            if left >= 5 && all.first - left >= 11 {
                (from, to, left) = (from.add(5), to.add(8), left - 5);
                code.encode_10(to.sub(CHARS), vld1q_u8(from.sub(16)), code.last);
            }
        }
        encode_rest(to, from, left, table);
    }
    all
}

/// What encoding keeps in registers.
#[derive(Clone, Copy)]
struct Code {
    alphabet: uint8x16x2_t,
    /// The words with a pair of digits each, of the first ten bytes of a vector, and of its last ten.
    first: uint8x16_t,
    last: uint8x16_t,
    upper: int16x8_t,
    lower: int16x8_t,
}

impl Code {
    #[inline]
    #[target_feature(enable = "neon")]
    fn new(table: &EncodeTable) -> Code {
        const FIRST: [u8; 16] = [1, 0, 2, 1, 3, 2, 4, 3, 6, 5, 7, 6, 8, 7, 9, 8];
        const UPPER: [i16; 8] = [-11, -9, -7, -5, -11, -9, -7, -5];
        const LOWER: [i16; 8] = [-6, -4, -2, 0, -6, -4, -2, 0];
        // SAFETY: the table is longer than 32 bytes, and the constants are as long as the loads.
        unsafe {
            let first = vld1q_u8(FIRST.as_ptr());
            Code {
                alphabet: vld1q_u8_x2(table.as_ptr()),
                first,
                last: vaddq_u8(first, vdupq_n_u8(6)),
                upper: vld1q_s16(UPPER.as_ptr()),
                lower: vld1q_s16(LOWER.as_ptr()),
            }
        }
    }

    /// # Safety
    /// 16 bytes are writable at `to`.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn encode_10(self, to: *mut u8, v: uint8x16_t, spread: uint8x16_t) {
        // Two digits are 10 bits, and each such pair lies in two bytes that are neighbours.
        let words = vreinterpretq_u16_u8(vqtbl1q_u8(v, spread));
        let (first, second) = (vshlq_u16(words, self.upper), vshlq_u16(words, self.lower));
        let digits = vreinterpretq_u8_u16(vsliq_n_u16::<8>(first, second));
        let text = vqtbl2q_u8(self.alphabet, vandq_u8(digits, vdupq_n_u8(31)));
        // SAFETY: the caller's promise.
        unsafe { vst1q_u8(to, text) }
    }
}

/// Row `base32_decode`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` begins
/// where `src` does or before it, or the two do not overlap.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn decode_neon(
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
        if src_len >= CHARS && table[HINTS] & ROLLING != 0 {
            let rows = Rows::new(table);
            while src_len - at.read >= CHARS * UNROLL && dst_len - at.written >= BYTES * UNROLL {
                let (from, to) = (src.add(at.read), dst.add(at.written));
                let v: [uint8x16_t; UNROLL] =
                    core::array::from_fn(|k| vld1q_u8(from.add(CHARS * k)));
                let d = v.map(|v| rows.digits(v));
                if !all(vandq_u8(vandq_u8(d[0], d[1]), vandq_u8(d[2], d[3]))) {
                    break;
                }
                store_20(to, join(rows.values(v[0])), join(rows.values(v[1])));
                store_20(to.add(2 * BYTES), join(rows.values(v[2])), join(rows.values(v[3])));
                at.read += CHARS * UNROLL;
                at.written += BYTES * UNROLL;
            }
            while src_len - at.read >= CHARS && dst_len - at.written >= BYTES {
                let v = vld1q_u8(src.add(at.read));
                if !all(rows.digits(v)) {
                    break;
                }
                store_10(dst.add(at.written), join(rows.values(v)));
                at.read += CHARS;
                at.written += BYTES;
            }
        }
        decode_rest(dst, dst_len, src, src_len, at, table)
    }
}

/// Whether all of these are.
#[inline]
#[target_feature(enable = "neon")]
fn all(digits: uint8x16_t) -> bool {
    vminvq_u8(digits) != 0
}

/// What the upper half of a character says: whether it can be a digit, and its value.
#[derive(Clone, Copy)]
struct Rows {
    rows: uint8x16_t,
    rolls: uint8x16_t,
    bits: uint8x16_t,
}

impl Rows {
    #[inline]
    #[target_feature(enable = "neon")]
    fn new(table: &DecodeTable) -> Rows {
        /// The bit of a row; those beyond ASCII have none.
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
        // SAFETY: the table has 16 bytes from each of these on, and the constant as many.
        unsafe {
            Rows {
                rows: vld1q_u8(table.as_ptr().add(ROWS)),
                rolls: vld1q_u8(table.as_ptr().add(ROLLS)),
                bits: vld1q_u8(BITS.as_ptr()),
            }
        }
    }

    /// All ones in each lane that holds a digit: the bit of its row is among those of its lower half.
    #[inline]
    #[target_feature(enable = "neon")]
    fn digits(self, v: uint8x16_t) -> uint8x16_t {
        let rows = vqtbl1q_u8(self.rows, vandq_u8(v, vdupq_n_u8(15)));
        vtstq_u8(rows, vqtbl1q_u8(self.bits, vshrq_n_u8::<4>(v)))
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn values(self, v: uint8x16_t) -> uint8x16_t {
        vaddq_u8(v, vqtbl1q_u8(self.rolls, vshrq_n_u8::<4>(v)))
    }
}

/// The five bytes of each quadword's eight digits, in its lower lanes, the last one lowest.
#[inline]
#[target_feature(enable = "neon")]
fn join(digits: uint8x16_t) -> uint8x16_t {
    // The later half of a group is above the earlier one in a little-endian lane, and goes down below it. What the
    // insertions bring along from above is left out in the end.
    let words = vreinterpretq_u16_u8(digits);
    let pairs = vreinterpretq_u32_u16(vsliq_n_u16::<5>(vshrq_n_u16::<8>(words), words));
    let quads = vreinterpretq_u64_u32(vsliq_n_u32::<10>(vshrq_n_u32::<16>(pairs), pairs));
    vreinterpretq_u8_u64(vsliq_n_u64::<20>(vshrq_n_u64::<32>(quads), quads))
}

/// Stores the bytes of 16 digits.
///
/// # Safety
/// 10 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store_10(to: *mut u8, v: uint8x16_t) {
    const CLOSE: [u8; 16] = [4, 3, 2, 1, 0, 12, 11, 10, 9, 8, 255, 255, 255, 255, 255, 255];
    // SAFETY: the constant is as long as the load; the caller's promise.
    unsafe {
        let bytes = vreinterpretq_u64_u8(vqtbl1q_u8(v, vld1q_u8(CLOSE.as_ptr())));
        to.cast::<u64>().write_unaligned(vgetq_lane_u64::<0>(bytes));
        to.add(8).cast::<u16>().write_unaligned(vgetq_lane_u64::<1>(bytes) as u16);
    }
}

/// Stores the bytes of two times 16 digits.
///
/// # Safety
/// 20 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store_20(to: *mut u8, v: uint8x16_t, w: uint8x16_t) {
    const CLOSE: [u8; 16] = [4, 3, 2, 1, 0, 12, 11, 10, 9, 8, 20, 19, 18, 17, 16, 28];
    // SAFETY: the constant is as long as the load; the caller's promise.
    unsafe {
        vst1q_u8(to, vqtbl2q_u8(uint8x16x2_t(v, w), vld1q_u8(CLOSE.as_ptr())));
        // Bytes 3 to 0 of the upper quadword.
        let rest = vgetq_lane_u32::<2>(vreinterpretq_u32_u8(w));
        to.add(16).cast::<u32>().write_unaligned(rest.swap_bytes());
    }
}
