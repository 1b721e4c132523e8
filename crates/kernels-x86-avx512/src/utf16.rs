//! UTF-16 to and from UTF-8, 64 bytes or 32 units at a time: what each lane would be is computed in all of them, and those that
//! end a character are compressed to the front. After R. Clausecker and D. Lemire, "Transcoding Unicode Characters with
//! AVX-512 Instructions", Software: Practice and Experience 53(12), 2023, but for the arithmetic, which is the one of all our
//! instruction sets (docs/kernels/utf16.md).
//!
//! Compressions go to a register and from there to memory under a mask: one that writes to memory itself is microcode on Zen 4.

use crate::ends::{lanes, load_short, load_some, store_short, store_some};
use crate::utf8::{Tables, any, errors, errors_short, tables};
use core::arch::x86_64::*;
use core::hint::cold_path;
use kernels_generic::ffi::Pair;
use kernels_generic::utf16::{Units, Window, from_utf8_step, to_utf8_step, unfinished};

/// Bytes of a block.
const BLOCK: usize = 64;
/// Units of a vector.
const UNITS: usize = 32;
/// Bytes that are converted in vectors of half the width.
const SHORT: usize = 32;
/// A block is not valid, or has no room: what comes is done character by character.
const STOP: usize = usize::MAX;
/// Of a three-way logical operation: `a & b | c`.
const AND_OR: i32 = 0xea;

/// Row `utf16_from_utf8`, variant `vbmi2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX-512 VBMI2,
/// VBMI, F, BW and VL, BMI2 and POPCNT.
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
pub unsafe extern "C" fn from_utf8_vbmi2(
    dst: *mut u16,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    if src_len <= SHORT {
        // SAFETY: the caller's promise.
        return unsafe { short(src, src_len, dst, dst_len) };
    }
    let tables = tables();
    let mut at = Pair::default();
    // SAFETY: blocks are within `src`, and a block writes no more than there is room for.
    unsafe {
        while at.first < src_len {
            let (n, p) = ((src_len - at.first).min(BLOCK), src.add(at.first));
            let text = match at.first {
                0 => Text::first(p, n),
                _ if n == BLOCK => Text::at(p),
                _ => Text::last(p, n),
            };
            let done = block(text, n, dst.add(at.second), dst_len - at.second, tables);
            if done.second == STOP {
                break;
            }
            at = Pair { first: at.first + done.first, second: at.second + done.second };
        }
        // What is cut off by the end of a block was not written yet. Shorter text was looked at with zeros behind it.
        at.first -= unfinished(src, at.first);
        while from_utf8_step(dst, dst_len, src, src_len, &mut at) {}
    }
    at
}

/// A block, and the one, two and three bytes before each of its own.
#[derive(Clone, Copy)]
struct Text {
    v: __m512i,
    before1: __m512i,
    before2: __m512i,
    before3: __m512i,
}

impl Text {
    /// # Safety
    /// A block is readable, and three bytes before it.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn at(p: *const u8) -> Text {
        // SAFETY: the caller's promise; the loads allow any alignment.
        let load = |k| unsafe { _mm512_loadu_si512(p.sub(k).cast()) };
        Text { v: load(0), before1: load(1), before2: load(2), before3: load(3) }
    }

    /// With zeros behind the text, which make what is cut off one too short.
    ///
    /// # Safety
    /// `n` bytes are readable, less than a block, and three bytes before them.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn last(p: *const u8, n: usize) -> Text {
        // SAFETY: the caller's promise.
        let load = |k| unsafe { load_some(p.sub(k), (n + k).min(BLOCK)) };
        Text { v: load(0), before1: load(1), before2: load(2), before3: load(3) }
    }

    /// With zeros before the text and behind it.
    ///
    /// # Safety
    /// `n` bytes are readable, a block at most.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn first(p: *const u8, n: usize) -> Text {
        // SAFETY: the caller's promise.
        let v = unsafe { load_some(p, n) };
        // Each quarter beside the one before.
        let before = _mm512_alignr_epi32::<12>(v, _mm512_setzero_si512());
        Text {
            v,
            before1: _mm512_alignr_epi8::<15>(v, before),
            before2: _mm512_alignr_epi8::<14>(v, before),
            before3: _mm512_alignr_epi8::<13>(v, before),
        }
    }
}

