//! Sum and addition of 64-bit integers, eight to a vector.
//!
//! The end of a slice is vectors that overlap those before, with the lanes masked out that were done already: so no
//! load reaches past the end. Long slices are taken from a cache line's start, for a load that straddles two lines
//! takes two cycles, and a store more.

use crate::ends::near_page_end;
use core::arch::x86_64::*;
use kernels_generic::ffi::slice;

const LANES: usize = 8;
/// Vectors in flight: two loads a cycle, and an addition of one cycle's latency in each chain.
const UNROLL: usize = 4;
/// Shortest slice, in elements, for which a masked vector to reach alignment pays.
const LONG: usize = 128;

/// Row `vec_sum`, variant `avx512`.
///
/// # Safety
/// The CPU has AVX-512 F and BMI2, and `p` is readable for `len` elements or `len` is 0.
#[target_feature(enable = "avx512f,bmi2")]
pub unsafe extern "C" fn sum_avx512(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    let p = unsafe { slice(p, len) };
    let lanes = match len {
        0 => return 0,
        1..8 => load_short(p),
        8..16 => sum_lanes::<1>(p, 0),
        16..32 => sum_lanes::<2>(p, 0),
        32..LONG => sum_lanes::<UNROLL>(p, 0),
        _ => sum_lanes::<UNROLL>(p, to_line(p.as_ptr())),
    };
    _mm512_reduce_add_epi64(lanes) as u64
}

/// Sum of `p`, of at least `V` vectors, in lanes: the first `head` elements, fewer than 8; then `V` vectors at a time;
/// then the last `V` vectors less what they have been added already.
#[inline]
#[target_feature(enable = "avx512f,bmi2")]
fn sum_lanes<const V: usize>(p: &[u64], head: usize) -> __m512i {
    let mut acc = [_mm512_setzero_si512(); V];
    if let (1.., Some(first)) = (head, p.first_chunk()) {
        acc[0] = load_masked(first, live(head));
    }
    let blocks = p.get(head..).unwrap_or(&[]).chunks_exact(V * LANES);
    let rest = blocks.remainder().len();
    for block in blocks {
        for (acc, v) in acc.iter_mut().zip(block.as_chunks().0) {
            *acc = _mm512_add_epi64(*acc, load(v));
        }
    }
    // Slices of whole blocks are common; one vector or two are done before a branch would be worth it.
    if V < UNROLL || rest != 0 {
        let left = u64::MAX << (V * LANES - rest);
        let end = p.get(p.len() - V * LANES..).unwrap_or(&[]);
        for (k, (acc, v)) in acc.iter_mut().zip(end.as_chunks().0).enumerate() {
            *acc = _mm512_add_epi64(*acc, load_masked(v, (left >> (k * LANES)) as __mmask8));
        }
    }
    acc.into_iter().reduce(|a, b| _mm512_add_epi64(a, b)).unwrap_or(_mm512_setzero_si512())
}

/// Elements before the first start of a cache line.
#[inline]
fn to_line(p: *const u64) -> usize {
    p.addr().wrapping_neg() % 64 / size_of::<u64>()
}

/// The lowest `n` lanes, of at most 8.
#[inline]
#[target_feature(enable = "avx512f,bmi2")]
fn live(n: usize) -> __mmask8 {
    _bzhi_u32(0xff, n as u32) as __mmask8
}

#[inline]
#[target_feature(enable = "avx512f,bmi2")]
fn load(v: &[u64; LANES]) -> __m512i {
    // SAFETY: the array is 64 readable bytes, and the load allows any alignment.
    unsafe { _mm512_loadu_si512(v.as_ptr().cast()) }
}

/// The live lanes, the others zero.
#[inline]
#[target_feature(enable = "avx512f,bmi2")]
fn load_masked(v: &[u64; LANES], live: __mmask8) -> __m512i {
    // SAFETY: as in `load`.
    unsafe { _mm512_maskz_loadu_epi64(live, v.as_ptr().cast()) }
}

