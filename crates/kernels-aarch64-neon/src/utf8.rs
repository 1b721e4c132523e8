//! UTF-8, 64 bytes at a time in four vectors, by the lookup method of Keiser and Lemire (see `kernels_generic::utf8`).

use core::arch::aarch64::*;
use kernels_generic::utf8::{FIRST_HIGH, FIRST_LOW, FOURTH, SECOND_HIGH, THIRD, tiny};

const BLOCK: usize = 64;
const LANES: usize = 16;

kernels_generic::utf8_over_blocks!("neon", "neon", "NEON", valid_up_to_neon, rune_count_neon);

/// # Safety
/// So many blocks are readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn ascii<const N: usize>(at: [*const u8; N]) -> bool {
    // SAFETY: the caller's promise.
    let any = at.into_iter().fold(vdupq_n_u8(0), |any, p| vorrq_u8(any, unsafe { all_of(p) }));
    vmaxvq_u8(any) < 0x80
}

/// The bits of a block that are set anywhere.
///
/// # Safety
/// A block is readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn all_of(p: *const u8) -> uint8x16_t {
    // SAFETY: the caller's promise.
    let v = |k| unsafe { vld1q_u8(p.add(k * LANES)) };
    vorrq_u8(vorrq_u8(v(0), v(1)), vorrq_u8(v(2), v(3)))
}

/// # Safety
/// A block is readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn wrong_first(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise; three bytes are before all vectors but the first.
    let at = |k| unsafe { errors_at(p.add(k * LANES), tables) };
    // SAFETY: the caller's promise.
    let first = errors_alone(unsafe { vld1q_u8(p) }, tables);
    any(vorrq_u8(vorrq_u8(first, at(1)), vorrq_u8(at(2), at(3))))
}

/// # Safety
/// A block is readable, and three bytes before it.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn wrong(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise.
    any(unsafe { errors_of_block(p, tables) })
}

/// # Safety
/// Two blocks are readable, and three bytes before them.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn wrong2(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise.
    any(unsafe { vorrq_u8(errors_of_block(p, tables), errors_of_block(p.add(BLOCK), tables)) })
}

/// # Safety
/// A block is readable, and three bytes before it.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn errors_of_block(p: *const u8, tables: Tables) -> uint8x16_t {
    // SAFETY: the caller's promise.
    let at = |k| unsafe { errors_at(p.add(k * LANES), tables) };
    vorrq_u8(vorrq_u8(at(0), at(1)), vorrq_u8(at(2), at(3)))
}

/// # Safety
/// A block is readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn starts(p: *const u8) -> usize {
    // SAFETY: the caller's promise.
    let v = |k| vector_starts(unsafe { vld1q_u8(p.add(k * LANES)) });
    // Every comparison gives -1 or 0, so the sum is -64 at the least.
    let sum = vaddq_s8(vaddq_s8(v(0), v(1)), vaddq_s8(v(2), v(3)));
    -vaddvq_s8(sum) as usize
}

/// # Safety
/// A block is readable, and n is 1 to 63.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn starts_last(p: *const u8, n: usize) -> usize {
    let skipped = BLOCK - n;
    let v = |k: usize| {
        // SAFETY: the caller's promise.
        let lane = unsafe { vld1q_u8(p.add(k * LANES)) };
        starts_from(lane, skipped.saturating_sub(k * LANES))
    };
    v(0) + v(1) + v(2) + v(3)
}

/// Vector by vector, the last overlapping the one before; less than one with zeros behind it, which are ASCII, so a sequence
/// that is cut off is one too short.
///
/// # Safety
/// So many bytes are readable, at most 64.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn short(p: *const u8, n: usize) -> usize {
    let tables = tables();
    // SAFETY: whole vectors before the end, then one that ends there; three bytes are before each that looks at them.
    unsafe {
        if n < LANES {
            let (low, high) = tiny(p, n);
            let v = vcombine_u8(vcreate_u8(low), vcreate_u8(high));
            if any(errors_alone(v, tables)) {
                return usize::MAX;
            }
            return starts_from(v, 0) - (LANES - n);
        }
        let mut wrong = errors_alone(vld1q_u8(p), tables);
        let (mut i, mut count) = (LANES, starts_from(vld1q_u8(p), 0));
        while n - i >= LANES {
            wrong = vorrq_u8(wrong, errors_at(p.add(i), tables));
            count += starts_from(vld1q_u8(p.add(i)), 0);
            i += LANES;
        }
        let last = p.add(n - LANES);
        let errors_last = if n < LANES + 3 {
            // The first four bytes are also in the first vector.
            let errors = vreinterpretq_u32_u8(errors_alone(vld1q_u8(last), tables));
            vreinterpretq_u8_u32(vsetq_lane_u32::<0>(0, errors))
        } else {
            errors_at(last, tables)
        };
        wrong = vorrq_u8(wrong, errors_last);
        count += starts_from(vld1q_u8(last), LANES - (n - i));
        if any(wrong) || cut_off(p, n) { usize::MAX } else { count }
    }
}

