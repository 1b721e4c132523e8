//! Input of at most [`SHORT`] bytes: no state, only products of 64 bits.
//!
//! A seed goes with the default secret, another secret with seed 0; of a secret, its first [`SECRET_MIN`] bytes count.

use crate::crc32::folding::opaque;

use super::{
    DEFAULT_SECRET, PRIME32_2, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, SECRET_MIN, SHORT,
    avalanche, fold,
};

const MX2: u64 = 0x9FB2_1C65_1E98_DF25;

type Secret = [u8; SECRET_MIN];

/// The 64-bit hash of `p`, if it is not longer than 240 bytes. In line up to 128 bytes: a call would add a quarter to the
/// time of 16 bytes, and with a secret that is known half of the loads fall away. The shortest first, for the same reason.
#[inline(always)]
pub fn hash64(p: &[u8], seed: u64, secret: &Secret) -> Option<u64> {
    Some(if p.len() <= 16 {
        to_16(p, seed, secret)
    } else if p.len() <= 128 {
        to_128(p, seed, secret)
    } else if p.len() <= SHORT {
        to_240(p, seed, secret)
    } else {
        return None;
    })
}

/// The same without a seed, and with the default secret.
#[inline(always)]
pub fn hash64_plain(p: &[u8]) -> Option<u64> {
    Some(if p.len() <= 16 {
        to_16(p, 0, START)
    } else if p.len() <= 128 {
        to_128(p, 0, START)
    } else if p.len() <= SHORT {
        to_240_plain(p)
    } else {
        return None;
    })
}

/// What of the default secret short input meets.
const START: &Secret = match DEFAULT_SECRET.first_chunk() {
    Some(start) => start,
    None => panic!("the default secret is too short"),
};

/// The 128-bit hash of `p`, if it is not longer than 240 bytes: low half, high half.
#[inline(always)]
pub fn hash128(p: &[u8], seed: u64, secret: &Secret) -> Option<[u64; 2]> {
    Some(if p.len() <= 16 {
        to_16_128(p, seed, secret)
    } else if p.len() <= 128 {
        to_128_128(p, seed, secret)
    } else if p.len() <= SHORT {
        to_240_128(p, seed, secret)
    } else {
        return None;
    })
}

/// The same without a seed, and with the default secret.
#[inline(always)]
pub fn hash128_plain(p: &[u8]) -> Option<[u64; 2]> {
    Some(if p.len() <= 16 {
        to_16_128(p, 0, START)
    } else if p.len() <= 128 {
        to_128_128(p, 0, START)
    } else if p.len() <= SHORT {
        to_240_128_plain(p)
    } else {
        return None;
    })
}

#[inline(always)]
fn to_16(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    match p.len() {
        9.. => {
            let low = pair(secret, 24).wrapping_add(seed) ^ word(p, 0);
            let high = pair(secret, 40).wrapping_sub(seed) ^ word(p, p.len() - 8);
            let sum = low.swap_bytes().wrapping_add(high).wrapping_add(fold(low, high));
            avalanche(sum.wrapping_add(p.len() as u64))
        }
        4.. => four_to_eight(p, seed, secret),
        1.. => avalanche64((half_pair(secret, 0)).wrapping_add(seed) ^ few(p)),
        0 => avalanche64(seed ^ pair(secret, 56)),
    }
}

#[inline(always)]
fn to_16_128(p: &[u8], seed: u64, secret: &Secret) -> [u64; 2] {
    match p.len() {
        9.. => nine_to_sixteen_128(p, seed, secret),
        4.. => four_to_eight_128(p, seed, secret),
        1.. => {
            let few = few(p);
            let turned = (few as u32).swap_bytes().rotate_left(13);
            let low = half_pair(secret, 0).wrapping_add(seed) ^ few;
            let high = half_pair(secret, 8).wrapping_sub(seed) ^ u64::from(turned);
            [avalanche64(low), avalanche64(high)]
        }
        0 => [64, 80].map(|at| avalanche64(seed ^ pair(secret, at))),
    }
}

/// One to three bytes and their number, as 32 bits.
#[inline]
fn few(p: &[u8]) -> u64 {
    let (Some(first), Some(middle), Some(last)) = (p.first(), p.get(p.len() / 2), p.last()) else {
        return 0;
    };
    let [first, middle, last] = [first, middle, last].map(|byte| u64::from(*byte));
    last | (p.len() as u64) << 8 | first << 16 | middle << 24
}

/// The seed with its low half, turned around, in its high one as well.
#[inline]
fn spread(seed: u64) -> u64 {
    seed ^ u64::from((seed as u32).swap_bytes()) << 32
}

#[inline]
fn four_to_eight(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    let joined = half(p, p.len() - 4) | half(p, 0) << 32;
    let x = pair(secret, 8).wrapping_sub(spread(seed)) ^ joined;
    let x = (x ^ x.rotate_left(49) ^ x.rotate_left(24)).wrapping_mul(MX2);
    let x = (x ^ (x >> 35).wrapping_add(p.len() as u64)).wrapping_mul(MX2);
    x ^ x >> 28
}

