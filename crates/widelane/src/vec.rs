//! Arithmetic over slices of 64-bit integers.

use crate::raw;
use core::fmt;

/// The most elements that the caller's own loop sums sooner than a call of a kernel does, which cannot be inlined. Adding
/// slices gains nothing by one: a loop of three pointers is as long as the call.
const SHORT: usize = 8;

/// Sum of the elements, modulo 2^64.
///
/// ```
/// assert_eq!(widelane::vec::sum(&[1, 2, u64::MAX]), 2);
/// ```
#[inline]
pub fn sum(p: &[u64]) -> u64 {
    if p.len() <= SHORT {
        return p.iter().fold(0, |sum, x| sum.wrapping_add(*x));
    }
    // SAFETY: a slice is readable for its length.
    unsafe { raw::vec::sum(p.as_ptr(), p.len()) }
}

/// `dst[i] = a[i] + b[i]`, modulo 2^64.
///
/// ```
/// let mut dst = [0; 3];
/// widelane::vec::add(&mut dst, &[1, 2, 3], &[10, 20, u64::MAX])?;
/// assert_eq!(dst, [11, 22, 2]);
/// # Ok::<(), widelane::vec::LengthError>(())
/// ```
///
/// # Errors
/// If the three are not of one length; `dst` is then as it was.
#[inline]
pub fn add(dst: &mut [u64], a: &[u64], b: &[u64]) -> Result<(), LengthError> {
    if a.len() != dst.len() || b.len() != dst.len() {
        return Err(LengthError(()));
    }
    // SAFETY: slices are valid for their lengths, and the exclusive one overlaps neither of the others.
    unsafe {
        raw::vec::add(dst.as_mut_ptr(), dst.len(), a.as_ptr(), a.len(), b.as_ptr(), b.len());
    }
    Ok(())
}

/// `dst[i] += b[i]`, modulo 2^64.
///
/// ```
/// let mut dst = [1, 2, 3];
/// widelane::vec::add_assign(&mut dst, &[10, 20, 30])?;
/// assert_eq!(dst, [11, 22, 33]);
/// # Ok::<(), widelane::vec::LengthError>(())
/// ```
///
/// # Errors
/// If the two are not of one length; `dst` is then as it was.
#[inline]
pub fn add_assign(dst: &mut [u64], b: &[u64]) -> Result<(), LengthError> {
    if b.len() != dst.len() {
        return Err(LengthError(()));
    }
    let (p, len) = (dst.as_mut_ptr(), dst.len());
    // SAFETY: slices are valid for their lengths. The row allows `dst` to be `a`, and both come from one pointer.
    unsafe { raw::vec::add(p, len, p, len, b.as_ptr(), len) }
    Ok(())
}

/// Slices whose elements belong together are of different lengths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LengthError(());

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("slices of different lengths")
    }
}

impl core::error::Error for LengthError {}
