//! Latin-1 to and from UTF-8, 16 bytes at a time: what each byte becomes is computed in all lanes, and what counts is brought to
//! the front by lookups of shuffles from tables, eight bytes at a time (docs/kernels/latin1.md).
//!
//! Such a store has something behind what counts, over which the next one comes to stand. The last one of a block is two
//! that overlap, so that nothing is left behind it.

use core::arch::aarch64::*;
use kernels_generic::ends::{load_tiny, store_tiny};
use kernels_generic::ffi::Pair;
use kernels_generic::latin1::{self, from_utf8_step, to_utf8_step};

/// In this crate, so that they come to stand behind the code.
static WITHOUT: [[u8; 8]; 256] = latin1::WITHOUT;
static PAIRS: [[u8; 16]; 256] = latin1::PAIRS;
/// Bytes of a block.
const BLOCK: usize = 16;
/// Bytes that a table has shuffles for.
const GROUP: usize = 8;

/// Row `latin1_from_utf8`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has NEON.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn from_utf8_neon(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    // SAFETY: the caller's promise; counts stay within the lengths.
    unsafe {
        let mut at = blocks(dst, dst_len, src, src_len);
        while at.first < src_len {
            let n = (src_len - at.first).min(GROUP);
            let done = group(src.add(at.first), n, dst.add(at.second), dst_len - at.second);
            if done.first == 0 {
                break;
            }
            at = Pair { first: at.first + done.first, second: at.second + done.second };
        }
        while from_utf8_step(dst, dst_len, src, src_len, &mut at) {}
        at
    }
}

/// Converts whole blocks while they are right and have room.
///
/// The next block begins 16 bytes further, whatever stands in this one: a lead byte at the end is remembered, and its character
/// is written with the next block's. So no address waits for text but the output's.
///
/// # Safety
/// As the row's.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn blocks(dst: *mut u8, room: usize, src: *const u8, len: usize) -> Pair {
    let byte = |x: u8| vdupq_n_u8(x);
    let (mut i, mut w) = (0, 0);
    // Of the block before: which bytes are lead bytes, and which are c3.
    let (mut leads_before, mut c3_before) = (byte(0), byte(0));
    while len - i >= BLOCK {
        // SAFETY: a block is left in both, or what it becomes in `dst`.
        unsafe {
            let v = vld1q_u8(src.add(i));
            let c3 = vceqq_u8(v, byte(0xc3));
            let leads = vorrq_u8(c3, vceqq_u8(v, byte(0xc2)));
            let led = vextq_u8::<15>(leads_before, leads);
            if vmaxvq_u8(vorrq_u8(v, led)) < 0x80 {
                if room - w < BLOCK {
                    break;
                }
                vst1q_u8(dst.add(w), v);
                (leads_before, c3_before) = (leads, c3);
                (i, w) = (i + BLOCK, w + BLOCK);
                continue;
            }
            // 80 to bf are the least of all numbers with a sign.
            let signed = vreinterpretq_s8_u8(v);
            let continuation = vcltq_s8(signed, vdupq_n_s8(-0x40));
            let other = vbicq_u8(vcltq_s8(signed, vdupq_n_s8(0)), vorrq_u8(leads, continuation));
            let wrong = vorrq_u8(other, veorq_u8(continuation, led));
            let [first, last] = masks(leads);
            let written = BLOCK - (first.count_ones() + last.count_ones()) as usize;
            if vmaxvq_u8(wrong) != 0 || room - w < written {
                break;
            }
            // A continuation is its own character behind c2, and 40 more behind c3.
            let more = vandq_u8(vextq_u8::<15>(c3_before, c3), byte(0x40));
            let v = vaddq_u8(v, more);
            // Four bytes at least are left of each eight, so that what the first store has too much is below the last,
            // which is two that overlap.
            dst.add(w).cast::<u64>().write_unaligned(without(vget_low_u8(v), first));
            let word = without(vget_high_u8(v), last);
            let (end, to) = (GROUP / 2 - last.count_ones() as usize, dst.add(w + written));
            to.sub(4 + end).cast::<u32>().write_unaligned(word as u32);
            to.sub(4).cast::<u32>().write_unaligned((word >> (8 * end)) as u32);
            (leads_before, c3_before) = (leads, c3);
            (i, w) = (i + BLOCK, w + written);
        }
    }
    Pair { first: i - usize::from(vgetq_lane_u8::<15>(leads_before) & 1), second: w }
}

/// A bit for each of the lower and the upper eight bytes, which are all ones or none.
#[inline]
#[target_feature(enable = "neon")]
fn masks(v: uint8x16_t) -> [u8; 2] {
    [mask(vget_low_u8(v)), mask(vget_high_u8(v))]
}

#[inline]
#[target_feature(enable = "neon")]
fn mask(v: uint8x8_t) -> u8 {
    vaddv_u8(vand_u8(v, vcreate_u8(0x8040_2010_0804_0201)))
}

/// Eight bytes but for those of the mask.
#[inline]
#[target_feature(enable = "neon")]
fn without(v: uint8x8_t, leads: u8) -> u64 {
    // SAFETY: the table has every mask of eight bits.
    let order = unsafe { vld1_u8(WITHOUT.as_ptr().add(usize::from(leads)).cast()) };
    let packed = vtbl1_u8(v, order);
    vget_lane_u64::<0>(vreinterpret_u64_u8(packed))
}

