//! Base32 (RFC 4648): any ASCII alphabet, with padding or without.
//!
//! ```
//! use widelane::base32::{HEX_NO_PAD, STANDARD};
//!
//! let mut text = [0; 8];
//! assert_eq!(STANDARD.encode_into(b"lane", &mut text), Ok("NRQW4ZI="));
//! let mut bytes = [0; 4];
//! assert_eq!(HEX_NO_PAD.decode_into(b"DHGMSP8", &mut bytes).unwrap(), b"lane");
//! assert_eq!(STANDARD.decode_into(b"NRQW4ZI1", &mut bytes).unwrap_err().offset, 7);
//! ```
//!
//! | | digits | padding |
//! |---|---|---|
//! | [`STANDARD`] | `A` to `Z`, `2` to `7` | `=` |
//! | [`STANDARD_NO_PAD`] | `A` to `Z`, `2` to `7` | none |
//! | [`HEX`] | `0` to `9`, `A` to `V` | `=` |
//! | [`HEX_NO_PAD`] | `0` to `9`, `A` to `V` | none |
//!
//! Decoding takes only what the encoding says: padding exactly where it belongs, and no other character, in one case only.
//! Bits of the last character that encode nothing may have any value, unless the encoding is [`Encoding::strict`].
//!
//! Nothing panics but [`Encoding::encode`], where a text would be longer than memory can be. Timing depends on the data:
//! this is not for secrets that others may time.
//!
//! Source: RFC 4648; how the kernels work is in the repository's `docs/kernels/base32.md`.

mod error;

pub use error::{AlphabetError, DecodeError, DecodeErrorKind, ShortOutput};

use crate::raw;
use crate::text::misfit;
use core::{fmt, slice, str};
use kernels_generic::base32::{
    DecodeTable, ENCODE_FLAGS, ENCODE_PADDING, EncodeTable, RAW, decode_table, decoded_len,
    encode_table, saturating_encoded_len, trailing_bits,
};

