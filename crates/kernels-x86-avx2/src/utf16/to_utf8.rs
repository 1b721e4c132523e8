//! To UTF-8.

use super::{UNITS, eight_of};
use crate::utf8::{any, load_some};
use core::arch::x86_64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{self, Units, in_vectors, store_exact, to_utf8_step};

/// In this crate, so that it comes to stand behind the code.
static PACK_BYTES: [[u8; 16]; 256] = utf16::PACK_BYTES;
/// Two vectors and a unit behind them.
const AHEAD: usize = 2 * UNITS + 1;
/// Bytes that a vector may write, 64, and 16 of what the next one becomes.
const REACH: usize = 64 + 16;

/// Fewer units are done character by character, which takes less than one vector.
const SHORT: usize = 12;

/// Row `utf16_to_utf8`, variant `avx2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX2 and POPCNT.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe extern "C" fn to_utf8_avx2(
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
            |at| vector(src.add(at.first), dst.add(at.second)),
            |at, n| {
                let p = src.add(at.first).cast::<u8>();
                let v = if n == UNITS { _mm256_loadu_si256(p.cast()) } else { load_some(p, 2 * n) };
                last(v, n, dst.add(at.second), dst_len - at.second)
            },
        )
    }
}

/// Converts a vector of units, or all but the last if that is a high surrogate; how many units and how many bytes, none if
/// something is wrong in it or in the one behind it.
///
/// # Safety
/// 33 units are readable, and a character begins with them; 64 bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn vector(p: *const u16, to: *mut u8) -> Pair {
    // SAFETY: the caller's promise.
    let load = |i: usize| unsafe { _mm256_loadu_si256(p.add(i).cast()) };
    let (v, next) = (load(0), load(UNITS));
    let pairs = is(v, 0xf800, 0xd800);
    if !any(_mm256_or_si256(pairs, is(next, 0xf800, 0xd800))) {
        if !any(_mm256_and_si256(v, word(0xff80))) {
            let bytes = _mm256_permute4x64_epi64::<0b1000>(_mm256_packus_epi16(v, v));
            // SAFETY: the caller's promise.
            unsafe { _mm_storeu_si128(to.cast(), _mm256_castsi256_si128(bytes)) };
            return Pair { first: UNITS, second: UNITS };
        }
        let none = _mm256_setzero_si256();
        // SAFETY: the caller's promise.
        return Pair { first: UNITS, second: unsafe { both(to, v, none, none, UNITS) } };
    }
    // Every high surrogate is before a low one and every low one behind a high one, in both vectors.
    let alone = |i| _mm256_xor_si256(is(load(i), 0xfc00, 0xd800), is(load(i + 1), 0xfc00, 0xdc00));
    let low = is(v, 0xfc00, 0xdc00);
    let first_low = _mm256_movemask_epi8(low) & 1 != 0;
    if first_low || any(_mm256_or_si256(alone(0), alone(UNITS))) {
        return Pair::default();
    }
    let high = _mm256_andnot_si256(low, pairs);
    let taken = UNITS - (_mm256_movemask_epi8(high) as u32 >> 31) as usize;
    // SAFETY: the caller's promise.
    Pair { first: taken, second: unsafe { both(to, halves(v, high, low), pairs, high, taken) } }
}

#[inline]
#[target_feature(enable = "avx2")]
fn word(x: u16) -> __m256i {
    _mm256_set1_epi16(x as i16)
}

#[inline]
#[target_feature(enable = "avx2")]
fn is(v: __m256i, bits: u16, what: u16) -> __m256i {
    _mm256_cmpeq_epi16(_mm256_and_si256(v, word(bits)), word(what))
}

/// The units with what each half of a pair has to write.
///
/// Each becomes two bytes: the high one those of its upper nine bits, the low one those of its ten and the two that the high
/// one has left over. So a unit is never more than three bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn halves(v: __m256i, high: __m256i, low: __m256i) -> __m256i {
    let nine = _mm256_srli_epi16::<2>(_mm256_sub_epi16(v, word(0xd7c0)));
    let before = _mm256_permute2x128_si256::<0x08>(v, v);
    let before = _mm256_alignr_epi8::<14>(v, before);
    let two = _mm256_and_si256(_mm256_slli_epi16::<10>(before), word(0x0c00));
    let twelve = _mm256_or_si256(_mm256_and_si256(v, word(0x03ff)), two);
    _mm256_blendv_epi8(_mm256_blendv_epi8(v, nine, high), twelve, low)
}

/// Converts the first `n` units as far as they are right and have room; how many units and how many bytes.
///
/// # Safety
/// `room` bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn last(v: __m256i, n: usize, to: *mut u8, room: usize) -> Pair {
    let (high, low) = (is(v, 0xfc00, 0xd800), is(v, 0xfc00, 0xdc00));
    let pairs = _mm256_or_si256(high, low);
    let units = Units {
        more: !bits(is(v, 0xff80, 0)),
        three: !bits(_mm256_or_si256(is(v, 0xf800, 0), pairs)),
        high: bits(high),
        low: bits(low),
    };
    let done = units.fit(n, room);
    let v = if any(pairs) { halves(v, high, low) } else { v };
    let lower = |v| _mm256_castsi256_si128(v);
    let upper = |v| _mm256_extracti128_si256::<1>(v);
    // SAFETY: the first ones of these bytes are those that there is room for.
    unsafe {
        let first = spread(lower(v), lower(pairs), lower(high));
        let n = first.store_within(to, done.second);
        let rest = spread(upper(v), upper(pairs), upper(high));
        rest.store_within(to.wrapping_add(n), done.second.saturating_sub(n));
    }
    done
}

