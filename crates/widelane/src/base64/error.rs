//! What can be wrong, and where.

use crate::text::{alphabet_error, text_errors};
use kernels_generic::base64::{DECODE_FLAGS, DecodeTable, PAD, SKIP, STRICT, may_end};

alphabet_error!("base64");
text_errors!("base64");

/// What is wrong at the offset of a [`DecodeError`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// A byte that is neither in the alphabet nor padding nor skipped.
    Byte,
    /// Padding where none belongs, or something else where padding belongs.
    Padding,
    /// The text ends inside a group.
    Length,
    /// The last character has bits that encode nothing and are not 0, which a strict encoding refuses.
    TrailingBits,
    /// A byte after the end of the text; `written` counts all of it.
    AfterEnd,
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
            Self::AfterEnd => "a byte after the end",
            Self::Output => "the output is too short",
        }
    }
}

/// Finds out why a kernel stopped at `read`, the beginning of a group or the first byte after the end.
#[cold]
pub fn diagnose(table: &DecodeTable, src: &[u8], read: usize, written: usize) -> DecodeError {
    let error = |kind, offset| DecodeError { kind, offset, written };
    if !written.is_multiple_of(3) {
        return error(DecodeErrorKind::AfterEnd, read);
    }
    let (mut digits, mut pads, mut last) = (0, 0, (0, read));
    let mut end = src.len();
    for (i, &c) in src.iter().enumerate().skip(read) {
        match table[usize::from(c)] {
            SKIP => {}
            PAD if digits < 2 => return error(DecodeErrorKind::Padding, i),
            PAD if digits + pads < 4 => pads += 1,
            d if d < 64 && pads == 0 => {
                digits += 1;
                last = (d, i);
                if digits == 4 {
                    return error(DecodeErrorKind::Output, read);
                }
            }
            _ if pads == 0 => return error(DecodeErrorKind::Byte, i),
            _ => {
                end = i;
                break;
            }
        }
    }
    if !may_end(table, digits, pads) {
        let kind = if pads > 0 { DecodeErrorKind::Padding } else { DecodeErrorKind::Length };
        return error(kind, end);
    }
    let over = if digits == 2 { 15 } else { 3 };
    if table[DECODE_FLAGS] & STRICT != 0 && last.0 & over != 0 {
        return error(DecodeErrorKind::TrailingBits, last.1);
    }
    error(DecodeErrorKind::Output, read)
}
