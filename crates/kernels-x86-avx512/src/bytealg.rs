//! First index of a byte, 64 bytes at a time.
//!
//! Up to 64 bytes are one masked load without a branch on the length: most searches are that short, and one
//! mispredicted branch costs more than all the rest. Up to 32 the vector is half as wide, which saves two cycles of
//! eight on Zen 4. Longer input goes vector by vector, and from [`LONG`] on four vectors at a time from a cache line's
//! start, since a load that straddles two lines takes two cycles. The end is a vector that overlaps the one before it.
//!
//! The search walks a pointer instead of a slice: with an index beside it the machine code would save a register.

use crate::ends::near_page_end;
use core::arch::x86_64::*;

const LANES: usize = 64;
/// Vectors between two branches.
const UNROLL: usize = 4;
/// Shortest input for which it pays to look at the start, then reach alignment: one turn is left at least.
const LONG: usize = (UNROLL + 1) * LANES;

/// Row `bytealg_index_byte`, variant `avx512`. Returns -1 when `c` is absent.
///
/// # Safety
/// The CPU has AVX-512 F, BW, VL, BMI1 and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
pub unsafe extern "C" fn index_byte_avx512(p: *const u8, len: usize, c: u8) -> isize {
    // One comparison for 1 to 32, one for 1 to 64: an empty search wraps around and is answered after them.
    let i = if len.wrapping_sub(1) < LANES / 2 {
        // SAFETY: 1 to 32 bytes are readable.
        unsafe { equal_half(p, len, c) }.trailing_zeros()
    } else if len.wrapping_sub(1) < LANES {
        // SAFETY: 33 to 64 bytes are readable.
        unsafe { equal_one(p, len, c) }.trailing_zeros()
    } else if len == 0 {
        return -1;
    } else {
        // SAFETY: more than 64 bytes are readable.
        return unsafe { find(p, len, c) };
    };
    // Lanes past the end are 0 and may equal the needle, but a hit from len on is none; nor is what no hit gives, the
    // number of lanes.
    if (i as usize) < len { i as isize } else { -1 }
}

/// One bit per byte that equals `c`, and any from the `len`th on.
///
/// # Safety
/// `p` is readable for `len` bytes, 1 to half of [`LANES`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn equal_half(p: *const u8, len: usize, c: u8) -> u32 {
    let needle = _mm256_set1_epi8(c as i8);
    if near_page_end(p) {
        let above = LANES / 2 - len;
        // SAFETY: the mask admits exactly the bytes there are.
        let v = unsafe { _mm256_maskz_loadu_epi8(u32::MAX << above, p.wrapping_sub(above).cast()) };
        return _mm256_cmpeq_epi8_mask(v, needle) >> above;
    }
    // SAFETY: the mask admits exactly the bytes there are.
    let v = unsafe { _mm256_maskz_loadu_epi8(_bzhi_u32(u32::MAX, len as u32), p.cast()) };
    _mm256_cmpeq_epi8_mask(v, needle)
}

/// The same with a whole vector.
///
/// # Safety
/// `p` is readable for `len` bytes, 1 to [`LANES`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn equal_one(p: *const u8, len: usize, c: u8) -> u64 {
    let needle = _mm512_set1_epi8(c as i8);
    if near_page_end(p) {
        let above = LANES - len;
        // SAFETY: the mask admits exactly the bytes there are.
        let v = unsafe { _mm512_maskz_loadu_epi8(u64::MAX << above, p.wrapping_sub(above).cast()) };
        return _mm512_cmpeq_epi8_mask(v, needle) >> above;
    }
    // SAFETY: the mask admits exactly the bytes there are.
    let v = unsafe { _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, len as u32), p.cast()) };
    _mm512_cmpeq_epi8_mask(v, needle)
}

/// The search in more than [`LANES`] bytes. Bytes looked at twice were seen not to match, so overlaps cannot mislead.
///
/// # Safety
/// `p` is readable for `len` bytes, more than [`LANES`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn find(p: *const u8, len: usize, c: u8) -> isize {
    let needle = _mm512_set1_epi8(c as i8);
    let mut at = p;
    // SAFETY: what is added to `at` never takes it past `last`, one vector before the end, but for a turn, of which
    // the loop's condition says that it ends at the end or before.
    unsafe {
        let last = p.add(len - LANES);
        if len >= LONG {
            let hits = equal(at, needle);
            if hits != 0 {
                return hits.trailing_zeros() as isize;
            }
            at = at.add(LANES - at.addr() % LANES);
            let last_turn = last.sub((UNROLL - 1) * LANES);
            while at <= last_turn {
                if any(at, needle) {
                    return at.offset_from(p) + first(at, needle) as isize;
                }
                at = at.add(UNROLL * LANES);
            }
        }
        while at < last {
            let hits = equal(at, needle);
            if hits != 0 {
                return at.offset_from(p) + hits.trailing_zeros() as isize;
            }
            at = at.add(LANES);
        }
        let hits = equal(last, needle);
        if hits == 0 { -1 } else { last.offset_from(p) + hits.trailing_zeros() as isize }
    }
}

/// Whether a turn has a hit. Where a byte equals the needle their difference is 0, and so is the least of the
/// differences in that lane: one comparison into a mask instead of four, of which Zen 4 does one a cycle.
///
/// # Safety
/// A turn is readable at `p`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn any(p: *const u8, needle: __m512i) -> bool {
    // SAFETY: k is below the number of vectors of a turn.
    let d =
        |k: usize| unsafe { _mm512_xor_si512(_mm512_loadu_si512(p.add(k * LANES).cast()), needle) };
    let least = _mm512_min_epu8(_mm512_min_epu8(d(0), d(1)), _mm512_min_epu8(d(2), d(3)));
    _mm512_testn_epi8_mask(least, least) != 0
}

/// Index of the first hit of a turn that has one.
///
/// # Safety
/// A turn is readable at `p`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn first(p: *const u8, needle: __m512i) -> usize {
    let mut at = 0;
    loop {
        // SAFETY: `at` is below the size of a turn, by the condition below.
        let hits = unsafe { equal(p.add(at), needle) };
        if hits != 0 || at == (UNROLL - 1) * LANES {
            return at + hits.trailing_zeros() as usize;
        }
        at += LANES;
    }
}

/// One bit per byte of a vector that equals the needle.
///
/// # Safety
/// 64 bytes are readable at `p`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
unsafe fn equal(p: *const u8, needle: __m512i) -> u64 {
    // SAFETY: the caller's promise; the load allows any alignment.
    _mm512_cmpeq_epi8_mask(unsafe { _mm512_loadu_si512(p.cast()) }, needle)
}
