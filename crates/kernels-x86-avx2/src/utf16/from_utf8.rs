//! From UTF-8.

use super::{UNITS, eight_of};
use crate::utf8::{Tables, any, errors, load_some, tables};
use core::arch::x86_64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{self, Window, from_utf8_step, in_blocks, in_windows, store_exact};

/// In this crate, so that it comes to stand behind the code.
static PACK_UNITS: [[u8; 16]; 256] = utf16::PACK_UNITS;
/// Bytes of a block.
const BLOCK: usize = 32;

/// Fewer bytes are done character by character, which takes less than one vector: 2 to 15 ns of 20 on Zen 4, with AVX2.
const SHORT: usize = 16;

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
    // SAFETY: counts stay within the lengths.
    unsafe {
        if src_len < SHORT {
            let mut at = Pair::default();
            while from_utf8_step(dst, dst_len, src, src_len, &mut at) {}
            return at;
        }
        let tables = tables();
        let wrong = |p| any(Text::at(p).errors(tables));
        let convert = |p, written| block(p, dst.add(written));
        in_windows::<BLOCK>(
            src_len,
            Pair::default(),
            |at| in_blocks::<BLOCK>(dst_len, src, src_len, at, wrong, convert),
            |window, written| ends(src, window, dst.add(written), dst_len - written),
        )
    }
}

/// A block, and the one, two and three bytes before each of its own.
#[derive(Clone, Copy)]
struct Text {
    v: __m256i,
    before1: __m256i,
    before2: __m256i,
    before3: __m256i,
}

impl Text {
    /// # Safety
    /// A block is readable, and three bytes before it.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn at(p: *const u8) -> Text {
        // SAFETY: the caller's promise; the loads allow any alignment.
        let load = |k| unsafe { _mm256_loadu_si256(p.sub(k).cast()) };
        Text { v: load(0), before1: load(1), before2: load(2), before3: load(3) }
    }

    /// With zeros before it.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn first(v: __m256i) -> Text {
        // Zeros, then the first half.
        let before = _mm256_permute2x128_si256::<0x08>(v, v);
        Text {
            v,
            before1: _mm256_alignr_epi8::<15>(v, before),
            before2: _mm256_alignr_epi8::<14>(v, before),
            before3: _mm256_alignr_epi8::<13>(v, before),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn errors(self, tables: Tables) -> __m256i {
        errors(self.v, self.before1, self.before2, self.before3, tables)
    }

    /// What each byte of the lower half or the upper one is as the last of its character.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn half<const UPPER: usize>(self, four: bool) -> __m256i {
        let words = |v| {
            _mm256_cvtepu8_epi16(if UPPER == 0 {
                _mm256_castsi256_si128(v)
            } else {
                _mm256_extracti128_si256::<1>(v)
            })
        };
        let before3 = four.then(|| words(self.before3));
        units(words(self.v), words(self.before1), words(self.before2), before3)
    }

    /// A bit for each byte that is no ASCII, and for each that stands for a unit; and whether there are characters of four bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn kinds(self) -> (u32, u32, bool) {
        let above = |v, bound: u8| _mm256_subs_epu8(v, _mm256_set1_epi8(bound as i8));
        let eighths = _mm256_and_si256(self.before1, _mm256_set1_epi8(0xe0_u8 as i8));
        let second = _mm256_cmpeq_epi8(eighths, _mm256_set1_epi8(0xc0_u8 as i8));
        // The highest bit is left where the byte is e0 or more, f0 or more.
        let low = above(self.before3, 0x70);
        let later = _mm256_or_si256(above(self.before2, 0x60), low);
        let more = mask(self.v);
        let four = mask(_mm256_or_si256(above(self.before2, 0x70), low)) != 0;
        (more, !more | mask(_mm256_or_si256(second, later)), four)
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn mask(v: __m256i) -> u32 {
    _mm256_movemask_epi8(v) as u32
}

/// Converts the characters that end in a valid block; how many units these are. What is written is 40 units at most.
///
/// # Safety
/// A block is readable, and three bytes before it; 40 units are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn block(p: *const u8, to: *mut u16) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let (more, written, four) = Text::at(p).kinds();
        if more == 0 {
            // A valid block of ASCII is behind a whole character.
            store_ascii(p, to);
            store_ascii(p.add(UNITS), to.add(UNITS));
            return BLOCK;
        }
        let n = half(p, to, written & 0xffff, four);
        n + half(p.add(UNITS), to.add(n), written >> UNITS, four)
    }
}

/// Writes 16 bytes of ASCII as units.
///
/// # Safety
/// So many bytes are readable, and units writable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn store_ascii(p: *const u8, to: *mut u16) {
    // SAFETY: the caller's promise.
    unsafe {
        let units = _mm256_cvtepu8_epi16(_mm_loadu_si128(p.cast()));
        _mm256_storeu_si256(to.cast(), units);
    }
}