/// RFC 4648, section 6, with padding.
pub static STANDARD: Encoding = tables(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", Some(b'='));
/// [`STANDARD`] without padding.
pub static STANDARD_NO_PAD: Encoding = tables(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", None);
/// RFC 4648, section 7, whose texts sort as their bytes do, with padding.
pub static HEX: Encoding = tables(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", Some(b'='));
/// [`HEX`] without padding.
pub static HEX_NO_PAD: Encoding = tables(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", None);

/// An alphabet, with rules for padding and for bits that encode nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoding {
    decode: Aligned<DecodeTable>,
    encode: Aligned<EncodeTable>,
    strict: bool,
}

/// A table at the beginning of a line of the cache, of which a short text takes one to three.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(align(64))]
struct Aligned<T>(T);

const fn tables(alphabet: &[u8; 32], padding: Option<u8>) -> Encoding {
    Encoding {
        decode: Aligned(decode_table(alphabet, padding)),
        encode: Aligned(encode_table(alphabet, padding)),
        strict: false,
    }
}

impl Encoding {
    /// The encoding of this alphabet, padded with `padding` or not at all.
    ///
    /// ```
    /// use widelane::base32::Encoding;
    /// static CROCKFORD: Encoding = match Encoding::new(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", None) {
    ///     Ok(encoding) => encoding,
    ///     Err(_) => panic!("not an alphabet"),
    /// };
    /// assert_eq!(CROCKFORD.encode(b"lane"), "DHGPWS8");
    /// ```
    ///
    /// # Errors
    /// If a byte is not ASCII or occurs twice, the padding included.
    pub const fn new(alphabet: &[u8; 32], padding: Option<u8>) -> Result<Encoding, AlphabetError> {
        match misfit(alphabet, padding) {
            Some(byte) => Err(AlphabetError { byte }),
            None => Ok(tables(alphabet, padding)),
        }
    }

    /// The same, but decoding refuses text whose last character has bits that encode nothing and are not 0 (RFC 4648,
    /// section 3.5): then no two texts decode to the same bytes.
    ///
    /// ```
    /// use widelane::base32::STANDARD;
    /// assert_eq!(STANDARD.decode(b"NRQW4ZJ=").unwrap(), b"lane");
    /// assert_eq!(STANDARD.strict().decode(b"NRQW4ZJ=").unwrap_err().offset, 6);
    /// ```
    pub const fn strict(&self) -> Encoding {
        Encoding { decode: self.decode, encode: self.encode, strict: true }
    }

    const fn padding(&self) -> Option<u8> {
        if self.encode.0[ENCODE_FLAGS] & RAW != 0 {
            None
        } else {
            Some(self.encode.0[ENCODE_PADDING])
        }
    }

    /// Characters that encode `n` bytes, padding included; `usize::MAX` if there are more.
    #[inline]
    pub const fn encoded_len(&self, n: usize) -> usize {
        saturating_encoded_len(n, &self.encode.0)
    }

    /// The most bytes that `n` characters decode to.
    #[inline]
    pub const fn decoded_len(&self, n: usize) -> usize {
        decoded_len(n)
    }

    /// Encodes `src` into the beginning of `dst`, and returns the text.
    ///
    /// # Errors
    /// If `dst` is shorter than [`Encoding::encoded_len`]; then nothing is written.
    #[inline]
    pub fn encode_into<'a>(&self, src: &[u8], dst: &'a mut [u8]) -> Result<&'a str, ShortOutput> {
        let needed = self.encoded_len(src.len());
        if dst.len() < needed {
            return Err(ShortOutput { needed });
        }
        // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
        unsafe {
            raw::base32::encode(
                dst.as_mut_ptr(),
                dst.len(),
                src.as_ptr(),
                src.len(),
                &self.encode.0,
            );
        }
        // SAFETY: alphabet and padding are ASCII.
        Ok(unsafe { str::from_utf8_unchecked(&dst[..needed]) })
    }

    /// Decodes `src` into the beginning of `dst`, and returns the bytes.
    ///
    /// # Errors
    /// If `src` is not valid, or `dst` is shorter than its bytes, for which [`Encoding::decoded_len`] is always enough.
    /// The error says where; all groups before that are decoded, and not one byte of `dst` behind them is written.
    #[inline]
    pub fn decode_into<'a>(
        &self,
        src: &[u8],
        dst: &'a mut [u8],
    ) -> Result<&'a mut [u8], DecodeError> {
        // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
        let n = unsafe { self.run(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len()) }?;
        Ok(&mut dst[..n])
    }

    /// Decodes `text` in place, and returns the bytes, which take the place of the text's beginning.
    ///
    /// ```
    /// let mut buffer = *b"NRQW4ZI=";
    /// assert_eq!(widelane::base32::STANDARD.decode_in_place(&mut buffer).unwrap(), b"lane");
    /// ```
    ///
    /// # Errors
    /// If the text is not valid; groups before the error are decoded, and the rest of the text is as it was.
    pub fn decode_in_place<'a>(&self, text: &'a mut [u8]) -> Result<&'a mut [u8], DecodeError> {
        let (p, len) = (text.as_mut_ptr(), text.len());
        // SAFETY: the slice is as long as it says, and the destination begins where the source does.
        let n = unsafe { self.run(p, len, p, len) }?;
        Ok(&mut text[..n])
    }

    /// The text that encodes `src`.
    #[cfg(feature = "std")]
    pub fn encode(&self, src: &[u8]) -> String {
        let needed = self.encoded_len(src.len());
        let mut text = Vec::<u8>::with_capacity(needed);
        // SAFETY: the capacity is `needed`, and a kernel writes exactly that where there is room for it.
        unsafe {
            raw::base32::encode(text.as_mut_ptr(), needed, src.as_ptr(), src.len(), &self.encode.0);
            text.set_len(needed);
        }
        // SAFETY: alphabet and padding are ASCII.
        unsafe { String::from_utf8_unchecked(text) }
    }

    /// The bytes that `src` encodes.
    ///
    /// # Errors
    /// If `src` is not valid.
    #[cfg(feature = "std")]
    pub fn decode(&self, src: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let room = self.decoded_len(src.len());
        let mut bytes = Vec::<u8>::with_capacity(room);
        // SAFETY: the capacity is `room` at least, and a kernel counts what it writes.
        unsafe {
            let n = self.run(bytes.as_mut_ptr(), room, src.as_ptr(), src.len())?;
            bytes.set_len(n);
        }
        Ok(bytes)
    }

    /// Decodes, and finds out what is wrong.
    ///
    /// # Safety
    /// Both pointers are valid for their lengths, `dst` for writes; `dst` begins where `src` does or before it, or they do not
    /// overlap.
    #[inline]
    unsafe fn run(
        &self,
        dst: *mut u8,
        room: usize,
        src: *const u8,
        len: usize,
    ) -> Result<usize, DecodeError> {
        // SAFETY: the caller's promise. No slice is alive while the kernel writes: what it writes may be its source.
        unsafe {
            let over = if self.strict {
                trailing_bits(slice::from_raw_parts(src, len), &self.decode.0)
            } else {
                None
            };
            let done = raw::base32::decode(dst, room, src, len, &self.decode.0);
            if done.first != len {
                let text = slice::from_raw_parts(src, len);
                return Err(error::diagnose(&self.decode.0, text, done.first, done.second));
            }
            match over {
                None => Ok(done.second),
                Some(offset) => {
                    let kind = DecodeErrorKind::TrailingBits;
                    Err(DecodeError { kind, offset, written: done.second })
                }
            }
        }
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoding")
            .field("alphabet", &str::from_utf8(&self.encode.0[..32]).unwrap_or_default())
            .field("padding", &self.padding().map(char::from))
            .field("strict", &self.strict)
            .finish()
    }
}
