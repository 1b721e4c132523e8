//! Adler-32, 64 bytes at a time.
//!
//! The sums are those of the AVX2 kernel: `vpsadbw` adds up groups of eight bytes, so a byte's weight, the number of bytes
//! from it to the end, has a part within its group (8, 7, ... 1, by `vpmaddubsw`), one for the groups behind it in its
//! vector (a weight of its lane, applied once at the end), and 64 for each vector behind it, for which every vector adds
//! the sums of all before it once more. A turn of 256 bytes is 25 instructions and three of the loop.
//!
//! From 64 bytes on the last vector is masked: it ends where the input does, so that no byte has to be moved.

use crate::ends::near_page_end;
use core::arch::x86_64::*;
use kernels_generic::adler32::{State, Sums, in_blocks};
use kernels_generic::ffi::slice;

const LANES: usize = 64;
/// Vectors that add their products, of at most 3825 each, in 16 bits.
const UNROLL: usize = 4;
/// Bytes between two remainders; the last block may have twice as many. 32-bit products overflow from 39 MiB on; a remainder takes as long as 500 bytes.
const BLOCK: usize = 1 << 20;

/// Row `adler32_update`, variant `avx512`.
///
/// # Safety
/// The CPU has AVX-512 F, BW and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
pub unsafe extern "C" fn update_avx512(adler: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    let p = unsafe { slice(p, len) };
    match len {
        0 => adler,
        1..LANES => State::of(adler).and(len, sums_short(p)).adler(),
        _ => in_blocks::<BLOCK>(State::of(adler), p, |block| sums_long(block)).adler(),
    }
}

/// Sums over 1 to 63 bytes. Where they are loaded to the start of a vector, the weights count the zeros behind them too.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn sums_short(p: &[u8]) -> Sums {
    let zeros = LANES - p.len();
    let low = _bzhi_u64(u64::MAX, p.len() as u32);
    let (at, mask, behind) = if near_page_end(p.as_ptr()) {
        (p.as_ptr().wrapping_sub(zeros), low << zeros, 0)
    } else {
        (p.as_ptr(), low, zeros as u64)
    };
    // SAFETY: the mask admits exactly the bytes of `p`; masked-out lanes are not accessed.
    let v = unsafe { _mm512_maskz_loadu_epi8(mask, at.cast()) };
    let plain = _mm512_sad_epu8(v, _mm512_setzero_si512());
    let weighted = _mm512_add_epi64(in_vector(plain), pairs(widened(products(v))));
    let Sums { plain, weighted } = totals(plain, weighted);
    Sums { plain, weighted: weighted - behind * plain }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn sums_long(p: &[u8]) -> Sums {
    let zero = _mm512_setzero_si512();
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    let (turns, rest) = p.as_chunks::<{ UNROLL * LANES }>();
    for turn in turns {
        let mut in_turn = zero;
        for v in turn.as_chunks::<LANES>().0 {
            let v = load(v, u64::MAX);
            before = _mm512_add_epi64(before, plain);
            plain = _mm512_add_epi64(plain, _mm512_sad_epu8(v, zero));
            in_turn = _mm512_add_epi16(in_turn, products(v));
        }
        weighted = _mm512_add_epi32(weighted, widened(in_turn));
    }
    for v in rest.as_chunks::<LANES>().0 {
        let v = load(v, u64::MAX);
        before = _mm512_add_epi64(before, plain);
        plain = _mm512_add_epi64(plain, _mm512_sad_epu8(v, zero));
        weighted = _mm512_add_epi32(weighted, widened(products(v)));
    }
    let after = rest.len() % LANES;
    // All so far has the last bytes behind it; these end a vector that begins with zeros. Lanes of `plain` are below 2^32.
    let behind = _mm512_mul_epu32(plain, _mm512_set1_epi64(after as i64));
    if let (1.., Some(last)) = (after, p.last_chunk()) {
        let v = load(last, u64::MAX << (LANES - after));
        plain = _mm512_add_epi64(plain, _mm512_sad_epu8(v, zero));
        weighted = _mm512_add_epi32(weighted, widened(products(v)));
    }
    let behind = _mm512_add_epi64(behind, _mm512_slli_epi64::<6>(before));
    let weighted = _mm512_add_epi64(_mm512_add_epi64(in_vector(plain), behind), pairs(weighted));
    totals(plain, weighted)
}

/// Sums of groups, each as often as there are bytes behind it in a vector.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn in_vector(plain: __m512i) -> __m512i {
    _mm512_mul_epu32(plain, _mm512_set_epi64(0, 8, 16, 24, 32, 40, 48, 56))
}

/// Bytes by their weights within a group, two and two, in 16 bits.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn products(v: __m512i) -> __m512i {
    _mm512_maddubs_epi16(v, _mm512_set1_epi64(0x0102_0304_0506_0708))
}

/// 16 bits to 32, two and two.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn widened(v: __m512i) -> __m512i {
    _mm512_madd_epi16(v, _mm512_set1_epi16(1))
}

/// 32 bits to 64, two and two.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn pairs(v: __m512i) -> __m512i {
    let low = _mm512_and_si512(v, _mm512_set1_epi64(0xffff_ffff));
    _mm512_add_epi64(low, _mm512_srli_epi64::<32>(v))
}

/// The sums of the lanes of both, side by side: half the steps of one after the other.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn totals(plain: __m512i, weighted: __m512i) -> Sums {
    let (low, high) =
        (_mm512_unpacklo_epi64(plain, weighted), _mm512_unpackhi_epi64(plain, weighted));
    let v = _mm512_add_epi64(low, high);
    let v = _mm256_add_epi64(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    let v = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    let [plain, weighted] = [_mm_cvtsi128_si64(v), _mm_extract_epi64::<1>(v)];
    Sums { plain: plain as u64, weighted: weighted as u64 }
}

/// The bytes of the mask, the others zero.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn load(v: &[u8; LANES], mask: u64) -> __m512i {
    // SAFETY: the array is 64 readable bytes, and the load allows any alignment.
    unsafe { _mm512_maskz_loadu_epi8(mask, v.as_ptr().cast()) }
}
