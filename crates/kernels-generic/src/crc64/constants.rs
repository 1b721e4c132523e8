//! What the kernels need to know of a generator, as bytes, so that it is the same from Rust, C and Go.
//!
//! All is reflected: bit `i` of a word is the coefficient of x^(63-i), words are little-endian. A generator is given
//! without its leading x^64 and may be any word: no constant divides by x, so that its constant term may be 0.

/// ISO 3309, HDLC: 0x1B, reflected.
pub const ISO: u64 = 0xd800_0000_0000_0000;
/// ECMA-182, xz: 0x42F0E1EBA9EA3693, reflected.
pub const ECMA: u64 = 0xc96c_5795_d787_0f42;
/// NVM Express, object stores: 0xAD93D23594C93659, reflected.
pub const NVME: u64 = 0x9a6c_9329_ac4b_c9b5;

/// Vectors of 16 bytes that the multipliers reach over: the accumulators and what may follow them.
pub const REACH: usize = 32;

/// `[[u64; 16]; 16]`: the remainder of each half byte at each place of a word.
pub const HALVES: usize = 0;
/// From byte r on: the shuffle that moves the first r bytes to the end; from 16 + r on: the one that drops them.
pub const SHIFT: usize = HALVES + 8 * 16 * 16;
/// `u64`: all ones if the generator's constant term is 1, else 0.
pub const TERM: usize = SHIFT + 48;
/// `[[u64; 2]; REACH]`: entry `REACH - d` moves a vector of 16 bytes ahead by `d` vectors, for the low half and the high
/// one. Descending, so that a wider load has one for each lane.
///
/// It is one sequence of powers, each x^64 times the next, to x^127; x^63 follows, which is 1. Read from 8 bytes earlier
/// on, it moves a vector ahead by `d` and by half a vector more: that makes it 128 bits whose remainder is wanted.
pub const FOLD: usize = TERM + 8;
/// `[u64; 3]`: 1, Barrett's quotient, the generator.
pub const REDUCE: usize = FOLD + 16 * REACH;
/// Bytes in all.
pub const CONSTANTS: usize = REDUCE + 24;

// The last four lanes of a load from 8 bytes before FOLD's end share a line of the cache.
const _: () = assert!((REDUCE + 8).is_multiple_of(64));

/// The constants of one generator. At a cache line, though the kernels take them anywhere.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
pub struct Constants(pub [u8; CONSTANTS]);

impl Constants {
    /// Those of `poly`, reflected. About a microsecond at run time.
    pub const fn of(poly: u64) -> Self {
        let mut constants = Self([0; CONSTANTS]);
        constants.fill(poly);
        constants
    }

    /// With a frame of its own: one of both tables would be over 4 KiB, which Windows wants touched page by page, by a function
    /// of its C library.
    #[inline(never)]
    const fn fill(&mut self, poly: u64) {
        let halves = halves(poly);
        let c = &mut self.0;
        let mut i = 0;
        while i < 256 {
            put(c, HALVES + 8 * i, halves[i / 16][i % 16]);
            i += 1;
        }
        // From x^63, which is 1, to x^127, and on by x^64: high half by one vector, low half by one, high half by two.
        let mut power = after_word(&halves, 1);
        put(c, REDUCE, 1);
        let mut d = 1;
        while d <= REACH {
            put(c, FOLD + 16 * (REACH - d) + 8, power);
            power = after_word(&halves, power);
            put(c, FOLD + 16 * (REACH - d), power);
            power = after_word(&halves, power);
            d += 1;
        }
        put(c, REDUCE + 8, quotient(poly));
        put(c, REDUCE + 16, poly << 1 | 1);
        put(c, TERM, (poly >> 63).wrapping_neg());
        let mut i = 0;
        while i < 16 {
            c[SHIFT + i] = 0x80;
            c[SHIFT + 16 + i] = i as u8;
            c[SHIFT + 32 + i] = 0x80;
            i += 1;
        }
    }
}

/// Writes a word at byte `at`.
const fn put(c: &mut [u8; CONSTANTS], at: usize, word: u64) {
    let bytes = word.to_le_bytes();
    let mut i = 0;
    while i < 8 {
        c[at + i] = bytes[i];
        i += 1;
    }
}

/// `halves[place][bits]`: the remainder of `bits` << 4 `place` after 64 shifts.
const fn halves(poly: u64) -> [[u64; 16]; 16] {
    let mut t = [[0; 16]; 16];
    // Of the bit that leaves last to that which leaves first: the first shift past the end gives the generator.
    let (mut remainder, mut bit) = (poly, 64);
    while bit > 0 {
        bit -= 1;
        t[bit / 4][1 << (bit % 4)] = remainder;
        remainder = times_x(remainder, poly);
    }
    let mut place = 0;
    while place < 16 {
        let mut bits: usize = 1;
        while bits < 16 {
            let low = bits & bits.wrapping_neg();
            t[place][bits] = t[place][low] ^ t[place][bits ^ low];
            bits += 1;
        }
        place += 1;
    }
    t
}

/// `a` x^64.
const fn after_word(halves: &[[u64; 16]; 16], a: u64) -> u64 {
    let (mut sum, mut place) = (0, 0);
    while place < 16 {
        sum ^= halves[place][(a >> (4 * place)) as usize & 15];
        place += 1;
    }
    sum
}

/// floor(x^128 / P) without its constant term: bit `i` is x^(64-i).
const fn quotient(poly: u64) -> u64 {
    // Long division. After i steps the remainder is the low 64 coefficients of what is left of x^128.
    let (mut quotient, mut rest, mut i) = (1, poly, 1);
    while i < 64 {
        quotient |= (rest & 1) << i;
        rest = times_x(rest, poly);
        i += 1;
    }
    quotient
}

/// `a` x modulo `poly`.
pub const fn times_x(a: u64, poly: u64) -> u64 {
    (a >> 1) ^ (poly & (a & 1).wrapping_neg())
}

/// `a` `b` modulo `poly`.
pub const fn times(a: u64, b: u64, poly: u64) -> u64 {
    let (mut sum, mut a, mut bit) = (0, a, 1 << 63);
    while bit != 0 {
        sum ^= a & ((b & bit != 0) as u64).wrapping_neg();
        a = times_x(a, poly);
        bit >>= 1;
    }
    sum
}

/// `crc` x^(8 `n`) modulo `poly`: what a CRC is after `n` zero bytes, but for the complements. 2 multiplications for each
/// bit of `n`.
pub const fn after_zeros(crc: u64, n: u64, poly: u64) -> u64 {
    let (mut crc, mut power, mut left) = (crc, 1 << 55, n);
    while left != 0 {
        if left & 1 == 1 {
            crc = times(crc, power, poly);
        }
        power = times(power, power, poly);
        left >>= 1;
    }
    crc
}
