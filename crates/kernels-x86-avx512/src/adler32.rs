//! Adler-32, 64 bytes at a time.
//!
//! The sums are those of the AVX2 kernel: `vpsadbw` adds up groups of eight bytes, so a byte's weight, the number of bytes
//! from it to the end, has a part within its group (8, 7, ... 1, by `vpmaddubsw`), one for the groups behind it in its
//! vector (a weight of its lane, applied once at the end), and 64 for each vector behind it, for which every vector adds
//! the sums of all before it once more. A turn of 256 bytes is 25 instructions and three of the loop.
//!
//! The last vector is masked: it ends where the input does, so that no byte has to be moved.

use crate::ends::near_page_end;
use core::arch::x86_64::*;
use kernels_generic::adler32::{State, Sums, in_blocks};
use kernels_generic::crc32::folding::opaque;
use kernels_generic::ffi::slice;

const LANES: usize = 64;
/// Longest input that is summed without the steps that a long loop needs; a whole turn of that is faster.
const FEW: usize = UNROLL * LANES - 1;
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
        1..=FEW => State::of(adler).and_few(len, sums_few(p)).adler(),
        _ => in_blocks::<BLOCK>(State::of(adler), p, |block| sums_long(block)).adler(),
    }
}

/// Sums over 1 to 255 bytes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn sums_few(p: &[u8]) -> Sums {
    let one = |i: usize| p.get(i).map_or(0, |b| u64::from(*b));
    match p.len() {
        // Three additions are less than the lanes of a vector.
        n @ 1..=3 => {
            let (first, second, third) = (one(0), one(1), one(2));
            let plain = first + second + third;
            Sums { plain, weighted: n as u64 * plain - second - 2 * third }
        }
        4..=LANES => sums_of_one(p),
        _ => sums_of_some(p),
    }
}

/// Sums over 4 to 64 bytes. Where they are loaded to the start of a vector, the weights count the zeros behind them too.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn sums_of_one(p: &[u8]) -> Sums {
    let zeros = LANES - p.len();
    let low = _bzhi_u64(u64::MAX, p.len() as u32);
    // SAFETY: the masks admit exactly the bytes of `p`; masked-out lanes are not accessed.
    let (v, behind) = unsafe {
        if near_page_end(p.as_ptr()) {
            // Opaque, lest both sides should become moves by condition, which the load would wait for.
            let zeros = opaque(zeros);
            (_mm512_maskz_loadu_epi8(low << zeros, p.as_ptr().wrapping_sub(zeros).cast()), 0)
        } else {
            (_mm512_maskz_loadu_epi8(low, p.as_ptr().cast()), zeros as u64)
        }
    };
    let zero = _mm512_setzero_si512();
    let Sums { plain, weighted } = side_by_side(_mm512_sad_epu8(v, zero), zero, by_place(v));
    Sums { plain, weighted: weighted - behind * plain }
}

/// Sums over 65 to 255 bytes. Each vector's bytes are multiplied with the number of those behind it, which is less to do in
/// the end than what long input takes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn sums_of_some(p: &[u8]) -> Sums {
    let zero = _mm512_setzero_si512();
    let (mut plain, mut far, mut weighted) = (zero, zero, zero);
    let mut at = p.as_ptr();
    let mut behind = opaque(p.len());
    // SAFETY: a whole vector and more is left in each turn, 1 to 64 bytes after it, which end a vector that begins within.
    let last = unsafe {
        while behind > LANES {
            let v = _mm512_loadu_si512(at.cast());
            at = at.add(LANES);
            behind -= LANES;
            let sums = _mm512_sad_epu8(v, zero);
            plain = _mm512_add_epi64(plain, sums);
            far = _mm512_add_epi64(far, _mm512_mul_epu32(sums, _mm512_set1_epi64(behind as i64)));
            weighted = _mm512_add_epi32(weighted, by_place(v));
        }
        let done = LANES - behind;
        _mm512_maskz_loadu_epi8(u64::MAX << done, at.sub(done).cast())
    };
    plain = _mm512_add_epi64(plain, _mm512_sad_epu8(last, zero));
    weighted = _mm512_add_epi32(weighted, by_place(last));
    side_by_side(plain, far, weighted)
}

/// Bytes by their weights in a vector of which they are the last, 64 to 1, four and four. Where widened products of four vectors
/// are added they must stay below 2^32, and of one vector, two and two, below 2^15: 255 * (64 + 63).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn by_place(v: __m512i) -> __m512i {
    widened(_mm512_maddubs_epi16(v, load(&WEIGHTS.0, u64::MAX)))
}

/// Totals of lanes of 64 bits, of which `weighted` has two numbers in each, and `plain` and `far` one, in the lower half. All are so
/// small that both totals fit beside each other.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,bmi2")]
fn side_by_side(plain: __m512i, far: __m512i, weighted: __m512i) -> Sums {
    let upper = _mm512_slli_epi64::<32>(_mm512_add_epi64(weighted, far));
    let upper = _mm512_add_epi64(weighted, upper);
    let v = _mm512_ternarylogic_epi64::<0xf8>(plain, upper, _mm512_set1_epi64(!0xffff_ffff));
    let v = _mm256_add_epi64(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    let v = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    let both = _mm_cvtsi128_si64(_mm_add_epi64(v, _mm_unpackhi_epi64(v, v))) as u64;
    Sums { plain: both & 0xffff_ffff, weighted: both >> 32 }
}

/// 64, 63 and so on.
#[repr(C, align(64))]
struct Weights([u8; LANES]);

static WEIGHTS: Weights = {
    let (mut weights, mut i) = ([0; LANES], 0);
    while i < LANES {
        weights[i] = (LANES - i) as u8;
        i += 1;
    }
    Weights(weights)
};

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
