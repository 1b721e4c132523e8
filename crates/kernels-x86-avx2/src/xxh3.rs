//! XXH3's accumulators in two vectors.

use core::arch::x86_64::*;
use kernels_generic::ffi::{slice, slice_mut};
use kernels_generic::xxh3::{INIT, Keys, LANES, PRIME32_1, Runs, STATE, inits, merge, split};

/// Eight words.
type Acc = [__m256i; 2];

/// Row `xxh3_accumulate`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`state` for writes, and it is aligned and apart from the
/// others) or its length is 0.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn accumulate_avx2(
    state: *mut u64,
    state_len: usize,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) {
    // SAFETY: the caller's promise, word for word.
    let (state, p, secret) =
        unsafe { (slice_mut(state, state_len), slice(p, len), slice(secret, secret_len)) };
    let Some([acc @ .., at]) = state.first_chunk_mut::<STATE>() else { return };
    let Some(keys) = Keys::new(secret) else { return };
    let mut runs = Runs::new(p, &keys, *at);
    // SAFETY: eight words are 64 readable bytes.
    let [a, b] = take::<1>(unsafe { load(acc.as_ptr().cast()) }, &mut runs, &keys);
    // SAFETY: eight words are two vectors that can be written, at any alignment.
    unsafe {
        _mm256_storeu_si256(acc.as_mut_ptr().cast(), a);
        _mm256_storeu_si256(acc.as_mut_ptr().add(4).cast(), b);
    }
    *at = runs.at();
}

/// Row `xxh3_digest`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`out` for writes, and it is aligned and apart from the
/// others) or its length is 0.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn digest_avx2(
    out: *mut u64,
    out_len: usize,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) {
    // SAFETY: the caller's promise, word for word.
    let (out, p, secret) =
        unsafe { (slice_mut(out, out_len), slice(p, len), slice(secret, secret_len)) };
    let Some(keys) = Keys::new(secret) else { return };
    let (stripes, Some(last)) = split(p) else { return };
    // SAFETY: eight words are 64 readable bytes.
    let init = unsafe { load(INIT.as_ptr().cast()) };
    let acc = take::<0>(init, &mut Runs::new(stripes, &keys, 0), &keys);
    // SAFETY: a stripe is 64 readable bytes, and so is what it meets.
    let (last, key) = unsafe { (load(last.as_ptr()), load(keys.last.as_ptr())) };
    let acc = add(add(acc, swap(last)), products(last, key));
    let [low, high] = inits(len as u64);
    if let [first, rest @ ..] = out {
        // SAFETY: 64 readable bytes.
        *first = merge(masked(acc, unsafe { load(keys.merge[0].as_ptr()) }), low);
        if let [second, ..] = rest {
            // SAFETY: 64 readable bytes.
            *second = merge(masked(acc, unsafe { load(keys.merge[1].as_ptr()) }), high);
        }
    }
}

/// The accumulators after the stripes. Each row has one of its own, which therefore becomes part of its kernel.
#[inline]
#[target_feature(enable = "avx2")]
fn take<const ROW: usize>(mut acc: Acc, runs: &mut Runs, keys: &Keys) -> Acc {
    for run in runs {
        let mut plain = [_mm256_setzero_si256(); 2];
        for (stripe, key) in run.stripes.iter().zip(run.words.windows(LANES)) {
            // SAFETY: a stripe is 64 readable bytes, and a window eight words of eight.
            let (data, key) = unsafe { (load(stripe.as_ptr()), load(key.as_ptr().cast())) };
            acc = add(acc, products(data, key));
            plain = add(plain, data);
        }
        acc = add(acc, swap(plain));
        if run.scramble {
            // SAFETY: 64 readable bytes.
            acc = scramble(acc, unsafe { load(keys.scramble.as_ptr()) });
        }
    }
    acc
}

#[inline]
#[target_feature(enable = "avx2")]
fn add([a, b]: Acc, [c, d]: Acc) -> Acc {
    [_mm256_add_epi64(a, c), _mm256_add_epi64(b, d)]
}

/// What a stripe adds to its own lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn products([a, b]: Acc, [k, l]: Acc) -> Acc {
    let (a, b) = (_mm256_xor_si256(a, k), _mm256_xor_si256(b, l));
    [
        _mm256_mul_epu32(a, _mm256_srli_epi64::<32>(a)),
        _mm256_mul_epu32(b, _mm256_srli_epi64::<32>(b)),
    ]
}

/// Each lane where its neighbour was. Data is added up before it is swapped, so that a block needs one exchange and not
/// one a stripe: five operations instead of six.
#[inline]
#[target_feature(enable = "avx2")]
fn swap([a, b]: Acc) -> Acc {
    [_mm256_shuffle_epi32::<0b01_00_11_10>(a), _mm256_shuffle_epi32::<0b01_00_11_10>(b)]
}

/// The end of a block. There is no product of 64 bits: two of 32 make it, as the factor has no more.
#[inline]
#[target_feature(enable = "avx2")]
fn scramble([a, b]: Acc, [k, l]: Acc) -> Acc {
    [scramble_half(a, k), scramble_half(b, l)]
}

#[inline]
#[target_feature(enable = "avx2")]
fn scramble_half(acc: __m256i, key: __m256i) -> __m256i {
    let x = _mm256_xor_si256(_mm256_xor_si256(acc, _mm256_srli_epi64::<47>(acc)), key);
    let prime = _mm256_set1_epi64x(PRIME32_1 as i64);
    let high = _mm256_mul_epu32(_mm256_srli_epi64::<32>(x), prime);
    _mm256_add_epi64(_mm256_mul_epu32(x, prime), _mm256_slli_epi64::<32>(high))
}

/// The lanes, having met the secret, by way of registers: a vector on the stack would want it aligned.
#[inline]
#[target_feature(enable = "avx2")]
fn masked([low, high]: Acc, [k, l]: Acc) -> [u64; LANES] {
    let [a, b, c, d] = lanes(_mm256_xor_si256(low, k));
    let [e, f, g, h] = lanes(_mm256_xor_si256(high, l));
    [a, b, c, d, e, f, g, h]
}

#[inline]
#[target_feature(enable = "avx2")]
fn lanes(v: __m256i) -> [u64; 4] {
    let (low, high) = (_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    [
        _mm_cvtsi128_si64(low) as u64,
        _mm_extract_epi64::<1>(low) as u64,
        _mm_cvtsi128_si64(high) as u64,
        _mm_extract_epi64::<1>(high) as u64,
    ]
}

/// # Safety
/// 64 bytes are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load(p: *const u8) -> Acc {
    // SAFETY: the caller's promise; the loads allow any alignment.
    unsafe { [_mm256_loadu_si256(p.cast()), _mm256_loadu_si256(p.add(32).cast())] }
}
