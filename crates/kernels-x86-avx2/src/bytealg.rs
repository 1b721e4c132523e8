//! First index of a byte, 32 bytes at a time.
//!
//! Compare 32 bytes with the needle, take one mask bit per byte, stop at the first set bit. The last vector
//! overlaps the one before it, so there is no scalar tail; below 32 bytes the portable loop serves.

use core::arch::x86_64::*;
use kernels_generic::{bytealg as portable, ffi::slice};

const LANES: usize = 32;

/// Row `bytealg_index_byte`, variant `avx2`. Returns -1 when `c` is absent.
///
/// # Safety
/// The CPU has AVX2 and BMI1, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx2,bmi1")]
pub unsafe extern "C" fn index_byte_avx2(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise, word for word.
    find(unsafe { slice(p, len) }, c).map_or(-1, |i| i as isize)
}

#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn find(p: &[u8], c: u8) -> Option<usize> {
    let Some(last) = p.last_chunk::<LANES>() else { return portable::index_byte(p, c) };
    let needle = _mm256_set1_epi8(c as i8);
    for (i, v) in p.as_chunks::<LANES>().0.iter().enumerate() {
        let hits = hits(v, needle);
        if hits != 0 {
            return Some(i * LANES + hits.trailing_zeros() as usize);
        }
    }
    // Bytes seen twice were seen not to match, so the overlap cannot mislead.
    let hits = hits(last, needle);
    (hits != 0).then(|| p.len() - LANES + hits.trailing_zeros() as usize)
}

/// One bit per byte of `v` that equals the needle.
#[inline]
#[target_feature(enable = "avx2,bmi1")]
fn hits(v: &[u8; LANES], needle: __m256i) -> u32 {
    // SAFETY: the array is 32 readable bytes, and the load allows any alignment.
    let v = unsafe { _mm256_loadu_si256(v.as_ptr().cast()) };
    _mm256_movemask_epi8(_mm256_cmpeq_epi8(v, needle)) as u32
}
