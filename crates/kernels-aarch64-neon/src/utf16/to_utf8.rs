//! To UTF-8.

use super::{bits, eight_of, load_some};
use core::arch::aarch64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{self, Units, in_vectors, store_exact, to_utf8_step};

/// In this crate, so that it comes to stand behind the code.
static PACK_BYTES: [[u8; 16]; 256] = utf16::PACK_BYTES;
/// Units of two vectors.
const UNITS: usize = 16;
/// Twice these and a unit behind them.
const AHEAD: usize = 2 * UNITS + 1;
/// Bytes that two vectors may write, 64, and 16 of what the next ones become.
const REACH: usize = 64 + 16;

/// Fewer units are done character by character, which takes less than one vector.
const SHORT: usize = 12;

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
    // SAFETY: counts stay within the lengths.
    unsafe {
        if src_len < SHORT {
            let mut at = Pair::default();
            while to_utf8_step(dst, dst_len, src, src_len, &mut at) {}
            return at;
        }
        in_vectors::<UNITS, AHEAD, REACH>(
            src_len,
            dst_len,
            |at| sixteen(src.add(at.first), dst.add(at.second)),
            |at, n| last(src.add(at.first), n, dst.add(at.second), dst_len - at.second),
        )
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
            let n = store_eight(eight(v(0), none, none), to);
            return Pair {
                first: UNITS,
                second: n + store_eight(eight(v(1), none, none), to.add(n)),
            };
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
        let n = store_eight(paired(v(0), vdupq_n_u16(0)), to);
        let n = n + store_eight(paired(v(1), v(0)), to.add(n));
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

/// Converts the first `n` units, 16 at most, as far as they are right and have room; how many units and how many bytes.
///
/// # Safety
/// So many units are readable, and `room` bytes writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn last(p: *const u16, n: usize, to: *mut u8, room: usize) -> Pair {
    let none = vdupq_n_u16(0);
    // SAFETY: the caller's promise; the first ones of the bytes are those that there is room for.
    unsafe {
        let [a, b] = load_some(p.cast(), 2 * n);
        let (a, b) = (vreinterpretq_u16_u8(a), vreinterpretq_u16_u8(b));
        // A byte for each unit.
        let all = |bits, what| {
            let wide = |v| vreinterpretq_u8_u16(is(v, bits, what));
            vuzp1q_u8(wide(a), wide(b))
        };
        let (high, low) = (all(0xfc00, 0xd800), all(0xfc00, 0xdc00));
        let pairs = vorrq_u8(high, low);
        let more = vmvnq_u8(all(0xff80, 0));
        let three = vbicq_u8(vmvnq_u8(all(0xf800, 0)), pairs);
        let masks = bits([more, three, high, low]);
        let field = |k: u32| masks >> (16 * k) & 0xffff;
        let units = Units { more: field(0), three: field(1), high: field(2), low: field(3) };
        let done = units.fit(n, room);
        let n = store_eight_within(paired(a, none), to, done.second);
        let rest = done.second.saturating_sub(n);
        store_eight_within(paired(b, a), to.wrapping_add(n), rest);
        done
    }
}

/// What eight units become, among them surrogates, given those before.
///
/// Each half of a pair becomes two bytes: of the high one those of its upper nine bits, of the low one those of its ten and
/// the two that the high one has left over. So a unit is never more than three bytes.
#[inline]
#[target_feature(enable = "neon")]
fn paired(v: uint16x8_t, before: uint16x8_t) -> [Spread; 2] {
    let word = |x: u16| vdupq_n_u16(x);
    let (high, low) = (is(v, 0xfc00, 0xd800), is(v, 0xfc00, 0xdc00));
    let nine = vshrq_n_u16::<2>(vsubq_u16(v, word(0xd7c0)));
    let two = vandq_u16(vshlq_n_u16::<10>(vextq_u16::<7>(before, v)), word(0x0c00));
    let twelve = vorrq_u16(vandq_u16(v, word(0x03ff)), two);
    let values = vbslq_u16(low, twelve, vbslq_u16(high, nine, v));
    eight(values, vorrq_u16(high, low), high)
}

