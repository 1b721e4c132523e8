//! CRC-64 with VPCLMULQDQ, 64 bytes to a vector.
//!
//! The derivation is in `docs/kernels/crc64.md`. In short: the odd bytes go first, moved to the end of a vector, so that
//! the message is whole vectors; each of its words is multiplied with what moves it to the end and 64 bits further, so
//! that the sum of all products is 128 bits, the remainder of which is the checksum.

use crate::ends::near_page_end;
use core::arch::x86_64::*;
use kernels_generic::{
    crc32::folding::{Clmul, opaque},
    crc64::{
        CONSTANTS,
        constants::{FOLD, REACH, REDUCE, SHIFT},
        folding::{barrett, few, reduce},
    },
};

const LANE: usize = 16;
const LANES: usize = 64;
/// Vectors in flight: two multiplications of 2 cycles each per vector against a latency of 4 to 8.
const UNROLL: usize = 4;
const BLOCK: usize = LANES * UNROLL;

/// 0, 1, 2 and so on.
#[repr(C, align(64))]
struct Indices([u8; 2 * LANES]);

static INDICES: Indices = {
    let (mut indices, mut i) = ([0; 2 * LANES], 0);
    while i < indices.len() {
        indices[i] = i as u8;
        i += 1;
    }
    Indices(indices)
};

/// Row `crc64_update`, variant `vpclmul512`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ, AVX-512 F, BW, VL and VBMI, and BMI2, `constants` is readable, and `p` is readable
/// for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,avx512vbmi,bmi2")]
pub unsafe extern "C" fn update_vpclmul512(
    crc: u64,
    constants: *const [u8; CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update(!crc, constants.cast(), p, len) }
}

/// Adds `len` bytes to `crc`, not complemented.
///
/// # Safety
/// `c` is readable for [`CONSTANTS`], and `p` for `len` bytes or `len` is 0.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,avx512vbmi,bmi2")]
unsafe fn update(crc: u64, c: *const u8, p: *const u8, len: usize) -> u64 {
    // SAFETY: the caller's promises, and what each comparison leaves of `len`.
    unsafe {
        if len < LANE {
            return few::<Xmm>(crc, c, p, len);
        }
        let crc = Xmm::words(crc, 0);
        if len == LANE {
            return reduce(Xmm::load(p).xor(crc), c);
        }
        if len <= LANES {
            return one(crc, c, p, len);
        }
        let odd = (len - 1) % LANES + 1;
        let head = at_end(_mm512_xor_si512(load(p), _mm512_zextsi128_si512(crc.0)), odd);
        // What of the CRC reaches past the odd bytes.
        let carry = crc.shuffle(Xmm::load(c.add(SHIFT + LANE + odd.min(LANE))));
        let (p, left) = (p.add(odd), len - odd);
        let next = _mm512_xor_si512(load(p), _mm512_zextsi128_si512(carry.0));
        if left < BLOCK {
            let sum = fold(head, load(ends(c, left)), _mm512_setzero_si512());
            let sum = fold(next, load(ends(c, left - LANES)), sum);
            return last(sum, c, p.add(LANES), left - LANES);
        }
        let acc = [head, next, load(p.add(LANES)), load(p.add(2 * LANES))];
        let first = (UNROLL - 1) * LANES;
        long(acc, c, p.add(first), left - first)
    }
}

/// 17 to 64 bytes: one vector.
///
/// # Safety
/// As [`update`].
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,avx512vbmi,bmi2")]
unsafe fn one(crc: Xmm, c: *const u8, p: *const u8, len: usize) -> u64 {
    let crc = _mm512_zextsi128_si512(crc.0);
    // SAFETY: the masks admit exactly the `len` bytes; masked-out lanes are not accessed.
    unsafe {
        let v = if near_page_end(p) {
            let end = p.wrapping_add(len).wrapping_sub(LANES);
            let end = _mm512_maskz_loadu_epi8(upper(len), end.cast());
            _mm512_xor_si512(at_end(crc, len), end)
        } else {
            let start = _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, len as u32), p.cast());
            at_end(_mm512_xor_si512(start, crc), len)
        };
        finish(fold(v, load(ends(c, 0)), _mm512_setzero_si512()), c)
    }
}

/// The accumulators, and what comes after the bytes that they stand for.
///
/// # Safety
/// As [`update`]; `left` is a multiple of 64.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,avx512vbmi,bmi2")]
unsafe fn long(mut acc: [__m512i; UNROLL], c: *const u8, mut p: *const u8, mut left: usize) -> u64 {
    // SAFETY: a whole block is left in each turn. After the loop less than one is, so that the accumulators are moved by
    // less than two.
    unsafe {
        let k = c.add(FOLD + LANE * REACH - BLOCK);
        let k = _mm512_broadcast_i32x4(_mm_loadu_si128(k.cast()));
        while left >= BLOCK {
            for (i, acc) in acc.iter_mut().enumerate() {
                *acc = fold(*acc, k, load(p.add(i * LANES)));
            }
            p = p.add(BLOCK);
            left -= BLOCK;
        }
        let mut sum = _mm512_setzero_si512();
        for (i, acc) in acc.iter().enumerate() {
            sum = fold(*acc, load(ends(c, left + BLOCK - LANES * (i + 1))), sum);
        }
        last(sum, c, p, left)
    }
}

