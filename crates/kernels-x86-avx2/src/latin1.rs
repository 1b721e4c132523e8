//! Latin-1 to and from UTF-8, 32 bytes at a time: what each byte becomes is computed in all lanes, and what counts is brought to
//! the front by shuffles from tables, eight bytes at a time (docs/kernels/latin1.md).
//!
//! Such a store has something behind what counts, over which the next one comes to stand. The last one of a block is two
//! that overlap, so that nothing is left behind it.

use core::arch::x86_64::*;
use kernels_generic::ends::{load_tiny, store_tiny};
use kernels_generic::ffi::Pair;
use kernels_generic::latin1::{self, from_utf8_step, to_utf8_step};

/// In this crate, so that they come to stand behind the code.
static WITHOUT: [[u8; 8]; 256] = latin1::WITHOUT;
static PAIRS: [[u8; 16]; 256] = latin1::PAIRS;
/// Bytes of a block.
const BLOCK: usize = 32;
/// Bytes that a table has shuffles for.
const GROUP: usize = 8;

/// Row `latin1_from_utf8`, variant `avx2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX2 and POPCNT.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe extern "C" fn from_utf8_avx2(
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
/// The next block begins 32 bytes further, whatever stands in this one: a lead byte at the end is remembered, and its character
/// is written with the next block's. So no address waits for text but the output's.
///
/// # Safety
/// As the row's.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn blocks(dst: *mut u8, room: usize, src: *const u8, len: usize) -> Pair {
    let byte = |x: u8| _mm256_set1_epi8(x as i8);
    let (mut i, mut w) = (0, 0);
    // Whether the byte before is a lead byte, and in the highest lane whether it is c3.
    let (mut pending, mut c3_before) = (0, _mm256_setzero_si256());
    while len - i >= BLOCK {
        // SAFETY: a block is left in both, or what it becomes in `dst`.
        unsafe {
            let v = _mm256_loadu_si256(src.add(i).cast());
            let high = mask(v);
            if high | pending == 0 {
                if room - w < BLOCK {
                    break;
                }
                _mm256_storeu_si256(dst.add(w).cast(), v);
                (i, w) = (i + BLOCK, w + BLOCK);
                continue;
            }
            let c3 = _mm256_cmpeq_epi8(v, byte(0xc3));
            let leads = mask(_mm256_or_si256(c3, _mm256_cmpeq_epi8(v, byte(0xc2))));
            // 80 to bf are the least of all numbers with a sign.
            let continuation = mask(_mm256_cmpgt_epi8(byte(0xc0), v));
            let written = BLOCK - leads.count_ones() as usize;
            let right = high == leads | continuation && continuation == leads << 1 | pending;
            if !right || room - w < written {
                break;
            }
            // A continuation is its own character behind c2, and 40 more behind c3.
            let led = _mm256_permute2x128_si256::<0x21>(c3_before, c3);
            let led = _mm256_alignr_epi8::<15>(c3, led);
            pack_block(_mm256_add_epi8(v, _mm256_and_si256(led, byte(0x40))), leads, dst.add(w));
            (pending, c3_before) = (leads >> 31, c3);
            (i, w) = (i + BLOCK, w + written);
        }
    }
    Pair { first: i - pending as usize, second: w }
}

