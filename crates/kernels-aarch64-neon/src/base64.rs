//! Base64 on NEON, any alphabet: table lookups take 64 entries at once, and the interleaving loads and stores bring
//! each byte of a group into a vector of its own. See `docs/kernels/base64.md`.

use core::arch::aarch64::*;
use kernels_generic::base64::{
    Cursor, DecodeTable, EncodeTable, SKIP, encode_rest, encode_short, encoded_len,
};
use kernels_generic::ffi::Pair;

/// Bytes and characters of four vectors, and of one.
const BYTES: usize = 48;
const CHARS: usize = 64;
const BYTES_16: usize = 12;
const CHARS_16: usize = 16;

/// Row `base64_encode`, variant `neon`.
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
    let chars = encoded_len(src_len, table);
    if chars > dst_len {
        // SAFETY: the caller's promise.
        return unsafe { encode_short(dst, dst_len, src, src_len, table) };
    }
    let (mut from, mut to, mut left) = (src, dst, src_len);
    // SAFETY: the table is longer than 64 bytes; vectors begin and end within whole groups, and the characters of all
    // bytes have room. The last vector overlaps the one before, and writes the same characters again.
    unsafe {
        if left >= BYTES_16 {
            let alphabet = vld1q_u8_x4(table.as_ptr());
            while left >= BYTES {
                encode_48(to, from, alphabet);
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            while left >= BYTES_16 {
                encode_12(to, from, alphabet);
                (from, to, left) = (from.add(BYTES_16), to.add(CHARS_16), left - BYTES_16);
            }
            let groups = left / 3;
            (from, to, left) = (from.add(3 * groups), to.add(4 * groups), left % 3);
            encode_12(to.sub(CHARS_16), from.sub(BYTES_16), alphabet);
        }
        encode_rest(to, from, left, table);
    }
    Pair { first: src_len, second: chars }
}

/// # Safety
/// 48 bytes are readable at `src`, and 64 writable at `dst`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn encode_48(dst: *mut u8, src: *const u8, alphabet: uint8x16x4_t) {
    // SAFETY: the caller's promise.
    let uint8x16x3_t(a, b, c) = unsafe { vld3q_u8(src) };
    let six = vdupq_n_u8(63);
    let chars = uint8x16x4_t(
        vqtbl4q_u8(alphabet, vshrq_n_u8::<2>(a)),
        vqtbl4q_u8(alphabet, vandq_u8(vsliq_n_u8::<4>(vshrq_n_u8::<4>(b), a), six)),
        vqtbl4q_u8(alphabet, vandq_u8(vsliq_n_u8::<2>(vshrq_n_u8::<6>(c), b), six)),
        vqtbl4q_u8(alphabet, vandq_u8(c, six)),
    );
    // SAFETY: as before.
    unsafe { vst4q_u8(dst, chars) }
}

/// # Safety
/// 12 bytes are readable at `src`, and 16 writable at `dst`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn encode_12(dst: *mut u8, src: *const u8, alphabet: uint8x16x4_t) {
    const SPREAD: [u8; 16] = [1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10];
    const EVEN: [i16; 8] = [-10, -6, -10, -6, -10, -6, -10, -6];
    const ODD: [i16; 8] = [-4, 0, -4, 0, -4, 0, -4, 0];
    // SAFETY: the caller's promise; the constants are as long as the loads.
    unsafe {
        let low = src.cast::<u64>().read_unaligned();
        let high = src.add(8).cast::<u32>().read_unaligned();
        let v = vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(low), vcreate_u64(u64::from(high))));
        // Bytes a, b, c of a group as the words ab and bc, in which each digit is a shift away.
        let words = vreinterpretq_u16_u8(vqtbl1q_u8(v, vld1q_u8(SPREAD.as_ptr())));
        let even = vshlq_u16(words, vld1q_s16(EVEN.as_ptr()));
        let odd = vshlq_u16(words, vld1q_s16(ODD.as_ptr()));
        let digits = vandq_u8(vreinterpretq_u8_u16(vsliq_n_u16::<8>(even, odd)), vdupq_n_u8(63));
        vst1q_u8(dst, vqtbl4q_u8(alphabet, digits));
    }
}