/// Converts the characters that end in the first `n` bytes; how many bytes, and how many units or [`STOP`].
///
/// All bytes, but for the third of four at the end: there a high surrogate would be written before it is known whether the
/// low one comes.
///
/// # Safety
/// `room` units are writable.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,bmi2,popcnt")]
unsafe fn block(text: Text, n: usize, to: *mut u16, room: usize, tables: Tables) -> Pair {
    let stop = Pair { first: 0, second: STOP };
    let Text { v, before1, before2, before3 } = text;
    // The three bytes before count, too: what they begin may not end with ASCII.
    if _mm512_movepi8_mask(_mm512_or_si512(v, before3)) == 0 {
        if room < n {
            return stop;
        }
        // SAFETY: as many units as there is room for.
        unsafe {
            store_units(to, _mm512_cvtepu8_epi16(low(v)), n.min(UNITS), room);
            if n > UNITS {
                let high = _mm512_cvtepu8_epi16(high(v));
                store_units(to.add(UNITS), high, n - UNITS, room - UNITS);
            }
        }
        return Pair { first: n, second: n };
    }
    let from = |v, least: u8| _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8(least as i8));
    let more = _mm512_movepi8_mask(v);
    // Where the third byte of a character stands, of a shorter or longer one, and so on.
    let (third, low_surrogate) = (from(before2, 0xe0), from(before3, 0xf0));
    let second = from(before1, 0xc0) & !from(before1, 0xe0);
    let high_surrogate = from(before2, 0xf0);
    let mut taken = n;
    if high_surrogate >> (n - 1) & 1 != 0 {
        // A branch, for with arithmetic the next block's address would wait for this one's bytes.
        cold_path();
        taken -= 1;
    }
    let written = (!more | second | third | low_surrogate) & lanes(taken);
    let units = written.count_ones() as usize;
    if any(errors(v, before1, before2, before3, tables)) || room < units {
        return stop;
    }
    let mut first = half(low(v), low(before1), low(before2), more as u32, third as u32);
    let mut last =
        half(high(v), high(before1), high(before2), (more >> 32) as u32, (third >> 32) as u32);
    if high_surrogate | low_surrogate != 0 {
        first = surrogates(first, high_surrogate as u32, low_surrogate as u32);
        last = surrogates(last, (high_surrogate >> 32) as u32, (low_surrogate >> 32) as u32);
    }
    let ahead = (written as u32).count_ones() as usize;
    // SAFETY: as many units as there is room for.
    unsafe {
        store_units(to, _mm512_maskz_compress_epi16(written as u32, first), ahead, room);
        let last = _mm512_maskz_compress_epi16((written >> 32) as u32, last);
        store_units(to.add(ahead), last, units - ahead, room - ahead);
    }
    Pair { first: taken, second: units }
}

/// Converts up to [`SHORT`] bytes in vectors of half the width, as far as they are valid and have room; how many bytes and how many
/// units. Neither loads nor stores have masks, for a load waits for a masked store before it that is near.
///
/// # Safety
/// `n` bytes are readable, and `room` units writable.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
unsafe fn short(src: *const u8, n: usize, to: *mut u16, room: usize) -> Pair {
    // SAFETY: the caller's promise.
    unsafe {
        let v = load_short(src, n);
        let (all, v) = (v, self::low(v));
        let more = u64::from(_mm256_movepi8_mask(v));
        if more == 0 && room >= n {
            short_ascii(all, src, n, to);
            return Pair { first: n, second: n };
        }
        // Zeros, then the first half.
        let before = _mm256_permute2x128_si256::<0x08>(v, v);
        let before1 = _mm256_alignr_epi8::<15>(v, before);
        let before2 = _mm256_alignr_epi8::<14>(v, before);
        let before3 = _mm256_alignr_epi8::<13>(v, before);
        let from = |least: u8| u64::from(_mm256_cmpge_epu8_mask(v, _mm256_set1_epi8(least as i8)));
        let (two, three, four) = (from(0xc0), from(0xe0), from(0xf0));
        let (third, low) = (three << 2, four << 3);
        let units = !more | (two & !three) << 1 | third | low;
        let errors = errors_short(v, before1, before2, before3);
        let wrong = u64::from(_mm256_test_epi8_mask(errors, errors));
        let window = Window { start: 0, from: 0, to: n };
        let (read, written) = window.fit(src, wrong, units, room);
        let mut values = half(v, before1, before2, more as u32, third as u32);
        if four != 0 {
            values = surrogates(values, (four << 2) as u32, low as u32);
        }
        let units = written.count_ones() as usize;
        store_short(to.cast(), _mm512_maskz_compress_epi16(written as u32, values), 2 * units);
        Pair { first: read, second: units }
    }
}

