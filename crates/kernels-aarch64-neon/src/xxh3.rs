//! XXH3's accumulators in four vectors.

use core::arch::aarch64::*;
use kernels_generic::ffi::{slice, slice_mut};
use kernels_generic::xxh3::{INIT, Keys, LANES, PRIME32_1, Runs, STATE, inits, merge, split};

/// Eight words.
type Acc = [uint64x2_t; 4];

/// Row `xxh3_accumulate`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`state` for writes, and it is aligned and apart from the others) or its length
/// is 0.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn accumulate_neon(
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
    let sums = take::<1>(unsafe { load(acc.as_ptr().cast()) }, &mut runs, &keys);
    for (to, sum) in acc.as_chunks_mut::<2>().0.iter_mut().zip(sums) {
        // SAFETY: two words are a vector that can be written.
        unsafe { vst1q_u64(to.as_mut_ptr(), sum) }
    }
    *at = runs.at();
}

/// Row `xxh3_digest`, variant `neon`.
///
/// # Safety
/// Each pointer is valid for its length (`out` for writes, and it is aligned and apart from the others) or its length is
/// 0.
#[target_feature(enable = "neon")]
pub unsafe extern "C" fn digest_neon(
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
    let acc = add_products(add(acc, swap(last)), last, key);
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
#[target_feature(enable = "neon")]
fn take<const ROW: usize>(mut acc: Acc, runs: &mut Runs, keys: &Keys) -> Acc {
    for run in runs {
        let mut plain = [vdupq_n_u64(0); 4];
        for (stripe, key) in run.stripes.iter().zip(run.words.windows(LANES)) {
            // SAFETY: a stripe is 64 readable bytes, and a window eight words of eight.
            let (data, key) = unsafe { (load(stripe.as_ptr()), load(key.as_ptr().cast())) };
            acc = add_products(acc, data, key);
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
#[target_feature(enable = "neon")]
fn add([a, b, c, d]: Acc, [e, f, g, h]: Acc) -> Acc {
    [vaddq_u64(a, e), vaddq_u64(b, f), vaddq_u64(c, g), vaddq_u64(d, h)]
}

/// Each lane where its neighbour was. Data is added up before it is swapped, so that a block needs one exchange and not
/// one a stripe.
#[inline]
#[target_feature(enable = "neon")]
fn swap([a, b, c, d]: Acc) -> Acc {
    [vextq_u64::<1>(a, a), vextq_u64::<1>(b, b), vextq_u64::<1>(c, c), vextq_u64::<1>(d, d)]
}

/// Adds to each lane what a stripe adds to its own lanes.
#[inline]
#[target_feature(enable = "neon")]
fn add_products([a, b, c, d]: Acc, [e, f, g, h]: Acc, [k, l, m, n]: Acc) -> Acc {
    let [a, b] = add_products_half([a, b], [e, f], [k, l]);
    let [c, d] = add_products_half([c, d], [g, h], [m, n]);
    [a, b, c, d]
}

/// Half a stripe. Low halves of four lanes in one vector and high ones in another feed two multiplications that add: four
/// instructions, where narrowing each vector by itself takes six.
#[inline]
#[target_feature(enable = "neon")]
fn add_products_half(
    [a, b]: [uint64x2_t; 2],
    [c, d]: [uint64x2_t; 2],
    [k, l]: [uint64x2_t; 2],
) -> [uint64x2_t; 2] {
    let (x, y) = (veorq_u64(c, k), veorq_u64(d, l));
    let (x, y) = (vreinterpretq_u32_u64(x), vreinterpretq_u32_u64(y));
    let (low, high) = (vuzp1q_u32(x, y), vuzp2q_u32(x, y));
    [vmlal_u32(a, vget_low_u32(low), vget_low_u32(high)), vmlal_high_u32(b, low, high)]
}

/// The end of a block. There is no product of 64 bits: that of the low half by the factor, of 32 bits, and above it what fits
/// of the high half's.
#[inline]
#[target_feature(enable = "neon")]
fn scramble(acc: Acc, key: Acc) -> Acc {
    let [a, b, c, d] = acc;
    let [k, l, m, n] = key;
    [scramble_two(a, k), scramble_two(b, l), scramble_two(c, m), scramble_two(d, n)]
}

#[inline]
#[target_feature(enable = "neon")]
fn scramble_two(acc: uint64x2_t, key: uint64x2_t) -> uint64x2_t {
    let x = veorq_u64(veorq_u64(acc, vshrq_n_u64::<47>(acc)), key);
    // Every other word of this factor is 0, so one product of words leaves the high halves' where they belong. As a product and
    // a shift, the compiler would make scalars of it.
    let high =
        vmulq_u32(vreinterpretq_u32_u64(x), vreinterpretq_u32_u64(vdupq_n_u64(PRIME32_1 << 32)));
    vmlal_u32(vreinterpretq_u64_u32(high), vmovn_u64(x), vdup_n_u32(PRIME32_1 as u32))
}

/// The lanes, having met the secret.
#[inline]
#[target_feature(enable = "neon")]
fn masked([a, b, c, d]: Acc, [k, l, m, n]: Acc) -> [u64; LANES] {
    let ([a, b], [c, d], [e, f], [g, h]) = (lanes(a, k), lanes(b, l), lanes(c, m), lanes(d, n));
    [a, b, c, d, e, f, g, h]
}

#[inline]
#[target_feature(enable = "neon")]
fn lanes(acc: uint64x2_t, key: uint64x2_t) -> [u64; 2] {
    let x = veorq_u64(acc, key);
    [vgetq_lane_u64::<0>(x), vgetq_lane_u64::<1>(x)]
}

/// # Safety
/// 64 bytes are readable.
#[inline]
#[target_feature(enable = "neon")]
unsafe fn load(p: *const u8) -> Acc {
    // SAFETY: the caller's promise, a vector each; words are loaded byte by byte, which allows any alignment.
    let at = |i: usize| unsafe { vreinterpretq_u64_u8(vld1q_u8(p.add(16 * i))) };
    [at(0), at(1), at(2), at(3)]
}
