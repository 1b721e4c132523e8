//! From UTF-8.

use super::{LANES, bit_of_eight, bits, eight_of, load_some};
use crate::utf8::{Tables, any, errors, tables};
use core::arch::aarch64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{self, Window, from_utf8_step, in_blocks, in_windows, store_exact};

/// In this crate, so that it comes to stand behind the code.
static PACK_UNITS: [[u8; 16]; 256] = utf16::PACK_UNITS;
/// Bytes of a block.
const BLOCK: usize = 32;

/// Fewer bytes are done character by character, which takes less than one vector: 2 to 15 ns of 20 on Zen 4, with AVX2.
const SHORT: usize = 16;

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
    // SAFETY: counts stay within the lengths.
    unsafe {
        if src_len < SHORT {
            let mut at = Pair::default();
            while from_utf8_step(dst, dst_len, src, src_len, &mut at) {}
            return at;
        }
        let tables = tables();
        let wrong = |p: *const u8| {
            let [a, b] = Text::at(p);
            any(vorrq_u8(a.errors(tables), b.errors(tables)))
        };
        let convert = |p, written| block(p, dst.add(written));
        in_windows::<BLOCK>(
            src_len,
            Pair::default(),
            |at| in_blocks::<BLOCK>(dst_len, src, src_len, at, wrong, convert),
            |window, written| ends(src, window, dst.add(written), dst_len - written),
        )
    }
}

/// A vector, and the one, two and three bytes before each of its own.
#[derive(Clone, Copy)]
struct Text {
    v: uint8x16_t,
    before1: uint8x16_t,
    before2: uint8x16_t,
    before3: uint8x16_t,
}

impl Text {
    /// # Safety
    /// A block is readable, and three bytes before it.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn at(p: *const u8) -> [Text; 2] {
        // SAFETY: the caller's promise.
        unsafe { [Text::load(p), Text::load(p.add(LANES))] }
    }

    /// # Safety
    /// A vector is readable, and three bytes before it.
    #[inline]
    #[target_feature(enable = "neon")]
    unsafe fn load(p: *const u8) -> Text {
        // SAFETY: the caller's promise.
        let load = |k| unsafe { vld1q_u8(p.sub(k)) };
        Text { v: load(0), before1: load(1), before2: load(2), before3: load(3) }
    }

    /// A block with zeros before it.
    #[inline]
    #[target_feature(enable = "neon")]
    fn first(block: [uint8x16_t; 2]) -> [Text; 2] {
        [Text::behind(vdupq_n_u8(0), block[0]), Text::behind(block[0], block[1])]
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn behind(before: uint8x16_t, v: uint8x16_t) -> Text {
        Text {
            v,
            before1: vextq_u8::<15>(before, v),
            before2: vextq_u8::<14>(before, v),
            before3: vextq_u8::<13>(before, v),
        }
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn errors(self, tables: Tables) -> uint8x16_t {
        errors(self.v, self.before1, self.before2, self.before3, tables)
    }

    #[inline]
    #[target_feature(enable = "neon")]
    fn kinds(self) -> Kinds {
        let least = |v, least: u8| vcgeq_u8(v, vdupq_n_u8(least));
        let second = vceqq_u8(vandq_u8(self.before1, vdupq_n_u8(0xe0)), vdupq_n_u8(0xc0));
        let (third, low) = (least(self.before2, 0xe0), least(self.before3, 0xf0));
        let single = vcltq_u8(self.v, vdupq_n_u8(0x80));
        let units = vorrq_u8(vorrq_u8(single, second), vorrq_u8(third, low));
        Kinds { units, third, high: least(self.before2, 0xf0), low }
    }

    /// What each byte is as the last of its character, those of the lower half and of the upper one.
    #[inline]
    #[target_feature(enable = "neon")]
    fn units(self, kinds: Kinds) -> [uint16x8_t; 2] {
        let Kinds { third, high, low, .. } = kinds;
        let four = any(vorrq_u8(high, low));
        let lower = |v| vget_low_u8(v);
        let (v, before1, before2) = (self.v, self.before1, self.before2);
        let text =
            [lower(v), lower(before1), lower(before2), lower(third), lower(high), lower(low)];
        let first = units(text, four);
        let upper = |v| vget_high_u8(v);
        let text =
            [upper(v), upper(before1), upper(before2), upper(third), upper(high), upper(low)];
        [first, units(text, four)]
    }
}

/// For each byte whether a unit stands for it, and whether it is the third of three or four, the third of four, the fourth.
#[derive(Clone, Copy)]
struct Kinds {
    units: uint8x16_t,
    third: uint8x16_t,
    high: uint8x16_t,
    low: uint8x16_t,
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
        let text = Text::at(p);
        let n = vector(text[0], to);
        n + vector(text[1], to.add(n))
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
/// So many units as stand for its bytes, and 8 more, are writable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn vector(text: Text, to: *mut u16) -> usize {
    let kinds = text.kinds();
    let masks = vandq_u8(kinds.units, bit_of_eight());
    let (mask, mask_high) = (vaddv_u8(vget_low_u8(masks)), vaddv_u8(vget_high_u8(masks)));
    let [first, last] = text.units(kinds);
    // SAFETY: 8 units from where so many as bits before have been written.
    unsafe {
        let n = pack(to, first, mask);
        n + pack(to.add(n), last, mask_high)
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

/// Converts a window as far as it is valid and has room; how far that is in the text, and how many units are written.
///
/// # Safety
/// The window is in `src`, which is valid before it; `to` is where its units belong, behind those of what comes before, and
/// has room for so many.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn ends(src: *const u8, window: Window, to: *mut u16, room: usize) -> Pair {
    // SAFETY: the caller's promise. Where the window begins one or two bytes behind the text's beginning, lanes that these
    // matter to are not wanted.
    unsafe {
        let p = src.add(window.start);
        let [lower, upper] =
            if window.start >= 3 { Text::at(p) } else { Text::first(load_some(p, window.to)) };
        let tables = tables();
        let (a, b) = (lower.errors(tables), upper.errors(tables));
        let (kinds, kinds_upper) = (lower.kinds(), upper.kinds());
        let masks = bits([vtstq_u8(a, a), vtstq_u8(b, b), kinds.units, kinds_upper.units]);
        let wrong = masks & u64::from(u32::MAX);
        let (read, written) = window.fit(src, wrong, masks >> BLOCK, room);
        let all = written.count_ones() as usize;
        let [first, last] = lower.units(kinds);
        let n = pack_within(to, first, written as u8, all);
        let n = n + pack_within(to.add(n), last, (written >> 8) as u8, all - n);
        let [first, last] = upper.units(kinds_upper);
        let n = n + pack_within(to.add(n), first, (written >> 16) as u8, all - n);
        let n = n + pack_within(to.add(n), last, (written >> 24) as u8, all - n);
        Pair { first: read, second: n }
    }
}

/// [`pack`], which stores eight units where so many are left: what is too much of them comes to stand over. Otherwise so many
/// as count.
///
/// # Safety
/// `left` units are writable, as many as bits at least.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn pack_within(to: *mut u16, v: uint16x8_t, mask: u8, left: usize) -> usize {
    let n = mask.count_ones() as usize;
    // SAFETY: the caller's promise; the table has every mask of eight bits, and eight bytes from each place asked for.
    unsafe {
        if left >= 8 {
            return pack(to, v, mask);
        }
        let order = PACK_UNITS.as_ptr().add(usize::from(mask)).cast::<u8>();
        store_exact(to.cast(), 2 * n, |i| eight_of(vreinterpretq_u8_u16(v), order.add(i)));
    }
    n
}
