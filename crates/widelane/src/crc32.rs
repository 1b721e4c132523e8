//! CRC-32 checksums, IEEE and Castagnoli.
//!
//! Both are reflected, start from all ones and end complemented, as everybody computes them: a checksum of nothing is
//! 0, and the checksum of a whole is that of its second part continued from that of its first.
//!
//! | | polynomial, reflected | who uses it | of `123456789` |
//! |---|---|---|---|
//! | IEEE | 0x04C11DB7, 0xEDB88320 | Ethernet, gzip, zip, PNG; "CRC-32/ISO-HDLC" | 0xCBF43926 |
//! | Castagnoli | 0x1EDC6F41, 0x82F63B78 | iSCSI, ext4, Btrfs, SSE4.2; "CRC-32/ISCSI" | 0xE3069283 |
//!
//! ```
//! use widelane::crc32;
//! assert_eq!(crc32::ieee(b"123456789"), 0xcbf4_3926);
//! assert_eq!(crc32::ieee_update(crc32::ieee(b"1234"), b"56789"), 0xcbf4_3926);
//! assert_eq!(crc32::castagnoli(b"123456789"), 0xe306_9283);
//! ```
//!
//! Nothing here panics or allocates. A CRC finds accidents, not attacks: whoever may change the data can make it fit.
//!
//! Source: the polynomials are those of IEEE 802.3 and of RFC 3720; how the kernels compute them is in the
//! repository's `docs/kernels/crc32.md`.

use crate::{crc64, raw};
use kernels_generic::crc32::algebra::{CASTAGNOLI, IEEE, after_zeros};

/// The IEEE CRC-32 of `p`.
///
/// ```
/// assert_eq!(widelane::crc32::ieee(b"hello"), 0x3610_a686);
/// assert_eq!(widelane::crc32::ieee(b""), 0);
/// ```
#[inline]
pub fn ieee(p: &[u8]) -> u32 {
    ieee_update(0, p)
}

/// The IEEE CRC-32 of what `crc` is the checksum of, followed by `p`.
///
/// ```
/// use widelane::crc32::{ieee, ieee_update};
/// assert_eq!(ieee_update(ieee(b"hel"), b"lo"), ieee(b"hello"));
/// ```
#[inline]
pub fn ieee_update(crc: u32, p: &[u8]) -> u32 {
    // SAFETY: a slice is readable for its length.
    unsafe { raw::crc32::ieee_update(crc, p.as_ptr(), p.len()) }
}

/// The Castagnoli CRC-32 of `p`.
///
/// ```
/// assert_eq!(widelane::crc32::castagnoli(b"hello"), 0x9a71_bb4c);
/// assert_eq!(widelane::crc32::castagnoli(b""), 0);
/// ```
#[inline]
pub fn castagnoli(p: &[u8]) -> u32 {
    castagnoli_update(0, p)
}

/// The Castagnoli CRC-32 of what `crc` is the checksum of, followed by `p`.
///
/// ```
/// use widelane::crc32::{castagnoli, castagnoli_update};
/// assert_eq!(castagnoli_update(castagnoli(b"hel"), b"lo"), castagnoli(b"hello"));
/// ```
#[inline]
pub fn castagnoli_update(crc: u32, p: &[u8]) -> u32 {
    // SAFETY: a slice is readable for its length.
    unsafe { raw::crc32::castagnoli_update(crc, p.as_ptr(), p.len()) }
}

/// The IEEE CRC-32 of a whole, of whose parts `first` and `second` are the checksums; the second has `len` bytes. Without
/// the data, in steps as many as `len` has bits.
///
/// ```
/// use widelane::crc32::{ieee, ieee_combine};
/// assert_eq!(ieee_combine(ieee(b"hel"), ieee(b"lo"), 2), ieee(b"hello"));
/// ```
pub const fn ieee_combine(first: u32, second: u32, len: u64) -> u32 {
    after_zeros(first, len, IEEE) ^ second
}

/// The Castagnoli CRC-32 of a whole, of whose parts `first` and `second` are the checksums; the second has `len` bytes.
/// Without the data, in steps as many as `len` has bits.
///
/// ```
/// use widelane::crc32::{castagnoli, castagnoli_combine};
/// assert_eq!(castagnoli_combine(castagnoli(b"hel"), castagnoli(b"lo"), 2), castagnoli(b"hello"));
/// ```
pub const fn castagnoli_combine(first: u32, second: u32, len: u64) -> u32 {
    after_zeros(first, len, CASTAGNOLI) ^ second
}

