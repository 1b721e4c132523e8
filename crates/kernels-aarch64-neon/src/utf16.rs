//! UTF-16 to and from UTF-8, 32 bytes or 16 units at a time: what each lane would be is computed in all of them, and those that
//! end a character are brought to the front by a table lookup (docs/kernels/utf16.md).
//!
//! Such a store has something behind what counts. So a block is converted only if the one behind it is whole and valid, and
//! has room: then the characters of that one come to where it was written.

use crate::utf8::{Tables, any, errors_at, tables};
use core::arch::aarch64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{self, begun, from_utf8_step, to_utf8_step};

/// In this crate, so that they come to stand behind the code.
static PACK_UNITS: [[u8; 16]; 256] = utf16::PACK_UNITS;
static PACK_BYTES: [[u8; 16]; 256] = utf16::PACK_BYTES;
/// Bytes of a block.
const BLOCK: usize = 32;
/// Bytes of a vector.
const LANES: usize = 16;
/// Units of two vectors.
const UNITS: usize = 16;

/// Row `utf16_from_utf8`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has NEON.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn from_utf8_neon(
    dst: *mut u16,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: counts stay within the lengths; blocks look at three bytes before them.
    unsafe {
        loop {
            if at.first >= 3 && src_len - at.first >= 2 * BLOCK {
                at = blocks(dst, dst_len, src, src_len, at);
            }
            if !from_utf8_step(dst, dst_len, src, src_len, &mut at) {
                return at;
            }
        }
    }
}

/// Converts blocks while two are valid and there is room for what they become.
///
/// # Safety
/// As the row's; `at` is within both lengths, where a character begins, behind three bytes.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn blocks(dst: *mut u16, room: usize, src: *const u8, len: usize, at: Pair) -> Pair {
    let tables = tables();
    let (mut i, mut w) = (at.first, at.second);
    // SAFETY: blocks are within `src`, and 32 units and what is behind them within `dst`.
    unsafe {
        let mut right = !wrong(src.add(i), tables);
        while right && len - i >= 2 * BLOCK && room - w >= 2 * BLOCK {
            right = !wrong(src.add(i + BLOCK), tables);
            if !right {
                break;
            }
            w += block(src.add(i), dst.add(w));
            i += BLOCK;
        }
        // Of a character that is not whole, the high surrogate is written if its third byte is there.
        let back = begun(src.add(i));
        Pair { first: i - back, second: w - usize::from(back == 3) }
    }
}

/// # Safety
/// A block is readable, and three bytes before it.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn wrong(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise.
    any(unsafe { vorrq_u8(errors_at(p, tables), errors_at(p.add(LANES), tables)) })
}

/// Converts the characters that end in a valid block; how many units these are. What is written is 40 units at most.
///
/// # Safety
/// A block is readable, and three bytes before it; 40 units are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn block(p: *const u8, to: *mut u16) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let (a, b) = (vld1q_u8(p), vld1q_u8(p.add(LANES)));
        if vmaxvq_u8(vorrq_u8(a, b)) < 0x80 {
            // A valid block of ASCII is behind a whole character.
            store(to, vmovl_u8(vget_low_u8(a)));
            store(to.add(8), vmovl_high_u8(a));
            store(to.add(16), vmovl_u8(vget_low_u8(b)));
            store(to.add(24), vmovl_high_u8(b));
            return BLOCK;
        }
        let n = half(p, to);
        n + half(p.add(LANES), to.add(n))
    }
}

/// # Safety
/// Eight units are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store(to: *mut u16, v: uint16x8_t) {
    // SAFETY: the caller's promise.
    unsafe { vst1q_u16(to, v) }
}

/// Converts the 16 bytes of a vector; how many units these are.
///
/// # Safety
/// 16 bytes are readable, and three before them; so many units as end in them, and 8 more, are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn half(p: *const u8, to: *mut u16) -> usize {
    const BITS: [u8; LANES] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: the caller's promise, and the size of the table.
    let (load, bits) = unsafe { (|k| vld1q_u8(p.sub(k)), vld1q_u8(BITS.as_ptr())) };
    let (v, before1, before2, before3) = (load(0), load(1), load(2), load(3));
    let least = |v, least: u8| vcgeq_u8(v, vdupq_n_u8(least));
    let second = vceqq_u8(vandq_u8(before1, vdupq_n_u8(0xe0)), vdupq_n_u8(0xc0));
    let (third, low) = (least(before2, 0xe0), least(before3, 0xf0));
    let written = vorrq_u8(vcltq_u8(v, vdupq_n_u8(0x80)), vorrq_u8(vorrq_u8(second, third), low));
    let masks = vandq_u8(written, bits);
    let (mask, mask_high) = (vaddv_u8(vget_low_u8(masks)), vaddv_u8(vget_high_u8(masks)));
    let high = least(before2, 0xf0);
    let four = vmaxvq_u8(vorrq_u8(high, low)) != 0;
    // SAFETY: 8 units from where so many as bits before have been written.
    unsafe {
        let lower = |v| vget_low_u8(v);
        let text =
            [lower(v), lower(before1), lower(before2), lower(third), lower(high), lower(low)];
        let n = pack(to, units(text, four), mask);
        let upper = |v| vget_high_u8(v);
        let text =
            [upper(v), upper(before1), upper(before2), upper(third), upper(high), upper(low)];
        n + pack(to.add(n), units(text, four), mask_high)
    }
}

