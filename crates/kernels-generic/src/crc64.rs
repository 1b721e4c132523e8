//! CRC-64 for any reflected generator, by tables of half bytes, eight bytes at a time.
//!
//! The remainder of eight bytes is the sum of the remainders of their sixteen halves, each at its place: sixteen lookups
//! that do not depend on one another. Tables of whole bytes would halve the lookups and take 16 KiB for each generator,
//! where these take 2 KiB, so that constants for any generator can be made at run time, sent along and kept in the cache.

pub mod constants;
pub mod folding;

use crate::ffi::slice;
pub use constants::{CONSTANTS, Constants};

/// Row `crc64_update`, variant `generic`.
///
/// # Safety
/// `constants` is readable; `p` is readable for `len` bytes, or `len` is 0.
pub unsafe extern "C" fn update_generic(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise, word for word.
    update(crc, unsafe { &*constants }, unsafe { slice(p, len) })
}

/// The CRC of what `crc` is the CRC of, followed by `p`.
fn update(crc: u64, c: &[u8; CONSTANTS], p: &[u8]) -> u64 {
    let (blocks, rest) = p.as_chunks::<8>();
    let crc = blocks.iter().fold(!crc, |crc, block| {
        let word = crc ^ u64::from_le_bytes(*block);
        (0..16).fold(0, |sum, place| sum ^ half(c, place, word >> (4 * place)))
    });
    !rest.iter().fold(crc, |crc, &b| {
        // The last byte of a word is followed by nothing.
        let low = crc ^ u64::from(b);
        half(c, 14, low) ^ half(c, 15, low >> 4) ^ (crc >> 8)
    })
}

/// The remainder of the lowest four bits of `bits` as half byte `place` of a word.
#[inline]
fn half(c: &[u8; CONSTANTS], place: usize, bits: u64) -> u64 {
    let at = constants::HALVES + 8 * (16 * (place & 15) + (bits & 15) as usize);
    let (words, _) = c.as_chunks::<8>();
    u64::from_le_bytes(words[at / 8])
}

#[cfg(test)]
mod tests;
