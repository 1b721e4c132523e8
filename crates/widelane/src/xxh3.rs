//! XXH3 hashes of 64 and 128 bits, with seeds and with secrets, at once or in pieces.
//!
//! The values are those of the reference implementation, on every machine. XXH3 is not cryptographic: a seed or a secret
//! that an attacker does not know makes collisions harder to find, not infeasible.
//!
//! ```
//! use widelane::xxh3::{self, Hasher};
//! assert_eq!(xxh3::hash64(b""), 0x2d06_8005_38d3_94c2);
//! assert_eq!(xxh3::hash128(b""), 0x99aa_06d3_0147_98d8_6001_c324_468d_497f);
//! let mut hasher = Hasher::with_seed(7);
//! hasher.update(b"in ");
//! hasher.update(b"pieces");
//! assert_eq!(hasher.finish64(), xxh3::hash64_with_seed(b"in pieces", 7));
//! ```
//!
//! Nothing here panics or allocates.
//!
//! Source: the specification of xxHash, `doc/xxhash_spec.md` of <https://github.com/Cyan4973/xxHash>; how the kernels
//! compute it is in the repository's `docs/kernels/xxh3.md`.

mod hasher;

pub use hasher::Hasher;

use crate::raw;
use core::fmt;
use kernels_generic::xxh3::{DEFAULT_SECRET, derive, short};

/// The least length of a secret, in bytes.
pub const SECRET_MIN: usize = kernels_generic::xxh3::SECRET_MIN;

/// A secret that is long enough. It should look random: where it is regular, so is the hash.
///
/// ```
/// use widelane::xxh3::{Secret, hash64_with_secret};
/// let bytes: [u8; 200] = core::array::from_fn(|i| (i * i * 167 / 13) as u8);
/// let secret = Secret::new(&bytes)?;
/// assert_ne!(hash64_with_secret(b"hello", secret), widelane::xxh3::hash64(b"hello"));
/// assert!(Secret::new(&bytes[..135]).is_err());
/// # Ok::<(), widelane::xxh3::SecretError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Secret<'a> {
    whole: &'a [u8],
    start: &'a [u8; SECRET_MIN],
}

impl<'a> Secret<'a> {
    /// The secret of everybody who has none.
    pub(crate) const DEFAULT: Secret<'static> = match DEFAULT_SECRET.first_chunk() {
        Some(start) => Secret { whole: &DEFAULT_SECRET, start },
        None => panic!("the default secret is too short"),
    };

    /// All of `secret`.
    ///
    /// # Errors
    /// If it has less than [`SECRET_MIN`] bytes.
    #[inline]
    pub const fn new(secret: &'a [u8]) -> Result<Self, SecretError> {
        match secret.first_chunk() {
            Some(start) => Ok(Self { whole: secret, start }),
            None => Err(SecretError(())),
        }
    }
}

/// A secret has less than [`SECRET_MIN`] bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SecretError(());

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret shorter than {SECRET_MIN} bytes")
    }
}

impl core::error::Error for SecretError {}

/// The 64-bit hash of `p`.
#[inline]
pub fn hash64(p: &[u8]) -> u64 {
    short::hash64_plain(p).unwrap_or_else(|| long(p, &DEFAULT_SECRET))
}

/// The 64-bit hash of `p` with a seed. Seed 0 is none.
#[inline]
pub fn hash64_with_seed(p: &[u8], seed: u64) -> u64 {
    short::hash64(p, seed, Secret::DEFAULT.start).unwrap_or_else(|| long_seeded(p, seed))
}

/// The 64-bit hash of `p` with a secret.
#[inline]
pub fn hash64_with_secret(p: &[u8], secret: Secret) -> u64 {
    short::hash64(p, 0, secret.start).unwrap_or_else(|| long(p, secret.whole))
}

/// The 128-bit hash of `p`.
#[inline]
pub fn hash128(p: &[u8]) -> u128 {
    short::hash128_plain(p).map_or_else(|| long128(p, &DEFAULT_SECRET), join)
}

/// The 128-bit hash of `p` with a seed. Seed 0 is none.
#[inline]
pub fn hash128_with_seed(p: &[u8], seed: u64) -> u128 {
    short::hash128(p, seed, Secret::DEFAULT.start).map_or_else(|| long128_seeded(p, seed), join)
}

/// The 128-bit hash of `p` with a secret.
#[inline]
pub fn hash128_with_secret(p: &[u8], secret: Secret) -> u128 {
    short::hash128(p, 0, secret.start).map_or_else(|| long128(p, secret.whole), join)
}

/// The 64-bit hash of more than 240 bytes with a seed. Nothing is derived for seed 0, which is what C and whoever has the
/// seed in a variable pass for none. Out of line: short input needs none of its stack.
#[inline(never)]
fn long_seeded(p: &[u8], seed: u64) -> u64 {
    if seed == 0 { long(p, &DEFAULT_SECRET) } else { long(p, &derive(seed)) }
}

/// The 128-bit hash of more than 240 bytes with a seed.
#[inline(never)]
fn long128_seeded(p: &[u8], seed: u64) -> u128 {
    if seed == 0 { long128(p, &DEFAULT_SECRET) } else { long128(p, &derive(seed)) }
}

/// The 64-bit hash of more than 240 bytes.
fn long(p: &[u8], secret: &[u8]) -> u64 {
    let mut out = 0;
    // SAFETY: slices are readable for their lengths, and one word can be written.
    unsafe {
        raw::xxh3::digest(&raw mut out, 1, p.as_ptr(), p.len(), secret.as_ptr(), secret.len())
    }
    out
}

/// The 128-bit hash of more than 240 bytes.
fn long128(p: &[u8], secret: &[u8]) -> u128 {
    let mut out = [0; 2];
    let to = out.as_mut_ptr();
    // SAFETY: slices are readable for their lengths, and two words can be written.
    unsafe { raw::xxh3::digest(to, 2, p.as_ptr(), p.len(), secret.as_ptr(), secret.len()) }
    join(out)
}

/// Two words, the low one first.
#[inline]
fn join([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}
