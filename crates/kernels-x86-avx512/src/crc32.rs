//! CRC-32 by carry-less multiplication, 64 bytes to a vector; CRC-32C with the CRC instruction beside it.
//!
//! The derivation is in `docs/kernels/crc32.md`. In short: a vector of 64 bytes is moved ahead by two multiplications
//! and added to the bytes there ([`fold`]); what is left in the end is one vector whose last bytes may be missing,
//! and eight weights that depend on how many bytes there are turn it into 96 bits ([`finish`]).

use core::arch::x86_64::*;
use kernels_generic::crc32::algebra::{self, CASTAGNOLI, IEEE};

const LANES: usize = 64;
/// Vectors in flight in the long loop: two multiplications of 2 cycles each per vector against a latency of 4 to 8.
const UNROLL: usize = 4;
const BLOCK: usize = LANES * UNROLL;

/// Row `crc32_ieee_update`, variant `vpclmul512`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ, AVX-512 F, BW, VL and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
pub unsafe extern "C" fn ieee_update_vpclmul512(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<IEEE>(!crc, p, len) }
}

/// Row `crc32_castagnoli_update`, variant `vpclmul512`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ, AVX-512 F, BW, VL and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
pub unsafe extern "C" fn castagnoli_update_vpclmul512(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<CASTAGNOLI>(!crc, p, len) }
}

/// The constants of a generator, in one place so that a kernel has one address to form.
#[repr(C, align(64))]
struct Constants {
    /// `weights[n % 8]`, from entry 8 - n / 8 on: what [`finish`] multiplies the eight words of `n` bytes with.
    weights: [[u32; 16]; 8],
    /// `fold[d]` moves 64 bytes ahead by `d` vectors.
    fold: [[u64; 2]; 2 * UNROLL],
    barrett: [u64; 2],
}

impl Constants {
    const fn of(poly: u32) -> Self {
        let mut c = Self { weights: [[0; 16]; 8], fold: [[0; 2]; 2 * UNROLL], barrett: algebra::barrett(poly) };
        let mut r = 0;
        while r < 8 {
            let mut i = 0;
            while i < 16 {
                // Word i of 64 bytes, of which the first 8 m + r count, has x^(64 (m - i) + 8 r - 32) as its
                // weight; entry 8 - m + i of row r is the one place that depends on m - i alone.
                c.weights[r][i] = algebra::weight(64 * (8 - i as i64) + 8 * r as i64 - 32, poly);
                i += 1;
            }
            r += 1;
        }
        let mut d = 0;
        while d < 2 * UNROLL {
            c.fold[d] = algebra::fold(512 * d as i64, poly);
            d += 1;
        }
        c
    }
}

/// Ties the constants to the generator at compile time.
struct Poly<const POLY: u32>;

impl<const POLY: u32> Poly<POLY> {
    const C: &'static Constants = &Constants::of(POLY);
}

/// Without the complements before and after.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn update<const POLY: u32>(crc: u32, p: *const u8, len: usize) -> u32 {
    unsafe {
        let c = Poly::<POLY>::C;
        let crc = _mm512_zextsi128_si512(_mm_cvtsi32_si128(crc as i32));
        if len <= LANES {
            return finish::<POLY>(_mm512_xor_si512(tail(p, len), crc), len);
        }
        let mut p = p;
        let mut left = len;
        let mut sum = _mm512_setzero_si512();
        let mut first = crc;
        if len > BLOCK {
            let mut acc = [load(p), load(p.add(LANES)), load(p.add(2 * LANES)), load(p.add(3 * LANES))];
            acc[0] = _mm512_xor_si512(acc[0], crc);
            p = p.add(BLOCK);
            left -= BLOCK;
            let k = constant(&c.fold[UNROLL]);
            while left > BLOCK {
                for (i, acc) in acc.iter_mut().enumerate() {
                    *acc = fold(*acc, k, load(p.add(i * LANES)));
                }
                p = p.add(BLOCK);
                left -= BLOCK;
            }
            let ahead = (left - 1) / LANES;
            for i in 0..UNROLL {
                let k = constant(&*c.fold.as_ptr().add(ahead + UNROLL - i));
                sum = fold(acc[i], k, sum);
            }
            first = _mm512_setzero_si512();
        }
        let mut ahead = (left - 1) / LANES;
        while ahead != 0 {
            let v = _mm512_xor_si512(load(p), first);
            first = _mm512_setzero_si512();
            sum = fold(v, constant(&*c.fold.as_ptr().add(ahead)), sum);
            p = p.add(LANES);
            left -= LANES;
            ahead -= 1;
        }
        finish::<POLY>(_mm512_xor_si512(tail(p, left), sum), left)
    }
}