/// Stores a block but for the bytes of the mask, no two of which are neighbours.
///
/// # Safety
/// So many bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn pack_block(v: __m256i, leads: u32, to: *mut u8) {
    let (first, last) = (_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    // SAFETY: four bytes at least are left of each eight, so that what one store has too much is below the next ones; the
    // last one is exact.
    unsafe {
        let n = pack(first, leads as u8, to);
        let n = n + pack(_mm_unpackhi_epi64(first, first), (leads >> 8) as u8, to.add(n));
        let n = n + pack(last, (leads >> 16) as u8, to.add(n));
        let word = without(_mm_unpackhi_epi64(last, last), (leads >> 24) as u8);
        let behind = GROUP / 2 - (leads >> 24).count_ones() as usize;
        to.add(n).cast::<u32>().write_unaligned(word as u32);
        to.add(n + behind).cast::<u32>().write_unaligned((word >> (8 * behind)) as u32);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn mask(v: __m256i) -> u32 {
    _mm256_movemask_epi8(v) as u32
}

/// Stores the lower eight bytes but for those of the mask, and something behind them; how many these are.
///
/// # Safety
/// 8 bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn pack(v: __m128i, leads: u8, to: *mut u8) -> usize {
    // SAFETY: the caller's promise.
    unsafe { to.cast::<u64>().write_unaligned(without(v, leads)) };
    GROUP - leads.count_ones() as usize
}

/// The lower eight bytes but for those of the mask.
#[inline]
#[target_feature(enable = "avx2")]
fn without(v: __m128i, leads: u8) -> u64 {
    // SAFETY: the table has every mask of eight bits.
    let order = unsafe { _mm_loadl_epi64(WITHOUT.as_ptr().add(usize::from(leads)).cast()) };
    _mm_cvtsi128_si64(_mm_shuffle_epi8(v, order)) as u64
}

/// Converts `n` bytes, from one to eight, or all but the last if that is a lead byte; how many bytes and to how many, none if
/// something is wrong in them, or they have no room.
///
/// # Safety
/// `n` bytes are readable, and a character begins with them; `room` bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn group(p: *const u8, n: usize, to: *mut u8, room: usize) -> Pair {
    let byte = |x: u8| _mm_set1_epi8(x as i8);
    let mask = |v| _mm_movemask_epi8(v) as u32;
    // SAFETY: the caller's promise.
    let v = unsafe { load(p, n) };
    let c3 = _mm_cmpeq_epi8(v, byte(0xc3));
    let leads = mask(_mm_or_si128(c3, _mm_cmpeq_epi8(v, byte(0xc2))));
    let continuation = mask(_mm_cmpgt_epi8(byte(0xc0), v));
    let written = n - leads.count_ones() as usize;
    // The last byte's lead is no mistake: the next group begins with it, or it is cut off.
    let led = leads << 1 & ((1 << n) - 1);
    if mask(v) != leads | continuation || continuation != led || room < written {
        return Pair::default();
    }
    let v = _mm_add_epi8(v, _mm_and_si128(_mm_slli_si128::<1>(c3), byte(0x40)));
    // SAFETY: there is room.
    unsafe { store(to, without(v, leads as u8), written) };
    Pair { first: n - (leads >> (n - 1)) as usize, second: written }
}

/// Loads `n` bytes, from one to eight, and zeros behind them.
///
/// # Safety
/// `n` bytes are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load(p: *const u8, n: usize) -> __m128i {
    // SAFETY: the caller's promise.
    unsafe {
        if n == GROUP {
            return _mm_loadl_epi64(p.cast());
        }
        _mm_cvtsi64_si128(load_tiny(p, n) as i64)
    }
}

/// Stores the lowest `n` bytes, eight at most.
///
/// # Safety
/// `n` bytes are writable.
#[inline(always)]
unsafe fn store(to: *mut u8, word: u64, n: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if n == GROUP {
            to.cast::<u64>().write_unaligned(word);
        } else {
            store_tiny(to, word, n);
        }
    }
}

/// Row `latin1_to_utf8`, variant `avx2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX2 and POPCNT.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe extern "C" fn to_utf8_avx2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: counts stay within the lengths.
    unsafe {
        while src_len - at.first >= BLOCK {
            let v = _mm256_loadu_si256(src.add(at.first).cast());
            let high = mask(v);
            let written = BLOCK + high.count_ones() as usize;
            if dst_len - at.second < written {
                break;
            }
            if high == 0 {
                _mm256_storeu_si256(dst.add(at.second).cast(), v);
            } else {
                spread_block(v, high, dst.add(at.second));
            }
            at = Pair { first: at.first + BLOCK, second: at.second + written };
        }
        while at.first < src_len {
            let n = (src_len - at.first).min(GROUP);
            let v = load(src.add(at.first), n);
            let high = _mm_movemask_epi8(v) as u32;
            let written = n + high.count_ones() as usize;
            if dst_len - at.second < written {
                break;
            }
            spread_group(v, high as u8, written, dst.add(at.second));
            at = Pair { first: at.first + n, second: at.second + written };
        }
        while to_utf8_step(dst, dst_len, src, src_len, &mut at) {}
    }
    at
}

