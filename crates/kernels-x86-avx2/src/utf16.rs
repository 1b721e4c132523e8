//! UTF-16 to and from UTF-8, 32 bytes or 16 units at a time: what each lane would be is computed in all of them, and those that
//! end a character are brought to the front by a shuffle from a table (docs/kernels/utf16.md).
//!
//! Such a store has something behind what counts. So a block is converted only if the one behind it is whole and valid, and
//! has room: then the characters of that one come to where it was written.

use crate::utf8::{Tables, any, errors, tables};
use core::arch::x86_64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{self, begun, from_utf8_step, to_utf8_step};

/// In this crate, so that they come to stand behind the code.
static PACK_UNITS: [[u8; 16]; 256] = utf16::PACK_UNITS;
static PACK_BYTES: [[u8; 16]; 256] = utf16::PACK_BYTES;
/// Bytes of a block.
const BLOCK: usize = 32;
/// Units of a vector.
const UNITS: usize = 16;

/// Row `utf16_from_utf8`, variant `avx2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX2 and POPCNT.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe extern "C" fn from_utf8_avx2(
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
#[target_feature(enable = "avx2,popcnt")]
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
#[target_feature(enable = "avx2")]
unsafe fn wrong(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise.
    let load = |k| unsafe { _mm256_loadu_si256(p.sub(k).cast()) };
    any(errors(load(0), load(1), load(2), load(3), tables))
}

/// Converts the characters that end in a valid block; how many units these are. What is written is 40 units at most.
///
/// # Safety
/// A block is readable, and three bytes before it; 40 units are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn block(p: *const u8, to: *mut u16) -> usize {
    // SAFETY: the caller's promise.
    let load = |k| unsafe { _mm256_loadu_si256(p.sub(k).cast()) };
    let above = |v, bound: u8| _mm256_subs_epu8(v, _mm256_set1_epi8(bound as i8));
    let mask = |v| _mm256_movemask_epi8(v) as u32;
    let (v, before1, before2, before3) = (load(0), load(1), load(2), load(3));
    let eighths = |v, bits: u8| _mm256_and_si256(v, _mm256_set1_epi8(bits as i8));
    let second = _mm256_cmpeq_epi8(eighths(before1, 0xe0), _mm256_set1_epi8(0xc0_u8 as i8));
    // The highest bit is left where the byte is e0 or more, f0 or more.
    let later = _mm256_or_si256(above(before2, 0x60), above(before3, 0x70));
    let more = mask(v);
    let written = !more | mask(_mm256_or_si256(second, later));
    if more == 0 {
        // A valid block of ASCII is behind a whole character.
        // SAFETY: the caller's promise.
        unsafe {
            let wide = |half: *const u8| _mm256_cvtepu8_epi16(_mm_loadu_si128(half.cast()));
            _mm256_storeu_si256(to.cast(), wide(p));
            _mm256_storeu_si256(to.add(UNITS).cast(), wide(p.add(UNITS)));
        }
        return BLOCK;
    }
    let four = mask(_mm256_or_si256(above(before2, 0x70), above(before3, 0x70))) != 0;
    // SAFETY: the caller's promise.
    unsafe {
        let n = half(p, to, written & 0xffff, four);
        n + half(p.add(UNITS), to.add(n), written >> UNITS, four)
    }
}

/// Converts 16 bytes of which those in `written` end a character, or are the third of four.
///
/// What each byte is as the last of its character: six or seven bits of its own, six of the one before if it is not ASCII, and
/// four of the second before if that one starts three bytes or more.
///
/// # Safety
/// 16 bytes are readable, and three before them; so many units as bits, and 8 more, are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn half(p: *const u8, to: *mut u16, written: u32, four: bool) -> usize {
    // SAFETY: the caller's promise.
    let load = |k| unsafe { _mm256_cvtepu8_epi16(_mm_loadu_si128(p.sub(k).cast())) };
    let word = |x: u16| _mm256_set1_epi16(x as i16);
    let (last, before1, before2) = (load(0), load(1), load(2));
    let more = _mm256_and_si256(_mm256_cmpgt_epi16(last, word(0x7f)), word(0x0fc0));
    let second = _mm256_and_si256(_mm256_slli_epi16::<6>(before1), more);
    let third =
        _mm256_and_si256(_mm256_slli_epi16::<12>(before2), _mm256_cmpgt_epi16(before2, word(0xdf)));
    let mut v = _mm256_or_si256(_mm256_and_si256(last, word(0x7f)), _mm256_or_si256(second, third));
    if four {
        // Their third byte has become 16 bits of the character, four of which are the low surrogate's; their last byte has
        // two bits too many.
        let high = _mm256_add_epi16(_mm256_srli_epi16::<4>(v), word(0xd7c0));
        let low = _mm256_or_si256(_mm256_and_si256(v, word(0x3ff)), word(0xdc00));
        let starts = |v| _mm256_cmpgt_epi16(v, word(0xef));
        v = _mm256_blendv_epi8(v, high, starts(before2));
        v = _mm256_blendv_epi8(v, low, starts(load(3)));
    }
    // SAFETY: 8 units from where so many as bits before have been written.
    unsafe {
        let n = pack(to, _mm256_castsi256_si128(v), written & 0xff);
        n + pack(to.add(n), _mm256_extracti128_si256::<1>(v), written >> 8)
    }
}

