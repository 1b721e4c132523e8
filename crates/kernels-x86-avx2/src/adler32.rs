//! Adler-32, 32 bytes at a time.
//!
//! `vpsadbw` adds up groups of eight bytes, so the sum of the bytes is kept in four lanes, one for each group of a vector.
//! A byte's weight is the number of bytes from it to the end, and is made of three parts:
//!
//! - within its group 8, 7, ... 1, by `vpmaddubsw`;
//! - 24, 16, 8 or 0 for the groups behind it in its vector, which is a weight of its lane, applied once at the end;
//! - 32 for each vector behind it. Instead of multiplying, every vector adds the sums of all before it once more.
//!
//! Weights of at most eight let four vectors add their products in 16 bits (at most 15300) before they are widened. A turn of
//! 128 bytes is 25 instructions and three of the loop.

use core::arch::x86_64::*;
use kernels_generic::adler32::{State, Sums, in_blocks, words};
use kernels_generic::ffi::slice;

const LANES: usize = 32;
/// Vectors that add their products before they are widened.
const UNROLL: usize = 4;
/// Bytes between two remainders; the last block may have twice as many. 32-bit products overflow from 19 MiB on; a remainder takes as long as 300 bytes.
const BLOCK: usize = 1 << 20;

/// From byte n on, a mask of the last n of 32 bytes.
static LAST: [u8; 2 * LANES] = {
    let mut mask = [0; 2 * LANES];
    let mut i = LANES;
    while i < mask.len() {
        mask[i] = 0xff;
        i += 1;
    }
    mask
};

/// Row `adler32_update`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn update_avx2(adler: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    let p = unsafe { slice(p, len) };
    match len {
        0 => adler,
        1..LANES => State::of(adler).and(len, sums_short(p)).adler(),
        _ => in_blocks::<BLOCK>(State::of(adler), p, |block| sums_long(block)).adler(),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn sums_short(p: &[u8]) -> Sums {
    if p.len() < 16 { sums_to_15(p) } else { sums_to_31(p) }
}

/// Two groups, in the lower half of a vector.
#[inline]
#[target_feature(enable = "avx2")]
fn sums_to_15(p: &[u8]) -> Sums {
    let ([first, rest], after) = words(p);
    let v = _mm256_set_epi64x(0, 0, rest as i64, first as i64);
    one_vector(v, _mm256_set_epi64x(0, 0, 0, after as i64))
}

/// The first 16 bytes and, in the upper half, those behind them, at its end. Loaded by address: an `Option` of references
/// would be empty for a null pointer, which has to fault as memory that is not there does.
#[inline]
#[target_feature(enable = "avx2")]
fn sums_to_31(p: &[u8]) -> Sums {
    let after = p.len() % 16;
    let mask = LAST.get(16 + after..).and_then(|mask| mask.first_chunk()).unwrap_or(&[0; 16]);
    // SAFETY: there are 16 bytes and `after` more.
    let (first, last) = unsafe {
        (_mm_loadu_si128(p.as_ptr().cast()), _mm_loadu_si128(p.as_ptr().add(after).cast()))
    };
    let v = _mm256_set_m128i(_mm_and_si128(last, load_half(mask)), first);
    let after = after as i64;
    one_vector(v, _mm256_set_epi64x(0, 8, after, 8 + after))
}

/// Sums over groups that have so many bytes behind them.
#[inline]
#[target_feature(enable = "avx2")]
fn one_vector(v: __m256i, behind: __m256i) -> Sums {
    let plain = _mm256_sad_epu8(v, _mm256_setzero_si256());
    let weighted = _mm256_add_epi64(_mm256_mul_epu32(plain, behind), pairs(widened(products(v))));
    totals(plain, weighted)
}

#[inline]
#[target_feature(enable = "avx2")]
fn sums_long(p: &[u8]) -> Sums {
    let zero = _mm256_setzero_si256();
    let (mut plain, mut before, mut weighted) = (zero, zero, zero);
    let (turns, rest) = p.as_chunks::<{ UNROLL * LANES }>();
    for turn in turns {
        let mut in_turn = zero;
        for v in turn.as_chunks::<LANES>().0 {
            let v = load(v);
            before = _mm256_add_epi64(before, plain);
            plain = _mm256_add_epi64(plain, _mm256_sad_epu8(v, zero));
            in_turn = _mm256_add_epi16(in_turn, products(v));
        }
        weighted = _mm256_add_epi32(weighted, widened(in_turn));
    }
    for v in rest.as_chunks::<LANES>().0 {
        let v = load(v);
        before = _mm256_add_epi64(before, plain);
        plain = _mm256_add_epi64(plain, _mm256_sad_epu8(v, zero));
        weighted = _mm256_add_epi32(weighted, widened(products(v)));
    }
    let after = rest.len() % LANES;
    // All so far has the last bytes behind it; these end a vector that begins with zeros. Lanes of `plain` are below 2^32.
    let behind = _mm256_mul_epu32(plain, _mm256_set1_epi64x(after as i64));
    let mask = LAST.get(after..).and_then(|mask| mask.first_chunk());
    if let (1.., Some(last), Some(mask)) = (after, p.last_chunk(), mask) {
        let v = _mm256_and_si256(load(last), load(mask));
        plain = _mm256_add_epi64(plain, _mm256_sad_epu8(v, zero));
        weighted = _mm256_add_epi32(weighted, widened(products(v)));
    }
    let in_vector = _mm256_mul_epu32(plain, _mm256_set_epi64x(0, 8, 16, 24));
    let behind = _mm256_add_epi64(behind, _mm256_slli_epi64::<5>(before));
    let weighted = _mm256_add_epi64(_mm256_add_epi64(in_vector, behind), pairs(weighted));
    totals(plain, weighted)
}

/// Bytes by their weights within a group, two and two, in 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn products(v: __m256i) -> __m256i {
    _mm256_maddubs_epi16(v, _mm256_set1_epi64x(0x0102_0304_0506_0708))
}

/// 16 bits to 32, two and two.
#[inline]
#[target_feature(enable = "avx2")]
fn widened(v: __m256i) -> __m256i {
    _mm256_madd_epi16(v, _mm256_set1_epi16(1))
}

/// 32 bits to 64, two and two.
#[inline]
#[target_feature(enable = "avx2")]
fn pairs(v: __m256i) -> __m256i {
    let low = _mm256_and_si256(v, _mm256_set1_epi64x(0xffff_ffff));
    _mm256_add_epi64(low, _mm256_srli_epi64::<32>(v))
}

/// The sums of the lanes of both, side by side: half the steps of one after the other.
#[inline]
#[target_feature(enable = "avx2")]
fn totals(plain: __m256i, weighted: __m256i) -> Sums {
    let (low, high) =
        (_mm256_unpacklo_epi64(plain, weighted), _mm256_unpackhi_epi64(plain, weighted));
    let v = _mm256_add_epi64(low, high);
    let v = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    let [plain, weighted] = [_mm_cvtsi128_si64(v), _mm_extract_epi64::<1>(v)];
    Sums { plain: plain as u64, weighted: weighted as u64 }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(v: &[u8; LANES]) -> __m256i {
    // SAFETY: the array is 32 readable bytes, and the load allows any alignment.
    unsafe { _mm256_loadu_si256(v.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_half(v: &[u8; LANES / 2]) -> __m128i {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    unsafe { _mm_loadu_si128(v.as_ptr().cast()) }
}
