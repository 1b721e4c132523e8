//! UTF-16 to and from UTF-8.
//!
//! ```
//! use widelane::utf16;
//!
//! let mut units = [0; 6];
//! assert_eq!(utf16::encode_into("lané𝄞", &mut units).unwrap(), [0x6c, 0x61, 0x6e, 0xe9, 0xd834, 0xdd1e]);
//! let mut text = [0; 9];
//! assert_eq!(utf16::decode_into(&units, &mut text).unwrap(), "lané𝄞");
//! // A surrogate without its partner, and where it is.
//! assert_eq!(utf16::decode_into(&units[..5], &mut text).unwrap_err().offset, 4);
//! ```
//!
//! Units are numbers in the order of the machine: which byte of a unit comes first in a file is for the caller to know.
//!
//! Source: Unicode standard, section 3.9; how the kernels work is in the repository's `docs/kernels/utf16.md`.

use crate::raw;
use crate::text::conversion_error;
use core::str;

/// Units of `text` in UTF-16.
///
/// ```
/// assert_eq!(widelane::utf16::encoded_len("lané𝄞"), 6);
/// ```
#[inline]
pub fn encoded_len(text: &str) -> usize {
    // Each start is a unit, and each start of four bytes two.
    text.bytes().map(|b| usize::from(b as i8 >= -0x40) + usize::from(b >= 0xf0)).sum()
}

/// Bytes of `units` in UTF-8, where a surrogate without its partner counts as U+FFFD does: three.
///
/// ```
/// assert_eq!(widelane::utf16::decoded_len(&[0x6c, 0xe9, 0xd834, 0xdd1e]), 7);
/// ```
pub fn decoded_len(units: &[u16]) -> usize {
    let over = |unit: u16, least: u16| usize::from(unit >= least);
    // Each half of a pair is two bytes, not three.
    let mut high = false;
    let mut bytes = 0;
    for &unit in units {
        let paired = high && unit & 0xfc00 == 0xdc00;
        high = unit & 0xfc00 == 0xd800;
        bytes += 1 + over(unit, 0x80) + over(unit, 0x800) - 2 * usize::from(paired);
    }
    bytes
}

/// Writes `text` in UTF-16 to the beginning of `dst`, and returns what was written.
///
/// # Errors
/// If `dst` is shorter than [`encoded_len`]. The error says how far it reached, in whole characters; not one unit of `dst`
/// behind these is written.
#[inline]
pub fn encode_into<'a>(text: &str, dst: &'a mut [u16]) -> Result<&'a mut [u16], Error> {
    from_utf8_into(text.as_bytes(), dst)
}

/// Converts UTF-8 to UTF-16 in the beginning of `dst`, and returns what was written.
///
/// # Errors
/// If `src` is not valid, or `dst` is too short. The error says where; what comes before is converted, and not one unit of `dst`
/// behind that is written.
#[inline]
pub fn from_utf8_into<'a>(src: &[u8], dst: &'a mut [u16]) -> Result<&'a mut [u16], Error> {
    // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
    let done =
        unsafe { raw::utf16::from_utf8(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) };
    if done.first == src.len() {
        return Ok(&mut dst[..done.second]);
    }
    let kind = match core::str::from_utf8(character(&src[done.first..])) {
        Ok(_) => ErrorKind::Output,
        Err(_) => ErrorKind::Utf8,
    };
    Err(Error { kind, offset: done.first, written: done.second })
}

/// What a character of `rest` takes at the beginning, as far as its first byte tells.
fn character(rest: &[u8]) -> &[u8] {
    let wanted = match rest.first() {
        Some(0xf0..) => 4,
        Some(0xe0..) => 3,
        Some(0xc0..) => 2,
        _ => 1,
    };
    &rest[..wanted.min(rest.len())]
}

/// Converts UTF-16 to UTF-8 in the beginning of `dst`, and returns the text.
///
/// # Errors
/// If `src` has a surrogate without its partner, or `dst` is shorter than [`decoded_len`]. The error says where; what comes
/// before is converted, and not one byte of `dst` behind that is written.
#[inline]
pub fn decode_into<'a>(src: &[u16], dst: &'a mut [u8]) -> Result<&'a mut str, Error> {
    // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
    let done = unsafe { raw::utf16::to_utf8(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) };
    if done.first == src.len() {
        // SAFETY: a kernel writes characters, whole ones.
        return Ok(unsafe { str::from_utf8_unchecked_mut(&mut dst[..done.second]) });
    }
    Err(Error { kind: unpaired(&src[done.first..]), offset: done.first, written: done.second })
}

