//! Sum and addition of 64-bit integers.

use crate::ffi::slice;

/// Row `vec_sum`, variant `generic`.
///
/// # Safety
/// `p` is readable for `len` elements, or `len` is 0.
pub unsafe extern "C" fn sum_generic(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    sum(unsafe { slice(p, len) })
}

/// Sum of the elements, modulo 2^64.
#[inline]
pub fn sum(p: &[u64]) -> u64 {
    p.iter().fold(0, |sum, &x| sum.wrapping_add(x))
}

/// Row `vec_add`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `dst` is `a`, `b` or apart from
/// both.
#[inline]
pub unsafe extern "C" fn add_generic(
    dst: *mut u64,
    dst_len: usize,
    a: *const u64,
    a_len: usize,
    b: *const u64,
    b_len: usize,
) {
    let n = dst_len.min(a_len).min(b_len);
    for i in 0..n {
        // SAFETY: i is below all three lengths. Slices would forbid dst to be one of the sources.
        unsafe { *dst.add(i) = (*a.add(i)).wrapping_add(*b.add(i)) }
    }
}