/// `n` bytes, at most 64, and zeros behind them.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn tail(p: *const u8, n: usize) -> __m512i {
    unsafe { _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, n as u32), p.cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load(p: *const u8) -> __m512i {
    unsafe { _mm512_loadu_si512(p.cast()) }
}

/// The multipliers `k` in each of the four lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn constant(k: &[u64; 2]) -> __m512i {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(k.as_ptr().cast()) })
}

/// `v` moved ahead, and `next` added.
#[inline]
#[target_feature(enable = "vpclmulqdq,avx512f")]
fn fold(v: __m512i, k: __m512i, next: __m512i) -> __m512i {
    let low = _mm512_clmulepi64_epi128::<0x00>(v, k);
    let high = _mm512_clmulepi64_epi128::<0x11>(v, k);
    _mm512_ternarylogic_epi64::<0x96>(low, high, next)
}

/// The remainder of the first `n` bytes of `v`, at most 64, times x^32; the others are zeros.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn finish<const POLY: u32>(v: __m512i, n: usize) -> u32 {
    let c = Poly::<POLY>::C;
    let weights = unsafe {
        let row = c.weights.as_ptr().cast::<u32>().add(16 * (n % 8) + 8 - n / 8);
        _mm512_cvtepu32_epi64(_mm256_loadu_si256(row.cast()))
    };
    let low = _mm512_clmulepi64_epi128::<0x00>(v, weights);
    let high = _mm512_clmulepi64_epi128::<0x11>(v, weights);
    let t = _mm512_xor_si512(low, high);
    let t = _mm256_xor_si256(_mm512_castsi512_si256(t), _mm512_extracti64x4_epi64::<1>(t));
    let t = _mm_xor_si128(_mm256_castsi256_si128(t), _mm256_extracti128_si256::<1>(t));
    reduce::<POLY>(t)
}

/// The remainder of 96 bits, x^95 at bit 0.
#[inline]
#[target_feature(enable = "pclmulqdq,avx512f,avx512vl,avx512bw")]
fn reduce<const POLY: u32>(t: __m128i) -> u32 {
    if POLY == CASTAGNOLI {
        // The instruction multiplies by x^32 and reduces: what the upper 64 of the 96 bits need.
        return _mm_crc32_u64(0, _mm_cvtsi128_si64(t) as u64) as u32 ^ _mm_extract_epi32::<2>(t) as u32;
    }
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    let k = unsafe { _mm_loadu_si128(Poly::<POLY>::C.barrett.as_ptr().cast()) };
    let quotient = _mm_clmulepi64_si128::<0x00>(t, k);
    let product = _mm_clmulepi64_si128::<0x10>(quotient, k);
    _mm_extract_epi32::<2>(_mm_xor_si128(t, product)) as u32
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use kernels_check::crc32::check;
    use std::is_x86_feature_detected;

    #[test]
    fn vpclmul512() {
        if !(is_x86_feature_detected!("vpclmulqdq") && is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl") && is_x86_feature_detected!("bmi2")) {
            return;
        }
        // SAFETY: asked above.
        unsafe {
            check(IEEE, ieee_update_vpclmul512);
            check(CASTAGNOLI, castagnoli_update_vpclmul512);
        }
    }
}