/// All of `p`, of 1 to 7 elements, at the top or at the bottom of a vector of zeros.
#[inline]
#[target_feature(enable = "avx512f,bmi2")]
fn load_short(p: &[u64]) -> __m512i {
    let above = LANES - p.len();
    let (at, live) = if near_page_end(p.as_ptr()) {
        (p.as_ptr().wrapping_sub(above), 0xff << above)
    } else {
        (p.as_ptr(), live(p.len()))
    };
    // SAFETY: the mask admits exactly the elements of `p`; masked-out lanes are not accessed.
    unsafe { _mm512_maskz_loadu_epi64(live, at.cast()) }
}

/// Row `vec_add`, variant `avx512`.
///
/// # Safety
/// The CPU has AVX-512 F and BMI2. Each pointer is valid for its length (`dst` for writes) or its length is 0; `dst` is
/// `a`, `b` or apart from both.
#[target_feature(enable = "avx512f,bmi2")]
pub unsafe extern "C" fn add_avx512(
    dst: *mut u64,
    dst_len: usize,
    a: *const u64,
    a_len: usize,
    b: *const u64,
    b_len: usize,
) {
    let n = dst_len.min(a_len).min(b_len);
    if n < LANES {
        // SAFETY: n elements are within all three lengths.
        return unsafe { add_short(dst, a, b, n) };
    }
    let mut i = 0;
    if n >= LONG {
        i = to_line(dst);
        // SAFETY: a whole vector is within all three lengths, of which the mask admits the start.
        unsafe { add_masked(dst, a, b, live(i)) }
    }
    while i + LANES <= n {
        // SAFETY: i + LANES elements are within all three lengths, and a vector is read before it is written.
        unsafe {
            let sum = _mm512_add_epi64(
                _mm512_loadu_si512(a.add(i).cast()),
                _mm512_loadu_si512(b.add(i).cast()),
            );
            _mm512_storeu_si512(dst.add(i).cast(), sum);
        }
        i += LANES;
    }
    let last = n - LANES;
    // In place the lanes before i hold sums already, so they are left out.
    let left = (0xff00 >> (n - i)) as __mmask8;
    // SAFETY: a whole vector is within all three lengths, of which the mask admits the end.
    unsafe { add_masked(dst.add(last), a.add(last), b.add(last), left) }
}

/// The live lanes of one vector of `add`.
///
/// # Safety
/// The live lanes are elements of all three.
#[inline]
#[target_feature(enable = "avx512f,bmi2")]
unsafe fn add_masked(dst: *mut u64, a: *const u64, b: *const u64, live: __mmask8) {
    // SAFETY: masked-out lanes are not accessed; a vector is read before it is written.
    unsafe {
        let sum = _mm512_add_epi64(
            _mm512_maskz_loadu_epi64(live, a.cast()),
            _mm512_maskz_loadu_epi64(live, b.cast()),
        );
        _mm512_mask_storeu_epi64(dst.cast(), live, sum);
    }
}

/// Fewer than [`LANES`] elements of `add`, as four, two and one: a mask would have to be on the right side of three
/// pages at once.
///
/// # Safety
/// `n` elements are within all three, fewer than 8.
#[inline]
#[target_feature(enable = "avx512f,bmi2")]
unsafe fn add_short(dst: *mut u64, a: *const u64, b: *const u64, n: usize) {
    let mut i = 0;
    // SAFETY: i and the bits of n added to it so far stay at or below n; a vector is read before it is written.
    unsafe {
        if n & 4 != 0 {
            let (a, b) = (_mm256_loadu_si256(a.cast()), _mm256_loadu_si256(b.cast()));
            _mm256_storeu_si256(dst.cast(), _mm256_add_epi64(a, b));
            i = 4;
        }
        if n & 2 != 0 {
            let (a, b) = (_mm_loadu_si128(a.add(i).cast()), _mm_loadu_si128(b.add(i).cast()));
            _mm_storeu_si128(dst.add(i).cast(), _mm_add_epi64(a, b));
            i += 2;
        }
        if n & 1 != 0 {
            *dst.add(i) = (*a.add(i)).wrapping_add(*b.add(i));
        }
    }
}