/// Converts `n` bytes, from one to eight, or all but the last if that is a lead byte; how many bytes and to how many, none if
/// something is wrong in them, or they have no room.
///
/// # Safety
/// `n` bytes are readable, and a character begins with them; `room` bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn group(p: *const u8, n: usize, to: *mut u8, room: usize) -> Pair {
    let byte = |x: u8| vdup_n_u8(x);
    // SAFETY: the caller's promise.
    let v = unsafe { load(p, n) };
    let c3 = vceq_u8(v, byte(0xc3));
    let leads = vorr_u8(c3, vceq_u8(v, byte(0xc2)));
    let signed = vreinterpret_s8_u8(v);
    let continuation = vclt_s8(signed, vdup_n_s8(-0x40));
    let led = vext_u8::<7>(byte(0), leads);
    let other = vbic_u8(vclt_s8(signed, vdup_n_s8(0)), vorr_u8(leads, continuation));
    let wrong = mask(vorr_u8(other, veor_u8(continuation, led)));
    let leads = mask(leads);
    let written = n - leads.count_ones() as usize;
    // The last byte's lead is no mistake: the next group begins with it, or it is cut off.
    if u32::from(wrong) & ((1 << n) - 1) != 0 || room < written {
        return Pair::default();
    }
    let v = vadd_u8(v, vand_u8(vext_u8::<7>(byte(0), c3), byte(0x40)));
    // SAFETY: there is room.
    unsafe {
        let word = without(v, leads);
        if written == GROUP {
            to.cast::<u64>().write_unaligned(word);
        } else {
            store_tiny(to, word, written);
        }
    }
    Pair { first: n - usize::from(leads >> (n - 1)), second: written }
}

/// Loads `n` bytes, from one to eight, and zeros behind them.
///
/// # Safety
/// `n` bytes are readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn load(p: *const u8, n: usize) -> uint8x8_t {
    // SAFETY: the caller's promise.
    unsafe { if n == GROUP { vld1_u8(p) } else { vcreate_u8(load_tiny(p, n)) } }
}

/// Row `latin1_to_utf8`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has NEON.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn to_utf8_neon(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: counts stay within the lengths.
    unsafe {
        while src_len - at.first >= BLOCK {
            let v = vld1q_u8(src.add(at.first));
            let to = dst.add(at.second);
            let mut written = BLOCK;
            if vmaxvq_u8(v) < 0x80 {
                if dst_len - at.second < written {
                    break;
                }
                vst1q_u8(to, v);
            } else {
                let [first, last] = masks(vcltzq_s8(vreinterpretq_s8_u8(v)));
                let more = first.count_ones() as usize;
                written += more + last.count_ones() as usize;
                if dst_len - at.second < written {
                    break;
                }
                // The last one becomes eight bytes at least, so that what the first store has too much is below it.
                let order = vld1q_u8(PAIRS.as_ptr().add(usize::from(first)).cast());
                vst1q_u8(to, vqtbl1q_u8(pairs(vget_low_u8(v)), order));
                let behind = GROUP + last.count_ones() as usize;
                exact(pairs(vget_high_u8(v)), last, behind, to.add(GROUP + more));
            }
            at = Pair { first: at.first + BLOCK, second: at.second + written };
        }
        while at.first < src_len {
            let n = (src_len - at.first).min(GROUP);
            let v = load(src.add(at.first), n);
            let high = mask(vcltz_s8(vreinterpret_s8_u8(v)));
            let written = n + high.count_ones() as usize;
            if dst_len - at.second < written {
                break;
            }
            exact(pairs(v), high, written, dst.add(at.second));
            at = Pair { first: at.first + n, second: at.second + written };
        }
        while to_utf8_step(dst, dst_len, src, src_len, &mut at) {}
    }
    at
}

/// Each byte as two: the lead byte that it has if it is not ASCII, and then its continuation, or the byte itself.
#[inline]
#[target_feature(enable = "neon")]
fn pairs(v: uint8x8_t) -> uint8x16_t {
    let upper = vcge_u8(v, vdup_n_u8(0xc0));
    // One more, for a mask is all ones.
    let lead = vsub_u8(vdup_n_u8(0xc2), upper);
    let behind = vsub_u8(v, vand_u8(upper, vdup_n_u8(0x40)));
    vcombine_u8(vzip1_u8(lead, behind), vzip2_u8(lead, behind))
}

/// Stores the first so many bytes that count of eight pairs: eight and the last eight of them, if there are as many.
///
/// # Safety
/// So many bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn exact(pairs: uint8x16_t, high: u8, written: usize, to: *mut u8) {
    // SAFETY: the caller's promise; of the 16 bytes of a shuffle eight are left from each place that is asked for.
    unsafe {
        let order = PAIRS.as_ptr().add(usize::from(high)).cast::<u8>();
        let at = |i: usize| {
            let packed = vqtbl1_u8(pairs, vld1_u8(order.add(i)));
            vget_lane_u64::<0>(vreinterpret_u64_u8(packed))
        };
        if written >= GROUP {
            to.cast::<u64>().write_unaligned(at(0));
            to.add(written - GROUP).cast::<u64>().write_unaligned(at(written - GROUP));
        } else {
            store_tiny(to, at(0), written);
        }
    }
}
