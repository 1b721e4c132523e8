//! Hexadecimal (RFC 4648, section 8): lower case out, both cases in.
//!
//! ```
//! use widelane::hex;
//!
//! let mut text = [0; 8];
//! assert_eq!(hex::encode_into(b"lane", &mut text), Ok("6c616e65"));
//! let mut bytes = [0; 4];
//! assert_eq!(hex::decode_into(b"6C616e65", &mut bytes).unwrap(), b"lane");
//! assert_eq!(hex::decode_into(b"6c61-e65", &mut bytes).unwrap_err().offset, 4);
//! ```
//!
//! Nothing panics but [`encode`], where a text would be longer than memory can be. Timing depends on the data where they are not valid: this is not for secrets that others may time.
//!
//! Source: RFC 4648; how the kernels work is in the repository's `docs/kernels/hex.md`.

use crate::raw;
use crate::text::text_errors;
use core::str;

/// Characters that encode `n` bytes; `usize::MAX` if there are more.
#[inline]
pub const fn encoded_len(n: usize) -> usize {
    n.saturating_mul(2)
}

/// Bytes that `n` characters decode to, an even number.
#[inline]
pub const fn decoded_len(n: usize) -> usize {
    n / 2
}

/// Encodes `src` into the beginning of `dst`, and returns the text.
///
/// # Errors
/// If `dst` is shorter than [`encoded_len`]; then nothing is written.
#[inline]
pub fn encode_into<'a>(src: &[u8], dst: &'a mut [u8]) -> Result<&'a str, ShortOutput> {
    let needed = encoded_len(src.len());
    if dst.len() < needed {
        return Err(ShortOutput { needed });
    }
    // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
    unsafe { raw::hex::encode(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) };
    // SAFETY: all digits are ASCII.
    Ok(unsafe { str::from_utf8_unchecked(&dst[..needed]) })
}

/// Decodes `src` into the beginning of `dst`, and returns the bytes.
///
/// # Errors
/// If `src` is not valid, or `dst` is shorter than [`decoded_len`]. The error says where; all pairs before that are
/// decoded, and not one byte of `dst` behind them is written.
#[inline]
pub fn decode_into<'a>(src: &[u8], dst: &'a mut [u8]) -> Result<&'a mut [u8], DecodeError> {
    // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
    let digits = unsafe { raw::hex::decode(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) };
    if digits == src.len() {
        return Ok(&mut dst[..digits / 2]);
    }
    Err(diagnose(src, dst.len(), digits))
}

/// Decodes `text` in place, and returns the bytes, which take the place of the text's beginning.
///
/// ```
/// let mut buffer = *b"6c616e65";
/// assert_eq!(widelane::hex::decode_in_place(&mut buffer).unwrap(), b"lane");
/// ```
///
/// # Errors
/// If the text is not valid; pairs before the error are decoded, and the rest of the buffer is as it was.
pub fn decode_in_place(text: &mut [u8]) -> Result<&mut [u8], DecodeError> {
    let (p, len) = (text.as_mut_ptr(), text.len());
    // SAFETY: the slice is as long as it says, and the kernel allows a destination that begins where the source does.
    let digits = unsafe { raw::hex::decode(p, len, p, len) };
    if digits == len { Ok(&mut text[..digits / 2]) } else { Err(diagnose(text, len, digits)) }
}

/// The text that encodes `src`.
#[cfg(feature = "std")]
pub fn encode(src: &[u8]) -> String {
    let needed = encoded_len(src.len());
    let mut text = Vec::<u8>::with_capacity(needed);
    // SAFETY: the capacity is `needed`, and a kernel writes exactly that where there is room for it.
    unsafe {
        raw::hex::encode(text.as_mut_ptr(), needed, src.as_ptr(), src.len());
        text.set_len(needed);
    }
    // SAFETY: all digits are ASCII.
    unsafe { String::from_utf8_unchecked(text) }
}

/// The bytes that `src` encodes.
///
/// # Errors
/// If `src` is not valid.
#[cfg(feature = "std")]
pub fn decode(src: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let room = decoded_len(src.len());
    let mut bytes = Vec::<u8>::with_capacity(room);
    // SAFETY: the capacity is `room` at least, and a kernel has written the half of what it counts.
    let digits = unsafe {
        let digits = raw::hex::decode(bytes.as_mut_ptr(), room, src.as_ptr(), src.len());
        bytes.set_len(digits / 2);
        digits
    };
    if digits == src.len() { Ok(bytes) } else { Err(diagnose(src, room, digits)) }
}

text_errors!("hex");

/// What is wrong at the offset of a [`DecodeError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// A byte that is no digit.
    Byte,
    /// The text ends behind the first digit of a pair.
    Length,
    /// The destination has no room for the pair that begins here.
    Output,
}

impl DecodeErrorKind {
    fn what(self) -> &'static str {
        match self {
            Self::Byte => "a byte that is no hexadecimal digit",
            Self::Length => "the text ends inside a pair of digits",
            Self::Output => "the output is too short",
        }
    }
}

/// Finds out why a kernel stopped after so many digits. Their places may have other contents by now, but not those
/// behind them.
#[cold]
fn diagnose(src: &[u8], room: usize, digits: usize) -> DecodeError {
    let error = |kind| DecodeError { kind, offset: digits, written: digits / 2 };
    match src.get(digits) {
        Some(c) if !c.is_ascii_hexdigit() => error(DecodeErrorKind::Byte),
        Some(_) if digits / 2 == room && src.len() - digits > 1 => error(DecodeErrorKind::Output),
        // The only digit that a kernel leaves out while there is room has none behind it.
        _ => DecodeError { offset: src.len(), ..error(DecodeErrorKind::Length) },
    }
}
