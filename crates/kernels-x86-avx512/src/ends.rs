//! Where a masked load may reach past the ends.
//!
//! Lanes that a mask leaves out do not fault, but a load that reaches with them into a page that is not there falls
//! into microcode: 150 ns were measured on Zen 4 instead of 1. Slices end at the end of a page more often than
//! one would think, for allocators round to pages. So a kernel masks lanes out on the side where the slice goes on,
//! or, when all of it is shorter than a vector, on the side where its page does.

use core::arch::x86_64::*;

/// Whether a 64-byte load from `p` leaves the page. Then one that ends where a shorter slice ends does not: a slice
/// that starts this late has the rest of the page before it, and if it crosses itself, both pages are there.
#[inline]
pub fn near_page_end<T>(p: *const T) -> bool {
    p.addr() % 4096 > 4096 - 64
}

/// 0 to 63, twice: 64 bytes from the nth on are the indices that rotate a vector down by n lanes.
pub static ROTATE: [u8; 128] = {
    let mut index = [0; 128];
    let mut i = 0;
    while i < index.len() {
        index[i] = i as u8 % 64;
        i += 1;
    }
    index
};

/// The lowest `n` lanes, of at most 64.
#[inline]
#[target_feature(enable = "bmi2")]
pub fn lanes(n: usize) -> u64 {
    _bzhi_u64(u64::MAX, n as u32)
}

/// The vector rotated down by `n` lanes.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f")]
pub fn rotate(v: __m512i, n: usize) -> __m512i {
    debug_assert!(n <= 64);
    // SAFETY: 64 bytes from the nth on are in the table.
    let index = unsafe { _mm512_loadu_si512(ROTATE.as_ptr().add(n).cast()) };
    _mm512_permutexvar_epi8(index, v)
}

/// Loads `n` bytes, 64 at most, into the lowest lanes; the others are 0.
///
/// Where the vector would reach into the next page, it is one that ends in this page instead.
///
/// # Safety
/// `n` bytes are readable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
pub unsafe fn load_some(p: *const u8, n: usize) -> __m512i {
    // SAFETY: the masks admit exactly the bytes there are.
    unsafe {
        if near_page_end(p) {
            let v = _mm512_maskz_loadu_epi8(!lanes(64 - n), p.wrapping_sub(64 - n).cast());
            return rotate(v, 64 - n);
        }
        _mm512_maskz_loadu_epi8(lanes(n), p.cast())
    }
}

/// Loads `n` bytes, less than 16, into the lowest lanes; the others are 0.
///
/// A masked load would wait for a store before it whose bytes lie in its 64, admitted by the mask or not: a small `dst`
/// behind a small `src`, as allocators put them, costs six nanoseconds of twelve on Zen 4.
///
/// # Safety
/// `n` bytes are readable.
#[inline]
#[target_feature(enable = "avx512f")]
pub unsafe fn load_tiny(p: *const u8, n: usize) -> __m512i {
    // SAFETY: each load is within `n` bytes. Bytes that two of them have are the same, and come to the same place.
    unsafe {
        let byte = |i: usize| u64::from(*p.add(i));
        let word = |i: usize| u64::from(p.add(i).cast::<u32>().read_unaligned());
        let (low, high) = if n >= 8 {
            let high = p.add(n - 8).cast::<u64>().read_unaligned();
            (p.cast::<u64>().read_unaligned(), high >> (8 * (15 - n)) >> 8)
        } else if n >= 4 {
            (word(0) | word(n - 4) << (8 * (n - 4)), 0)
        } else if n > 0 {
            (byte(0) | byte(n / 2) << (n / 2 * 8) | byte(n - 1) << (8 * (n - 1)), 0)
        } else {
            (0, 0)
        };
        _mm512_zextsi128_si512(_mm_set_epi64x(high as i64, low as i64))
    }
}