/// A bit for each unit.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(v: __m256i) -> u64 {
    let bytes = _mm_packs_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    u64::from(_mm_movemask_epi8(bytes) as u32)
}

/// Writes the bytes of so many units, 15 or all; how many these are.
///
/// # Safety
/// 64 bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn both(to: *mut u8, v: __m256i, pairs: __m256i, high: __m256i, units: usize) -> usize {
    let low = |v| _mm256_castsi256_si128(v);
    let up = |v| _mm256_extracti128_si256::<1>(v);
    // SAFETY: each writes up to 12 bytes twice, and 4 behind them.
    unsafe {
        let n = spread(low(v), low(pairs), low(high)).store(to);
        // The last one, if it is left out, is a high surrogate, of two bytes.
        n + spread(up(v), up(pairs), up(high)).store(to.add(n)) - 2 * (UNITS - units)
    }
}

/// Eight units, each with its bytes in the lower three of four, the last of them always the third; and for each half of them which
/// have two or more, and in the upper four bits which have three.
#[derive(Clone, Copy)]
struct Spread {
    bytes: __m256i,
    masks: [u32; 2],
}

#[inline]
#[target_feature(enable = "avx2")]
fn spread(units: __m128i, pairs: __m128i, high: __m128i) -> Spread {
    let word = |x: i32| _mm256_set1_epi32(x);
    let lanes = |v| _mm256_movemask_ps(_mm256_castsi256_ps(v)) as u32;
    let (x, pairs, high) =
        (_mm256_cvtepu16_epi32(units), _mm256_cvtepi16_epi32(pairs), _mm256_cvtepi16_epi32(high));
    let more = _mm256_or_si256(_mm256_cmpgt_epi32(x, word(0x7f)), pairs);
    let three = _mm256_andnot_si256(pairs, _mm256_cmpgt_epi32(x, word(0x7ff)));
    let first = _mm256_srli_epi32::<12>(x);
    let second = _mm256_and_si256(_mm256_slli_epi32::<2>(x), word(0x3f00));
    let third = _mm256_and_si256(_mm256_slli_epi32::<16>(x), word(0x3f_0000));
    let marks = _mm256_or_si256(word(0x80_80e0), _mm256_and_si256(high, word(0x7000)));
    let marks =
        _mm256_or_si256(marks, _mm256_andnot_si256(_mm256_or_si256(three, pairs), word(0x4000)));
    let long = _mm256_or_si256(_mm256_or_si256(first, second), _mm256_or_si256(third, marks));
    let bytes = _mm256_blendv_epi8(_mm256_slli_epi32::<16>(x), long, more);
    let (more, three) = (lanes(more), lanes(three));
    Spread { bytes, masks: [more & 15 | (three & 15) << 4, more >> 4 | three & 0xf0] }
}

impl Spread {
    /// Stores the bytes, and something behind them; how many these are.
    ///
    /// # Safety
    /// 28 bytes are writable.
    #[inline]
    #[target_feature(enable = "avx2,popcnt")]
    unsafe fn store(self, to: *mut u8) -> usize {
        let [a, b] = self.masks.map(|mask| 4 + mask.count_ones() as usize);
        // SAFETY: the caller's promise; the table has every mask of eight bits.
        unsafe {
            let order = |mask: u32| _mm_loadu_si128(PACK_BYTES.as_ptr().add(mask as usize).cast());
            let orders = _mm256_set_m128i(order(self.masks[1]), order(self.masks[0]));
            let bytes = _mm256_shuffle_epi8(self.bytes, orders);
            _mm_storeu_si128(to.cast(), _mm256_castsi256_si128(bytes));
            _mm_storeu_si128(to.add(a).cast(), _mm256_extracti128_si256::<1>(bytes));
        }
        a + b
    }

    /// Stores the first `left` bytes, or all if there are fewer, and nothing behind `left`; how many there are.
    ///
    /// # Safety
    /// `left` bytes are writable.
    #[inline]
    #[target_feature(enable = "avx2,popcnt")]
    unsafe fn store_within(self, to: *mut u8, left: usize) -> usize {
        let halves =
            [_mm256_castsi256_si128(self.bytes), _mm256_extracti128_si256::<1>(self.bytes)];
        // SAFETY: the caller's promise.
        unsafe {
            let n = four_within(halves[0], self.masks[0], to, left);
            let rest = left.saturating_sub(n);
            n + four_within(halves[1], self.masks[1], to.wrapping_add(n), rest)
        }
    }
}

/// The same of four units.
///
/// # Safety
/// `left` bytes are writable; the mask has eight bits.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn four_within(bytes: __m128i, mask: u32, to: *mut u8, left: usize) -> usize {
    let n = 4 + mask.count_ones() as usize;
    // SAFETY: the caller's promise; the table has every mask of eight bits, and eight bytes from each place asked for.
    unsafe {
        let order = PACK_BYTES.as_ptr().add(mask as usize).cast::<u8>();
        if left >= 16 {
            // What is too much comes to stand over.
            _mm_storeu_si128(to.cast(), _mm_shuffle_epi8(bytes, _mm_loadu_si128(order.cast())));
        } else {
            store_exact(to, n.min(left), |i| eight_of(bytes, order.add(i)));
        }
    }
    n
}
