//! Base64 (RFC 4648): any ASCII alphabet, with padding or without, with line breaks or without.
//!
//! ```
//! use widelane::base64::{STANDARD, URL_SAFE_NO_PAD};
//!
//! let mut text = [0; 8];
//! assert_eq!(STANDARD.encode_into(b"lane", &mut text), Ok("bGFuZQ=="));
//! let mut bytes = [0; 6];
//! assert_eq!(URL_SAFE_NO_PAD.decode_into(b"bGFuZQ", &mut bytes).unwrap(), b"lane");
//! ```
//!
//! | | digits 62 and 63 | padding |
//! |---|---|---|
//! | [`STANDARD`] | `+` `/` | `=` |
//! | [`STANDARD_NO_PAD`] | `+` `/` | none |
//! | [`URL_SAFE`] | `-` `_` | `=` |
//! | [`URL_SAFE_NO_PAD`] | `-` `_` | none |
//!
//! Decoding takes only what the encoding says: padding exactly where it belongs, and no other character. What an
//! encoding skips is added with [`Encoding::skipping`], as in MIME, whose line breaks cost little. Bits of the last
//! character that encode nothing may have any value, unless the encoding is [`Encoding::strict`].
//!
//! Nothing panics but [`Encoding::encode`], where a text would be longer than memory can be. Timing depends on the data:
//! this is not for secrets that others may time.
//!
//! Source: RFC 4648; how the kernels work is in the repository's `docs/kernels/base64.md`.

mod error;

pub use error::{AlphabetError, DecodeError, DecodeErrorKind, ShortOutput};

use crate::raw;
use crate::text::misfit;
use core::str;
use kernels_generic::base64::{
    DECODE_FLAGS, DecodeTable, ENCODE_FLAGS, EncodeTable, PADDED_ENDS, RAW, RAW_ENDS, STRICT,
    decode_table, decoded_len, encode_table, saturating_encoded_len,
};

const LETTERS_DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// RFC 4648, section 4, with padding.
pub static STANDARD: Encoding = usual(b"+/", Some(b'='));
/// [`STANDARD`] without padding.
pub static STANDARD_NO_PAD: Encoding = usual(b"+/", None);
/// RFC 4648, section 5, for URLs and file names, with padding.
pub static URL_SAFE: Encoding = usual(b"-_", Some(b'='));
/// [`URL_SAFE`] without padding.
pub static URL_SAFE_NO_PAD: Encoding = usual(b"-_", None);

/// An alphabet, with rules for padding, for bytes to skip, and for bits that encode nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoding {
    decode: DecodeTable,
    encode: EncodeTable,
}

const fn usual(last: &[u8; 2], padding: Option<u8>) -> Encoding {
    let mut alphabet = [0; 64];
    let mut i = 0;
    while i < 62 {
        alphabet[i] = LETTERS_DIGITS[i];
        i += 1;
    }
    [alphabet[62], alphabet[63]] = *last;
    tables(&alphabet, padding, b"", false)
}

const fn tables(alphabet: &[u8; 64], padding: Option<u8>, skip: &[u8], strict: bool) -> Encoding {
    let ends = if padding.is_some() { PADDED_ENDS } else { RAW_ENDS };
    Encoding {
        decode: decode_table(alphabet, padding, skip, ends, strict),
        encode: encode_table(alphabet, padding),
    }
}

impl Encoding {
    /// The encoding of this alphabet, padded with `padding` or not at all.
    ///
    /// ```
    /// use widelane::base64::Encoding;
    /// static CRYPT: Encoding = match Encoding::new(
    ///     b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    ///     None,
    /// ) {
    ///     Ok(encoding) => encoding,
    ///     Err(_) => panic!("not an alphabet"),
    /// };
    /// assert_eq!(CRYPT.encode(b"lane"), "P43iNE");
    /// ```
    ///
    /// # Errors
    /// If a byte is not ASCII or occurs twice, the padding included.
    pub const fn new(alphabet: &[u8; 64], padding: Option<u8>) -> Result<Encoding, AlphabetError> {
        match misfit(alphabet, padding) {
            Some(byte) => Err(AlphabetError { byte }),
            None => Ok(tables(alphabet, padding, b"", false)),
        }
    }

    /// The same, but decoding skips these bytes wherever they stand. Bytes that mean something already are not skipped.
    ///
    /// ```
    /// use widelane::base64::STANDARD;
    /// let mime = STANDARD.skipping(b"\r\n");
    /// assert_eq!(mime.decode(b"bGFu\r\nZQ==\r\n").unwrap(), b"lane");
    /// ```
    pub const fn skipping(&self, bytes: &[u8]) -> Encoding {
        tables(&self.alphabet(), self.padding(), bytes, self.decode[DECODE_FLAGS] & STRICT != 0)
    }