/// Writes the first `n` bytes of a block, [`SHORT`] at most, which are ASCII, as units.
///
/// # Safety
/// They are readable at `p`, too, and so many units are writable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl")]
unsafe fn short_ascii(v: __m512i, p: *const u8, n: usize, to: *mut u16) {
    // SAFETY: the caller's promise; two stores that overlap.
    unsafe {
        if n >= 16 {
            let last = _mm_loadu_si128(p.add(n - 16).cast());
            let first = _mm256_cvtepu8_epi16(_mm512_castsi512_si128(v));
            _mm256_storeu_si256(to.cast(), first);
            _mm256_storeu_si256(to.add(n - 16).cast(), _mm256_cvtepu8_epi16(last));
        } else {
            store_short(to.cast(), _mm512_cvtepu8_epi16(low(v)), 2 * n);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn low(v: __m512i) -> __m256i {
    _mm512_castsi512_si256(v)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn high(v: __m512i) -> __m256i {
    _mm512_extracti64x4_epi64::<1>(v)
}

/// What each byte is as the last of its character: six or seven bits of its own, six of the one before if it is not ASCII,
/// and four of the second before if that one starts three bytes or more.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn half(v: __m256i, before1: __m256i, before2: __m256i, more: u32, third: u32) -> __m512i {
    let second = _mm512_maskz_slli_epi16::<6>(more, _mm512_cvtepu8_epi16(before1));
    let third = _mm512_maskz_slli_epi16::<12>(third, _mm512_cvtepu8_epi16(before2));
    let upper = _mm512_ternarylogic_epi32::<AND_OR>(second, _mm512_set1_epi16(0x0fc0), third);
    let last = _mm512_cvtepu8_epi16(v);
    _mm512_ternarylogic_epi32::<AND_OR>(last, _mm512_set1_epi16(0x7f), upper)
}

/// The same where there are characters of four bytes: their third byte has become 16 bits of the character, four of which
/// are the low surrogate's; their last byte has two bits too many.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn surrogates(v: __m512i, high: u32, low: u32) -> __m512i {
    let is_low = _mm512_ternarylogic_epi32::<AND_OR>(
        v,
        _mm512_set1_epi16(0x3ff),
        _mm512_set1_epi16(0xdc00_u16 as i16),
    );
    let least = _mm512_set1_epi16(0xd7c0_u16 as i16);
    let v = _mm512_mask_add_epi16(v, high, _mm512_srli_epi16::<4>(v), least);
    _mm512_mask_mov_epi16(v, low, is_low)
}

/// Stores `n` units, 32 at most, of which there is room for `room`.
///
/// # Safety
/// `room` units are writable, and `n` is no more.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
unsafe fn store_units(to: *mut u16, v: __m512i, n: usize, room: usize) {
    // SAFETY: the masks admit exactly the units there are. Where there is room for a vector, it crosses into no page
    // that is not there.
    unsafe {
        if room >= UNITS {
            _mm512_mask_storeu_epi16(to.cast(), lanes(n) as u32, v);
        } else {
            store_some(to.cast(), v, 2 * n);
        }
    }
}

/// Row `utf16_to_utf8`, variant `vbmi2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX-512 VBMI2,
/// VBMI, F, BW and VL, BMI2 and POPCNT.
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
pub unsafe extern "C" fn to_utf8_vbmi2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u16,
    src_len: usize,
) -> Pair {
    if src_len <= UNITS / 2 {
        // SAFETY: the caller's promise.
        return unsafe { short_units(src, src_len, dst, dst_len) };
    }
    let mut at = Pair::default();
    // SAFETY: vectors are within `src`, and no more is written than there is room for.
    unsafe {
        while at.first < src_len {
            let (n, p) = ((src_len - at.first).min(UNITS), src.add(at.first).cast::<u8>());
            let v = if n == UNITS { _mm512_loadu_si512(p.cast()) } else { load_some(p, 2 * n) };
            let done = vector(v, n, dst.add(at.second), dst_len - at.second);
            if done.second == STOP {
                break;
            }
            at = Pair { first: at.first + done.first, second: at.second + done.second };
        }
        while to_utf8_step(dst, dst_len, src, src_len, &mut at) {}
    }
    at
}

/// Converts the first `n` units, or one fewer if the last is a high surrogate; how many units, and how many bytes or [`STOP`].
///
/// # Safety
/// `room` bytes are writable.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,bmi2,popcnt")]
unsafe fn vector(v: __m512i, n: usize, to: *mut u8, room: usize) -> Pair {
    let stop = Pair { first: 0, second: STOP };
    let word = |x: u16| _mm512_set1_epi16(x as i16);
    let more = _mm512_cmpgt_epu16_mask(v, word(0x7f));
    if more == 0 {
        if room < n {
            return stop;
        }
        let bytes = _mm512_zextsi256_si512(_mm512_cvtepi16_epi8(v));
        // SAFETY: as many bytes as there is room for.
        unsafe { store_bytes(to, bytes, n, room) };
        return Pair { first: n, second: n };
    }
    let upper = |bits: u16| _mm512_and_si512(v, word(bits));
    let pairs = _mm512_cmpeq_epi16_mask(upper(0xf800), word(0xd800));
    let (mut values, mut high, mut taken) = (v, 0, n);
    if pairs != 0 {
        high = _mm512_cmpeq_epi16_mask(upper(0xfc00), word(0xd800));
        let low = pairs & !high;
        // A high surrogate at the end waits for the next vector.
        if high >> (n - 1) & 1 != 0 {
            // A branch, for with arithmetic the next vector's address would wait for this one's units.
            cold_path();
            taken -= 1;
        }
        high &= lanes(taken) as u32;
        if low != high << 1 || taken == 0 {
            return stop;
        }
        values = halves(v, high, low);
    }
    let kept = lanes(taken) as u32;
    let three = _mm512_cmpge_epu16_mask(v, word(0x800)) & !pairs;
    let classes = Classes { kept, more: more & kept, three: three & kept, pairs, high };
    let (first, ahead) = spread(low(values), classes);
    let (last, behind) = spread(self::high(values), classes.upper());
    let (a, b) = (ahead.count_ones() as usize, behind.count_ones() as usize);
    if room < a + b {
        return stop;
    }
    // SAFETY: as many bytes as there is room for.
    unsafe {
        store_bytes(to, _mm512_maskz_compress_epi8(ahead, first), a, room);
        store_bytes(to.add(a), _mm512_maskz_compress_epi8(behind, last), b, room - a);
    }
    Pair { first: taken, second: a + b }
}

/// Converts up to 16 units as far as they are right and have room; how many units and how many bytes. As [`short`], without masks in
/// memory.
///
/// # Safety
/// `n` units are readable, and `room` bytes writable.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
unsafe fn short_units(src: *const u16, n: usize, to: *mut u8, room: usize) -> Pair {
    // SAFETY: the caller's promise.
    let v = unsafe { load_short(src.cast(), 2 * n) };
    let word = |x: u16| _mm512_set1_epi16(x as i16);
    let is =
        |bits: u16, what: u16| _mm512_cmpeq_epi16_mask(_mm512_and_si512(v, word(bits)), word(what));
    let more = _mm512_cmpgt_epu16_mask(v, word(0x7f));
    if more == 0 && room >= n {
        let bytes = _mm512_zextsi256_si512(_mm512_cvtepi16_epi8(v));
        // SAFETY: there is room.
        unsafe { store_short(to, bytes, n) };
        return Pair { first: n, second: n };
    }
    let (pairs, high) = (is(0xf800, 0xd800), is(0xfc00, 0xd800));
    let (low, three) = (pairs & !high, _mm512_cmpge_epu16_mask(v, word(0x800)) & !pairs);
    let units =
        Units { more: more.into(), three: three.into(), high: high.into(), low: low.into() };
    let done = units.fit(n, room);
    let v = if pairs == 0 { v } else { halves(v, high, low) };
    let kept = lanes(done.first) as u32;
    let classes = Classes { kept, more: more & kept, three: three & kept, pairs, high };
    let (bytes, counts) = spread(self::low(v), classes);
    // SAFETY: there is room for all, and they are 48 at most.
    unsafe { store_short(to, _mm512_maskz_compress_epi8(counts, bytes), done.second) };
    done
}

/// The units with what each half of a pair has to write.
///
/// Each becomes two bytes: the high one those of its upper nine bits, the low one those of its ten and the two that the high
/// one has left over. So a unit is never more than three bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn halves(v: __m512i, high: u32, low: u32) -> __m512i {
    let word = |x: u16| _mm512_set1_epi16(x as i16);
    let nine = _mm512_srli_epi16::<2>(_mm512_sub_epi16(v, word(0xd7c0)));
    let before = _mm512_alignr_epi32::<12>(v, _mm512_setzero_si512());
    let two = _mm512_slli_epi16::<10>(_mm512_alignr_epi8::<14>(v, before));
    let two = _mm512_and_si512(two, word(0x0c00));
    let twelve = _mm512_ternarylogic_epi32::<AND_OR>(v, word(0x03ff), two);
    _mm512_mask_mov_epi16(_mm512_mask_mov_epi16(v, high, nine), low, twelve)
}