/// Which CRC-32 a [`Hasher`] computes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Polynomial {
    /// 0x04C11DB7: Ethernet, gzip, zip, PNG.
    #[default]
    Ieee,
    /// 0x1EDC6F41: iSCSI, ext4, Btrfs, SSE4.2.
    Castagnoli,
}

/// Any other reflected polynomial of 32 bits, with what the kernels have to know of it: 2.6 KiB, best kept in a `static`.
///
/// Times x^32 it is one of 64 bits, whose checksums are x^32 times as much: the same number, since the lowest bit is the
/// highest power. So the kernels of [`crc64`] serve it.
///
/// ```
/// use widelane::crc32::Custom;
/// static KOOPMAN: Custom = Custom::new(0xeb31_d82e);
/// let (first, second) = (KOOPMAN.checksum(b"1234"), KOOPMAN.checksum(b"56789"));
/// assert_eq!(KOOPMAN.checksum(b"123456789"), 0x2d3d_d0ae);
/// assert_eq!(KOOPMAN.update(first, b"56789"), 0x2d3d_d0ae);
/// assert_eq!(KOOPMAN.combine(first, second, 5), 0x2d3d_d0ae);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Custom(crc64::Polynomial);

impl Custom {
    /// x^32 and what `reflected` has: its bit i is the coefficient of x^(31-i). Any word is allowed. Takes about a
    /// microsecond, or nothing in a `static`.
    pub const fn new(reflected: u32) -> Self {
        Self(crc64::Polynomial::new(reflected as u64))
    }

    /// The word that it was made from.
    #[inline]
    pub const fn reflected(&self) -> u32 {
        self.0.reflected() as u32
    }

    /// The CRC-32 of `p`.
    #[inline]
    pub fn checksum(&self, p: &[u8]) -> u32 {
        self.update(0, p)
    }

    /// The CRC-32 of what `crc` is the checksum of, followed by `p`.
    #[inline]
    pub fn update(&self, crc: u32, p: &[u8]) -> u32 {
        crc64::update(&self.0, !u64::from(!crc), p) as u32
    }

    /// The CRC-32 of a whole, of whose parts `first` and `second` are the checksums; the second has `len` bytes. Without the
    /// data, in steps as many as `len` has bits.
    pub const fn combine(&self, first: u32, second: u32, len: u64) -> u32 {
        after_zeros(first, len, self.reflected()) ^ second
    }
}

/// A checksum of data that comes in pieces. Eight bytes; a copy is a checkpoint.
///
/// ```
/// use widelane::crc32::Hasher;
/// let mut hasher = Hasher::castagnoli();
/// hasher.update(b"1234");
/// let halfway = hasher;
/// hasher.update(b"56789");
/// assert_eq!(hasher.finish(), 0xe306_9283);
/// assert_eq!(halfway.finish(), widelane::crc32::castagnoli(b"1234"));
/// ```
///
/// With feature `std` it is a [`Write`](std::io::Write), so that `std::io::copy` can fill it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Hasher {
    polynomial: Polynomial,
    crc: u32,
}

impl Hasher {
    /// Of nothing so far, with that polynomial.
    #[inline]
    pub const fn new(polynomial: Polynomial) -> Self {
        Self::resume(polynomial, 0)
    }

    /// Of nothing so far, IEEE.
    #[inline]
    pub const fn ieee() -> Self {
        Self::new(Polynomial::Ieee)
    }

    /// Of nothing so far, Castagnoli.
    #[inline]
    pub const fn castagnoli() -> Self {
        Self::new(Polynomial::Castagnoli)
    }

    /// Of data whose checksum is `crc`.
    #[inline]
    pub const fn resume(polynomial: Polynomial, crc: u32) -> Self {
        Self { polynomial, crc }
    }

    /// Adds `p`.
    #[inline]
    pub fn update(&mut self, p: &[u8]) {
        self.crc = match self.polynomial {
            Polynomial::Ieee => ieee_update(self.crc, p),
            Polynomial::Castagnoli => castagnoli_update(self.crc, p),
        };
    }

    /// The checksum of all that was added. More can be added after it.
    #[inline]
    pub const fn finish(&self) -> u32 {
        self.crc
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
