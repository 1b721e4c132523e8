//! What can be wrong, and where.

use crate::text::{alphabet_error, text_errors};
use kernels_generic::base32::{DIGITS, DecodeTable, GROUP_CHARS, PADDING, PADS, ending};

alphabet_error!("base32");
text_errors!("base32");

/// What is wrong at the offset of a [`DecodeError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// A byte that is neither in the alphabet nor padding.
    Byte,
    /// Padding where none belongs, or something else where padding belongs.
    Padding,
    /// The text ends inside a group.
    Length,
    /// The last character has bits that encode nothing and are not 0, which a strict encoding refuses; `written` counts all
    /// bytes.
    TrailingBits,
    /// The destination has no room for the group that begins here.
    Output,
}

impl DecodeErrorKind {
    fn what(self) -> &'static str {
        match self {
            Self::Byte => "a byte that is not in the alphabet",
            Self::Padding => "wrong padding",
            Self::Length => "the text ends inside a group",
            Self::TrailingBits => "bits that encode nothing are not 0",
            Self::Output => "the output is too short",
        }
    }
}

/// Finds out why a kernel stopped at `read`, the beginning of a group. What lies before may be overwritten by now.
#[cold]
pub fn diagnose(table: &DecodeTable, src: &[u8], read: usize, written: usize) -> DecodeError {
    let error = |kind, offset| DecodeError { kind, offset, written };
    let group = &src[read..];
    let is_digit = |&&c: &&u8| table[usize::from(c)] < DIGITS;
    let digits = group.iter().take(GROUP_CHARS).take_while(is_digit).count();
    if digits == GROUP_CHARS {
        return error(DecodeErrorKind::Output, read);
    }
    // Whether the text has padding at all, and this is one.
    let is_pad = |&&c: &&u8| table[PADS] != 0 && c == table[PADDING];
    let pads = group[digits..].iter().take_while(is_pad).count();
    let (next, wanted) = (digits + pads, (GROUP_CHARS - digits) & usize::from(table[PADS]));
    if pads == 0 && next < group.len() {
        return error(DecodeErrorKind::Byte, read + next);
    }
    if pads > 0 && ending(digits, digits + wanted, table).is_none() {
        // None belongs behind so many digits.
        return error(DecodeErrorKind::Padding, read + digits);
    }
    if pads > wanted {
        return error(DecodeErrorKind::Padding, read + digits + wanted);
    }
    if next < group.len() {
        return error(DecodeErrorKind::Padding, read + next);
    }
    match ending(digits, next, table) {
        Some(_) => error(DecodeErrorKind::Output, read),
        None => error(DecodeErrorKind::Length, src.len()),
    }
}
