//! XXH3: 64 and 128 bits, after the specification of xxHash (`doc/xxhash_spec.md`, version 0.2.0 and later).
//!
//! Input of more than [`SHORT`] bytes goes through eight accumulators, a stripe of 64 bytes at a time: that is what the
//! kernels are. What is shorter is answered by [`short`], portable code that the caller's compiler may inline, for it
//! costs about as much as a call.
//!
//! The parts that all instruction sets share are here too: where a stripe meets which words of the secret ([`Runs`]),
//! and how two accumulators become one word of the result ([`merge`]).

pub mod short;

use crate::ffi::{slice, slice_mut};

/// Longest input that [`short`] answers, in bytes.
pub const SHORT: usize = 240;
/// Bytes that one step of the accumulators takes.
pub const STRIPE: usize = 64;
/// Fewest bytes of a secret.
pub const SECRET_MIN: usize = 136;
/// Bytes of the default secret, and of one that is derived from a seed.
pub const SECRET: usize = 192;
/// Stripes of a block with a secret of [`SECRET`] bytes.
pub const BLOCK: usize = (SECRET - STRIPE) / 8;
/// Words of a state: eight accumulators, then the number of stripes of the block that were taken.
pub const STATE: usize = LANES + 1;
/// Accumulators.
pub const LANES: usize = 8;

pub const PRIME32_1: u64 = 0x9E37_79B1;
pub const PRIME32_2: u64 = 0x85EB_CA77;
pub const PRIME32_3: u64 = 0xC2B2_AE3D;
pub const PRIME64_1: u64 = 0x9E37_79B1_85EB_CA87;
pub const PRIME64_2: u64 = 0xC2B2_AE3D_27D4_EB4F;
pub const PRIME64_3: u64 = 0x1656_67B1_9E37_79F9;
pub const PRIME64_4: u64 = 0x85EB_CA77_C2B2_AE63;
pub const PRIME64_5: u64 = 0x27D4_EB2F_1656_67C5;

/// The accumulators of nothing.
pub const INIT: [u64; LANES] =
    [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1];

/// The state of nothing.
pub const START: [u64; STATE] = {
    let mut state = [0; STATE];
    let mut i = 0;
    while i < LANES {
        state[i] = INIT[i];
        i += 1;
    }
    state
};

/// The secret where none is given.
#[rustfmt::skip]
pub const DEFAULT_SECRET: [u8; SECRET] = [
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
];

/// The secret of long input for a seed: the seed is added to the words of even number of the default secret and taken
/// from those of odd number.
pub fn derive(seed: u64) -> [u8; SECRET] {
    let mut secret = DEFAULT_SECRET;
    for [even, odd] in secret.as_chunks_mut::<8>().0.as_chunks_mut::<2>().0 {
        *even = u64::from_le_bytes(*even).wrapping_add(seed).to_le_bytes();
        *odd = u64::from_le_bytes(*odd).wrapping_sub(seed).to_le_bytes();
    }
    secret
}

/// Bytes of a block with a secret of [`SECRET`] bytes.
pub type Block = [[u8; STRIPE]; BLOCK];

/// Eight words of a secret.
pub type Key = [u8; STRIPE];

/// The parts of a secret that long input meets.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// As many words as the stripes of a block need: eight for the first, and one more for each other.
    pub words: &'a [[u8; 8]],
    /// Meets the accumulators at the end of a block.
    pub scramble: &'a Key,
    /// Meets the last stripe.
    pub last: &'a Key,
    /// Merges the accumulators into the low half of the result, and into the high one.
    pub merge: [&'a Key; 2],
}