/// Row `base64_decode`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` begins
/// where `src` does, or the two do not overlap.
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
    let mut at = Cursor { read: 0, written: 0 };
    // SAFETY: the table is longer than 128 bytes.
    let classes = unsafe {
        Classes { low: vld1q_u8_x4(table.as_ptr()), high: vld1q_u8_x4(table.as_ptr().add(64)) }
    };
    // SAFETY: the cursor stays within both lengths; wherever characters are decoded, so many are readable, and their
    // bytes have room.
    unsafe {
        loop {
            while src_len - at.read >= CHARS
                && dst_len - at.written >= BYTES
                && classes.decode_64(dst.add(at.written), src.add(at.read))
            {
                at = Cursor { read: at.read + CHARS, written: at.written + BYTES };
            }
            while src_len - at.read >= CHARS_16
                && dst_len - at.written >= BYTES_16
                && classes.decode_16(dst.add(at.written), src.add(at.read))
            {
                at = Cursor { read: at.read + CHARS_16, written: at.written + BYTES_16 };
            }
            // A line of 76 characters ends with 12; behind the break, vectors begin anew.
            for _ in 0..CHARS_16 / 4 {
                if !at.step(dst, dst_len, src, src_len, table) {
                    return at.pair();
                }
                if at.read < src_len && table[*src.add(at.read) as usize] == SKIP {
                    at.read += 1;
                    break;
                }
            }
        }
    }
}

/// The classes of the first 128 characters.
#[derive(Clone, Copy)]
struct Classes {
    low: uint8x16x4_t,
    high: uint8x16x4_t,
}

impl Classes {
    /// The classes of 16 characters; 0 for one of 128 and above.
    #[inline]
    #[target_feature(enable = "neon")]
    fn of(self, v: uint8x16_t) -> uint8x16_t {
        vqtbx4q_u8(vqtbl4q_u8(self.low, v), self.high, veorq_u8(v, vdupq_n_u8(64)))
    }

    /// Decodes 64 characters to 48 bytes, or nothing if one of them is no digit.
    ///
    /// # Safety
    /// The characters are readable, and the bytes have room.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn decode_64(self, dst: *mut u8, src: *const u8) -> bool {
        // SAFETY: the caller's promise.
        let uint8x16x4_t(p, q, r, s) = unsafe { vld4q_u8(src) };
        let (a, b, c, d) = (self.of(p), self.of(q), self.of(r), self.of(s));
        let chars = vorrq_u8(vorrq_u8(p, q), vorrq_u8(r, s));
        let digits = vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d));
        if vmaxvq_u8(vorrq_u8(chars, digits)) >= 128 {
            return false;
        }
        let bytes = uint8x16x3_t(
            vsliq_n_u8::<2>(vshrq_n_u8::<4>(b), a),
            vsliq_n_u8::<4>(vshrq_n_u8::<2>(c), b),
            vsliq_n_u8::<6>(d, c),
        );
        // SAFETY: the caller's promise.
        unsafe { vst3q_u8(dst, bytes) }
        true
    }

    /// Decodes 16 characters to 12 bytes, or nothing if one of them is no digit.
    ///
    /// # Safety
    /// The characters are readable, and the bytes have room.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn decode_16(self, dst: *mut u8, src: *const u8) -> bool {
        const CLOSE: [u8; 16] = [2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255];
        // SAFETY: the caller's promise.
        let v = unsafe { vld1q_u8(src) };
        let digits = self.of(v);
        if vmaxvq_u8(vorrq_u8(v, digits)) >= 128 {
            return false;
        }
        // The later digit of a pair is above the earlier one in a little-endian lane.
        let words = vreinterpretq_u16_u8(digits);
        let pairs = vreinterpretq_u32_u16(vsliq_n_u16::<6>(vshrq_n_u16::<8>(words), words));
        // The insertion brings the earlier pair's upper bits along; `CLOSE` leaves out the byte where they end.
        let quads = vsliq_n_u32::<12>(vshrq_n_u32::<16>(pairs), pairs);
        // SAFETY: the constant is as long as the load; the caller's promise.
        unsafe {
            let bytes = vqtbl1q_u8(vreinterpretq_u8_u32(quads), vld1q_u8(CLOSE.as_ptr()));
            let bytes = vreinterpretq_u64_u8(bytes);
            dst.cast::<u64>().write_unaligned(vgetq_lane_u64::<0>(bytes));
            dst.add(8).cast::<u32>().write_unaligned(vgetq_lane_u64::<1>(bytes) as u32);
        }
        true
    }
}