/// The end: what the vectors before it came to, and the vectors that are left.
///
/// # Safety
/// As [`update`]; `left` is a multiple of 64 and less than a block.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,avx512vbmi,bmi2")]
unsafe fn last(mut sum: __m512i, c: *const u8, mut p: *const u8, left: usize) -> u64 {
    let mut left = opaque(left);
    // SAFETY: a whole vector is left in each turn.
    unsafe {
        while left != 0 {
            left -= LANES;
            sum = fold(load(p), load(ends(c, left)), sum);
            p = p.add(LANES);
        }
        finish(sum, c)
    }
}

/// Where the multipliers of a vector lie that ends so many bytes before the message does: those of [`FOLD`], 64 bits
/// further.
///
/// # Safety
/// `c` is readable for [`CONSTANTS`], `bytes` is a multiple of 16 and less than two blocks.
#[inline]
unsafe fn ends(c: *const u8, bytes: usize) -> *const u8 {
    // SAFETY: the caller's promises; a vector has four lanes, and the last of them at distance 0 takes two words from
    // 8 bytes before REDUCE on.
    unsafe { c.add(REDUCE + 8 - LANES).sub(bytes) }
}

/// The first `n` bytes of `v` at its end, zeros before them.
///
/// # Safety
/// `n` is 1 to 64.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,bmi2")]
unsafe fn at_end(v: __m512i, n: usize) -> __m512i {
    // SAFETY: 64 bytes from one of 128 on, at most the 64th. The permutation takes of each index the lowest six bits.
    let indices = unsafe { load(INDICES.0.as_ptr().add(n)) };
    _mm512_maskz_permutexvar_epi8(upper(n), indices, v)
}

/// A mask of the last `n` bytes of a vector; `n` is 1 to 64.
#[inline]
fn upper(n: usize) -> u64 {
    u64::MAX << (n.wrapping_neg() % LANES)
}

/// 64 bytes at any address.
///
/// # Safety
/// `p` is readable for 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load(p: *const u8) -> __m512i {
    // SAFETY: the caller's promise; the load allows any alignment.
    unsafe { _mm512_loadu_si512(p.cast()) }
}

/// In each lane the products of the halves, and `next`.
#[inline]
#[target_feature(enable = "vpclmulqdq,avx512f")]
fn fold(v: __m512i, k: __m512i, next: __m512i) -> __m512i {
    let low = _mm512_clmulepi64_epi128::<0x00>(v, k);
    let high = _mm512_clmulepi64_epi128::<0x11>(v, k);
    _mm512_ternarylogic_epi64::<0x96>(low, high, next)
}

/// The remainder of the sum of the lanes.
///
/// # Safety
/// `c` is readable for [`CONSTANTS`].
#[inline]
#[target_feature(enable = "pclmulqdq,avx512f,avx512vl")]
unsafe fn finish(v: __m512i, c: *const u8) -> u64 {
    let half = _mm256_xor_si256(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    let sum = _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256::<1>(half));
    // SAFETY: the caller's promise.
    unsafe { barrett(Xmm(sum), c) }
}

/// 128 bits.
#[derive(Clone, Copy)]
struct Xmm(__m128i);

impl Clmul for Xmm {
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn load(p: *const u8) -> Self {
        // SAFETY: the caller's promise; the load allows any alignment.
        Self(unsafe { _mm_loadu_si128(p.cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn words(low: u64, high: u64) -> Self {
        Self(_mm_set_epi64x(high as i64, low as i64))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn xor(self, other: Self) -> Self {
        Self(_mm_xor_si128(self.0, other.0))
    }

    #[inline]
    #[target_feature(enable = "pclmulqdq,avx512f,avx512vl")]
    unsafe fn fold(self, k: Self, next: Self) -> Self {
        let low = _mm_clmulepi64_si128::<0x00>(self.0, k.0);
        let high = _mm_clmulepi64_si128::<0x11>(self.0, k.0);
        Self(_mm_ternarylogic_epi64::<0x96>(low, high, next.0))
    }

    #[inline]
    #[target_feature(enable = "pclmulqdq,avx512f,avx512vl")]
    unsafe fn by_low(self, k: Self) -> Self {
        Self(_mm_clmulepi64_si128::<0x00>(self.0, k.0))
    }

    #[inline]
    #[target_feature(enable = "pclmulqdq,avx512f,avx512vl")]
    unsafe fn by_high(self, k: Self) -> Self {
        Self(_mm_clmulepi64_si128::<0x10>(self.0, k.0))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn shuffle(self, indices: Self) -> Self {
        Self(_mm_shuffle_epi8(self.0, indices.0))
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn low(self) -> u64 {
        _mm_cvtsi128_si64(self.0) as u64
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl")]
    unsafe fn high(self) -> u64 {
        _mm_extract_epi64::<1>(self.0) as u64
    }
}
