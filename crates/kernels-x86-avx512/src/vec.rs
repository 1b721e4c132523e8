//! Sum and addition of 64-bit integers, eight to a vector, with masked tails.

use core::arch::x86_64::*;
use kernels_generic::ffi::slice;

const LANES: usize = 8;
/// Vectors in flight: two loads a cycle, and an addition of one cycle's latency in each chain.
const UNROLL: usize = 4;

/// Row `vec_sum`, variant `avx512`.
///
/// # Safety
/// The CPU has AVX-512 F and BMI2, and `p` is readable for `len` elements or `len` is 0.
#[target_feature(enable = "avx512f,bmi2")]
pub unsafe extern "C" fn sum_avx512(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    sum(unsafe { slice(p, len) })
}

#[inline]
#[target_feature(enable = "avx512f,bmi2")]
fn sum(p: &[u64]) -> u64 {
    let (blocks, rest) = p.as_chunks::<{ LANES * UNROLL }>();
    let mut acc = [_mm512_setzero_si512(); UNROLL];
    for block in blocks {
        for (acc, v) in acc.iter_mut().zip(block.as_chunks::<LANES>().0) {
            *acc = _mm512_add_epi64(*acc, load(v));
        }
    }
    let (vectors, rest) = rest.as_chunks::<LANES>();
    for v in vectors {
        acc[0] = _mm512_add_epi64(acc[0], load(v));
    }
    let live = live(rest.len());
    // SAFETY: the mask admits exactly the elements of `rest`; masked-out lanes are not accessed.
    let tail = unsafe { _mm512_maskz_loadu_epi64(live, rest.as_ptr().cast()) };
    acc[1] = _mm512_add_epi64(acc[1], tail);
    let acc = _mm512_add_epi64(_mm512_add_epi64(acc[0], acc[1]), _mm512_add_epi64(acc[2], acc[3]));
    _mm512_reduce_add_epi64(acc) as u64
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
    let mut i = 0;
    while i < n {
        let live = if n - i < LANES { live(n - i) } else { 0xff };
        // SAFETY: the mask admits at most the n - i elements that are left of each slice, and a vector is read
        // before it is written.
        unsafe {
            let sum = _mm512_add_epi64(
                _mm512_maskz_loadu_epi64(live, a.add(i).cast()),
                _mm512_maskz_loadu_epi64(live, b.add(i).cast()),
            );
            _mm512_mask_storeu_epi64(dst.add(i).cast(), live, sum);
        }
        i += LANES;
    }
}
