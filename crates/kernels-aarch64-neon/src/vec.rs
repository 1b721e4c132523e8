//! Sum and addition of 64-bit integers, two to a vector.

use core::arch::aarch64::*;
use kernels_generic::{ffi::slice, vec as portable};

const LANES: usize = 2;
/// Vectors in flight: two or three loads a cycle, and an addition of two cycles' latency in each chain.
const UNROLL: usize = 4;

/// Row `vec_sum`, variant `neon`.
///
/// # Safety
/// `p` is readable for `len` elements, or `len` is 0.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn sum_neon(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    sum(unsafe { slice(p, len) })
}

#[inline]
#[target_feature(enable = "neon")]
fn sum(p: &[u64]) -> u64 {
    let (blocks, rest) = p.as_chunks::<{ LANES * UNROLL }>();
    let mut acc = [vdupq_n_u64(0); UNROLL];
    for block in blocks {
        for (acc, v) in acc.iter_mut().zip(block.as_chunks::<LANES>().0) {
            *acc = vaddq_u64(*acc, load(v));
        }
    }
    let total = vaddvq_u64(vaddq_u64(vaddq_u64(acc[0], acc[1]), vaddq_u64(acc[2], acc[3])));
    total.wrapping_add(portable::sum(rest))
}

#[inline]
#[target_feature(enable = "neon")]
fn load(v: &[u64; LANES]) -> uint64x2_t {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    unsafe { vld1q_u64(v.as_ptr()) }
}

/// Row `vec_add`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `dst` is `a`, `b` or apart from
/// both.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn add_neon(
    dst: *mut u64,
    dst_len: usize,
    a: *const u64,
    a_len: usize,
    b: *const u64,
    b_len: usize,
) {
    let n = dst_len.min(a_len).min(b_len);
    let mut i = 0;
    while i + LANES <= n {
        // SAFETY: i + LANES elements are within all three lengths, and a vector is read before it is written.
        unsafe { vst1q_u64(dst.add(i), vaddq_u64(vld1q_u64(a.add(i)), vld1q_u64(b.add(i)))) }
        i += LANES;
    }
    // SAFETY: what is left of each slice, by the caller's promise.
    unsafe { portable::add_generic(dst.add(i), n - i, a.add(i), n - i, b.add(i), n - i) }
}
