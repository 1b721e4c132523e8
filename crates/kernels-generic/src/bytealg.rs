//! First index of a byte, eight bytes at a time.

use crate::ffi::slice;

const LANES: usize = size_of::<u64>();
/// The lowest bit of every byte, and the highest.
const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;

/// Row `bytealg_index_byte`, variant `generic`. Returns -1 when `c` is absent.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
pub unsafe extern "C" fn index_byte_generic(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise, word for word.
    match index_byte(unsafe { slice(p, len) }, c) {
        Some(i) => i as isize,
        None => -1,
    }
}

/// First index of `c` in `p`.
///
/// A word minus [`ONES`] borrows into the high bit of every byte that was 0; bytes whose high bit was set before are
/// masked out. Borrows run upwards only, so the lowest marked byte is never a false one.
#[inline]
pub fn index_byte(p: &[u8], c: u8) -> Option<usize> {
    let needle = ONES * u64::from(c);
    let (words, rest) = p.as_chunks::<LANES>();
    for (i, word) in words.iter().enumerate() {
        let x = u64::from_le_bytes(*word) ^ needle;
        let hits = x.wrapping_sub(ONES) & !x & HIGHS;
        if hits != 0 {
            return Some(i * LANES + hits.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|&b| b == c).map(|i| words.len() * LANES + i)
}
