//! CRC-32 with PMULL, 16 bytes to a vector, and with the CRC32 instructions beside it, for both generators.

use core::arch::aarch64::*;
use kernels_generic::crc32::{
    algebra::{CASTAGNOLI, IEEE},
    folding::{Clmul, update},
};

/// Vectors in flight: PMULL takes 2 to 3 cycles and every core of this kind starts at least one a cycle.
const UNROLL: usize = 4;
/// With EOR3 a fold is three instructions; the cores that have it start two to four a cycle.
const UNROLL_EOR3: usize = 8;

/// Row `crc32_ieee_update`, variant `pmull`.
///
/// # Safety
/// The CPU has PMULL and CRC32, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "aes,crc")]
pub unsafe extern "C" fn ieee_update_pmull(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Neon<IEEE, false>, UNROLL>(!crc, p, len) }
}

/// Row `crc32_castagnoli_update`, variant `pmull`.
///
/// # Safety
/// The CPU has PMULL and CRC32, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "aes,crc")]
pub unsafe extern "C" fn castagnoli_update_pmull(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Neon<CASTAGNOLI, false>, UNROLL>(!crc, p, len) }
}

/// Row `crc32_ieee_update`, variant `eor3`.
///
/// # Safety
/// The CPU has PMULL, CRC32 and SHA3, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "aes,crc,sha3")]
pub unsafe extern "C" fn ieee_update_eor3(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Neon<IEEE, true>, UNROLL_EOR3>(!crc, p, len) }
}

/// Row `crc32_castagnoli_update`, variant `eor3`.
///
/// # Safety
/// The CPU has PMULL, CRC32 and SHA3, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "aes,crc,sha3")]
pub unsafe extern "C" fn castagnoli_update_eor3(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<Neon<CASTAGNOLI, true>, UNROLL_EOR3>(!crc, p, len) }
}

/// 128 bits, for one generator, with or without EOR3.
#[derive(Clone, Copy)]
pub(crate) struct Neon<const POLY: u32, const EOR3: bool>(uint64x2_t);

impl<const POLY: u32, const EOR3: bool> Clmul for Neon<POLY, EOR3> {
    const POLY: u32 = POLY;
    const STEP: bool = true;
    const SHORT: usize = 64;
    const WORDS: usize = if EOR3 { 4 } else { 3 };

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn load(p: *const u8) -> Self {
        // SAFETY: the caller's promise; the load allows any alignment.
        Self(unsafe { vreinterpretq_u64_u8(vld1q_u8(p)) })
    }

    /// The compiler would rather load the two halves into general registers, and move them over in every turn.
    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn constant(p: *const u8) -> Self {
        // SAFETY: the caller's promise; and no instruction at all.
        unsafe {
            let mut v = Self::load(p).0;
            core::arch::asm!("/* {:v} */", inout(vreg) v, options(pure, nomem, nostack, preserves_flags));
            Self(v)
        }
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn words(low: u64, high: u64) -> Self {
        Self(vcombine_u64(vcreate_u64(low), vcreate_u64(high)))
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn xor(self, other: Self) -> Self {
        Self(veorq_u64(self.0, other.0))
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn fold(self, k: Self, next: Self) -> Self {
        let low = multiply(self.0, k.0);
        let high = vmull_high_p64(vreinterpretq_p64_u64(self.0), vreinterpretq_p64_u64(k.0));
        let high = vreinterpretq_u64_p128(high);
        if EOR3 {
            // SAFETY: the kernels with EOR3 need SHA3.
            return Self(unsafe { eor3(low, high, next.0) });
        }
        Self(veorq_u64(veorq_u64(low, next.0), high))
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn by_low(self, k: Self) -> Self {
        Self(multiply(self.0, k.0))
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn by_high(self, k: Self) -> Self {
        Self(multiply(self.0, vdupq_laneq_u64::<1>(k.0)))
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn shuffle(self, indices: Self) -> Self {
        let bytes = vqtbl1q_u8(vreinterpretq_u8_u64(self.0), vreinterpretq_u8_u64(indices.0));
        Self(vreinterpretq_u64_u8(bytes))
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn low(self) -> u64 {
        vgetq_lane_u64::<0>(self.0)
    }

    #[inline]
    #[target_feature(enable = "aes")]
    unsafe fn high(self) -> u64 {
        vgetq_lane_u64::<1>(self.0)
    }

    #[inline]
    #[target_feature(enable = "aes,crc")]
    unsafe fn step(crc: u32, word: u64) -> u32 {
        if POLY == CASTAGNOLI { __crc32cd(crc, word) } else { __crc32d(crc, word) }
    }
}

/// Product of the low halves.
#[inline]
#[target_feature(enable = "aes")]
fn multiply(a: uint64x2_t, b: uint64x2_t) -> uint64x2_t {
    vreinterpretq_u64_p128(vmull_p64(vgetq_lane_u64::<0>(a), vgetq_lane_u64::<0>(b)))
}

#[inline]
#[target_feature(enable = "sha3")]
fn eor3(a: uint64x2_t, b: uint64x2_t, c: uint64x2_t) -> uint64x2_t {
    veor3q_u64(a, b, c)
}
