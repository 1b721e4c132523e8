//! Polynomials over GF(2) modulo a CRC's generator: where the constants of every CRC-32 kernel come from.
//!
//! All is reflected, as the CRCs are: bit `i` of a `u32` is the coefficient of x^(31-i), so that `0x8000_0000` is 1.
//! A generator is given without its leading x^32. Everything here is `const` and meant for compile time.

/// Ethernet, gzip, zip, PNG: 0x04C11DB7, reflected.
pub const IEEE: u32 = 0xedb8_8320;
/// iSCSI, ext4, SSE4.2: 0x1EDC6F41, reflected.
pub const CASTAGNOLI: u32 = 0x82f6_3b78;

const ONE: u32 = 1 << 31;

/// `a` x modulo `poly`.
#[inline]
pub const fn times_x(a: u32, poly: u32) -> u32 {
    (a >> 1) ^ (poly & (a & 1).wrapping_neg())
}

/// `a` / x modulo `poly`; x has an inverse because the generator's constant term is 1.
const fn over_x(a: u32, poly: u32) -> u32 {
    if a & ONE == 0 { a << 1 } else { ((a ^ poly) << 1) | 1 }
}

/// `a` `b` modulo `poly`.
pub const fn times(a: u32, b: u32, poly: u32) -> u32 {
    let (mut sum, mut a, mut bit) = (0, a, ONE);
    while bit != 0 {
        sum ^= a & ((b & bit != 0) as u32).wrapping_neg();
        a = times_x(a, poly);
        bit >>= 1;
    }
    sum
}

/// x^`n` modulo `poly`, for negative `n` too.
pub const fn x_pow(n: i64, poly: u32) -> u32 {
    let x = ONE >> 1;
    let mut square = if n < 0 { over_x(ONE, poly) } else { x };
    let mut power = ONE;
    let mut left = n.unsigned_abs();
    while left != 0 {
        if left & 1 == 1 {
            power = times(power, square, poly);
        }
        square = times(square, square, poly);
        left >>= 1;
    }
    power
}

/// The two multipliers that move 128 bits `distance` bits ahead, the low half's first.
///
/// A carry-less product of a 64-bit half (bit `i` is x^(63-i)) and a reflected 32-bit constant has x^94 at bit 0, that
/// is x^127 of a 128-bit register divided by x^33; the exponents make up for that, and the low half's for the 64 bits
/// by which it is ahead of the high half.
pub const fn fold(distance: i64, poly: u32) -> [u64; 2] {
    [x_pow(distance + 64 - 33, poly) as u64, x_pow(distance - 33, poly) as u64]
}

/// What turns 64 bits (bit `i` is x^(63-i)) into a product of 95 bits with x^95 at bit 0, that is congruent to them
/// times x^`e`.
pub const fn weight(e: i64, poly: u32) -> u32 {
    x_pow(e - 1, poly)
}

/// Barrett's two multipliers for 96 bits with x^95 at bit 0: floor(x^96 / P) without its constant term (bit `i` is
/// x^(64-i)), and P itself (bit `i` is x^(32-i)).
///
/// The quotient of the 96 bits T by P is floor(floor(T / x^32) floor(x^96 / P) / x^64), exactly: what the inner
/// floors drop has a degree below 0 after the divisions. The constant term of floor(x^96 / P) reaches degree 63 in
/// the product, below what the outer floor keeps.
pub const fn barrett(poly: u32) -> [u64; 2] {
    // Long division. After i steps the remainder is the low 32 coefficients of what is left of x^96.
    let (mut quotient, mut rest, mut i) = (1, poly, 1);
    while i < 64 {
        quotient |= ((rest & 1) as u64) << i;
        rest = times_x(rest, poly);
        i += 1;
    }
    [quotient, (poly as u64) << 1 | 1]
}

/// `crc` x^(8 `n`) modulo `poly`: what a CRC is after `n` zero bytes, but for the complements. 2 multiplications at most for
/// each bit of `n`.
pub const fn after_zeros(crc: u32, n: u64, poly: u32) -> u32 {
    let (mut crc, mut power, mut left) = (crc, ONE >> 8, n);
    while left != 0 {
        if left & 1 == 1 {
            crc = times(crc, power, poly);
        }
        power = times(power, power, poly);
        left >>= 1;
    }
    crc
}
