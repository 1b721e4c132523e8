//! Adler-32, 16 bytes at a time.
//!
//! Pairwise additions make sums of four bytes, so the sum of the bytes is kept in four lanes, one for each group of a
//! vector. A byte's weight is the number of bytes from it to the end, and is made of three parts:
//!
//! - within its group 4, 3, 2, 1, by a multiplication of 16 bits;
//! - 12, 8, 4 or 0 for the groups behind it in its vector, which is a weight of its lane, applied once at the end;
//! - 16 for each vector behind it. Instead of multiplying, every vector adds the sums of all before it once more.
//!
//! Weights of at most four let the eight products of a turn be added in 16 bits (at most 8160) before they are widened. LLVM
//! takes the weights, which are the same for all, out of the sum: eight widening additions and one `mul`. A turn of 64 bytes
//! is 24 instructions and three of the loop.

use core::arch::aarch64::*;
use kernels_generic::adler32::{State, Sums, in_blocks, words};
use kernels_generic::ffi::slice;

const LANES: usize = 16;
/// Vectors to a turn.
const UNROLL: usize = 4;
/// Bytes between two remainders; the last block may have twice as many. With 2048 vectors the sums of sums stay below 2^31
/// in each lane; with 2903 they would not stay below 2^32.
const BLOCK: usize = 1 << 14;

/// From byte n on, a mask of the last n of 16 bytes.
static LAST: [u8; 2 * LANES] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255,
];

/// Row `adler32_update`, variant `neon`.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn update_neon(adler: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    let p = unsafe { slice(p, len) };
    match len {
        0 => adler,
        1..LANES => State::of(adler).and(len, sums_short(p)).adler(),
        _ => in_blocks::<BLOCK>(State::of(adler), p, |block| sums_long(block)).adler(),
    }
}

/// Sums over 1 to 15 bytes: two words, which end where a vector's halves do.
#[inline]
#[target_feature(enable = "neon")]
fn sums_short(p: &[u8]) -> Sums {
    let ([first, rest], after) = words(p);
    let v = vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(first), vcreate_u64(rest)));
    let after = after as u32;
    let plain = vpaddlq_u16(vpaddlq_u8(v));
    let behind = vcombine_u32(vset_pair(4 + after, after), vset_pair(4, 0));
    let weighted = vmlaq_u32(vpaddlq_u16(products(vdupq_n_u16(0), v)), plain, behind);
    Sums { plain: vaddlvq_u32(plain), weighted: vaddlvq_u32(weighted) }
}

#[inline]
#[target_feature(enable = "neon")]
fn vset_pair(low: u32, high: u32) -> uint32x2_t {
    vcreate_u32(u64::from(high) << 32 | u64::from(low))
}

#[inline]
#[target_feature(enable = "neon")]
fn sums_long(p: &[u8]) -> Sums {
    let zero = vdupq_n_u32(0);
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    let (turns, rest) = p.as_chunks::<{ UNROLL * LANES }>();
    for turn in turns {
        let mut in_turn = vdupq_n_u16(0);
        for v in turn.as_chunks::<LANES>().0 {
            let v = load(v);
            before = vaddq_u32(before, plain);
            plain = vpadalq_u16(plain, vpaddlq_u8(v));
            in_turn = products(in_turn, v);
        }
        weighted = vpadalq_u16(weighted, in_turn);
    }
    for v in rest.as_chunks::<LANES>().0 {
        let v = load(v);
        before = vaddq_u32(before, plain);
        plain = vpadalq_u16(plain, vpaddlq_u8(v));
        weighted = vpadalq_u16(weighted, products(vdupq_n_u16(0), v));
    }
    let after = rest.len() % LANES;
    // All so far has the last bytes behind it; these end a vector that begins with zeros.
    let behind = after as u64 * vaddlvq_u32(plain) + LANES as u64 * vaddlvq_u32(before);
    let mask = LAST.get(after..).and_then(|mask| mask.first_chunk());
    if let (1.., Some(last), Some(mask)) = (after, p.last_chunk(), mask) {
        let v = vandq_u8(load(last), load(mask));
        plain = vpadalq_u16(plain, vpaddlq_u8(v));
        weighted = vpadalq_u16(weighted, products(vdupq_n_u16(0), v));
    }
    let in_vector = vcombine_u32(vset_pair(12, 8), vset_pair(4, 0));
    let weighted = vaddlvq_u32(vmlaq_u32(weighted, plain, in_vector));
    Sums { plain: vaddlvq_u32(plain), weighted: behind + weighted }
}

/// Adds each byte by its weight within a group.
#[inline]
#[target_feature(enable = "neon")]
fn products(sums: uint16x8_t, v: uint8x16_t) -> uint16x8_t {
    let weights = vreinterpretq_u8_u32(vdupq_n_u32(0x0102_0304));
    let low = vmlal_u8(sums, vget_low_u8(v), vget_low_u8(weights));
    vmlal_high_u8(low, v, weights)
}

#[inline]
#[target_feature(enable = "neon")]
fn load(v: &[u8; LANES]) -> uint8x16_t {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    unsafe { vld1q_u8(v.as_ptr()) }
}
