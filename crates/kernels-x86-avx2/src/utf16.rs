//! UTF-16 to and from UTF-8, 32 bytes or 16 units at a time: what each lane would be is computed in all of them, and those that
//! end a character are brought to the front by a shuffle from a table (docs/kernels/utf16.md).
//!
//! Such a store has something behind what counts. So a block is converted only if the one behind it is whole and valid, and
//! has room: then the characters of that one come to where it was written. At the ends, stores are exact.

mod from_utf8;
mod to_utf8;

pub use from_utf8::from_utf8_avx2;
pub use to_utf8::to_utf8_avx2;

use core::arch::x86_64::*;

/// Units of a vector.
const UNITS: usize = 16;

/// Eight bytes of `v` in an order.
///
/// # Safety
/// Eight bytes are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn eight_of(v: __m128i, order: *const u8) -> u64 {
    // SAFETY: the caller's promise.
    let order = unsafe { _mm_loadl_epi64(order.cast()) };
    _mm_cvtsi128_si64(_mm_shuffle_epi8(v, order)) as u64
}
