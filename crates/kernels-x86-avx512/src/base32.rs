//! Base32 on AVX-512 VBMI, any alphabet: byte permutes look up all 32 characters, or all 128 values, at once.
//!
//! Short input is loaded by two halves that overlap and stored likewise, so that no access is masked. See
//! `docs/kernels/base32.md`.

mod decode;
mod encode;

pub use decode::decode_vbmi;
pub use encode::encode_vbmi;

use crate::ends::rotate;
use core::arch::x86_64::*;

/// Loads `n` bytes, 1 to 64, and puts byte `index[i]` into each lane i. An index of `n` to 39 gives 0; what one of 40 and
/// more gives that is not below `n` is of no account.
///
/// # Safety
/// `n` bytes are readable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
unsafe fn load_permuted(p: *const u8, n: usize, index: __m512i) -> __m512i {
    // The second half lies behind the first in the vector, and they overlap in memory: its bytes are so many lanes
    // further up than they are bytes further on. What is behind them comes to lanes that are empty.
    // SAFETY: each load is within `n` bytes.
    unsafe {
        if n > 32 {
            let half = |i: usize| _mm256_loadu_si256(p.add(i).cast());
            let v = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(half(0)), half(n - 32));
            // No lane is empty, so those of another vector are.
            return _mm512_permutex2var_epi8(v, above(index, 32, 64 - n), _mm512_setzero_si512());
        }
        let (v, index) = if n >= 16 {
            let half = |i: usize| _mm_loadu_si128(p.add(i).cast());
            let v = _mm256_set_m128i(half(n - 16), half(0));
            (_mm512_zextsi256_si512(v), above(index, 16, 32 - n))
        } else if n >= 8 {
            let half = |i: usize| _mm_loadl_epi64(p.add(i).cast());
            let v = _mm_unpacklo_epi64(half(0), half(n - 8));
            (_mm512_zextsi128_si512(v), above(index, 8, 16 - n))
        } else {
            let byte = |i: usize| u64::from(*p.add(i)) << (8 * i);
            let word = |i: usize| u64::from(p.add(i).cast::<u32>().read_unaligned()) << (8 * i);
            let low =
                if n >= 4 { word(0) | word(n - 4) } else { byte(0) | byte(n / 2) | byte(n - 1) };
            (_mm512_zextsi128_si512(_mm_cvtsi64_si128(low as i64)), index)
        };
        _mm512_permutexvar_epi8(index, v)
    }
}

/// The indices, those from `least` on increased by `more`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn above(index: __m512i, least: u8, more: usize) -> __m512i {
    let upper = _mm512_cmpge_epu8_mask(index, _mm512_set1_epi8(least as i8));
    _mm512_mask_add_epi8(index, upper, index, _mm512_set1_epi8(more as i8))
}

/// Stores the lowest `n` lanes, 1 to 64, and touches no other byte. By [`crate::ends::store_short`], decoding to one byte to four
/// takes a tenth to a fifth longer on Zen 4.
///
/// # Safety
/// `n` bytes are writable.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f")]
unsafe fn store(p: *mut u8, v: __m512i, n: usize) {
    // SAFETY: each store is within `n` bytes; what overlaps is written alike.
    unsafe {
        if n >= 32 {
            _mm256_storeu_si256(p.cast(), _mm512_castsi512_si256(v));
            let end = rotate(v, n - 32);
            _mm256_storeu_si256(p.add(n - 32).cast(), _mm512_castsi512_si256(end));
        } else if n >= 16 {
            _mm_storeu_si128(p.cast(), _mm512_castsi512_si128(v));
            let end = rotate(v, n - 16);
            _mm_storeu_si128(p.add(n - 16).cast(), _mm512_castsi512_si128(end));
        } else if n >= 8 {
            _mm_storel_epi64(p.cast(), _mm512_castsi512_si128(v));
            let end = rotate(v, n - 8);
            _mm_storel_epi64(p.add(n - 8).cast(), _mm512_castsi512_si128(end));
        } else {
            let word = _mm_cvtsi128_si64(_mm512_castsi512_si128(v)) as u64;
            if n >= 4 {
                p.cast::<u32>().write_unaligned(word as u32);
                p.add(n - 4).cast::<u32>().write_unaligned((word >> (8 * (n - 4))) as u32);
            } else {
                p.write(word as u8);
                if n > 1 {
                    p.add(n - 2).cast::<u16>().write_unaligned((word >> (8 * (n - 2))) as u16);
                }
            }
        }
    }
}