    /// The same, but decoding refuses text whose last character has bits that encode nothing and are not 0 (RFC 4648,
    /// section 3.5): then no two texts decode to the same bytes, unless bytes are skipped.
    ///
    /// ```
    /// use widelane::base64::STANDARD;
    /// assert_eq!(STANDARD.decode(b"bGFuZR==").unwrap(), b"lane");
    /// assert!(STANDARD.strict().decode(b"bGFuZR==").is_err());
    /// ```
    pub const fn strict(&self) -> Encoding {
        let mut decode = self.decode;
        decode[DECODE_FLAGS] |= STRICT;
        Encoding { decode, encode: self.encode }
    }

    const fn alphabet(&self) -> [u8; 64] {
        let mut alphabet = [0; 64];
        let mut i = 0;
        while i < 64 {
            alphabet[i] = self.encode[i];
            i += 1;
        }
        alphabet
    }

    const fn padding(&self) -> Option<u8> {
        if self.encode[ENCODE_FLAGS] & RAW != 0 {
            return None;
        }
        Some(self.encode[kernels_generic::base64::PADDING])
    }

    /// Characters that encode `n` bytes, padding included; `usize::MAX` if there are more.
    #[inline]
    pub const fn encoded_len(&self, n: usize) -> usize {
        saturating_encoded_len(n, &self.encode)
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
            raw::base64::encode(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len(), &self.encode);
        }
        // SAFETY: alphabet and padding are ASCII.
        Ok(unsafe { str::from_utf8_unchecked(&dst[..needed]) })
    }

    /// Decodes `src` into the beginning of `dst`, and returns the bytes.
    ///
    /// # Errors
    /// If `src` is not valid, or `dst` is shorter than its bytes, for which [`Encoding::decoded_len`] is always enough.
    /// The error says where; all groups before that are in `dst`.
    #[inline]
    pub fn decode_into<'a>(
        &self,
        src: &[u8],
        dst: &'a mut [u8],
    ) -> Result<&'a mut [u8], DecodeError> {
        // SAFETY: both slices are as long as they say and do not overlap, since one is borrowed exclusively.
        let done = unsafe {
            raw::base64::decode(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len(), &self.decode)
        };
        if done.first == src.len() {
            Ok(&mut dst[..done.second])
        } else {
            Err(error::diagnose(&self.decode, src, done.first, done.second))
        }
    }

    /// Decodes `text` in place, and returns the bytes, which take the place of the text's beginning.
    ///
    /// ```
    /// let mut buffer = *b"bGFuZQ==";
    /// assert_eq!(widelane::base64::STANDARD.decode_in_place(&mut buffer).unwrap(), b"lane");
    /// ```
    ///
    /// # Errors
    /// If the text is not valid; groups before the error are decoded, and the rest of the text is as it was, except
    /// that a few bytes behind the decoded ones may be lost.
    pub fn decode_in_place<'a>(&self, text: &'a mut [u8]) -> Result<&'a mut [u8], DecodeError> {
        let (p, len) = (text.as_mut_ptr(), text.len());
        // SAFETY: the slice is as long as it says, and the kernel allows a destination that begins where the source does.
        let done = unsafe { raw::base64::decode(p, len, p, len, &self.decode) };
        if done.first == len {
            Ok(&mut text[..done.second])
        } else {
            Err(error::diagnose(&self.decode, text, done.first, done.second))
        }
    }

    /// The text that encodes `src`.
    #[cfg(feature = "std")]
    pub fn encode(&self, src: &[u8]) -> String {
        let needed = self.encoded_len(src.len());
        let mut text = Vec::<u8>::with_capacity(needed);
        // SAFETY: the capacity is `needed`, and a kernel writes exactly that where there is room for it.
        unsafe {
            raw::base64::encode(text.as_mut_ptr(), needed, src.as_ptr(), src.len(), &self.encode);
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
        let done = unsafe {
            let done = raw::base64::decode(
                bytes.as_mut_ptr(),
                room,
                src.as_ptr(),
                src.len(),
                &self.decode,
            );
            bytes.set_len(done.second);
            done
        };
        if done.first == src.len() {
            Ok(bytes)
        } else {
            Err(error::diagnose(&self.decode, src, done.first, done.second))
        }
    }
}

impl core::fmt::Debug for Encoding {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let alphabet = self.alphabet();
        f.debug_struct("Encoding")
            .field("alphabet", &str::from_utf8(&alphabet).unwrap_or_default())
            .field("padding", &self.padding().map(char::from))
            .field("strict", &(self.decode[DECODE_FLAGS] & STRICT != 0))
            .finish_non_exhaustive()
    }
}