/// What eight units become, given which are halves of pairs and which of these the first.
#[inline]
#[target_feature(enable = "neon")]
fn eight(units: uint16x8_t, pairs: uint16x8_t, high: uint16x8_t) -> [Spread; 2] {
    let wide = |v| vreinterpretq_u32_s32(vmovl_s16(vget_low_s16(vreinterpretq_s16_u16(v))));
    let wide_high = |v| vreinterpretq_u32_s32(vmovl_high_s16(vreinterpretq_s16_u16(v)));
    [
        Spread::of(vmovl_u16(vget_low_u16(units)), wide(pairs), wide(high)),
        Spread::of(vmovl_high_u16(units), wide_high(pairs), wide_high(high)),
    ]
}

/// Stores the bytes of eight units, and something behind them; how many these are.
///
/// # Safety
/// 28 bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store_eight(spread: [Spread; 2], to: *mut u8) -> usize {
    // SAFETY: the caller's promise: each writes up to 12 bytes, and 4 behind them.
    unsafe {
        let n = spread[0].store(to);
        n + spread[1].store(to.add(n))
    }
}

/// Stores the first `left` bytes of eight units, or all if there are fewer, and nothing behind `left`; how many there are.
///
/// # Safety
/// `left` bytes are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn store_eight_within(spread: [Spread; 2], to: *mut u8, left: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let n = spread[0].store_within(to, left);
        n + spread[1].store_within(to.wrapping_add(n), left.saturating_sub(n))
    }
}

/// Four units, each with its bytes in the lower three of four, the last of them always the third; and which have two or more, and
/// in the upper four bits which have three.
#[derive(Clone, Copy)]
struct Spread {
    bytes: uint8x16_t,
    mask: usize,
}

impl Spread {
    /// Given which units are halves of pairs and which of these the first.
    #[inline]
    #[target_feature(enable = "neon")]
    fn of(x: uint32x4_t, pairs: uint32x4_t, high: uint32x4_t) -> Spread {
        const MORE: [u32; 4] = [1, 2, 4, 8];
        const THREE: [u32; 4] = [16, 32, 64, 128];
        let word = |x: u32| vdupq_n_u32(x);
        let more = vorrq_u32(vcgtq_u32(x, word(0x7f)), pairs);
        let three = vbicq_u32(vcgtq_u32(x, word(0x7ff)), pairs);
        let first = vshrq_n_u32::<12>(x);
        let second = vandq_u32(vshlq_n_u32::<2>(x), word(0x3f00));
        let third = vandq_u32(vshlq_n_u32::<16>(x), word(0x3f_0000));
        let marks = vorrq_u32(word(0x80_80e0), vandq_u32(high, word(0x7000)));
        let marks = vorrq_u32(marks, vbicq_u32(word(0x4000), vorrq_u32(three, pairs)));
        let long = vorrq_u32(vorrq_u32(first, second), vorrq_u32(third, marks));
        let bytes = vbslq_u32(more, long, vshlq_n_u32::<16>(x));
        // SAFETY: the sizes of the tables.
        let (more_bits, three_bits) =
            unsafe { (vld1q_u32(MORE.as_ptr()), vld1q_u32(THREE.as_ptr())) };
        let classes = vorrq_u32(vandq_u32(more, more_bits), vandq_u32(three, three_bits));
        Spread { bytes: vreinterpretq_u8_u32(bytes), mask: vaddvq_u32(classes) as usize }
    }

    /// The shuffle that leaves no gaps, and how many bytes there are then.
    #[inline(always)]
    fn order(self) -> (*const u8, usize) {
        (PACK_BYTES[self.mask & 0xff].as_ptr(), 4 + self.mask.count_ones() as usize)
    }

    /// Stores the bytes, and something behind them; how many these are.
    ///
    /// # Safety
    /// 16 bytes are writable.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn store(self, to: *mut u8) -> usize {
        let (order, n) = self.order();
        // SAFETY: the size of an order; the caller's promise.
        unsafe { vst1q_u8(to, vqtbl1q_u8(self.bytes, vld1q_u8(order))) };
        n
    }

    /// Stores the first `left` bytes, or all if there are fewer, and nothing behind `left`; how many there are.
    ///
    /// # Safety
    /// `left` bytes are writable.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn store_within(self, to: *mut u8, left: usize) -> usize {
        if left >= 16 {
            // SAFETY: so many are writable; what is too much comes to stand over.
            return unsafe { self.store(to) };
        }
        let (order, n) = self.order();
        // SAFETY: the caller's promise; an order has eight bytes from each place asked for.
        unsafe { store_exact(to, n.min(left), |i| eight_of(self.bytes, order.add(i))) };
        n
    }
}
