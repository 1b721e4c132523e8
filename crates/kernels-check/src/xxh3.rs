//! Rows of family `xxh3`.

use crate::guard::{Arena, trying};
use crate::{Random, reader};

/// Rows `digest` and `accumulate`.
pub type Row = unsafe extern "C" fn(*mut u64, usize, *const u8, usize, *const u8, usize);

/// Lengths of secrets: the shortest; blocks of 9, 10, 16 and 25 stripes; words that end before the secret does.
const SECRETS: &[usize] = &[136, 147, 192, 265];
/// Lengths around which blocks end: of these and more stripes, and where Go cuts.
const LONG: &[usize] = &[576, 640, 1024, 1600, 8192, 1 << 16];

const PRIMES: [u64; 8] = [
    0xC2B2_AE3D,
    0x9E37_79B1_85EB_CA87,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
    0x85EB_CA77_C2B2_AE63,
    0x85EB_CA77,
    0x27D4_EB2F_1656_67C5,
    0x9E37_79B1,
];

/// Checks one variant of `digest`: every length in guarded memory; several secrets, each at the end of guarded memory; one
/// word of result and two; what is too short.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn digest(name: &str, kernel: Row) {
    let run = |words, p, len, key, n| {
        let mut out = [7; 3];
        // SAFETY: pointers and lengths are those of slices; the CPU is the caller's promise.
        unsafe { kernel(out.as_mut_ptr(), words, p, len, key, n) }
        out
    };
    let wanted = |words: usize, p: &[u8], secret: &[u8]| {
        let mut out = [7; 3];
        if p.len() >= 64 {
            out[..words].copy_from_slice(&hash(p, secret)[..words]);
        }
        out
    };
    let secret = random(9, 192);
    let call = |p, len| run(2, p, len, secret.as_ptr(), 192);
    reader(name, call, |p: &[u8]| wanted(2, p, &secret));
    let data = random(3, (1 << 16) + 2);
    for &n in SECRETS {
        let (arena, secret) = frozen(random(8, n));
        for len in lengths() {
            let (words, p) = (1 + len % 2, &data[..len]);
            let is = trying(name, len, || run(words, p.as_ptr(), len, arena.tail(n), n));
            assert_eq!(is, wanted(words, p, &secret), "{name}: {len} bytes, secret of {n}");
        }
    }
    // SAFETY: the caller's promise.
    unsafe { refuses(name, kernel, 2) }
}

/// Checks one variant of `accumulate`: every length in guarded memory; several secrets, each at the end of guarded memory,
/// from several stripes of a block on, and from one that no block has; input in two parts; what is too short.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn accumulate(name: &str, kernel: Row) {
    let run = |stripe, p, len, key, n| {
        let mut state = start(stripe);
        // SAFETY: as in `digest`.
        unsafe { kernel(state.as_mut_ptr(), 9, p, len, key, n) }
        state
    };
    let wanted = |stripe, p: &[u8], secret: &[u8]| {
        let mut state = start(stripe);
        take(&mut state, p, secret);
        state
    };
    let secret = random(9, 192);
    let call = |p, len| run(5, p, len, secret.as_ptr(), 192);
    reader(name, call, |p: &[u8]| wanted(5, p, &secret));
    let data = random(3, (1 << 16) + 2);
    for &n in SECRETS {
        let (arena, secret) = frozen(random(8, n));
        for len in lengths() {
            let (p, stripe) = (&data[..len], [0, 5, 8, 15, 25, u64::MAX][len % 6]);
            let is = trying(name, len, || run(stripe, p.as_ptr(), len, arena.tail(n), n));
            assert_eq!(is, wanted(stripe, p, &secret), "{name}: {len} bytes, secret of {n}");
            let cut = len / 3 / 64 * 64;
            let mut parts = run(stripe, p.as_ptr(), cut, arena.tail(n), n);
            // SAFETY: as in `digest`.
            unsafe { kernel(parts.as_mut_ptr(), 9, p[cut..].as_ptr(), len - cut, arena.tail(n), n) }
            assert_eq!(parts, is, "{name}: {len} bytes cut at {cut}, secret of {n}");
        }
    }
    // SAFETY: the caller's promise.
    unsafe { refuses(name, kernel, 9) }
}

/// Lengths up to more than a block one by one, and those around the ends of blocks.
fn lengths() -> impl Iterator<Item = usize> {
    (0..700).chain(LONG.iter().flat_map(|n| n - 1..=n + 1))
}