/// What each of eight bytes is as the last of its character: six or seven bits of its own, six of the one before if it is not
/// ASCII, and four of the second before if that one starts three bytes or more. Of four bytes, the third has become 16 bits of
/// the character, four of which are the low surrogate's; the last has two bits too many.
#[inline]
#[target_feature(enable = "neon")]
fn units(text: [uint8x8_t; 6], four: bool) -> uint16x8_t {
    let [v, before1, before2, third, high, low] = text;
    let word = |x: u16| vdupq_n_u16(x);
    let more = vclt_s8(vreinterpret_s8_u8(v), vdup_n_s8(0));
    let last = vmovl_u8(vand_u8(v, vdup_n_u8(0x7f)));
    let second = vand_u8(vand_u8(before1, vdup_n_u8(0x3f)), more);
    let first = vand_u8(before2, third);
    let v = vorrq_u16(vorrq_u16(last, vshll_n_u8::<6>(second)), vshlq_n_u16::<12>(vmovl_u8(first)));
    if !four {
        return v;
    }
    let wide = |mask| vreinterpretq_u16_s16(vmovl_s8(vreinterpret_s8_u8(mask)));
    let is_high = vaddq_u16(vshrq_n_u16::<4>(v), word(0xd7c0));
    let is_low = vorrq_u16(vandq_u16(v, word(0x3ff)), word(0xdc00));
    vbslq_u16(wide(low), is_low, vbslq_u16(wide(high), is_high, v))
}

/// Stores the units of the mask, and something behind them; how many these are.
///
/// # Safety
/// 8 units are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn pack(to: *mut u16, v: uint16x8_t, mask: u8) -> usize {
    // SAFETY: the caller's promise; the table has every mask of eight bits.
    unsafe {
        let order = vld1q_u8(PACK_UNITS.as_ptr().add(usize::from(mask)).cast());
        let packed = vqtbl1q_u8(vreinterpretq_u8_u16(v), order);
        store(to, vreinterpretq_u16_u8(packed));
    }
    mask.count_ones() as usize
}

/// Row `utf16_to_utf8`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has NEON.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn to_utf8_neon(
    dst: *mut u8,
    dst_len: usize,
    src: *const u16,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: counts stay within the lengths.
    unsafe {
        loop {
            // Two blocks and a unit behind them; 64 bytes for the first, 16 of what the second becomes.
            while src_len - at.first > 2 * UNITS && dst_len - at.second >= 5 * UNITS {
                let done = sixteen(src.add(at.first), dst.add(at.second));
                if done.first == 0 {
                    break;
                }
                at = Pair { first: at.first + done.first, second: at.second + done.second };
            }
            if !to_utf8_step(dst, dst_len, src, src_len, &mut at) {
                return at;
            }
        }
    }
}

