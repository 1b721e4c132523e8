//! Sum and addition of 64-bit integers, four to a vector.

use core::arch::x86_64::*;
use kernels_generic::ffi::slice;

const LANES: usize = 4;
/// Vectors in flight: two loads a cycle, and an addition of one cycle's latency in each chain.
const UNROLL: usize = 4;
/// Shortest slice, in elements, that is worth aligning: a load that straddles two cache lines takes two cycles, a
/// store more.
const LONG: usize = 64;

/// Row `vec_sum`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2, and `p` is readable for `len` elements or `len` is 0.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn sum_avx2(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    sum(unsafe { slice(p, len) })
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum(p: &[u64]) -> u64 {
    let (head, body) = p.split_at_checked(to_aligned(p.as_ptr(), p.len())).unwrap_or((&[], p));
    let (blocks, rest) = body.as_chunks::<{ LANES * UNROLL }>();
    let mut acc = [_mm256_setzero_si256(); UNROLL];
    for block in blocks {
        for (acc, v) in acc.iter_mut().zip(block.as_chunks::<LANES>().0) {
            *acc = _mm256_add_epi64(*acc, load(v));
        }
    }
    let (vectors, rest) = rest.as_chunks::<LANES>();
    for v in vectors {
        acc[0] = _mm256_add_epi64(acc[0], load(v));
    }
    let acc = _mm256_add_epi64(_mm256_add_epi64(acc[0], acc[1]), _mm256_add_epi64(acc[2], acc[3]));
    let half = _mm_add_epi64(_mm256_castsi256_si128(acc), _mm256_extracti128_si256::<1>(acc));
    let total = _mm_cvtsi128_si64(_mm_add_epi64(half, _mm_unpackhi_epi64(half, half))) as u64;
    total.wrapping_add(sum_short(rest)).wrapping_add(sum_short(head))
}

/// Sum of fewer than [`LANES`] elements. Of a loop the compiler makes masked loads, which are slow, slowest of all
/// where the lanes that are masked out lie behind a page's end.
#[inline]
fn sum_short(p: &[u64]) -> u64 {
    match *p {
        [] => 0,
        [a] => a,
        [a, b] => a.wrapping_add(b),
        [a, b, c, ..] => a.wrapping_add(b).wrapping_add(c),
    }
}

/// Elements before the first multiple of 32 bytes in a long slice, 0 in a short one.
#[inline]
fn to_aligned(p: *const u64, len: usize) -> usize {
    if len < LONG { 0 } else { p.addr().wrapping_neg() % 32 / size_of::<u64>() }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(v: &[u64; LANES]) -> __m256i {
    // SAFETY: the array is 32 readable bytes, and the load allows any alignment.
    unsafe { _mm256_loadu_si256(v.as_ptr().cast()) }
}

/// Row `vec_add`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`dst` for writes) or its length is 0; `dst` is `a`,
/// `b` or apart from both.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn add_avx2(
    dst: *mut u64,
    dst_len: usize,
    a: *const u64,
    a_len: usize,
    b: *const u64,
    b_len: usize,
) {
    let n = dst_len.min(a_len).min(b_len);
    let mut i = to_aligned(dst, n);
    // SAFETY: i elements, fewer than 4, are within all three lengths.
    unsafe { add_short(dst, a, b, i) }
    while i + LANES <= n {
        // SAFETY: i + LANES elements are within all three lengths, and a vector is read before it is written.
        unsafe {
            let sum = _mm256_add_epi64(
                _mm256_loadu_si256(a.add(i).cast()),
                _mm256_loadu_si256(b.add(i).cast()),
            );
            _mm256_storeu_si256(dst.add(i).cast(), sum);
        }
        i += LANES;
    }
    // SAFETY: n - i elements, fewer than 4, are left of each slice.
    unsafe { add_short(dst.wrapping_add(i), a.wrapping_add(i), b.wrapping_add(i), n - i) }
}

/// Fewer than [`LANES`] elements of `add`, as two and one: a loop here would be made into vectors once more.
///
/// # Safety
/// `n` elements are within all three, fewer than 4.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn add_short(dst: *mut u64, a: *const u64, b: *const u64, n: usize) {
    let mut i = 0;
    // SAFETY: i, and one or two elements from there, stay at or below n; a vector is read before it is written.
    unsafe {
        if n & 2 != 0 {
            let (a, b) = (_mm_loadu_si128(a.cast()), _mm_loadu_si128(b.cast()));
            _mm_storeu_si128(dst.cast(), _mm_add_epi64(a, b));
            i = 2;
        }
        if n & 1 != 0 {
            *dst.add(i) = (*a.add(i)).wrapping_add(*b.add(i));
        }
    }
}
