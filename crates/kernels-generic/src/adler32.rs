//! Adler-32, a byte at a time, and the arithmetic that all variants share.
//!
//! Two sums modulo 65521: a of the bytes, from 1 on, and b of the values that a goes through. After n bytes d these are
//!
//! ```text
//! a' = a + Σ d[i]                    b' = b + n a + Σ (n - i) d[i]
//! ```
//!
//! so a kernel has to find two sums over a block, however it orders the additions, and one remainder of each is enough.

use crate::ffi::slice;

/// Largest prime below 2^16.
pub const MODULUS: u32 = 65521;

/// Row `adler32_update`, variant `generic`.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
pub unsafe extern "C" fn update_generic(adler: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    update(adler, unsafe { slice(p, len) })
}

/// Adds `p`. Nothing changes `adler`, even if its halves are not below [`MODULUS`]; any byte reduces both.
#[inline]
pub fn update(adler: u32, p: &[u8]) -> u32 {
    /// Longest block whose sums stay below 2^32: that of RFC 1950, which serves even if a and b begin as any 16 bits.
    const BLOCK: usize = 5552;
    let mut state = State::of(adler);
    for block in p.chunks(BLOCK) {
        let (mut a, mut b) = (state.a as u32, state.b as u32);
        for &byte in block {
            a += u32::from(byte);
            b += a;
        }
        state = State { a: (a % MODULUS).into(), b: (b % MODULUS).into() };
    }
    state.adler()
}

/// The two sums of a checksum.
#[derive(Clone, Copy)]
pub struct State {
    a: u64,
    b: u64,
}

impl State {
    #[inline(always)]
    pub const fn of(adler: u32) -> Self {
        Self { a: adler as u64 & 0xffff, b: adler as u64 >> 16 }
    }

    #[inline(always)]
    pub const fn adler(self) -> u32 {
        (self.b << 16 | self.a) as u32
    }

    /// Adds `n` bytes, at least one and at most 2^21, of which these are the sums.
    #[inline(always)]
    #[must_use]
    pub const fn and(self, n: usize, sums: Sums) -> Self {
        let modulus = MODULUS as u64;
        // Below 2^16 + 2^37 + 2^50: no overflow.
        let b = self.b + n as u64 * self.a + sums.weighted;
        Self { a: (self.a + sums.plain) % modulus, b: b % modulus }
    }

    /// As [`and`](Self::and), of 1 to 256 bytes: remainders of 32 bits, the first of which is a subtraction at most.
    #[inline(always)]
    #[must_use]
    pub const fn and_few(self, n: usize, sums: Sums) -> Self {
        // At most 65535 + 256 * 255, less than twice the modulus, and at most 65535 * 257 + 255 * 256 * 257 / 2.
        let a = (self.a + sums.plain) as u32;
        let b = (self.b + n as u64 * self.a + sums.weighted) as u32;
        let a = if a < MODULUS { a } else { a - MODULUS };
        Self { a: a as u64, b: (b % MODULUS) as u64 }
    }
}

/// Adds `p`, block by block, by the sums that a kernel makes. The last block is the rest and at least as long as a block, or
/// all there is, so that none is short: less than two blocks.
#[inline(always)]
pub fn in_blocks<const BLOCK: usize>(
    mut state: State,
    mut p: &[u8],
    sums: impl Fn(&[u8]) -> Sums,
) -> State {
    while let (2.., Some((block, rest))) = (p.len() / BLOCK, p.split_at_checked(BLOCK)) {
        state = state.and(BLOCK, sums(block));
        p = rest;
    }
    state.and(p.len(), sums(p))
}

/// The sum of n bytes d, and of (n - i) d\[i\].
#[derive(Clone, Copy)]
pub struct Sums {
    pub plain: u64,
    pub weighted: u64,
}

/// Fewer than 16 bytes as two words, for kernels whose vectors are longer: the first eight, if there are so many, and the
/// others, which end in the highest byte of the second word, with zeros before. The number is how many these others are.
#[inline(always)]
pub fn words(p: &[u8]) -> ([u64; 2], u64) {
    match (p.first_chunk(), p.last_chunk()) {
        (Some(first), Some(last)) => {
            let rest = p.len() as u64 - 8;
            let keep = u64::MAX.checked_shl(64 - 8 * rest as u32).unwrap_or(0);
            ([u64::from_le_bytes(*first), u64::from_le_bytes(*last) & keep], rest)
        }
        _ => ([0, ending_in_a_word(p)], 0),
    }
}

/// Fewer than eight bytes, of which the last is the highest of the word. Reads overlap: where they do they agree.
#[inline(always)]
fn ending_in_a_word(p: &[u8]) -> u64 {
    let n = p.len();
    if let (Some(first), Some(last)) = (p.first_chunk::<4>(), p.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
        return last << 32 | first << (64 - 8 * n);
    }
    match *p {
        [a] => u64::from(a) << 56,
        [a, b] => u64::from(a) << 48 | u64::from(b) << 56,
        [a, b, c, ..] => u64::from(a) << 40 | u64::from(b) << 48 | u64::from(c) << 56,
        [] => 0,
    }
}