/// Converts 16 units, or all but the last if that is a high surrogate; how many units and how many bytes, none if something is
/// wrong in them or in the 16 behind them.
///
/// # Safety
/// 33 units are readable, and a character begins with them; 64 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn sixteen(p: *const u16, to: *mut u8) -> Pair {
    // SAFETY: the caller's promise.
    unsafe {
        let v = |k: usize| vld1q_u16(p.add(8 * k));
        let pairs = |v| is(v, 0xf800, 0xd800);
        let (here, behind) =
            (vorrq_u16(pairs(v(0)), pairs(v(1))), vorrq_u16(pairs(v(2)), pairs(v(3))));
        if vmaxvq_u16(vorrq_u16(here, behind)) == 0 {
            if vmaxvq_u16(vorrq_u16(v(0), v(1))) < 0x80 {
                vst1q_u8(to, vcombine_u8(vmovn_u16(v(0)), vmovn_u16(v(1))));
                return Pair { first: UNITS, second: UNITS };
            }
            let none = vdupq_n_u16(0);
            let n = eight(to, v(0), none, none);
            return Pair { first: UNITS, second: n + eight(to.add(n), v(1), none, none) };
        }
        // Every high surrogate is before a low one and every low one behind a high one.
        let alone = |k: usize| {
            veorq_u16(is(v(k), 0xfc00, 0xd800), is(vld1q_u16(p.add(8 * k + 1)), 0xfc00, 0xdc00))
        };
        let wrong = vorrq_u16(vorrq_u16(alone(0), alone(1)), vorrq_u16(alone(2), alone(3)));
        let (first, last) = (*p & 0xfc00, *p.add(UNITS - 1) & 0xfc00);
        if first == 0xdc00 || vmaxvq_u16(wrong) != 0 {
            return Pair::default();
        }
        let n = eight_paired(to, v(0), vdupq_n_u16(0));
        let n = n + eight_paired(to.add(n), v(1), v(0));
        // The last one, if it waits for its partner, has two bytes.
        let waits = usize::from(last == 0xd800);
        Pair { first: UNITS - waits, second: n - 2 * waits }
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn is(v: uint16x8_t, bits: u16, what: u16) -> uint16x8_t {
    vceqq_u16(vandq_u16(v, vdupq_n_u16(bits)), vdupq_n_u16(what))
}

/// Writes the bytes of eight units, among them surrogates, given those before; how many these are.
///
/// Each half of a pair becomes two bytes: of the high one those of its upper nine bits, of the low one those of its ten and
/// the two that the high one has left over. So a unit is never more than three bytes.
///
/// # Safety
/// 28 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn eight_paired(to: *mut u8, v: uint16x8_t, before: uint16x8_t) -> usize {
    let word = |x: u16| vdupq_n_u16(x);
    let (high, low) = (is(v, 0xfc00, 0xd800), is(v, 0xfc00, 0xdc00));
    let nine = vshrq_n_u16::<2>(vsubq_u16(v, word(0xd7c0)));
    let two = vandq_u16(vshlq_n_u16::<10>(vextq_u16::<7>(before, v)), word(0x0c00));
    let twelve = vorrq_u16(vandq_u16(v, word(0x03ff)), two);
    let values = vbslq_u16(low, twelve, vbslq_u16(high, nine, v));
    // SAFETY: the caller's promise.
    unsafe { eight(to, values, vorrq_u16(high, low), high) }
}

/// Writes the bytes of eight units; how many these are.
///
/// # Safety
/// 28 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn eight(to: *mut u8, units: uint16x8_t, pairs: uint16x8_t, high: uint16x8_t) -> usize {
    let wide = |v| vreinterpretq_u32_s32(vmovl_s16(vget_low_s16(vreinterpretq_s16_u16(v))));
    let wide_high = |v| vreinterpretq_u32_s32(vmovl_high_s16(vreinterpretq_s16_u16(v)));
    // SAFETY: the caller's promise: each writes up to 12 bytes, and 4 behind them.
    unsafe {
        let n = four(to, vmovl_u16(vget_low_u16(units)), wide(pairs), wide(high));
        n + four(to.add(n), vmovl_high_u16(units), wide_high(pairs), wide_high(high))
    }
}

/// Writes the bytes of four units, given which are halves of pairs and which of these the first; how many these are.
///
/// # Safety
/// 16 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn four(to: *mut u8, x: uint32x4_t, pairs: uint32x4_t, high: uint32x4_t) -> usize {
    const MORE: [u32; 4] = [1, 2, 4, 8];
    const THREE: [u32; 4] = [16, 32, 64, 128];
    let word = |x: u32| vdupq_n_u32(x);
    let more = vorrq_u32(vcgtq_u32(x, word(0x7f)), pairs);
    let three = vbicq_u32(vcgtq_u32(x, word(0x7ff)), pairs);
    // The bytes in the lower three of four, the last of a unit's always the third.
    let first = vshrq_n_u32::<12>(x);
    let second = vandq_u32(vshlq_n_u32::<2>(x), word(0x3f00));
    let third = vandq_u32(vshlq_n_u32::<16>(x), word(0x3f_0000));
    let marks = vorrq_u32(word(0x80_80e0), vandq_u32(high, word(0x7000)));
    let marks = vorrq_u32(marks, vbicq_u32(word(0x4000), vorrq_u32(three, pairs)));
    let long = vorrq_u32(vorrq_u32(first, second), vorrq_u32(third, marks));
    let bytes = vbslq_u32(more, long, vshlq_n_u32::<16>(x));
    // SAFETY: the sizes of the tables, which have every mask of eight bits; the caller's promise.
    unsafe {
        let classes = vorrq_u32(
            vandq_u32(more, vld1q_u32(MORE.as_ptr())),
            vandq_u32(three, vld1q_u32(THREE.as_ptr())),
        );
        let mask = vaddvq_u32(classes);
        let order = vld1q_u8(PACK_BYTES.as_ptr().add(mask as usize).cast());
        vst1q_u8(to, vqtbl1q_u8(vreinterpretq_u8_u32(bytes), order));
        4 + mask.count_ones() as usize
    }
}
