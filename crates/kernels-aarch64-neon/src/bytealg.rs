//! First index of a byte, 16 bytes at a time.
//!
//! NEON has no mask of one bit per byte. Narrowing a comparison by a shift of four leaves four bits per byte in one
//! 64-bit register, and the count of trailing zeros over four is the index.

use core::arch::aarch64::*;
use kernels_generic::{bytealg as portable, ffi::slice};

const LANES: usize = 16;

/// Row `bytealg_index_byte`, variant `neon`. Returns -1 when `c` is absent.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn index_byte_neon(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise, word for word.
    find(unsafe { slice(p, len) }, c).map_or(-1, |i| i as isize)
}

#[inline]
#[target_feature(enable = "neon")]
fn find(p: &[u8], c: u8) -> Option<usize> {
    let Some(last) = p.last_chunk::<LANES>() else { return portable::index_byte(p, c) };
    let needle = vdupq_n_u8(c);
    for (i, v) in p.as_chunks::<LANES>().0.iter().enumerate() {
        let hits = hits(v, needle);
        if hits != 0 {
            return Some(i * LANES + hits.trailing_zeros() as usize / 4);
        }
    }
    // Bytes seen twice were seen not to match, so the overlap cannot mislead.
    let hits = hits(last, needle);
    (hits != 0).then(|| p.len() - LANES + hits.trailing_zeros() as usize / 4)
}

/// Four bits per byte of `v` that equals the needle.
#[inline]
#[target_feature(enable = "neon")]
fn hits(v: &[u8; LANES], needle: uint8x16_t) -> u64 {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    let v = unsafe { vld1q_u8(v.as_ptr()) };
    let equal = vreinterpretq_u16_u8(vceqq_u8(v, needle));
    vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(equal)))
}