/// What is wrong at the beginning of `rest`.
fn unpaired(rest: &[u16]) -> ErrorKind {
    match *rest {
        [0xd800..=0xdbff, 0xdc00..=0xdfff, ..] => ErrorKind::Output,
        [0xd800..=0xdfff, ..] => ErrorKind::Surrogate,
        _ => ErrorKind::Output,
    }
}

/// `text` in UTF-16.
#[cfg(feature = "std")]
pub fn encode(text: &str) -> Vec<u16> {
    let mut units = Vec::new();
    append_units(&mut units, text.as_bytes());
    units
}

/// UTF-8 in UTF-16.
///
/// # Errors
/// If `src` is not valid.
#[cfg(feature = "std")]
pub fn from_utf8(src: &[u8]) -> Result<Vec<u16>, Error> {
    let mut units = Vec::new();
    let read = append_units(&mut units, src);
    if read == src.len() {
        return Ok(units);
    }
    Err(Error { kind: ErrorKind::Utf8, offset: read, written: units.len() })
}

/// UTF-8 in UTF-16, with U+FFFD for what is not valid, as often as in [`String::from_utf8_lossy`].
///
/// ```
/// assert_eq!(widelane::utf16::from_utf8_lossy(b"na\xefve"), [0x6e, 0x61, 0xfffd, 0x76, 0x65]);
/// ```
#[cfg(feature = "std")]
pub fn from_utf8_lossy(src: &[u8]) -> Vec<u16> {
    let (mut units, mut rest) = (Vec::new(), src);
    loop {
        rest = &rest[append_units(&mut units, rest)..];
        let Some(chunk) = character(rest).utf8_chunks().next() else { return units };
        units.push(char::REPLACEMENT_CHARACTER as u16);
        rest = &rest[chunk.invalid().len()..];
    }
}

/// UTF-16 as text, whose capacity is three bytes for each unit at least.
///
/// # Errors
/// If `src` has a surrogate without its partner.
#[cfg(feature = "std")]
pub fn decode(src: &[u16]) -> Result<String, Error> {
    let mut text = String::new();
    let read = append_text(&mut text, src);
    if read == src.len() {
        return Ok(text);
    }
    Err(Error { kind: ErrorKind::Surrogate, offset: read, written: text.len() })
}

/// UTF-16 as text, with U+FFFD for each surrogate without its partner, as in [`String::from_utf16_lossy`].
///
/// ```
/// assert_eq!(widelane::utf16::decode_lossy(&[0x6e, 0xdd1e, 0x65]), "n\u{fffd}e");
/// ```
#[cfg(feature = "std")]
pub fn decode_lossy(src: &[u16]) -> String {
    let (mut text, mut rest) = (String::new(), src);
    loop {
        rest = &rest[append_text(&mut text, rest)..];
        match rest {
            [] => return text,
            [_, behind @ ..] => {
                text.push(char::REPLACEMENT_CHARACTER);
                rest = behind;
            }
        }
    }
}

/// Appends what `src` has before anything invalid; how many bytes that is. There are never more units than bytes.
#[cfg(feature = "std")]
fn append_units(to: &mut Vec<u16>, src: &[u8]) -> usize {
    to.reserve(src.len());
    let room = to.spare_capacity_mut();
    let (p, n) = (room.as_mut_ptr().cast(), room.len());
    // SAFETY: the room is writable, and of it the kernel has written what it counts.
    unsafe {
        let done = raw::utf16::from_utf8(p, n, src.as_ptr(), src.len());
        to.set_len(to.len() + done.second);
        done.first
    }
}

/// Appends what `src` has before anything invalid; how many units that is.
#[cfg(feature = "std")]
fn append_text(to: &mut String, src: &[u16]) -> usize {
    // There are never more than three bytes for a unit.
    to.reserve(src.len().saturating_mul(3));
    // SAFETY: the room is writable, and of it the kernel has written what it counts, whole characters.
    unsafe {
        let bytes = to.as_mut_vec();
        let room = bytes.spare_capacity_mut();
        let (p, n) = (room.as_mut_ptr().cast(), room.len());
        let done = raw::utf16::to_utf8(p, n, src.as_ptr(), src.len());
        bytes.set_len(bytes.len() + done.second);
        done.first
    }
}

conversion_error!("utf16");

/// What is wrong at the offset of an [`Error`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A sequence of bytes that is not valid UTF-8, or is cut off.
    Utf8,
    /// A surrogate without its partner.
    Surrogate,
    /// The destination has no room for the character that begins here.
    Output,
}

impl ErrorKind {
    fn what(self) -> &'static str {
        match self {
            Self::Utf8 => "invalid UTF-8",
            Self::Surrogate => "a surrogate without its partner",
            Self::Output => "the output is too short",
        }
    }
}