#[inline]
fn four_to_eight_128(p: &[u8], seed: u64, secret: &Secret) -> [u64; 2] {
    let joined = half(p, 0) | half(p, p.len() - 4) << 32;
    let x = pair(secret, 16).wrapping_add(spread(seed)) ^ joined;
    let factor = PRIME64_1.wrapping_add((p.len() as u64) << 2);
    let product = u128::from(x) * u128::from(factor);
    let low = product as u64;
    let high = ((product >> 64) as u64).wrapping_add(low << 1);
    let low = low ^ high >> 3;
    let low = (low ^ low >> 35).wrapping_mul(MX2);
    [low ^ low >> 28, avalanche(high)]
}

#[inline]
fn nine_to_sixteen_128(p: &[u8], seed: u64, secret: &Secret) -> [u64; 2] {
    let (first, last) = (word(p, 0), word(p, p.len() - 8));
    let a = pair(secret, 32).wrapping_sub(seed) ^ first ^ last;
    let b = pair(secret, 48).wrapping_add(seed) ^ last;
    let product = u128::from(a) * u128::from(PRIME64_1);
    let low = (product as u64).wrapping_add((p.len() as u64 - 1) << 54);
    let high = ((product >> 64) as u64)
        .wrapping_add(b)
        .wrapping_add((b & 0xffff_ffff).wrapping_mul(PRIME32_2 - 1));
    let low = low ^ high.swap_bytes();
    let product = u128::from(low) * u128::from(PRIME64_2);
    let high = ((product >> 64) as u64).wrapping_add(high.wrapping_mul(PRIME64_2));
    [avalanche(product as u64), avalanche(high)]
}

/// 17 to 128 bytes: pieces from both ends, which may overlap.
#[inline(always)]
fn to_128(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    let mut acc = (p.len() as u64).wrapping_mul(PRIME64_1);
    if p.len() > 32 {
        if p.len() > 64 {
            if p.len() > 96 {
                acc = acc.wrapping_add(both::<64>(p, seed, secret));
            }
            acc = acc.wrapping_add(both::<48>(p, seed, secret));
        }
        acc = acc.wrapping_add(both::<32>(p, seed, secret));
    }
    avalanche(acc.wrapping_add(both::<16>(p, seed, secret)))
}

/// The pieces that are `N` bytes from the ends to their far sides.
#[inline]
fn both<const N: usize>(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    let (first, last) = ends::<N>(p);
    let key = 2 * (N - 16);
    mix(first, N - 16, secret, key, seed).wrapping_add(mix(last, 0, secret, key + 16, seed))
}

/// The same, innermost first, for the 128-bit hash.
#[inline(always)]
fn to_128_128(p: &[u8], seed: u64, secret: &Secret) -> [u64; 2] {
    let mut acc = [(p.len() as u64).wrapping_mul(PRIME64_1), 0];
    if p.len() > 32 {
        if p.len() > 64 {
            if p.len() > 96 {
                both_128::<64>(&mut acc, p, seed, secret);
            }
            both_128::<48>(&mut acc, p, seed, secret);
        }
        both_128::<32>(&mut acc, p, seed, secret);
    }
    both_128::<16>(&mut acc, p, seed, secret);
    finish_128(acc, p.len(), seed)
}

#[inline]
fn both_128<const N: usize>(acc: &mut [u64; 2], p: &[u8], seed: u64, secret: &Secret) {
    let (first, last) = ends::<N>(p);
    mix_two(acc, [(first, N - 16), (last, 0)], secret, 2 * (N - 16), seed);
}

/// The first and the last `N` bytes, as arrays, which need no check later on. They are always there.
#[inline]
fn ends<const N: usize>(p: &[u8]) -> (&[u8; N], &[u8; N]) {
    (p.first_chunk().unwrap_or(&[0; N]), p.last_chunk().unwrap_or(&[0; N]))
}

/// 129 to 240 bytes. Out of line: its callers inline the rest.
#[inline(never)]
fn to_240(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    to_240_here(p, seed, secret)
}

/// The same without a seed, and with the default secret.
#[inline(never)]
fn to_240_plain(p: &[u8]) -> u64 {
    to_240_here(p, 0, START)
}

#[inline(always)]
fn to_240_here(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    let (Some(start), Some(end)) = (p.first_chunk::<128>(), p.last_chunk::<16>()) else {
        return 0;
    };
    // First, though it is needed last: behind a branch the compiler would leave the products of what comes before it, and only
    // load their factors, for which there are not registers enough.
    let late = later(p, seed, secret).wrapping_add(mix(end, 0, secret, SECRET_MIN - 17, seed));
    let mut acc = (p.len() as u64).wrapping_mul(PRIME64_1);
    for i in 0..8 {
        acc = acc.wrapping_add(mix(start, 16 * i, secret, 16 * i, seed));
    }
    avalanche(avalanche(acc).wrapping_add(late))
}

