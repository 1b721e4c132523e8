//! CRC-32 with PCLMULQDQ, 16 bytes to a vector, or VPCLMULQDQ, 32, and with the CRC32 instruction of SSE4.2 beside it for
//! CRC-32C.

use core::arch::x86_64::*;
use kernels_generic::crc32::{
    algebra::{CASTAGNOLI, IEEE},
    folding::{Clmul, Wide, update},
};

/// Vectors in flight: two multiplications of 1 to 2 cycles each per vector, a latency of 4 to 7.
const UNROLL: usize = 4;

/// Row `crc32_ieee_update`, variant `vpclmul256`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ and AVX2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx2")]
pub unsafe extern "C" fn ieee_update_vpclmul256(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Avx<IEEE>, UNROLL>(!crc, p, len) }
}

/// Row `crc32_castagnoli_update`, variant `vpclmul256`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ and AVX2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx2")]
pub unsafe extern "C" fn castagnoli_update_vpclmul256(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Avx<CASTAGNOLI>, UNROLL>(!crc, p, len) }
}

/// Row `crc32_ieee_update`, variant `pclmul`.
///
/// # Safety
/// The CPU has PCLMULQDQ and SSE4.1, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,sse4.1")]
pub unsafe extern "C" fn ieee_update_pclmul(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Sse<IEEE>, UNROLL>(!crc, p, len) }
}

/// Row `crc32_castagnoli_update`, variant `pclmul`.
///
/// # Safety
/// The CPU has PCLMULQDQ and SSE4.2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,sse4.2")]
pub unsafe extern "C" fn castagnoli_update_pclmul(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Sse<CASTAGNOLI>, UNROLL>(!crc, p, len) }
}

/// 128 bits, for one generator.
#[derive(Clone, Copy)]
pub(crate) struct Sse<const POLY: u32>(__m128i);

impl<const POLY: u32> Clmul for Sse<POLY> {
    const POLY: u32 = POLY;
    const STEP: bool = POLY == CASTAGNOLI;
    const SHORT: usize = 32;
    const STREAMS: usize = 4;
    const WORDS: usize = 4;

    #[inline(always)]
    unsafe fn load(p: *const u8) -> Self {
        // SAFETY: the caller's promise; the load allows any alignment.
        Self(unsafe { _mm_loadu_si128(p.cast()) })
    }

    #[inline(always)]
    unsafe fn words(low: u64, high: u64) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_set_epi64x(high as i64, low as i64) })
    }

    #[inline(always)]
    unsafe fn xor(self, other: Self) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_xor_si128(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn fold(self, k: Self, next: Self) -> Self {
        // SAFETY: the kernels of this file need PCLMULQDQ.
        unsafe {
            let low = _mm_clmulepi64_si128::<0x00>(self.0, k.0);
            let high = _mm_clmulepi64_si128::<0x11>(self.0, k.0);
            Self(_mm_xor_si128(_mm_xor_si128(low, next.0), high))
        }
    }

    #[inline(always)]
    unsafe fn by_low(self, k: Self) -> Self {
        // SAFETY: the kernels of this file need PCLMULQDQ.
        Self(unsafe { _mm_clmulepi64_si128::<0x00>(self.0, k.0) })
    }

    #[inline(always)]
    unsafe fn by_high(self, k: Self) -> Self {
        // SAFETY: the kernels of this file need PCLMULQDQ.
        Self(unsafe { _mm_clmulepi64_si128::<0x10>(self.0, k.0) })
    }

    #[inline(always)]
    unsafe fn shuffle(self, indices: Self) -> Self {
        // SAFETY: the kernels of this file need SSE4.1, which includes SSSE3.
        Self(unsafe { _mm_shuffle_epi8(self.0, indices.0) })
    }

    #[inline(always)]
    unsafe fn low(self) -> u64 {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_cvtsi128_si64(self.0) as u64 }
    }

    #[inline(always)]
    unsafe fn high(self) -> u64 {
        // SAFETY: the kernels of this file need SSE4.1.
        unsafe { _mm_extract_epi64::<1>(self.0) as u64 }
    }

    #[inline(always)]
    unsafe fn step(crc: u32, word: u64) -> u32 {
        // SAFETY: only the Castagnoli kernel comes here, and it needs SSE4.2.
        unsafe { _mm_crc32_u64(crc.into(), word) as u32 }
    }
}

/// 256 bits, for one generator.
#[derive(Clone, Copy)]
pub(crate) struct Avx<const POLY: u32>(__m256i);

impl<const POLY: u32> Wide for Avx<POLY> {
    type Lane = Sse<POLY>;
    const BYTES: usize = 32;
    const WORDS: usize = 4;

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn load(p: *const u8) -> Self {
        // SAFETY: the caller's promise; the load allows any alignment.
        Self(unsafe { _mm256_loadu_si256(p.cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn repeat(p: *const u8) -> Self {
        // SAFETY: the caller's promise; the load allows any alignment.
        Self(_mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(p.cast()) }))
    }

    #[inline]
    #[target_feature(enable = "vpclmulqdq,avx2")]
    unsafe fn fold(self, k: Self, next: Self) -> Self {
        let low = _mm256_clmulepi64_epi128::<0x00>(self.0, k.0);
        let high = _mm256_clmulepi64_epi128::<0x11>(self.0, k.0);
        Self(_mm256_xor_si256(_mm256_xor_si256(low, next.0), high))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn zero() -> Self {
        Self(_mm256_setzero_si256())
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn add_first(self, lane: Sse<POLY>) -> Self {
        Self(_mm256_xor_si256(self.0, _mm256_zextsi128_si256(lane.0)))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn sum(self) -> Sse<POLY> {
        Sse(_mm_xor_si128(_mm256_castsi256_si128(self.0), _mm256_extracti128_si256::<1>(self.0)))
    }
}