/// How many bytes of a vector from the one of this index on are no continuations.
#[inline]
#[target_feature(enable = "neon")]
fn starts_from(v: uint8x16_t, skipped: usize) -> usize {
    const INDEX: [u8; LANES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    // SAFETY: the size of the table.
    let index = unsafe { vld1q_u8(INDEX.as_ptr()) };
    let counted = vreinterpretq_s8_u8(vcgeq_u8(index, vdupq_n_u8(skipped as u8)));
    -vaddvq_s8(vandq_s8(vector_starts(v), counted)) as usize
}

/// -1 per byte that is no continuation: as signed numbers, continuations are the lowest 64.
#[inline]
#[target_feature(enable = "neon")]
fn vector_starts(v: uint8x16_t) -> int8x16_t {
    let least = vdupq_n_s8(0xbf_u8 as i8);
    vreinterpretq_s8_u8(vcgtq_s8(vreinterpretq_s8_u8(v), least))
}

#[inline]
#[target_feature(enable = "neon")]
pub(crate) fn any(v: uint8x16_t) -> bool {
    vmaxvq_u8(v) != 0
}

/// The errors of a vector with three readable bytes before it.
///
/// # Safety
/// A vector is readable, and three bytes before it.
#[inline]
#[target_feature(enable = "neon")]
pub(crate) unsafe fn errors_at(p: *const u8, tables: Tables) -> uint8x16_t {
    // SAFETY: the caller's promise.
    let before = |k| unsafe { vld1q_u8(p.sub(k)) };
    errors(before(0), before(1), before(2), before(3), tables)
}

/// The errors of a vector that has nothing before it.
#[inline]
#[target_feature(enable = "neon")]
fn errors_alone(v: uint8x16_t, tables: Tables) -> uint8x16_t {
    let zero = vdupq_n_u8(0);
    errors(v, vextq_u8::<15>(zero, v), vextq_u8::<14>(zero, v), vextq_u8::<13>(zero, v), tables)
}

/// What is wrong with the bytes of `v`, given those one, two and three places before each.
#[inline]
#[target_feature(enable = "neon")]
pub(crate) fn errors(
    v: uint8x16_t,
    before1: uint8x16_t,
    before2: uint8x16_t,
    before3: uint8x16_t,
    tables: Tables,
) -> uint8x16_t {
    let pairs = vandq_u8(
        vandq_u8(
            vqtbl1q_u8(tables.first_high, vshrq_n_u8::<4>(before1)),
            vqtbl1q_u8(tables.first_low, vandq_u8(before1, vdupq_n_u8(0x0f))),
        ),
        vqtbl1q_u8(tables.second_high, vshrq_n_u8::<4>(v)),
    );
    let third = vqsubq_u8(before2, vdupq_n_u8(THIRD));
    let fourth = vqsubq_u8(before3, vdupq_n_u8(FOURTH));
    veorq_u8(vandq_u8(vorrq_u8(third, fourth), vdupq_n_u8(0x80)), pairs)
}

/// What `errors` looks up.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    first_high: uint8x16_t,
    first_low: uint8x16_t,
    second_high: uint8x16_t,
}

/// In registers where the compiler likes.
#[inline]
#[target_feature(enable = "neon")]
pub(crate) fn tables() -> Tables {
    Tables {
        first_high: table(&FIRST_HIGH),
        first_low: table(&FIRST_LOW),
        second_high: table(&SECOND_HIGH),
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn table(t: &[u8; 16]) -> uint8x16_t {
    // SAFETY: 16 bytes are readable.
    unsafe { vld1q_u8(t.as_ptr()) }
}
