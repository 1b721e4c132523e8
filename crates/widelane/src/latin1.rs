//! Latin-1 (ISO 8859-1) to and from UTF-8: the first 256 characters of Unicode, one byte each.
//!
//! ```
//! use widelane::latin1;
//!
//! assert_eq!(latin1::encode("lané").unwrap(), b"lan\xe9");
//! assert_eq!(latin1::decode(b"lan\xe9"), "lané");
//! // A character that Latin-1 does not have, and where it is.
//! assert_eq!(latin1::encode("lané€").unwrap_err().offset, 5);
//! ```
//!
//! This is not what the web calls ISO-8859-1: there the label stands for windows-1252, which has other characters, the euro sign
//! among them, at 80 to 9f.
//!
//! Source: ISO/IEC 8859-1 with the control characters of ISO/IEC 6429, that is U+0000 to U+00FF; Unicode standard, section 3.9.
//! How the kernels work is in the repository's `docs/kernels/latin1.md`.

use crate::raw;
use crate::text::conversion_error;
use core::str;

/// Bytes of `text` in Latin-1, if it has no character above U+00FF: its characters.
///
/// ```
/// assert_eq!(widelane::latin1::encoded_len("lané"), 4);
/// ```
#[inline]
pub fn encoded_len(text: &str) -> usize {
    crate::utf8::rune_count(text.as_bytes())
}

/// Bytes of `src` in UTF-8: one more for each that is not ASCII.
///
/// ```
/// assert_eq!(widelane::latin1::decoded_len(b"lan\xe9"), 5);
/// ```
pub fn decoded_len(src: &[u8]) -> usize {
    const HIGHS: u64 = (u64::MAX / 255) << 7;
    // Eight at once, in sums of bytes where a sum cannot overflow: the compiler makes vectors of it.
    let (words, rest) = src.as_chunks::<8>();
    let mut more = rest.iter().map(|b| usize::from(b >> 7)).sum::<usize>();
    for words in words.chunks(255) {
        let sums = words.iter().map(|w| (u64::from_ne_bytes(*w) & HIGHS) >> 7).sum::<u64>();
        more += sums.to_ne_bytes().iter().map(|&b| usize::from(b)).sum::<usize>();
    }
    src.len() + more
}

/// Writes `text` in Latin-1 to the beginning of `dst`, and returns what was written.
///
/// # Errors
/// If `text` has a character above U+00FF, or `dst` is too short. The error says where; what comes before is converted, and not
/// one byte of `dst` behind that is written.
#[inline]
pub fn encode_into<'a>(text: &str, dst: &'a mut [u8]) -> Result<&'a mut [u8], Error> {
    from_utf8_into(text.as_bytes(), dst)
}

/// Converts UTF-8 to Latin-1 in the beginning of `dst`, and returns what was written.
///
/// # Errors
/// If `src` is not valid, or has a character above U+00FF, or `dst` is too short. The error says where; what comes before is
/// converted, and not one byte of `dst` behind that is written.
#[inline]
pub fn from_utf8_into<'a>(src: &[u8], dst: &'a mut [u8]) -> Result<&'a mut [u8], Error> {
    // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
    let done =
        unsafe { raw::latin1::from_utf8(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) };
    if done.first == src.len() {
        return Ok(&mut dst[..done.second]);
    }
    Err(Error { kind: wrong(&src[done.first..]), offset: done.first, written: done.second })
}

/// What is wrong at the beginning of `rest`.
#[cold]
fn wrong(rest: &[u8]) -> ErrorKind {
    let first = rest[..rest.len().min(4)].utf8_chunks().next();
    match first.and_then(|chunk| chunk.valid().chars().next()) {
        None => ErrorKind::Utf8,
        Some('\0'..='\u{ff}') => ErrorKind::Output,
        Some(_) => ErrorKind::Above,
    }
}

/// Converts Latin-1 to UTF-8 in the beginning of `dst`, and returns the text.
///
/// # Errors
/// If `dst` is shorter than [`decoded_len`]. The error says where; what comes before is converted, and not one byte of `dst`
/// behind that is written.
#[inline]
pub fn decode_into<'a>(src: &[u8], dst: &'a mut [u8]) -> Result<&'a mut str, Error> {
    // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
    let done =
        unsafe { raw::latin1::to_utf8(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) };
    if done.first == src.len() {
        // SAFETY: a kernel writes characters, whole ones.
        return Ok(unsafe { str::from_utf8_unchecked_mut(&mut dst[..done.second]) });
    }
    Err(Error { kind: ErrorKind::Output, offset: done.first, written: done.second })
}

/// `text` in Latin-1, with a capacity of as many bytes as `text` has.
///
/// # Errors
/// If it has a character above U+00FF.
#[cfg(feature = "std")]
pub fn encode(text: &str) -> Result<Vec<u8>, Error> {
    from_utf8(text.as_bytes())
}

/// UTF-8 in Latin-1, with a capacity of as many bytes as `src` has.
///
/// ```
/// use widelane::latin1::{self, ErrorKind};
///
/// assert_eq!(latin1::from_utf8(b"lan\xc3\xa9").unwrap(), b"lan\xe9");
/// let error = latin1::from_utf8(b"lan\xe9").unwrap_err();
/// assert_eq!((error.kind, error.offset), (ErrorKind::Utf8, 3));
/// ```
///
/// # Errors
/// If `src` is not valid, or has a character above U+00FF.
#[cfg(feature = "std")]
pub fn from_utf8(src: &[u8]) -> Result<Vec<u8>, Error> {
    // There are never more characters than bytes.
    let mut bytes = Vec::<u8>::with_capacity(src.len());
    let (p, n) = (bytes.as_mut_ptr(), bytes.capacity());
    // SAFETY: the room is writable and nobody else's, and of it the kernel has written what it counts.
    let done = unsafe {
        let done = raw::latin1::from_utf8(p, n, src.as_ptr(), src.len());
        bytes.set_len(done.second);
        done
    };
    if done.first == src.len() {
        return Ok(bytes);
    }
    Err(Error { kind: wrong(&src[done.first..]), offset: done.first, written: done.second })
}

/// Latin-1 as text, allocated once.
///
/// # Panics
/// Where the text would be longer than memory can be.
#[cfg(feature = "std")]
pub fn decode(src: &[u8]) -> String {
    let mut text = Vec::<u8>::with_capacity(decoded_len(src));
    let (p, n) = (text.as_mut_ptr(), text.capacity());
    // SAFETY: the room is writable and nobody else's; of it the kernel has written what it counts, which is whole characters.
    unsafe {
        let done = raw::latin1::to_utf8(p, n, src.as_ptr(), src.len());
        text.set_len(done.second);
        String::from_utf8_unchecked(text)
    }
}

conversion_error!("latin1");

/// What is wrong at the offset of an [`Error`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A sequence of bytes that is not valid UTF-8, or is cut off.
    Utf8,
    /// A character above U+00FF.
    Above,
    /// The destination has no room for the character that begins here, which Latin-1 has.
    Output,
}

impl ErrorKind {
    fn what(self) -> &'static str {
        match self {
            Self::Utf8 => "invalid UTF-8",
            Self::Above => "a character above U+00FF",
            Self::Output => "the output is too short",
        }
    }
}
