//! Byte search.

use crate::raw;

/// Index of the first `c` in `p`.
///
/// ```
/// assert_eq!(widelane::bytealg::index_byte(b"lane", b'n'), Some(2));
/// assert_eq!(widelane::bytealg::index_byte(b"lane", b'x'), None);
/// ```
#[inline]
pub fn index_byte(p: &[u8], c: u8) -> Option<usize> {
    // SAFETY: a slice is readable for its length.
    let index = unsafe { raw::bytealg::index_byte(p.as_ptr(), p.len(), c) };
    usize::try_from(index).ok()
}
