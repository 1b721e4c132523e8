//! CRC-64 checksums: ISO, ECMA, NVME, and any other reflected polynomial, all by the same kernels.
//!
//! They start from all ones and end complemented, as Go, xz and NVM Express compute them: a checksum of nothing is 0, and
//! the checksum of a whole is that of its second part continued from that of its first.
//!
//! | | polynomial, reflected | who uses it | of `123456789` |
//! |---|---|---|---|
//! | [`ISO`] | 0x1B, 0xD800000000000000 | HDLC, Go; "CRC-64/GO-ISO" | 0xB90956C775A41001 |
//! | [`ECMA`] | 0x42F0E1EBA9EA3693, 0xC96C5795D7870F42 | xz, Go; "CRC-64/XZ" | 0x995DC9BBDF1939FA |
//! | [`NVME`] | 0xAD93D23594C93659, 0x9A6C9329AC4BC9B5 | NVM Express, Amazon S3; "CRC-64/NVME" | 0xAE8B14860A799888 |
//!
//! ```
//! use widelane::crc64::{ECMA, Polynomial, checksum, combine, update};
//! assert_eq!(checksum(&ECMA, b"123456789"), 0x995d_c9bb_df19_39fa);
//! let (head, tail) = (checksum(&ECMA, b"1234"), checksum(&ECMA, b"56789"));
//! assert_eq!(update(&ECMA, head, b"56789"), 0x995d_c9bb_df19_39fa);
//! assert_eq!(combine(&ECMA, head, tail, 5), 0x995d_c9bb_df19_39fa);
//!
//! static JONES: Polynomial = Polynomial::new(0x95ac_9329_ac4b_c9b5);
//! assert_eq!(!update(&JONES, !0, b"123456789"), 0xe9c6_d914_c4b8_d9ca); // as Redis has it, not complemented
//! ```
//!
//! Nothing here panics or allocates. A CRC finds accidents, not attacks: whoever may change the data can make it fit.
//!
//! Source: ISO 3309; ECMA-182; NVM Express NVM Command Set Specification, section on 64b guard; how the kernels compute
//! them is in the repository's `docs/kernels/crc64.md`.

use crate::raw;
use core::fmt;
use kernels_generic::crc64::{Constants, constants};

/// 0x1B: HDLC; Go's `crc64.ISO`.
pub static ISO: Polynomial = Polynomial::new(constants::ISO);
/// 0x42F0E1EBA9EA3693: xz; Go's `crc64.ECMA`.
pub static ECMA: Polynomial = Polynomial::new(constants::ECMA);
/// 0xAD93D23594C93659: NVM Express, Amazon S3.
pub static NVME: Polynomial = Polynomial::new(constants::NVME);

/// A polynomial with what the kernels have to know of it: 2.6 KiB, best kept in a `static`.
#[derive(Clone)]
pub struct Polynomial {
    poly: u64,
    constants: Constants,
}

impl Polynomial {
    /// x^64 and what `reflected` has: its bit i is the coefficient of x^(63-i). Any word is allowed, as in Go. Takes about
    /// a microsecond, or nothing in a `static`.
    pub const fn new(reflected: u64) -> Self {
        Self { poly: reflected, constants: Constants::of(reflected) }
    }

    /// The word that it was made from.
    #[inline]
    pub const fn reflected(&self) -> u64 {
        self.poly
    }
}

impl PartialEq for Polynomial {
    fn eq(&self, other: &Self) -> bool {
        self.poly == other.poly
    }
}

impl Eq for Polynomial {}

impl fmt::Debug for Polynomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Polynomial({:#018x})", self.poly)
    }
}

/// The CRC-64 of `p`.
///
/// ```
/// use widelane::crc64::{NVME, checksum};
/// assert_eq!(checksum(&NVME, b"123456789"), 0xae8b_1486_0a79_9888);
/// assert_eq!(checksum(&NVME, b""), 0);
/// ```
#[inline]
pub fn checksum(polynomial: &Polynomial, p: &[u8]) -> u64 {
    update(polynomial, 0, p)
}

/// The CRC-64 of what `crc` is the checksum of, followed by `p`.
///
/// ```
/// use widelane::crc64::{ISO, checksum, update};
/// assert_eq!(update(&ISO, checksum(&ISO, b"1234"), b"56789"), 0xb909_56c7_75a4_1001);
/// ```
#[inline]
pub fn update(polynomial: &Polynomial, crc: u64, p: &[u8]) -> u64 {
    // SAFETY: a slice is readable for its length, and a reference to the constants is readable.
    unsafe { raw::crc64::update(crc, &polynomial.constants.0, p.as_ptr(), p.len()) }
}

/// The CRC-64 of a whole, of whose parts `first` and `second` are the checksums; the second has `len` bytes. Without the
/// data, in well under a microsecond for each bit of `len`.
///
/// ```
/// use widelane::crc64::{ISO, checksum, combine};
/// let (first, second) = (checksum(&ISO, b"1234"), checksum(&ISO, b"56789"));
/// assert_eq!(combine(&ISO, first, second, 5), checksum(&ISO, b"123456789"));
/// ```
pub const fn combine(polynomial: &Polynomial, first: u64, second: u64, len: u64) -> u64 {
    constants::after_zeros(first, len, polynomial.poly) ^ second
}

/// A checksum of data that comes in pieces. Two words; a copy is a checkpoint.
///
/// ```
/// use widelane::crc64::{ECMA, Hasher, checksum};
/// let mut hasher = Hasher::new(&ECMA);
/// hasher.update(b"1234");
/// let halfway = hasher;
/// hasher.update(b"56789");
/// assert_eq!(hasher.finish(), 0x995d_c9bb_df19_39fa);
/// assert_eq!(halfway.finish(), checksum(&ECMA, b"1234"));
/// ```
///
/// With feature `std` it is a [`Write`](std::io::Write), so that `std::io::copy` can fill it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hasher<'a> {
    polynomial: &'a Polynomial,
    crc: u64,
}

impl<'a> Hasher<'a> {
    /// Of nothing so far.
    #[inline]
    pub const fn new(polynomial: &'a Polynomial) -> Self {
        Self::resume(polynomial, 0)
    }

    /// Of data whose checksum is `crc`.
    #[inline]
    pub const fn resume(polynomial: &'a Polynomial, crc: u64) -> Self {
        Self { polynomial, crc }
    }

    /// Adds `p`.
    #[inline]
    pub fn update(&mut self, p: &[u8]) {
        self.crc = update(self.polynomial, self.crc, p);
    }

    /// The checksum of all that was added. More can be added after it.
    #[inline]
    pub const fn finish(&self) -> u64 {
        self.crc
    }
}

#[cfg(feature = "std")]
impl std::io::Write for Hasher<'_> {
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
