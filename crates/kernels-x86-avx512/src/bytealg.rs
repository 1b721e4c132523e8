//! First index of a byte, 64 bytes at a time.
//!
//! Up to 64 bytes are one masked load without a branch on the length: most searches are that short, and one
//! mispredicted branch costs more than all the rest. Longer input goes vector by vector, and from [`LONG`] on four
//! vectors at a time from a cache line's start, since a load that straddles two lines takes two cycles. The end is a
//! vector that overlaps the one before it.

use crate::ends::near_page_end;
use core::arch::x86_64::*;
use kernels_generic::ffi::slice;

const LANES: usize = 64;
/// Vectors between two branches.
const UNROLL: usize = 4;
/// Shortest input for which it pays to look at the start, then reach alignment: one turn is left at least.
const LONG: usize = (UNROLL + 1) * LANES;

/// Row `bytealg_index_byte`, variant `avx512`. Returns -1 when `c` is absent.
///
/// # Safety
/// The CPU has AVX-512 F, BW, VL, BMI1 and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
pub unsafe extern "C" fn index_byte_avx512(p: *const u8, len: usize, c: u8) -> isize {
    let needle = _mm512_set1_epi8(c as i8);
    // One comparison for 1 to 64: an empty search wraps around and is answered among the long ones.
    if len.wrapping_sub(1) < LANES {
        // SAFETY: 1 to 64 bytes are readable.
        let i = unsafe { equal_short(p, len, needle) }.trailing_zeros() as usize;
        // Lanes past the end are 0 and may equal the needle, but a hit from len on is none; no hit at all gives 64.
        return if i < len { i as isize } else { -1 };
    }
    // SAFETY: the caller's promise, word for word.
    find(unsafe { slice(p, len) }, needle).map_or(-1, |i| i as isize)
}

/// One bit per byte that equals the needle, and any above the `len`th.
///
/// # Safety
/// `p` is readable for `len` bytes, 1 to [`LANES`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn equal_short(p: *const u8, len: usize, needle: __m512i) -> u64 {
    if near_page_end(p) {
        let above = LANES - len;
        // SAFETY: the mask admits exactly the bytes there are.
        let v = unsafe { _mm512_maskz_loadu_epi8(u64::MAX << above, p.wrapping_sub(above).cast()) };
        return _mm512_cmpeq_epi8_mask(v, needle) >> above;
    }
    // SAFETY: the mask admits exactly the bytes there are.
    let v = unsafe { _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, len as u32), p.cast()) };
    _mm512_cmpeq_epi8_mask(v, needle)
}

/// The search in more than [`LANES`] bytes, or none. Bytes looked at twice were seen not to match, so overlaps cannot
/// mislead.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
fn find(p: &[u8], needle: __m512i) -> Option<usize> {
    let mut at = 0;
    if p.len() >= LONG {
        let hits = equal(p.first_chunk()?, needle);
        if hits != 0 {
            return Some(hits.trailing_zeros() as usize);
        }
        at = LANES - p.as_ptr().addr() % LANES;
        for turn in p.get(at..)?.as_chunks::<{ UNROLL * LANES }>().0 {
            let turn = turn.as_chunks::<LANES>().0;
            if any(turn, needle) {
                return Some(at + first(turn, needle));
            }
            at += UNROLL * LANES;
        }
    }
    let last = p.last_chunk()?;
    // Every vector that ends before the end; the one that ends there is looked at in any case.
    for v in p.get(at..p.len() - 1)?.as_chunks::<LANES>().0 {
        let hits = equal(v, needle);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize);
        }
        at += LANES;
    }
    let hits = equal(last, needle);
    (hits != 0).then(|| p.len() - LANES + hits.trailing_zeros() as usize)
}

/// Whether a turn has a hit. Where a byte equals the needle their difference is 0, and so is the least of the
/// differences in that lane: one comparison into a mask instead of four, of which this CPU may do one a cycle.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
fn any(turn: &[[u8; LANES]], needle: __m512i) -> bool {
    let d = |k: usize| _mm512_xor_si512(load(&turn[k]), needle);
    let least = _mm512_min_epu8(_mm512_min_epu8(d(0), d(1)), _mm512_min_epu8(d(2), d(3)));
    _mm512_testn_epi8_mask(least, least) != 0
}

/// Index of the first hit of a turn that has one.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
fn first(turn: &[[u8; LANES]], needle: __m512i) -> usize {
    let mut at = 0;
    for v in turn {
        let hits = equal(v, needle);
        if hits != 0 {
            return at + hits.trailing_zeros() as usize;
        }
        at += LANES;
    }
    at
}

/// One bit per byte of `v` that equals the needle.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
fn equal(v: &[u8; LANES], needle: __m512i) -> u64 {
    _mm512_cmpeq_epi8_mask(load(v), needle)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
fn load(v: &[u8; LANES]) -> __m512i {
    // SAFETY: the array is 64 readable bytes, and the load allows any alignment.
    unsafe { _mm512_loadu_si512(v.as_ptr().cast()) }
}