/// Arguments with which a kernel does nothing.
unsafe fn refuses(name: &str, kernel: Row, words: usize) {
    let (p, null) = (random(5, 2000), std::ptr::null());
    let mut out = [7; 9];
    for (room, secret) in [(words, 135), (words, 0), (0, 192)] {
        let to = if room == 0 { std::ptr::null_mut() } else { out.as_mut_ptr() };
        let key = if secret == 0 { null } else { p.as_ptr() };
        // SAFETY: lengths are not above what the pointers have; the CPU is the caller's promise.
        trying(name, 0, || unsafe { kernel(to, room, p.as_ptr(), p.len(), key, secret) });
    }
    // SAFETY: as above.
    trying(name, 0, || unsafe { kernel(out.as_mut_ptr(), words, null, 0, p.as_ptr(), 192) });
    // SAFETY: as above; one word less than a kernel of nine wants, none for the other.
    unsafe { kernel(out.as_mut_ptr(), words & 8, p.as_ptr(), p.len(), p.as_ptr(), 192) }
    assert_eq!(out[..8], [7; 8], "{name}: written to without cause");
}

/// Accumulators that are not those of the start, a count of stripes, and a canary.
fn start(stripe: u64) -> [u64; 10] {
    let mut state = [stripe; 10];
    Random(4).fill(&mut state[..8]);
    state
}

fn random(seed: u64, n: usize) -> Vec<u8> {
    let mut p = vec![0; n];
    Random(seed).fill(&mut p);
    p
}

/// Bytes at the end of guarded memory that cannot be written, and a copy.
fn frozen(p: Vec<u8>) -> (Arena, Vec<u8>) {
    let mut arena = Arena::new(p.len());
    let end = arena.size() - p.len();
    arena.bytes()[end..].copy_from_slice(&p);
    arena.freeze();
    (arena, p)
}

/// The specification, "large inputs": both halves.
fn hash(p: &[u8], secret: &[u8]) -> [u64; 2] {
    let mut state = [0; 10];
    state[..8].copy_from_slice(&PRIMES);
    take(&mut state, &p[..(p.len() - 1) / 64 * 64], secret);
    add(&mut state, &p[p.len() - 64..], &secret[secret.len() - 71..]);
    let length = p.len() as u64;
    let merged = |init: u64, key: &[u8]| {
        let product = |i: usize| {
            let (a, b) = (state[i] ^ word(key, i), state[i + 1] ^ word(key, i + 1));
            let product = u128::from(a) * u128::from(b);
            product as u64 ^ (product >> 64) as u64
        };
        let sum = (0..4).fold(init, |sum, i| sum.wrapping_add(product(2 * i)));
        let sum = (sum ^ sum >> 37).wrapping_mul(0x1656_6791_9E37_79F9);
        sum ^ sum >> 32
    };
    [
        merged(length.wrapping_mul(PRIMES[1]), &secret[11..]),
        merged(!length.wrapping_mul(PRIMES[2]), &secret[secret.len() - 75..]),
    ]
}

/// Whole stripes, from number `state[8]` of a block on, which becomes that of the next.
fn take(state: &mut [u64; 10], p: &[u8], secret: &[u8]) {
    let block = (secret.len() - 64) as u64 / 8;
    if state[8] >= block {
        state[8] = 0;
    }
    for stripe in p.chunks_exact(64) {
        add(state, stripe, &secret[8 * state[8] as usize..]);
        state[8] += 1;
        if state[8] == block {
            state[8] = 0;
            for (i, acc) in state[..8].iter_mut().enumerate() {
                let x = *acc ^ *acc >> 47 ^ word(&secret[secret.len() - 64..], i);
                *acc = x.wrapping_mul(PRIMES[7]);
            }
        }
    }
}

fn add(state: &mut [u64; 10], stripe: &[u8], key: &[u8]) {
    for i in 0..8 {
        let x = word(stripe, i) ^ word(key, i);
        state[i ^ 1] = state[i ^ 1].wrapping_add(word(stripe, i));
        state[i] = state[i].wrapping_add((x & 0xffff_ffff) * (x >> 32));
    }
}

fn word(p: &[u8], i: usize) -> u64 {
    u64::from_le_bytes(p[8 * i..8 * i + 8].try_into().expect("eight bytes"))
}
