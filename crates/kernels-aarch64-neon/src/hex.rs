//! Hexadecimal on NEON: the interleaving loads and stores part the digits of a byte and join them. Shorter input goes
//! in halves that overlap. See `docs/kernels/hex.md`.

use core::arch::aarch64::*;
use kernels_generic::hex::{asked, decode_few, decode_pairs, encode_few};

/// Bytes and characters of one vector.
const BYTES: usize = 16;
const CHARS: usize = 32;

/// Row `hex_encode`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0. `dst` ends where `src` does, and is
/// exactly twice as long, or the two do not overlap.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn encode_neon(
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
        let last = vld1q_u8(src.add(n - BYTES));
        while left > 2 * BYTES {
            let (a, b) = (vld1q_u8(from), vld1q_u8(from.add(BYTES)));
            encode_16(to, a);
            encode_16(to.add(CHARS), b);
            (from, to, left) = (from.add(2 * BYTES), to.add(2 * CHARS), left - 2 * BYTES);
        }
        if left > BYTES {
            encode_16(to, vld1q_u8(from));
        }
        encode_16(dst.add(2 * n - CHARS), last);
    }
    n
}

/// Encodes less than 16 bytes.
///
/// # Safety
/// `n` bytes are readable at `src`, and their characters have room at `dst`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn encode_short(dst: *mut u8, src: *const u8, n: usize) {
    if n < 8 {
        // SAFETY: the caller's promise.
        return unsafe { encode_few(dst, src, n) };
    }
    // SAFETY: each access is within `n` bytes and `2 n` characters. All bytes are read before a character is written.
    unsafe {
        let v = vcombine_u8(vld1_u8(src), vld1_u8(src.add(n - 8)));
        let (upper, lower) = characters(v);
        vst1q_u8(dst, vzip1q_u8(upper, lower));
        vst1q_u8(dst.add(2 * n - 16), vzip2q_u8(upper, lower));
    }
}

/// Writes the 32 characters of 16 bytes.
///
/// # Safety
/// 32 bytes are writable at `to`.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn encode_16(to: *mut u8, v: uint8x16_t) {
    let (upper, lower) = characters(v);
    // SAFETY: the caller's promise.
    unsafe { vst2q_u8(to, uint8x16x2_t(upper, lower)) }
}

/// The first characters of 16 bytes, and the second ones.
#[inline]
#[target_feature(enable = "neon")]
fn characters(v: uint8x16_t) -> (uint8x16_t, uint8x16_t) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // SAFETY: 16 bytes.
    let table = unsafe { vld1q_u8(DIGITS.as_ptr()) };
    let lower = vandq_u8(v, vdupq_n_u8(15));
    (vqtbl1q_u8(table, vshrq_n_u8::<4>(v)), vqtbl1q_u8(table, lower))
}

/// Row `hex_decode`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0. `dst` begins where `src` does, or the two
/// do not overlap.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn decode_neon(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let chars = asked(dst_len, src_len);
    // SAFETY: `chars` characters are readable and their bytes writable; `right` of them are done, an even number.
    unsafe {
        let right = if chars < CHARS {
            decode_short(dst, src, chars)
        } else {
            decode_long(dst, src, chars)
        };
        // Two blocks, or less: seven characters at most, or something in them is no digit.
        right + decode_pairs(dst.add(right / 2), src.add(right), chars - right)
    }
}

/// Decodes 32 characters or more; returns how many come before the two blocks with something wrong, of which nothing was
/// written.
///
/// # Safety
/// `chars` characters are readable, an even number, and their bytes have room.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn decode_long(dst: *mut u8, src: *const u8, chars: usize) -> usize {
    let mut at = 0;
    // SAFETY: `at` is even and at most `chars`. The bytes of what was decoded end before what was not, in place too; the
    // last block, which may overlap what was, is read before anything is written.
    unsafe {
        let read = |at: usize| vld2q_u8(src.add(at));
        let last = read(chars - CHARS);
        while chars - at > 2 * CHARS {
            let (a, b) = (Digits::of(read(at)), Digits::of(read(at + CHARS)));
            if any_invalid(a, b) {
                return at;
            }
            vst1q_u8(dst.add(at / 2), a.join());
            vst1q_u8(dst.add(at / 2 + BYTES), b.join());
            at += 2 * CHARS;
        }
        // 1 to 64 characters are left: the first 32 of them, if there are more, and those that end the text.
        let two = chars - at > CHARS;
        let (a, b) = (Digits::of(if two { read(at) } else { last }), Digits::of(last));
        if any_invalid(a, b) {
            return at;
        }
        if two {
            vst1q_u8(dst.add(at / 2), a.join());
        }
        vst1q_u8(dst.add(chars / 2 - BYTES), b.join());
    }
    chars
}

/// Decodes 8 to 31 characters, if all are digits; returns how many were decoded, all or none.
///
/// # Safety
/// `chars` characters are readable, an even number, and their bytes have room.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn decode_short(dst: *mut u8, src: *const u8, chars: usize) -> usize {
    if chars < 16 {
        // SAFETY: the caller's promise.
        return unsafe { decode_few(dst, src, chars) };
    }
    // SAFETY: each access is within `chars` characters and their bytes; what overlaps is written alike.
    unsafe {
        let (a, b) = (vld1q_u8(src), vld1q_u8(src.add(chars - 16)));
        let digits = Digits::of(uint8x16x2_t(vuzp1q_u8(a, b), vuzp2q_u8(a, b)));
        if any_invalid(digits, digits) {
            return 0;
        }
        let bytes = digits.join();
        vst1_u8(dst, vget_low_u8(bytes));
        vst1_u8(dst.add(chars / 2 - 8), vget_high_u8(bytes));
    }
    chars
}

/// The upper and the lower digits of 16 bytes; more than 15 for what is no digit.
#[derive(Clone, Copy)]
struct Digits {
    upper: uint8x16_t,
    lower: uint8x16_t,
}

impl Digits {
    #[inline]
    #[target_feature(enable = "neon")]
    fn of(text: uint8x16x2_t) -> Digits {
        Digits { upper: values(text.0), lower: values(text.1) }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn largest(self) -> uint8x16_t {
        vmaxq_u8(self.upper, self.lower)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn join(self) -> uint8x16_t {
        vsliq_n_u8::<4>(self.lower, self.upper)
    }
}

/// Whether one of two blocks has something that is no digit.
#[inline]
#[target_feature(enable = "neon")]
fn any_invalid(a: Digits, b: Digits) -> bool {
    vmaxvq_u8(vmaxq_u8(a.largest(), b.largest())) > 15
}

/// The values of 16 characters; more than 15 for what is no digit.
///
/// Both guesses are made for every character, and the smaller one is right: a saturating step in each puts what it is
/// not meant for above 15.
#[inline]
#[target_feature(enable = "neon")]
fn values(v: uint8x16_t) -> uint8x16_t {
    // '0' to '9' become 0xf6 to 0xff, which nothing else is; less 6, everything below them is less than 0xf0.
    let top = vaddq_u8(v, vdupq_n_u8(0xff - b'9'));
    let figure = vsubq_u8(vqsubq_u8(top, vdupq_n_u8(6)), vdupq_n_u8(0xf0));
    // 'a' to 'f' in both cases become 0 to 5, anything else 6 or more.
    let folded = vorrq_u8(v, vdupq_n_u8(0x20));
    let letter = vqaddq_u8(vsubq_u8(folded, vdupq_n_u8(b'a')), vdupq_n_u8(10));
    vminq_u8(figure, letter)
}