/// A bit for each unit: whether it is converted, has two bytes or more, has three, is half of a pair, and the first half.
#[derive(Clone, Copy)]
struct Classes {
    kept: u32,
    more: u32,
    three: u32,
    pairs: u32,
    high: u32,
}

impl Classes {
    /// Those of the upper half of a vector.
    #[inline(always)]
    fn upper(self) -> Classes {
        Classes {
            kept: self.kept >> 16,
            more: self.more >> 16,
            three: self.three >> 16,
            pairs: self.pairs >> 16,
            high: self.high >> 16,
        }
    }
}

/// The bytes of 16 units in the lower three of four each, the last of a unit's always the third, and which ones count.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
fn spread(units: __m256i, classes: Classes) -> (__m512i, u64) {
    let Classes { kept, more, three, pairs, high } = classes;
    let x = _mm512_cvtepu16_epi32(units);
    // Eight bits each from bit 12, 6 and 0 of both units in 64 bits.
    let shifts = _mm512_set1_epi64(0x2020_262c_0000_060c);
    let bits = _mm512_multishift_epi64_epi8(shifts, x);
    let long = _mm512_ternarylogic_epi32::<AND_OR>(
        bits,
        _mm512_set1_epi32(0x003f_3f0f),
        _mm512_set1_epi32(0x0080_80e0),
    );
    let two = (more & !three & !pairs) as u16;
    let long = _mm512_mask_or_epi32(long, two, long, _mm512_set1_epi32(0x4000));
    let long = _mm512_mask_or_epi32(long, high as u16, long, _mm512_set1_epi32(0x7000));
    let bytes = _mm512_mask_slli_epi32::<16>(long, !more as u16, x);
    let each = |mask: u32, byte: u64| _pdep_u64(u64::from(mask), byte * (u64::MAX / 15));
    (bytes, each(kept, 4) | each(more, 2) | each(three, 1))
}

/// Stores `n` bytes, 64 at most, of which there is room for `room`.
///
/// # Safety
/// `room` bytes are writable, and `n` is no more.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
unsafe fn store_bytes(to: *mut u8, v: __m512i, n: usize, room: usize) {
    // SAFETY: the masks admit exactly the bytes there are. Where there is room for a vector, it crosses into no page
    // that is not there.
    unsafe {
        if room >= BLOCK {
            _mm512_mask_storeu_epi8(to.cast(), lanes(n), v);
        } else {
            store_some(to, v, n);
        }
    }
}