impl<'a> Keys<'a> {
    /// The parts of `secret`; `None` if it is shorter than [`SECRET_MIN`].
    #[inline(always)]
    pub fn new(secret: &'a [u8]) -> Option<Self> {
        let n = secret.len();
        let key = |at: usize| secret.get(at..)?.first_chunk();
        if n < SECRET_MIN {
            return None;
        }
        Some(Self {
            words: secret.as_chunks().0.get(..n / 8 - 1)?,
            scramble: key(n - 64)?,
            last: key(n - 71)?,
            merge: [key(11)?, key(n - 75)?],
        })
    }

    /// Stripes of a block: 16 with a secret of 192 bytes.
    #[inline(always)]
    pub const fn block(&self) -> usize {
        self.words.len().wrapping_sub(7)
    }
}

/// Stripes that lie in one block, with the words of the secret that they meet: the `i`th stripe those from the `i`th on.
pub struct Run<'a> {
    pub stripes: &'a [[u8; STRIPE]],
    pub words: &'a [[u8; 8]],
    /// Whether the accumulators are scrambled after them.
    pub scramble: bool,
}

/// Cuts stripes at the ends of blocks.
pub struct Runs<'a> {
    stripes: &'a [[u8; STRIPE]],
    words: &'a [[u8; 8]],
    at: usize,
}

impl<'a> Runs<'a> {
    /// The stripes of `p`, whose first is number `at` of its block. What is less than a stripe at the end of `p` is left
    /// out. A number that no block has counts as 0.
    #[inline(always)]
    pub fn new(p: &'a [u8], keys: &Keys<'a>, at: u64) -> Self {
        let at = if at < keys.block() as u64 { at as usize } else { 0 };
        Self { stripes: p.as_chunks().0, words: keys.words, at }
    }

    /// Takes the whole blocks that come next; none where a block has begun, or is not one of [`BLOCK`] stripes.
    #[inline(always)]
    pub fn blocks(&mut self) -> &'a [Block] {
        if self.at != 0 || self.words.len() != BLOCK + LANES - 1 {
            return &[];
        }
        let (blocks, rest) = self.stripes.as_chunks();
        self.stripes = rest;
        blocks
    }

    /// All stripes, if they fill no block: so it is up to 1 KiB with a secret of [`SECRET`] bytes, where finding out where
    /// blocks end would take as long as the stripes do.
    #[inline(always)]
    pub fn unfilled(&self) -> Option<Run<'a>> {
        let whole = self.at == 0 && self.stripes.len() < self.words.len().wrapping_sub(7);
        whole.then_some(Run { stripes: self.stripes, words: self.words, scramble: false })
    }

    /// The number in its block of the stripe that would come next.
    #[inline(always)]
    pub const fn at(&self) -> u64 {
        self.at as u64
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Run<'a>> {
        let words = self.words.get(self.at..)?;
        let left = words.len().wrapping_sub(7);
        let n = self.stripes.len().min(left);
        if n == 0 {
            return None;
        }
        let (stripes, later) = self.stripes.split_at_checked(n)?;
        self.stripes = later;
        let scramble = n == left;
        self.at = if scramble { 0 } else { self.at + n };
        Some(Run { stripes, words, scramble })
    }
}

/// Bytes whose whole stripes, of long input, are taken block by block; and the stripe that is taken last, which may
/// overlap them, none if there is less. Not one `Option` of both: that would be tested by the first one's address, and
/// from Go a slice at address 0 has to fault.
#[inline(always)]
pub fn split(p: &[u8]) -> (&[u8], Option<&[u8; STRIPE]>) {
    let whole = if let [all_but_one @ .., _] = p { all_but_one } else { p };
    (whole, p.last_chunk())
}

/// Row `xxh3_accumulate`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`state` for writes, and it is aligned and apart from the others) or its length
/// is 0.
pub unsafe extern "C" fn accumulate_generic(
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
    if let (Some(state), Some(keys)) = (state.first_chunk_mut(), Keys::new(secret)) {
        accumulate(state, p, &keys);
    }
}