/// Stores the units of the mask, and something behind them; how many these are.
///
/// # Safety
/// 8 units are writable; the mask has eight bits.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn pack(to: *mut u16, v: __m128i, mask: u32) -> usize {
    // SAFETY: the caller's promise; the table has every mask of eight bits.
    unsafe {
        let order = _mm_loadu_si128(PACK_UNITS.as_ptr().add(mask as usize).cast());
        _mm_storeu_si128(to.cast(), _mm_shuffle_epi8(v, order));
    }
    mask.count_ones() as usize
}

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
    let mut at = Pair::default();
    // SAFETY: counts stay within the lengths.
    unsafe {
        loop {
            // Two vectors and a unit behind them; 64 bytes for the first, 16 of what the second becomes.
            while src_len - at.first > 2 * UNITS && dst_len - at.second >= 5 * UNITS {
                let done = vector(src.add(at.first), dst.add(at.second));
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

/// Converts a vector of units, or all but the last if that is a high surrogate; how many units and how many bytes, none if
/// something is wrong in it or in the one behind it.
///
/// Each half of a pair becomes two bytes: of the high one those of its upper nine bits, of the low one those of its ten and
/// the two that the high one has left over. So a unit is never more than three bytes.
///
/// # Safety
/// 33 units are readable, and a character begins with them; 64 bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn vector(p: *const u16, to: *mut u8) -> Pair {
    // SAFETY: the caller's promise.
    let load = |i: usize| unsafe { _mm256_loadu_si256(p.add(i).cast()) };
    let word = |x: u16| _mm256_set1_epi16(x as i16);
    let is =
        |v, bits: u16, what: u16| _mm256_cmpeq_epi16(_mm256_and_si256(v, word(bits)), word(what));
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
    let nine = _mm256_srli_epi16::<2>(_mm256_sub_epi16(v, word(0xd7c0)));
    let before = _mm256_permute2x128_si256::<0x08>(v, v);
    let before = _mm256_alignr_epi8::<14>(v, before);
    let two = _mm256_and_si256(_mm256_slli_epi16::<10>(before), word(0x0c00));
    let twelve = _mm256_or_si256(_mm256_and_si256(v, word(0x03ff)), two);
    let v = _mm256_blendv_epi8(_mm256_blendv_epi8(v, nine, high), twelve, low);
    // SAFETY: the caller's promise.
    Pair { first: taken, second: unsafe { both(to, v, pairs, high, taken) } }
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
        let n = eight(to, low(v), low(pairs), low(high));
        // The last one, if it is left out, is a high surrogate, of two bytes.
        n + eight(to.add(n), up(v), up(pairs), up(high)) - 2 * (UNITS - units)
    }
}

/// Writes the bytes of eight units; how many these are.
///
/// # Safety
/// 28 bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn eight(to: *mut u8, units: __m128i, pairs: __m128i, high: __m128i) -> usize {
    let word = |x: i32| _mm256_set1_epi32(x);
    let lanes = |v| _mm256_movemask_ps(_mm256_castsi256_ps(v)) as u32;
    let (x, pairs, high) =
        (_mm256_cvtepu16_epi32(units), _mm256_cvtepi16_epi32(pairs), _mm256_cvtepi16_epi32(high));
    let more = _mm256_or_si256(_mm256_cmpgt_epi32(x, word(0x7f)), pairs);
    let three = _mm256_andnot_si256(pairs, _mm256_cmpgt_epi32(x, word(0x7ff)));
    // The bytes in the lower three of four, the last of a unit's always the third.
    let first = _mm256_srli_epi32::<12>(x);
    let second = _mm256_and_si256(_mm256_slli_epi32::<2>(x), word(0x3f00));
    let third = _mm256_and_si256(_mm256_slli_epi32::<16>(x), word(0x3f_0000));
    let marks = _mm256_or_si256(word(0x80_80e0), _mm256_and_si256(high, word(0x7000)));
    let marks =
        _mm256_or_si256(marks, _mm256_andnot_si256(_mm256_or_si256(three, pairs), word(0x4000)));
    let long = _mm256_or_si256(_mm256_or_si256(first, second), _mm256_or_si256(third, marks));
    let bytes = _mm256_blendv_epi8(_mm256_slli_epi32::<16>(x), long, more);
    let (more, three) = (lanes(more), lanes(three));
    let masks = [more & 15 | (three & 15) << 4, more >> 4 | three & 0xf0];
    let [a, b] = masks.map(|mask| 4 + mask.count_ones() as usize);
    // SAFETY: the caller's promise; the table has every mask of eight bits.
    unsafe {
        let order = |mask: u32| _mm_loadu_si128(PACK_BYTES.as_ptr().add(mask as usize).cast());
        let bytes = _mm256_shuffle_epi8(bytes, _mm256_set_m128i(order(masks[1]), order(masks[0])));
        _mm_storeu_si128(to.cast(), _mm256_castsi256_si128(bytes));
        _mm_storeu_si128(to.add(a).cast(), _mm256_extracti128_si256::<1>(bytes));
    }
    a + b
}
