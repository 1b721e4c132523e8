//! CRC-64 with PMULL, 16 bytes to a vector.

use crate::crc32::Neon;
use kernels_generic::crc64::{CONSTANTS, folding::update};

/// Vectors in flight: PMULL takes 2 to 3 cycles and every core of this kind starts at least one a cycle.
const UNROLL: usize = 4;
/// With EOR3 a fold is three instructions; the cores that have it start two to four a cycle.
const UNROLL_EOR3: usize = 8;

/// Row `crc64_update`, variant `pmull`.
///
/// # Safety
/// The CPU has PMULL, `constants` is readable, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "aes")]
pub unsafe extern "C" fn update_pmull(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Neon<0, false>, UNROLL>(!crc, constants.cast(), p, len) }
}

/// Row `crc64_update`, variant `eor3`.
///
/// # Safety
/// The CPU has PMULL and SHA3, `constants` is readable, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "aes,sha3")]
pub unsafe extern "C" fn update_eor3(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Neon<0, true>, UNROLL_EOR3>(!crc, constants.cast(), p, len) }
}