/// Adds the whole stripes of `p` to a state.
#[inline]
pub fn accumulate(state: &mut [u64; STATE], p: &[u8], keys: &Keys) {
    let [acc @ .., at] = state;
    let mut runs = Runs::new(p, keys, *at);
    for run in &mut runs {
        for (stripe, key) in run.stripes.iter().zip(run.words.windows(LANES)) {
            step(acc, stripe, key.as_flattened().first_chunk().unwrap_or(keys.last));
        }
        if run.scramble {
            scramble(acc, keys.scramble);
        }
    }
    *at = runs.at();
}

/// Row `xxh3_digest`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`out` for writes, and it is aligned and apart from the others) or its length is
/// 0.
pub unsafe extern "C" fn digest_generic(
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
    if let Some(keys) = Keys::new(secret) {
        digest(out, p, &keys);
    }
}

/// The hash of long input: its low half, and the high one if there is room for it. Less than a stripe has none, and
/// `out` is left as it is.
#[inline]
pub fn digest(out: &mut [u64], p: &[u8], keys: &Keys) {
    let (stripes, Some(last)) = split(p) else { return };
    let mut state = START;
    accumulate(&mut state, stripes, keys);
    finish(out, &state, last, p.len() as u64, keys);
}

/// What is to be done once only the last stripe is missing: one more step, and merging.
#[inline]
pub fn finish(out: &mut [u64], state: &[u64; STATE], last: &[u8; STRIPE], total: u64, keys: &Keys) {
    let [mut acc @ .., _] = *state;
    step(&mut acc, last, keys.last);
    let inits = inits(total);
    for (i, out) in out.iter_mut().enumerate().take(2) {
        *out = merge(mask(&acc, keys.merge[i]), inits[i]);
    }
}

/// What the halves of the result start from.
#[inline(always)]
pub const fn inits(total: u64) -> [u64; 2] {
    [total.wrapping_mul(PRIME64_1), !total.wrapping_mul(PRIME64_2)]
}

/// Adds a stripe: each lane the product of its halves where they met the secret, and its neighbour as it is, so that no
/// lane is lost where a half happens to be 0.
#[inline(always)]
fn step(acc: &mut [u64; LANES], stripe: &[u8; STRIPE], key: &Key) {
    for i in 0..LANES {
        let data = lane(stripe, i);
        let mixed = data ^ lane(key, i);
        acc[i ^ 1] = acc[i ^ 1].wrapping_add(data);
        acc[i] = acc[i].wrapping_add((mixed & 0xffff_ffff) * (mixed >> 32));
    }
}

#[inline(always)]
fn scramble(acc: &mut [u64; LANES], key: &Key) {
    for (i, acc) in acc.iter_mut().enumerate() {
        *acc = (*acc ^ *acc >> 47 ^ lane(key, i)).wrapping_mul(PRIME32_1);
    }
}

#[inline(always)]
fn lane(p: &[u8; STRIPE], i: usize) -> u64 {
    u64::from_le_bytes(p.as_chunks().0[i])
}

#[inline(always)]
fn mask(acc: &[u64; LANES], key: &Key) -> [u64; LANES] {
    core::array::from_fn(|i| acc[i] ^ lane(key, i))
}

/// Half of the result, from accumulators that have met its part of the secret.
#[inline(always)]
pub fn merge(masked: [u64; LANES], init: u64) -> u64 {
    let [a, b, c, d, e, f, g, h] = masked;
    let sum = fold(a, b).wrapping_add(fold(c, d)).wrapping_add(fold(e, f)).wrapping_add(fold(g, h));
    avalanche(init.wrapping_add(sum))
}

/// The halves of a product, one upon the other.
#[inline(always)]
pub const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// XXH3's own last step.
#[inline(always)]
pub const fn avalanche(x: u64) -> u64 {
    let x = (x ^ x >> 37).wrapping_mul(0x1656_6791_9E37_79F9);
    x ^ x >> 32
}

#[cfg(test)]
mod tests;
