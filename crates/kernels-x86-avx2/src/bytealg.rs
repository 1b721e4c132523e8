//! First index of a byte, 32 bytes at a time.
//!
//! Compare 32 bytes with the needle, take one mask bit per byte, stop at the first set bit. From [`LONG`] on four
//! vectors share a branch, from an aligned start, since a load that straddles two cache lines takes two cycles. The
//! last vector overlaps the one before it, so there is no scalar tail. Below 32 bytes the same is done with the first
//! and the last 16, 8 or 4 bytes, side by side in one vector.

use core::arch::x86_64::*;
use kernels_generic::ffi::slice;

const LANES: usize = 32;
/// Vectors between two branches.
const UNROLL: usize = 4;
/// Shortest input for which it pays to look at the start, then reach alignment: one turn is left at least.
const LONG: usize = (UNROLL + 1) * LANES;

/// Row `bytealg_index_byte`, variant `avx2`. Returns -1 when `c` is absent.
///
/// # Safety
/// The CPU has AVX2 and BMI1, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx2,bmi1")]
pub unsafe extern "C" fn index_byte_avx2(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise, word for word.
    let p = unsafe { slice(p, len) };
    let found = if len < LANES { find_short(p, c) } else { find(p, _mm256_set1_epi8(c as i8)) };
    found.map_or(-1, |i| i as isize)
}

/// The search in at least [`LANES`] bytes. Bytes looked at twice were seen not to match, so overlaps cannot mislead.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn find(p: &[u8], needle: __m256i) -> Option<usize> {
    let mut at = 0;
    if p.len() >= LONG {
        let hits = hits(equal(p.first_chunk()?, needle));
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
        let hits = hits(equal(v, needle));
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize);
        }
        at += LANES;
    }
    let hits = hits(equal(last, needle));
    (hits != 0).then(|| p.len() - LANES + hits.trailing_zeros() as usize)
}

/// Whether a turn has a hit.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn any(turn: &[[u8; LANES]], needle: __m256i) -> bool {
    let e = |k: usize| equal(&turn[k], needle);
    hits(_mm256_or_si256(_mm256_or_si256(e(0), e(1)), _mm256_or_si256(e(2), e(3)))) != 0
}

/// Index of the first hit of a turn that has one.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn first(turn: &[[u8; LANES]], needle: __m256i) -> usize {
    let mut at = 0;
    for v in turn {
        let hits = hits(equal(v, needle));
        if hits != 0 {
            return at + hits.trailing_zeros() as usize;
        }
        at += LANES;
    }
    at
}

/// All bits of the bytes of `v` that equal the needle.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn equal(v: &[u8; LANES], needle: __m256i) -> __m256i {
    // SAFETY: the array is 32 readable bytes, and the load allows any alignment.
    _mm256_cmpeq_epi8(unsafe { _mm256_loadu_si256(v.as_ptr().cast()) }, needle)
}

/// One bit per byte.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn hits(equal: __m256i) -> u32 {
    _mm256_movemask_epi8(equal) as u32
}

/// The search in fewer than [`LANES`] bytes: `N` from the start and `N` from the end cover `N` to `2 * N`.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn find_short(p: &[u8], c: u8) -> Option<usize> {
    let pair = if let (Some(a), Some(b)) = (p.first_chunk(), p.last_chunk()) {
        _mm256_set_m128i(word16(b), word16(a))
    } else if let (Some(a), Some(b)) = (p.first_chunk(), p.last_chunk()) {
        _mm256_set_epi64x(0, i64::from_le_bytes(*b), 0, i64::from_le_bytes(*a))
    } else if let (Some(a), Some(b)) = (p.first_chunk(), p.last_chunk()) {
        _mm256_set_epi32(0, 0, 0, i32::from_le_bytes(*b), 0, 0, 0, i32::from_le_bytes(*a))
    } else {
        return p.iter().position(|&x| x == c);
    };
    let width = 1 << p.len().ilog2();
    let hits = hits(_mm256_cmpeq_epi8(pair, _mm256_set1_epi8(c as i8)));
    // Lanes past the width are 0 and may equal the needle.
    let live = (1 << width) - 1;
    let (start, end) = (hits & live, hits >> 16 & live);
    if start != 0 {
        return Some(start.trailing_zeros() as usize);
    }
    (end != 0).then(|| p.len() - width + end.trailing_zeros() as usize)
}

#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn word16(v: &[u8; 16]) -> __m128i {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    unsafe { _mm_loadu_si128(v.as_ptr().cast()) }
}