/// Writes what a block becomes.
///
/// # Safety
/// A byte for each lane and each bit is writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn spread_block(v: __m256i, high: u32, to: *mut u8) {
    let byte = |x: u8| _mm256_set1_epi8(x as i8);
    let upper = _mm256_cmpeq_epi8(_mm256_max_epu8(v, byte(0xc0)), v);
    let behind = _mm256_sub_epi8(v, _mm256_and_si256(upper, byte(0x40)));
    // One more, for a mask is all ones.
    let lead = _mm256_sub_epi8(byte(0xc2), upper);
    let even = _mm256_unpacklo_epi8(lead, behind);
    let odd = _mm256_unpackhi_epi8(lead, behind);
    // SAFETY: each group becomes eight bytes at least, so that what one store has too much is below the next one; the
    // last one is exact.
    unsafe {
        let n = spread(_mm256_castsi256_si128(even), high as u8, to);
        let n = n + spread(_mm256_castsi256_si128(odd), (high >> 8) as u8, to.add(n));
        let n = n + spread(_mm256_extracti128_si256::<1>(even), (high >> 16) as u8, to.add(n));
        exact(_mm256_extracti128_si256::<1>(odd), (high >> 24) as u8, to.add(n));
    }
}

/// Stores the bytes that count of eight pairs, and something behind them, 16 in all; how many these are.
///
/// # Safety
/// 16 bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn spread(pairs: __m128i, high: u8, to: *mut u8) -> usize {
    // SAFETY: the caller's promise; the table has every mask of eight bits.
    unsafe {
        let order = _mm_loadu_si128(PAIRS.as_ptr().add(usize::from(high)).cast());
        _mm_storeu_si128(to.cast(), _mm_shuffle_epi8(pairs, order));
    }
    GROUP + high.count_ones() as usize
}

/// The same with nothing behind them: the first eight bytes, and the last.
///
/// # Safety
/// Eight bytes and one for each bit are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn exact(pairs: __m128i, high: u8, to: *mut u8) {
    let more = high.count_ones() as usize;
    // SAFETY: the caller's promise; of the 16 bytes of a shuffle eight are left from each place that is asked for.
    unsafe {
        let order = PAIRS.as_ptr().add(usize::from(high)).cast::<u8>();
        let at = |i: usize| _mm_shuffle_epi8(pairs, _mm_loadl_epi64(order.add(i).cast()));
        _mm_storel_epi64(to.cast(), at(0));
        _mm_storel_epi64(to.add(more).cast(), at(more));
    }
}

/// Writes what the lower eight bytes become, of which so many count.
///
/// # Safety
/// So many bytes are writable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn spread_group(v: __m128i, high: u8, written: usize, to: *mut u8) {
    let byte = |x: u8| _mm_set1_epi8(x as i8);
    let upper = _mm_cmpeq_epi8(_mm_max_epu8(v, byte(0xc0)), v);
    let behind = _mm_sub_epi8(v, _mm_and_si128(upper, byte(0x40)));
    let pairs = _mm_unpacklo_epi8(_mm_sub_epi8(byte(0xc2), upper), behind);
    // SAFETY: the caller's promise; the table has every mask of eight bits.
    unsafe {
        let order = PAIRS.as_ptr().add(usize::from(high)).cast::<u8>();
        let at = |i: usize| _mm_shuffle_epi8(pairs, _mm_loadl_epi64(order.add(i).cast()));
        if written >= GROUP {
            _mm_storel_epi64(to.cast(), at(0));
            _mm_storel_epi64(to.add(written - GROUP).cast(), at(written - GROUP));
        } else {
            store_tiny(to, _mm_cvtsi128_si64(at(0)) as u64, written);
        }
    }
}
