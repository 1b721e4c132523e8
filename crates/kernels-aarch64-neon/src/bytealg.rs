//! First index of a byte, 64 bytes at a time.
//!
//! NEON has no mask of one bit per byte. In one vector, narrowing a comparison by a shift of four leaves four bits per
//! byte in a 64-bit register, and the count of trailing zeros over four is the index. In four vectors, a bit of
//! its own for each byte and three rounds of pairwise addition leave one bit per byte.
//!
//! There is no loop for the tail: whatever the length, the last load ends at the last byte and overlaps the one
//! before. Bytes seen twice were seen not to match, so the overlap cannot mislead.

use core::{arch::aarch64::*, arch::asm};

const LANES: usize = 16;
/// Bytes of a turn of the loop: 15 instructions, where four turns of one vector each would take 32.
const BLOCK: usize = 4 * LANES;

/// Row `bytealg_index_byte`, variant `neon`. Returns -1 when `c` is absent.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn index_byte_neon(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise, and each branch has the length that its function asks for.
    let index = unsafe {
        match len {
            0..4 => find_to_3(p, len, c),
            4..8 => find_4_to_7(p, len, c),
            8..16 => find_8_to_15(p, len, c),
            16..32 => find_16_to_31(p, len, c),
            32..64 => find_32_to_63(p, len, c),
            _ => find_from_64(p, len, c),
        }
    };
    index.map_or(-1, |i| i as isize)
}

/// # Safety
/// `p` is readable for `len` bytes, 64 or more.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn find_from_64(p: *const u8, len: usize, c: u8) -> Option<usize> {
    let needle = vdupq_n_u8(c);
    let last = len - BLOCK;
    let mut i = 0;
    while i < last {
        // SAFETY: more than 64 bytes are left.
        let equal = unsafe { equal_at(p, [i, i + 16, i + 32, i + 48], needle) };
        if any(equal) {
            return Some(i + first(equal));
        }
        i += BLOCK;
    }
    // SAFETY: the last 64 bytes.
    let equal = unsafe { equal_at(p, [last, last + 16, last + 32, last + 48], needle) };
    any(equal).then(|| last + first(equal))
}

/// # Safety
/// `p` is readable for `len` bytes, 32 to 63.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn find_32_to_63(p: *const u8, len: usize, c: u8) -> Option<usize> {
    // SAFETY: 32 bytes from the start and 32 up to the end.
    let equal = unsafe { equal_at(p, [0, 16, len - 32, len - 16], vdupq_n_u8(c)) };
    if !any(equal) {
        return None;
    }
    let i = first(equal);
    Some(if i < 32 { i } else { len - BLOCK + i })
}

/// # Safety
/// `p` is readable for `len` bytes, 16 to 31.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn find_16_to_31(p: *const u8, len: usize, c: u8) -> Option<usize> {
    let needle = vdupq_n_u8(c);
    // SAFETY: 16 bytes from the start and 16 up to the end.
    let (head, tail) = unsafe { (vld1q_u8(p), vld1q_u8(p.add(len - LANES))) };
    let (head, tail) = (hits(vceqq_u8(head, needle)), hits(vceqq_u8(tail, needle)));
    if head != 0 {
        return Some(head.trailing_zeros() as usize / 4);
    }
    (tail != 0).then(|| len - LANES + tail.trailing_zeros() as usize / 4)
}

/// # Safety
/// `p` is readable for `len` bytes, 8 to 15.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn find_8_to_15(p: *const u8, len: usize, c: u8) -> Option<usize> {
    // SAFETY: eight bytes from the start and eight up to the end.
    let both = unsafe { vcombine_u8(vld1_u8(p), vld1_u8(p.add(len - 8))) };
    let hits = hits(vceqq_u8(both, vdupq_n_u8(c)));
    let i = hits.trailing_zeros() as usize / 4;
    (hits != 0).then_some(if i < 8 { i } else { len - LANES + i })
}

/// # Safety
/// `p` is readable for `len` bytes, 4 to 7.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn find_4_to_7(p: *const u8, len: usize, c: u8) -> Option<usize> {
    // SAFETY: four bytes from the start and four up to the end; neither load needs an alignment.
    let (head, tail) = unsafe {
        (p.cast::<u32>().read_unaligned(), p.add(len - 4).cast::<u32>().read_unaligned())
    };
    let both = vcreate_u8(u64::from(head.to_le()) | u64::from(tail.to_le()) << 32);
    let hits = vget_lane_u64::<0>(vreinterpret_u64_u8(vceq_u8(both, vdup_n_u8(c))));
    let i = hits.trailing_zeros() as usize / 8;
    (hits != 0).then_some(if i < 4 { i } else { len - 8 + i })
}

/// # Safety
/// `p` is readable for `len` bytes, at most 3.
#[inline]
unsafe fn find_to_3(p: *const u8, len: usize, c: u8) -> Option<usize> {
    if len == 0 {
        return None;
    }
    // The first, the middle and the last of up to three bytes are all of them, in order.
    for i in [0, len / 2, len - 1] {
        // SAFETY: i is below len.
        if unsafe { *p.add(i) } == c {
            return Some(i);
        }
    }
    None
}

/// Which bytes of four vectors are the needle.
///
/// # Safety
/// `p` is readable for 16 bytes at each of these offsets.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn equal_at(p: *const u8, offsets: [usize; 4], needle: uint8x16_t) -> [uint8x16_t; 4] {
    // SAFETY: the caller's promise.
    offsets.map(|i| unsafe { vceqq_u8(vld1q_u8(p.add(i)), needle) })
}

/// Whether any byte of the comparisons is set. Up to four times 255 is 0 in no nibble, so sums serve as well as ors, of
/// which the compiler would make masks of single bits and spend two more instructions on their way back.
#[inline]
#[target_feature(enable = "neon")]
fn any([a, b, c, d]: [uint8x16_t; 4]) -> bool {
    hits(vaddq_u8(vaddq_u8(a, b), vaddq_u8(c, d))) != 0
}

/// Index of the first set byte of 64, of which one is set.
#[inline]
#[target_feature(enable = "neon")]
fn first([a, b, c, d]: [uint8x16_t; 4]) -> usize {
    let bit = vreinterpretq_u8_u64(vdupq_n_u64(0x8040_2010_0804_0201));
    let ab = add_neighbours(vandq_u8(a, bit), vandq_u8(b, bit));
    let cd = add_neighbours(vandq_u8(c, bit), vandq_u8(d, bit));
    let abcd = add_neighbours(ab, cd);
    let hits = vgetq_lane_u64::<0>(vreinterpretq_u64_u8(add_neighbours(abcd, abcd)));
    hits.trailing_zeros() as usize
}

/// Sums of neighbouring bytes, those of `a` in the lower half.
///
/// This is `vpaddq_u8`; but there the compiler sees that the bits of neighbours never meet, makes the additions to ors of
/// shuffles and does not find ADDP again: 15 instructions for 4.
#[inline]
#[target_feature(enable = "neon")]
fn add_neighbours(a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
    let sums;
    // SAFETY: reads and writes nothing but the vectors.
    unsafe {
        asm!(
            "addp {sums:v}.16b, {a:v}.16b, {b:v}.16b",
            sums = lateout(vreg) sums, a = in(vreg) a, b = in(vreg) b,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sums
}

/// Four bits per byte of a comparison.
#[inline]
#[target_feature(enable = "neon")]
fn hits(equal: uint8x16_t) -> u64 {
    let narrow = vshrn_n_u16::<4>(vreinterpretq_u16_u8(equal));
    vget_lane_u64::<0>(vreinterpret_u64_u8(narrow))
}