/// The whole pieces behind the first 128 bytes. Written out, and left where they end: a loop takes a nanosecond more, and
/// a test for each piece that is not there as well.
#[inline(always)]
fn later(p: &[u8], seed: u64, secret: &Secret) -> u64 {
    let mut sum = 0_u64;
    macro_rules! pieces {
        ($($end:literal)*) => {$(
            let Some(until) = p.first_chunk::<$end>() else { return sum };
            sum = sum.wrapping_add(mix(until, $end - 16, secret, $end - 141, seed));
        )*};
    }
    pieces!(144 160 176 192 208 224 240);
    sum
}

/// 129 to 240 bytes. Out of line: its callers inline the rest.
#[inline(never)]
fn to_240_128(p: &[u8], seed: u64, secret: &Secret) -> [u64; 2] {
    to_240_128_here(p, seed, secret)
}

/// The same without a seed, and with the default secret.
#[inline(never)]
fn to_240_128_plain(p: &[u8]) -> [u64; 2] {
    to_240_128_here(p, 0, in_memory())
}

/// The default secret, as words to be loaded: two accumulators are fed in turn, and as numbers the words would be joined to
/// vectors, of which the lanes are taken out again one by one. From 200 bytes on that takes a twentieth more.
#[inline(always)]
fn in_memory() -> &'static Secret {
    let address = opaque(core::ptr::from_ref(START).expose_provenance());
    // SAFETY: it is the address that it was.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}

#[inline(always)]
fn to_240_128_here(p: &[u8], seed: u64, secret: &Secret) -> [u64; 2] {
    let (Some((start, later)), Some(end)) = (p.split_first_chunk::<128>(), p.last_chunk::<32>())
    else {
        return [0; 2];
    };
    let mut acc = [(p.len() as u64).wrapping_mul(PRIME64_1), 0];
    for i in 0..4 {
        mix_two(&mut acc, [(start, 32 * i), (start, 32 * i + 16)], secret, 32 * i, seed);
    }
    acc = acc.map(avalanche);
    let (_, keys) = secret.split_at(3);
    for (piece, key) in later.as_chunks::<32>().0.iter().zip(keys.as_chunks::<32>().0) {
        mix_two(&mut acc, [(piece, 0), (piece, 16)], key, 0, seed);
    }
    mix_two(&mut acc, [(end, 16), (end, 0)], secret, SECRET_MIN - 33, seed.wrapping_neg());
    finish_128(acc, p.len(), seed)
}

/// Two pieces of 16 bytes, each into its own accumulator mixed and into the other one's as it is.
#[inline]
fn mix_two<const N: usize>(
    acc: &mut [u64; 2],
    [a, b]: [(&[u8; N], usize); 2],
    secret: &[u8],
    key: usize,
    seed: u64,
) {
    let plain = |(p, at): (&[u8; N], usize)| word(p, at).wrapping_add(word(p, at + 8));
    acc[0] = acc[0].wrapping_add(mix(a.0, a.1, secret, key, seed)) ^ plain(b);
    acc[1] = acc[1].wrapping_add(mix(b.0, b.1, secret, key + 16, seed)) ^ plain(a);
}

#[inline]
fn finish_128([a, b]: [u64; 2], len: usize, seed: u64) -> [u64; 2] {
    let high = a
        .wrapping_mul(PRIME64_1)
        .wrapping_add(b.wrapping_mul(PRIME64_4))
        .wrapping_add((len as u64).wrapping_sub(seed).wrapping_mul(PRIME64_2));
    [avalanche(a.wrapping_add(b)), avalanche(high).wrapping_neg()]
}

/// 16 bytes of `p` and 16 of the secret.
#[inline]
fn mix(p: &[u8], at: usize, secret: &[u8], key: usize, seed: u64) -> u64 {
    let ([a, b], [c, d]) = (two_words(p, at), two_words(secret, key));
    fold(a ^ c.wrapping_add(seed), b ^ d.wrapping_sub(seed))
}

/// XXH64's last step, which the shortest inputs take.
#[inline]
const fn avalanche64(x: u64) -> u64 {
    let x = (x ^ x >> 33).wrapping_mul(PRIME64_2);
    let x = (x ^ x >> 29).wrapping_mul(PRIME64_3);
    x ^ x >> 32
}

/// Two neighbouring words of the secret in one.
#[inline]
fn pair(secret: &Secret, at: usize) -> u64 {
    word(secret, at) ^ word(secret, at + 8)
}

#[inline]
fn half_pair(secret: &Secret, at: usize) -> u64 {
    half(secret, at) ^ half(secret, at + 4)
}

/// The eight bytes from `at` on. They are always there, and where the place in an array is known, so does the compiler.
#[inline]
fn word(p: &[u8], at: usize) -> u64 {
    p.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The two words from `at` on, read as one number: read by themselves the compiler takes neighbouring pieces for vectors, of
/// which it takes the lanes out again one by one to multiply them, and is twice as slow.
#[inline]
fn two_words(p: &[u8], at: usize) -> [u64; 2] {
    let both = p.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |b| u128::from_le_bytes(*b));
    [both as u64, (both >> 64) as u64]
}

#[inline]
fn half(p: &[u8], at: usize) -> u64 {
    let bytes = p.get(at..).and_then(<[u8]>::first_chunk);
    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}
