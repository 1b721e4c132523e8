//! UTF-16 to and from UTF-8, 32 bytes or 16 units at a time: what each lane would be is computed in all of them, and those that
//! end a character are brought to the front by a table lookup (docs/kernels/utf16.md).
//!
//! Such a store has something behind what counts. So a block is converted only if the one behind it is whole and valid, and
//! has room: then the characters of that one come to where it was written. At the ends, stores are exact.

mod from_utf8;
mod to_utf8;

pub use from_utf8::from_utf8_neon;
pub use to_utf8::to_utf8_neon;

use core::arch::aarch64::*;
use kernels_generic::utf8::tiny;

/// Bytes of a vector.
const LANES: usize = 16;

/// A bit for each lane, the same ones in both halves.
#[inline]
#[target_feature(enable = "neon")]
fn bit_of_eight() -> uint8x16_t {
    const BITS: [u8; LANES] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: the size of the table.
    unsafe { vld1q_u8(BITS.as_ptr()) }
}

/// A bit for each lane, all ones or none, of four vectors.
#[inline]
#[target_feature(enable = "neon")]
fn bits(v: [uint8x16_t; 4]) -> u64 {
    let own = |k: usize| vandq_u8(v[k], bit_of_eight());
    let sums = vpaddq_u8(vpaddq_u8(own(0), own(1)), vpaddq_u8(own(2), own(3)));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)))
}

/// Eight bytes of `v` in an order.
///
/// # Safety
/// Eight bytes are readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn eight_of(v: uint8x16_t, order: *const u8) -> u64 {
    // SAFETY: the caller's promise.
    let packed = vqtbl1_u8(v, unsafe { vld1_u8(order) });
    vget_lane_u64::<0>(vreinterpret_u64_u8(packed))
}

/// Loads `n` bytes, 32 at most, into the lowest lanes; the others are 0.
///
/// # Safety
/// So many bytes are readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn load_some(p: *const u8, n: usize) -> [uint8x16_t; 2] {
    // From the nth on: moves a vector down by n lanes.
    const DOWN: [u8; 2 * LANES] = {
        let mut index = [0x80; 2 * LANES];
        let mut i = 0;
        while i < LANES {
            index[i] = i as u8;
            i += 1;
        }
        index
    };
    // SAFETY: two vectors that overlap, the upper one moved down over what the lower one has; 16 bytes from there on are in
    // the table.
    unsafe {
        if n < LANES {
            let (low, high) = tiny(p, n);
            return [vcombine_u8(vcreate_u8(low), vcreate_u8(high)), vdupq_n_u8(0)];
        }
        let down = vld1q_u8(DOWN.as_ptr().add(2 * LANES - n));
        [vld1q_u8(p), vqtbl1q_u8(vld1q_u8(p.add(n - LANES)), down)]
    }
}