/// Loads `n` bytes, 64 at most, into the lowest lanes; the others hold some of the same bytes, or 0.
///
/// Not by a mask, for the reason that [`load_tiny`] gives: here are two loads that overlap, and the upper one is moved to
/// where it belongs.
///
/// # Safety
/// `n` bytes are readable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl")]
pub unsafe fn load_short(p: *const u8, n: usize) -> __m512i {
    // SAFETY: each load is within `n` bytes, or within the indices.
    unsafe {
        if n > 32 {
            let low = _mm256_loadu_si256(p.cast());
            let move_up = _mm256_loadu_si256(ROTATE.as_ptr().add(64 - n).cast());
            let high = _mm256_permutexvar_epi8(move_up, _mm256_loadu_si256(p.add(n - 32).cast()));
            _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
        } else if n >= 16 {
            let low = _mm_loadu_si128(p.cast());
            let move_up = _mm_loadu_si128(ROTATE.as_ptr().add(32 - n).cast());
            let high = _mm_permutexvar_epi8(move_up, _mm_loadu_si128(p.add(n - 16).cast()));
            _mm512_zextsi256_si512(_mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high))
        } else {
            load_tiny(p, n)
        }
    }
}

/// Stores the lowest `n` lanes, 64 at most, and touches no other byte, by two stores that overlap.
///
/// A load waits for a masked store before it that has its bytes among the 64, admitted or not: with a small `src` behind a
/// small `dst`, decoding 16 characters took 19 ns on Zen 4 instead of 7.
///
/// # Safety
/// `n` bytes are writable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl")]
pub unsafe fn store_short(p: *mut u8, v: __m512i, n: usize) {
    // SAFETY: each store is within `n` bytes, each load within the indices.
    unsafe {
        // Lanes from the `by`th on, where they are stored.
        let index = |by: usize| ROTATE.as_ptr().add(by);
        let half = _mm512_castsi512_si256(v);
        let quarter = _mm256_castsi256_si128(half);
        if n >= 32 {
            let high = _mm512_permutexvar_epi8(_mm512_loadu_si512(index(n - 32).cast()), v);
            _mm256_storeu_si256(p.cast(), half);
            _mm256_storeu_si256(p.add(n - 32).cast(), _mm512_castsi512_si256(high));
        } else if n >= 16 {
            let high = _mm256_permutexvar_epi8(_mm256_loadu_si256(index(n - 16).cast()), half);
            _mm_storeu_si128(p.cast(), quarter);
            _mm_storeu_si128(p.add(n - 16).cast(), _mm256_castsi256_si128(high));
        } else if n >= 8 {
            let high = _mm_permutexvar_epi8(_mm_loadu_si128(index(n - 8).cast()), quarter);
            p.cast::<i64>().write_unaligned(_mm_cvtsi128_si64(quarter));
            p.add(n - 8).cast::<i64>().write_unaligned(_mm_cvtsi128_si64(high));
        } else {
            let word = _mm_cvtsi128_si64(quarter);
            if n >= 4 {
                p.cast::<i32>().write_unaligned(word as i32);
                p.add(n - 4).cast::<i32>().write_unaligned((word >> (8 * (n - 4))) as i32);
            } else if n > 0 {
                p.write(word as u8);
                p.add(n / 2).write((word >> (8 * (n / 2))) as u8);
                p.add(n - 1).write((word >> (8 * (n - 1))) as u8);
            }
        }
    }
}

/// Stores the lowest `n` lanes, 64 at most, and touches no other byte; the same at a page's end.
///
/// # Safety
/// `n` bytes are writable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
pub unsafe fn store_some(p: *mut u8, v: __m512i, n: usize) {
    // SAFETY: the masks admit exactly the bytes there are.
    unsafe {
        if near_page_end(p) {
            _mm512_mask_storeu_epi8(p.wrapping_sub(64 - n).cast(), !lanes(64 - n), rotate(v, n));
        } else {
            _mm512_mask_storeu_epi8(p.cast(), lanes(n), v);
        }
    }
}
