//! Sum and addition of 64-bit integers, two to a vector.

use core::arch::aarch64::*;
use kernels_generic::ffi::slice;

const LANES: usize = 2;

/// Vectors that a turn of the loop of `sum` adds up, each in its own chain. An addition takes two cycles and cores load
/// two or three vectors in one: with four chains the additions would be what one waits for, with eight the loads are.
/// A turn is 15 instructions for 128 bytes.
const CHAINS: usize = 8;

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
    let (blocks, rest) = p.as_chunks::<{ LANES * CHAINS }>();
    let mut acc = [vdupq_n_u64(0); CHAINS];
    for block in blocks {
        accumulate(&mut acc, block);
    }
    let [a, b, c, d, e, f, g, h] = acc;
    let mut acc = [vaddq_u64(a, e), vaddq_u64(b, f), vaddq_u64(c, g), vaddq_u64(d, h)];
    // What is left is less than a block: eight, four, two and one, each there or not, so that no loop is needed.
    let mut rest = rest;
    if let Some((eight, less)) = rest.split_first_chunk::<{ 4 * LANES }>() {
        accumulate(&mut acc, eight);
        rest = less;
    }
    let [a, b, c, d] = acc;
    let mut acc = [vaddq_u64(a, c), vaddq_u64(b, d)];
    if let Some((four, less)) = rest.split_first_chunk::<{ 2 * LANES }>() {
        accumulate(&mut acc, four);
        rest = less;
    }
    let mut acc = [vaddq_u64(acc[0], acc[1])];
    if let Some((two, less)) = rest.split_first_chunk::<LANES>() {
        accumulate(&mut acc, two);
        rest = less;
    }
    let total = vaddvq_u64(acc[0]);
    rest.first().map_or(total, |x| total.wrapping_add(*x))
}

/// Adds the vectors of `block` to as many accumulators.
#[inline]
#[target_feature(enable = "neon")]
fn accumulate(acc: &mut [uint64x2_t], block: &[u64]) {
    for (acc, v) in acc.iter_mut().zip(block.as_chunks::<LANES>().0) {
        // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
        *acc = vaddq_u64(*acc, unsafe { vld1q_u64(v.as_ptr()) });
    }
}

/// Row `vec_add`, variant `neon`. Blocks of eight elements: 17 instructions, of which ten load and store.
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
    // SAFETY: each block lies within the n elements that all three have, and is read before it is written.
    unsafe {
        while n - i >= 8 {
            add_block::<4>(dst.add(i), a.add(i), b.add(i));
            i += 8;
        }
        if n & 4 != 0 {
            add_block::<2>(dst.add(i), a.add(i), b.add(i));
            i += 4;
        }
        if n & 2 != 0 {
            add_block::<1>(dst.add(i), a.add(i), b.add(i));
            i += 2;
        }
        if n & 1 != 0 {
            *dst.add(i) = (*a.add(i)).wrapping_add(*b.add(i));
        }
    }
}

/// Adds `VECTORS` vectors; all are read before any is written.
///
/// # Safety
/// The pointers are valid for that many vectors.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn add_block<const VECTORS: usize>(dst: *mut u64, a: *const u64, b: *const u64) {
    let mut sums = [vdupq_n_u64(0); VECTORS];
    for (i, sum) in sums.iter_mut().enumerate() {
        // SAFETY: vector i of VECTORS, by the caller's promise.
        *sum = unsafe { vaddq_u64(vld1q_u64(a.add(i * LANES)), vld1q_u64(b.add(i * LANES))) };
    }
    for (i, sum) in sums.into_iter().enumerate() {
        // SAFETY: as above.
        unsafe { vst1q_u64(dst.add(i * LANES), sum) };
    }
}
