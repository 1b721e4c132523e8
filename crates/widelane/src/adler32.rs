//! Adler-32 checksums, those of zlib streams.
//!
//! A checksum of nothing is 1, and the checksum of a whole is that of its second part continued from that of its first.
//!
//! ```
//! use widelane::adler32;
//! assert_eq!(adler32::checksum(b"123456789"), 0x091e_01de);
//! assert_eq!(adler32::update(adler32::checksum(b"1234"), b"56789"), 0x091e_01de);
//! ```
//!
//! Nothing here panics or allocates. A checksum finds accidents, not attacks: whoever may change the data can make it fit.
//! Of short messages Adler-32 finds fewer than a CRC does (RFC 3309).
//!
//! Source: RFC 1950, section 8.2; how the kernels compute it is in the repository's `docs/kernels/adler32.md`.

use crate::raw;
use kernels_generic::adler32::MODULUS;

/// The Adler-32 of `p`.
///
/// ```
/// assert_eq!(widelane::adler32::checksum(b"hello"), 0x062c_0215);
/// assert_eq!(widelane::adler32::checksum(b""), 1);
/// ```
#[inline]
pub fn checksum(p: &[u8]) -> u32 {
    update(1, p)
}

/// The Adler-32 of what `adler` is the checksum of, followed by `p`. What is no checksum, one half of which is 65521 or
/// more, is reduced by the first byte.
///
/// ```
/// use widelane::adler32::{checksum, update};
/// assert_eq!(update(checksum(b"hel"), b"lo"), checksum(b"hello"));
/// ```
#[inline]
pub fn update(adler: u32, p: &[u8]) -> u32 {
    // SAFETY: a slice is readable for its length.
    unsafe { raw::adler32::update(adler, p.as_ptr(), p.len()) }
}

/// The Adler-32 of a whole, of whose parts `first` and `second` are the checksums; the second has `len` bytes. Without the
/// data.
///
/// ```
/// use widelane::adler32::{checksum, combine};
/// assert_eq!(combine(checksum(b"hel"), checksum(b"lo"), 2), checksum(b"hello"));
/// ```
pub const fn combine(first: u32, second: u32, len: u64) -> u32 {
    // The second part began from 1 where it would have begun from the first's sum of bytes, once more for each byte.
    let before = ((first & 0xffff) + MODULUS - 1) % MODULUS;
    let a = (before + (second & 0xffff)) % MODULUS;
    let more = len % MODULUS as u64 * before as u64;
    let b = (more + (first >> 16) as u64 + (second >> 16) as u64) % MODULUS as u64;
    (b as u32) << 16 | a
}

/// A checksum of data that comes in pieces. Four bytes; a copy is a checkpoint.
///
/// ```
/// use widelane::adler32::{Hasher, checksum};
/// let mut hasher = Hasher::new();
/// hasher.update(b"1234");
/// let halfway = hasher;
/// hasher.update(b"56789");
/// assert_eq!(hasher.finish(), 0x091e_01de);
/// assert_eq!(halfway.finish(), checksum(b"1234"));
/// ```
///
/// With feature `std` it is a [`Write`](std::io::Write), so that `std::io::copy` can fill it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hasher {
    adler: u32,
}

impl Hasher {
    /// Of nothing so far.
    #[inline]
    pub const fn new() -> Self {
        Self::resume(1)
    }

    /// Of data whose checksum is `adler`.
    #[inline]
    pub const fn resume(adler: u32) -> Self {
        Self { adler }
    }

    /// Adds `p`.
    #[inline]
    pub fn update(&mut self, p: &[u8]) {
        self.adler = update(self.adler, p);
    }

    /// The checksum of all that was added. More can be added after it.
    #[inline]
    pub const fn finish(&self) -> u32 {
        self.adler
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "std")]
impl std::io::Write for Hasher {
    /// Takes all of `p`, never fails.
    #[inline]
    fn write(&mut self, p: &[u8]) -> std::io::Result<usize> {
        self.update(p);
        Ok(p.len())
    }

    #[inline]
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
