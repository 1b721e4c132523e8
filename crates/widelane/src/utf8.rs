//! UTF-8: validation, with the offset of what is wrong, and counting.

use crate::raw;

/// How many bytes the longest valid prefix of `p` has: `p.len()` if all is valid, and else what
/// [`core::str::Utf8Error::valid_up_to`] says, the offset of the first sequence that is invalid or cut off.
///
/// ```
/// use widelane::utf8::valid_up_to;
/// assert_eq!(valid_up_to("naïve".as_bytes()), 6);
/// assert_eq!(valid_up_to(b"na\xefve"), 2);
/// ```
#[inline]
pub fn valid_up_to(p: &[u8]) -> usize {
    // SAFETY: a slice is readable for its length.
    unsafe { raw::utf8::valid_up_to(p.as_ptr(), p.len()) }
}

/// Whether `p` is valid UTF-8.
///
/// ```
/// assert!(widelane::utf8::is_valid("naïve".as_bytes()));
/// assert!(!widelane::utf8::is_valid(b"\xed\xa0\x80")); // a surrogate
/// ```
#[inline]
pub fn is_valid(p: &[u8]) -> bool {
    valid_up_to(p) == p.len()
}

/// `p` as a string, as [`core::str::from_utf8`] gives it.
///
/// ```
/// assert_eq!(widelane::utf8::from_utf8("naïve".as_bytes()), Ok("naïve"));
/// assert_eq!(widelane::utf8::from_utf8(b"na\xefve").unwrap_err().valid_up_to(), 2);
/// ```
///
/// # Errors
/// If `p` is not valid; offsets are within all of `p`.
#[inline]
pub fn from_utf8(p: &[u8]) -> Result<&str, core::str::Utf8Error> {
    if is_valid(p) {
        // SAFETY: just seen to be.
        return Ok(unsafe { core::str::from_utf8_unchecked(p) });
    }
    // The standard library's error cannot be made by others. It takes another look, at the price of an error.
    core::str::from_utf8(p)
}

/// How many characters `p` has, where each byte that is not part of a valid sequence counts as one, as for Go's
/// `utf8.RuneCount`.
///
/// ```
/// use widelane::utf8::rune_count;
/// assert_eq!(rune_count("naïve".as_bytes()), 5);
/// assert_eq!(rune_count(b"na\xe2\x82ve"), 6);
/// ```
#[inline]
pub fn rune_count(p: &[u8]) -> usize {
    // SAFETY: a slice is readable for its length.
    unsafe { raw::utf8::rune_count(p.as_ptr(), p.len()) }
}