/// Converts 16 bytes of which those in `written` end a character, or are the third of four.
///
/// # Safety
/// 16 bytes are readable, and three before them; so many units as bits, and 8 more, are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn half(p: *const u8, to: *mut u16, written: u32, four: bool) -> usize {
    // SAFETY: the caller's promise.
    let load = |k| unsafe { _mm256_cvtepu8_epi16(_mm_loadu_si128(p.sub(k).cast())) };
    let v = units(load(0), load(1), load(2), four.then(|| load(3)));
    // SAFETY: 8 units from where so many as bits before have been written.
    unsafe {
        let n = pack(to, _mm256_castsi256_si128(v), written & 0xff);
        n + pack(to.add(n), _mm256_extracti128_si256::<1>(v), written >> 8)
    }
}

/// What each of 16 bytes, as words, is as the last of its character: six or seven bits of its own, six of the one before if it is
/// not ASCII, and four of the second before if that one starts three bytes or more. The third before is given if there are
/// characters of four bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn units(last: __m256i, before1: __m256i, before2: __m256i, before3: Option<__m256i>) -> __m256i {
    let word = |x: u16| _mm256_set1_epi16(x as i16);
    let more = _mm256_and_si256(_mm256_cmpgt_epi16(last, word(0x7f)), word(0x0fc0));
    let second = _mm256_and_si256(_mm256_slli_epi16::<6>(before1), more);
    let third =
        _mm256_and_si256(_mm256_slli_epi16::<12>(before2), _mm256_cmpgt_epi16(before2, word(0xdf)));
    let v = _mm256_or_si256(_mm256_and_si256(last, word(0x7f)), _mm256_or_si256(second, third));
    let Some(before3) = before3 else { return v };
    // Their third byte has become 16 bits of the character, four of which are the low surrogate's; their last byte has two
    // bits too many.
    let high = _mm256_add_epi16(_mm256_srli_epi16::<4>(v), word(0xd7c0));
    let low = _mm256_or_si256(_mm256_and_si256(v, word(0x3ff)), word(0xdc00));
    let starts = |v| _mm256_cmpgt_epi16(v, word(0xef));
    _mm256_blendv_epi8(_mm256_blendv_epi8(v, high, starts(before2)), low, starts(before3))
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

/// Converts a window as far as it is valid and has room; how far that is in the text, and how many units are written.
///
/// # Safety
/// The window is in `src`, which is valid before it; `to` is where its units belong, behind those of what comes before, and
/// has room for so many.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn ends(src: *const u8, window: Window, to: *mut u16, room: usize) -> Pair {
    let n = window.to;
    // SAFETY: the caller's promise. Where the window begins one or two bytes behind the text's beginning, lanes that these
    // matter to are not wanted. Where all is ASCII, as many units stand before `to` as lanes are not wanted, for these are done.
    unsafe {
        let p = src.add(window.start);
        let text = if window.start >= 3 {
            Text::at(p)
        } else if n == BLOCK {
            Text::first(_mm256_loadu_si256(p.cast()))
        } else {
            Text::first(load_some(p, n))
        };
        let (more, ends, four) = text.kinds();
        if n >= UNITS && room >= n - window.from && more | mask(text.before3) == 0 {
            // What is done of it was ASCII, too, and becomes the same again.
            let to = to.sub(window.from);
            store_ascii(p, to);
            store_ascii(p.add(n - UNITS), to.add(n - UNITS));
            return Pair { first: window.start + n, second: n - window.from };
        }
        let right = _mm256_cmpeq_epi8(text.errors(tables()), _mm256_setzero_si256());
        let (read, written) = window.fit(src, u64::from(!mask(right)), u64::from(ends), room);
        let all = written.count_ones() as usize;
        let first = half_within(text.half::<0>(four), to, written as u32 & 0xffff, all);
        let rest =
            half_within(text.half::<1>(four), to.add(first), written as u32 >> UNITS, all - first);
        Pair { first: read, second: first + rest }
    }
}

/// Stores the units of the mask, the first of `left` in all, and nothing behind those; how many they are.
///
/// # Safety
/// `left` units are writable, as many as bits at least.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn half_within(v: __m256i, to: *mut u16, written: u32, left: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let n = pack_within(to, _mm256_castsi256_si128(v), written & 0xff, left);
        let last = _mm256_extracti128_si256::<1>(v);
        n + pack_within(to.add(n), last, written >> 8, left - n)
    }
}

/// [`pack`], which stores eight units where so many are left: what is too much of them comes to stand over. Otherwise so many
/// as count.
///
/// # Safety
/// `left` units are writable, as many as bits at least; the mask has eight.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn pack_within(to: *mut u16, v: __m128i, mask: u32, left: usize) -> usize {
    let n = mask.count_ones() as usize;
    // SAFETY: the caller's promise; the table has every mask of eight bits, and eight bytes from each place asked for.
    unsafe {
        if left >= 8 {
            return pack(to, v, mask);
        }
        let order = PACK_UNITS.as_ptr().add(mask as usize).cast::<u8>();
        store_exact(to.cast(), 2 * n, |i| eight_of(v, order.add(i)));
    }
    n
}
