//! XXH3's accumulators in one vector.

use core::arch::x86_64::*;
use kernels_generic::ffi::{slice, slice_mut};
use kernels_generic::xxh3::{
    BLOCK, Block, INIT, Key, Keys, LANES, PRIME32_1, Run, Runs, STATE, inits, merge, split,
};

/// Row `xxh3_accumulate`, variant `avx512`.
///
/// # Safety
/// The CPU has AVX-512 F. Each pointer is valid for its length (`state` for writes, and it is aligned and apart from the
/// others) or its length is 0.
#[target_feature(enable = "avx512f")]
pub unsafe extern "C" fn accumulate_avx512(
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
    // SAFETY: eight words are 64 readable and writable bytes, at any alignment.
    let sum = take::<1>(unsafe { _mm512_loadu_si512(acc.as_ptr().cast()) }, &mut runs, &keys);
    // SAFETY: as above.
    unsafe { _mm512_storeu_si512(acc.as_mut_ptr().cast(), sum) }
    *at = runs.at();
}

/// Row `xxh3_digest`, variant `avx512`.
///
/// # Safety
/// The CPU has AVX-512 F. Each pointer is valid for its length (`out` for writes, and it is aligned and apart from the
/// others) or its length is 0.
#[target_feature(enable = "avx512f")]
pub unsafe extern "C" fn digest_avx512(
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
    // SAFETY: eight words are 64 readable bytes, at any alignment.
    let init = unsafe { _mm512_loadu_si512(INIT.as_ptr().cast()) };
    // Before the others, so that no register holds its address meanwhile.
    let last = load(last);
    let last = _mm512_add_epi64(product(last, load(keys.last)), swap(last));
    let mut runs = Runs::new(stripes, &keys, 0);
    // A way of its own for up to 1 KiB: at 256 bytes 8.2 ns instead of 10.6 on Zen 4.
    if let Some(run) = runs.unfilled() {
        return finish(out, _mm512_add_epi64(take_run(init, &run), last), len, &keys);
    }
    finish(out, _mm512_add_epi64(take::<0>(init, &mut runs, &keys), last), len, &keys);
}

/// Both halves of the result, or the low one if there is no room for the other.
#[inline]
#[target_feature(enable = "avx512f")]
fn finish(out: &mut [u64], acc: __m512i, len: usize, keys: &Keys) {
    let [low, high] = inits(len as u64);
    if let [first, rest @ ..] = out {
        *first = merge(lanes(_mm512_xor_si512(acc, load(keys.merge[0]))), low);
        if let [second, ..] = rest {
            *second = merge(lanes(_mm512_xor_si512(acc, load(keys.merge[1]))), high);
        }
    }
}

/// The accumulators after the stripes. Each row has one of its own, which therefore becomes part of its kernel.
#[inline]
#[target_feature(enable = "avx512f")]
fn take<const ROW: usize>(mut acc: __m512i, runs: &mut Runs, keys: &Keys) -> __m512i {
    loop {
        let blocks = runs.blocks();
        if !blocks.is_empty() {
            acc = take_blocks(acc, blocks, keys);
        }
        let Some(run) = runs.next() else { return acc };
        acc = take_run(acc, &run);
        if run.scramble {
            acc = scramble(acc, load(keys.scramble));
        }
    }
}

/// The accumulators after the stripes of a run.
#[inline]
#[target_feature(enable = "avx512f")]
fn take_run(mut acc: __m512i, run: &Run) -> __m512i {
    let mut plain = _mm512_setzero_si512();
    for (stripe, key) in run.stripes.iter().zip(run.words.windows(LANES)) {
        let data = load(stripe);
        // SAFETY: a window is eight words of eight bytes each, at any alignment.
        let key = unsafe { _mm512_loadu_si512(key.as_ptr().cast()) };
        acc = _mm512_add_epi64(acc, product(data, key));
        plain = _mm512_add_epi64(plain, data);
    }
    _mm512_add_epi64(acc, swap(plain))
}

/// Whole blocks with a secret of 192 bytes, the usual one: what their stripes meet stays in registers. From memory it would
/// take more than the data does, since seven in eight of these loads touch two cache lines.
#[inline]
#[target_feature(enable = "avx512f")]
fn take_blocks(mut acc: __m512i, blocks: &[Block], keys: &Keys) -> __m512i {
    let mut secret = [_mm512_setzero_si512(); BLOCK];
    for (i, key) in secret.iter_mut().enumerate() {
        let words = keys.words.as_flattened().get(8 * i..);
        *key = load(words.and_then(<[u8]>::first_chunk).unwrap_or(keys.last));
    }
    let end = load(keys.scramble);
    for block in blocks {
        let mut plain = _mm512_setzero_si512();
        for i in 0..BLOCK {
            let data = load(&block[i]);
            acc = _mm512_add_epi64(acc, product(data, secret[i]));
            plain = _mm512_add_epi64(plain, data);
        }
        acc = scramble(_mm512_add_epi64(acc, swap(plain)), end);
    }
    acc
}

/// What a stripe adds to its own lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn product(data: __m512i, key: __m512i) -> __m512i {
    let mixed = _mm512_xor_si512(data, key);
    _mm512_mul_epu32(mixed, _mm512_srli_epi64::<32>(mixed))
}

/// Each lane where its neighbour was. Data is added up before it is swapped, so that a block needs one exchange and not
/// one a stripe: five operations instead of six.
#[inline]
#[target_feature(enable = "avx512f")]
fn swap(data: __m512i) -> __m512i {
    _mm512_shuffle_epi32::<0b01_00_11_10>(data)
}

/// The end of a block. A factor of 32 bits takes two short products, which cost less than a long one on Intel's
/// cores, and a long one would need AVX-512 DQ as well. It runs once for 1 KiB.
#[inline]
#[target_feature(enable = "avx512f")]
fn scramble(acc: __m512i, key: __m512i) -> __m512i {
    let x = _mm512_ternarylogic_epi64::<0x96>(acc, _mm512_srli_epi64::<47>(acc), key);
    let prime = _mm512_set1_epi64(PRIME32_1 as i64);
    let high = _mm512_mul_epu32(_mm512_srli_epi64::<32>(x), prime);
    _mm512_add_epi64(_mm512_mul_epu32(x, prime), _mm512_slli_epi64::<32>(high))
}

/// The lanes, by way of registers: by way of memory, 256 bytes take 12.6 ns instead of 10.6 on Zen 4.
#[inline]
#[target_feature(enable = "avx512f")]
fn lanes(v: __m512i) -> [u64; LANES] {
    let [a, b] = words(_mm512_castsi512_si128(v));
    let [c, d] = words(_mm512_extracti32x4_epi32::<1>(v));
    let [e, f] = words(_mm512_extracti32x4_epi32::<2>(v));
    let [g, h] = words(_mm512_extracti32x4_epi32::<3>(v));
    [a, b, c, d, e, f, g, h]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn words(v: __m128i) -> [u64; 2] {
    [_mm_cvtsi128_si64(v) as u64, _mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v)) as u64]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(v: &Key) -> __m512i {
    // SAFETY: the array is 64 readable bytes, and the load allows any alignment.
    unsafe { _mm512_loadu_si512(v.as_ptr().cast()) }
}
