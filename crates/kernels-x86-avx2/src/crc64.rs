//! CRC-64 with PCLMULQDQ, 16 bytes to a vector, or VPCLMULQDQ, 32.

use crate::crc32::{Avx, Sse};
use kernels_generic::crc64::{CONSTANTS, folding::update};

/// Vectors in flight: two multiplications of 1 to 2 cycles each per vector, a latency of 4 to 7.
const UNROLL: usize = 4;

/// Row `crc64_update`, variant `vpclmul256`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ and AVX2, `constants` is readable, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx2")]
pub unsafe extern "C" fn update_vpclmul256(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Avx<0>, UNROLL>(!crc, constants.cast(), p, len) }
}

/// Row `crc64_update`, variant `pclmul`.
///
/// # Safety
/// The CPU has PCLMULQDQ and SSE4.1, `constants` is readable, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,sse4.1")]
pub unsafe extern "C" fn update_pclmul(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Sse<0>, UNROLL>(!crc, constants.cast(), p, len) }
}
