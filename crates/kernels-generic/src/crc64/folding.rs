//! CRC-64 by carry-less multiplication of 128-bit vectors, for any instruction set that has it and any generator.
//!
//! Everything here is `inline(always)` and without target features, so that it takes on the features of the kernel
//! that it becomes part of. `docs/kernels/crc64.md` has the derivation. In short: the odd bytes go first, as the upper
//! bytes of a vector with zeros before them, so that whole vectors are left; each is multiplied with what moves it to the
//! place of the last one, long input by way of accumulators; 128 bits remain, and three multiplications reduce them.

use super::constants::{FOLD, REACH, REDUCE, SHIFT, TERM};
use crate::crc32::{
    folding::{Clmul, Wide, opaque},
    short,
};

/// Bytes in a vector.
const LANES: usize = 16;

/// Adds `len` bytes to `crc`, not complemented.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0; `c` for [`super::CONSTANTS`]; the CPU has the features of `W`.
#[inline(always)]
pub unsafe fn update<W: Wide, const UNROLL: usize>(
    crc: u64,
    c: *const u8,
    p: *const u8,
    len: usize,
) -> u64 {
    const { assert!(2 * W::BYTES * UNROLL <= REACH * LANES) };
    let block = W::BYTES * UNROLL;
    // SAFETY: the caller's promises, and what each comparison leaves of `len`. The shuffles are at most 32 bytes into
    // their 48.
    unsafe {
        if len < LANES {
            return few::<W::Lane>(crc, c, p, len);
        }
        let odd = (len - 1) % LANES + 1;
        let crc = W::Lane::words(crc, 0);
        let head = <W::Lane as Clmul>::load(p).xor(crc);
        let head = head.shuffle(<W::Lane as Clmul>::load(c.add(SHIFT + odd)));
        // What of the CRC reaches past the odd bytes.
        let carry = crc.shuffle(<W::Lane as Clmul>::load(c.add(SHIFT + LANES + odd)));
        let (p, left) = (p.add(odd), len - odd);
        if left == 0 {
            return reduce(head, c);
        }
        if left <= block {
            let sum = Clmul::fold(head, W::Lane::constant(ahead(c, left)), W::Lane::words(0, 0));
            return last::<W>(carry, sum, c, p, left);
        }
        let mut acc: [W; UNROLL] = core::array::from_fn(|i| W::load(p.add(i * W::BYTES)));
        let head = Clmul::fold(head, W::Lane::constant(ahead(c, LANES)), carry);
        acc[0] = acc[0].add_first(head);
        fold::<W, UNROLL>(acc, c, p.add(block), left - block)
    }
}

/// Where the multipliers lie that move a vector ahead by so many bytes.
///
/// # Safety
/// `c` is readable for [`super::CONSTANTS`], `bytes` is a multiple of 16 and reached.
#[inline(always)]
unsafe fn ahead(c: *const u8, bytes: usize) -> *const u8 {
    // SAFETY: the caller's promises.
    unsafe { c.add(FOLD + LANES * REACH).sub(bytes) }
}

/// Fewer than 16 bytes.
///
/// # Safety
/// As [`update`].
#[inline(always)]
pub unsafe fn few<V: Clmul>(crc: u64, c: *const u8, p: *const u8, len: usize) -> u64 {
    // SAFETY: the caller's promises.
    unsafe {
        if len == 0 {
            return crc;
        }
        let [low, high] = short::words(p, len);
        if len < 8 {
            // The upper bytes of one word, for which the first of the three multiplications falls away.
            let t = V::words((low ^ crc) << (64 - 8 * len), 0);
            return barrett(t, c) ^ crc >> (8 * len);
        }
        let v = V::words(low ^ crc, high).shuffle(V::load(c.add(SHIFT + len)));
        reduce(v, c)
    }
}

/// The accumulators, and what comes after the bytes that they stand for.
///
/// # Safety
/// As [`update`]; `left` is a multiple of 16 and not 0.
#[inline(always)]
unsafe fn fold<W: Wide, const UNROLL: usize>(
    mut acc: [W; UNROLL],
    c: *const u8,
    mut p: *const u8,
    mut left: usize,
) -> u64 {
    let block = W::BYTES * UNROLL;
    // SAFETY: a whole block and more is left in each turn. After the loop at most as much as the accumulators have is,
    // so that they are moved by at most twice as much.
    unsafe {
        let k = W::repeat(ahead(c, block));
        while left > block {
            for (i, acc) in acc.iter_mut().enumerate() {
                *acc = acc.fold(k, W::load(p.add(i * W::BYTES)));
            }
            p = p.add(block);
            left -= block;
        }
        let k = ahead(c, block + left - LANES);
        let mut sum = W::zero();
        for (i, acc) in acc.iter().enumerate() {
            sum = acc.fold(W::load(k.add(i * W::BYTES)), sum);
        }
        last::<W>(W::Lane::words(0, 0), sum.sum(), c, p, left)
    }
}

/// The end: `head` is added to the first vector, `sum` to the last.
///
/// # Safety
/// As [`update`]; `left` is a multiple of 16, not 0, and reached.
#[inline(always)]
unsafe fn last<W: Wide>(
    mut head: W::Lane,
    mut sum: W::Lane,
    c: *const u8,
    mut p: *const u8,
    left: usize,
) -> u64 {
    let mut left = opaque(left);
    // SAFETY: as many bytes as are loaded and more are left in each turn, one vector after the last.
    unsafe {
        let mut k = ahead(c, left - LANES);
        if W::BYTES > LANES && left > W::BYTES {
            let mut wide = W::zero();
            while left > W::BYTES {
                wide = W::load(p).add_first(head).fold(W::load(k), wide);
                head = W::Lane::words(0, 0);
                k = k.add(W::BYTES);
                p = p.add(W::BYTES);
                left -= W::BYTES;
            }
            sum = sum.xor(wide.sum());
        }
        while left > LANES {
            let v = <W::Lane as Clmul>::load(p).xor(head);
            sum = Clmul::fold(v, W::Lane::constant(k), sum);
            head = W::Lane::words(0, 0);
            k = k.add(LANES);
            p = p.add(LANES);
            left -= LANES;
        }
        reduce(<W::Lane as Clmul>::load(p).xor(head).xor(sum), c)
    }
}

/// The remainder of 128 bits times x^64.
///
/// # Safety
/// As [`update`].
#[inline(always)]
pub unsafe fn reduce<V: Clmul>(v: V, c: *const u8) -> u64 {
    // SAFETY: the caller's promises.
    unsafe {
        let high = v.shuffle(V::load(c.add(SHIFT + LANES + 8)));
        barrett(v.by_low(V::constant(c.add(REDUCE - 8))).xor(high), c)
    }
}

/// The remainder of 128 bits.
///
/// Both of Barrett's factors have 65 bits. The quotient's lacks its constant term, which cannot reach what is kept of the
/// product; the generator's lacks its own, whose product is the quotient itself.
///
/// # Safety
/// As [`update`].
#[inline(always)]
pub unsafe fn barrett<V: Clmul>(t: V, c: *const u8) -> u64 {
    // SAFETY: the caller's promises.
    unsafe {
        let quotient = t.by_high(V::constant(c.add(REDUCE)));
        let product = quotient.by_high(V::constant(c.add(REDUCE + 8)));
        t.xor(product).high() ^ (quotient.low() & short::load(c.add(TERM)))
    }
}
