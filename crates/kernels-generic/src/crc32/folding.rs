//! CRC-32 by carry-less multiplication of 128-bit vectors, for any instruction set that has it, with a CRC instruction
//! beside it where there is one for the generator.
//!
//! Everything here is `inline(always)` and without target features, so that it takes on the features of the kernel
//! that it becomes part of. `docs/kernels/crc32.md` has the derivation.

use super::{algebra, short};

/// Bytes in a vector.
pub const LANES: usize = 16;
/// Vectors that [`Constants::fold`] and the last step reach over: as many as 256 bytes have.
const REACH: usize = 16;
/// Streams of the CRC instruction: its latency is three times its throughput on every CPU that has it.
const STREAMS: usize = 3;
/// Turns of the fused loop in one go: at least 64 KiB, the longest input in Go.
const TURNS: usize = 512;
/// Turns come in multiples of this: a quarter of the constants, for three turns less at most.
const GRAIN: usize = 4;

/// A vector of 128 bits, or what an instruction set must bring.
///
/// # Safety
/// Each function may be called only where the CPU has the features of the kernel that uses the type.
#[allow(clippy::missing_safety_doc)]
pub trait Clmul: Copy {
    /// The generator.
    const POLY: u32;
    /// Whether [`step`](Self::step) is an instruction.
    const STEP: bool;
    /// Up to this length the instruction alone is faster than folding; 0 without it.
    const SHORT: usize;
    /// Words that each stream of the CRC instruction takes while each accumulator is folded once.
    const WORDS: usize;

    /// 16 readable bytes at any address.
    unsafe fn load(p: *const u8) -> Self;
    /// 16 readable bytes that stay in a vector register, whatever halves of them are used.
    #[inline(always)]
    unsafe fn constant(p: *const u8) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self::load(p) }
    }
    unsafe fn words(low: u64, high: u64) -> Self;
    unsafe fn xor(self, other: Self) -> Self;
    /// Product of the low halves, plus product of the high halves, plus `next`.
    unsafe fn fold(self, k: Self, next: Self) -> Self;
    /// Product of the low half and the low half of `k`.
    unsafe fn by_low(self, k: Self) -> Self;
    /// Product of the low half and the high half of `k`.
    unsafe fn by_high(self, k: Self) -> Self;
    /// Byte i is byte `indices[i]`, or 0 if that is 16 or more.
    unsafe fn shuffle(self, indices: Self) -> Self;
    unsafe fn low(self) -> u64;
    unsafe fn high(self) -> u64;
    /// Adds a word to `crc`; not called unless [`STEP`](Self::STEP).
    unsafe fn step(crc: u32, word: u64) -> u32;
}

/// The constants of a generator, in one place so that a kernel has one address to form.
#[repr(C, align(64))]
pub struct Constants {
    /// `weights[n % 8]`, from entry 2 - n / 8 on: what the two words of `n` bytes are multiplied with in the end.
    weights: [[u64; 4]; 8],
    /// `fold[REACH - d]` moves 16 bytes ahead by `d` vectors: descending, so that a wider load has one for each lane.
    pub fold: [[u64; 2]; REACH + 1],
    barrett: [u64; 2],
    /// From entry k on: the shuffle that drops the first k bytes.
    shift: [u8; 2 * LANES],
}

impl Constants {
    const fn of(poly: u32) -> Self {
        let mut c = Self {
            weights: [[0; 4]; 8],
            fold: [[0; 2]; REACH + 1],
            barrett: algebra::barrett(poly),
            shift: [0x80; 2 * LANES],
        };
        let mut r = 0;
        while r < 8 {
            let mut i = 0;
            while i < 4 {
                // Word i of 16 bytes, of which the first 8 m + r count, has x^(64 (m - i) + 8 r - 32) as its
                // weight; entry 2 - m + i of row r is the one place that depends on m - i alone.
                c.weights[r][i] =
                    algebra::weight(64 * (2 - i as i64) + 8 * r as i64 - 32, poly) as u64;
                i += 1;
            }
            r += 1;
        }
        let mut d = 0;
        while d <= REACH {
            c.fold[REACH - d] = algebra::fold(128 * d as i64, poly);
            d += 1;
        }
        let mut i = 0;
        while i < LANES {
            c.shift[i] = i as u8;
            i += 1;
        }
        c
    }
}

/// Ties the constants to the generator at compile time.
pub struct Of<V>(V);

impl<V: Clmul> Of<V> {
    const C: &'static Constants = &Constants::of(V::POLY);

    /// The constants, as loads from one address. Left to itself the compiler turns some into immediates, which on
    /// arm64 take five instructions each and end in the wrong kind of register.
    #[inline(always)]
    pub fn constants() -> &'static Constants {
        let address = opaque(core::ptr::from_ref(Self::C).expose_provenance());
        // SAFETY: it is the address that it was.
        unsafe { &*core::ptr::with_exposed_provenance(address) }
    }
}

/// `x`, of which the compiler knows nothing any more: no constant, no bound from which it would unroll a loop of few
/// turns seven times, nothing to keep in a register from one loop to the next.
#[inline(always)]
pub fn opaque(mut x: usize) -> usize {
    #[cfg(not(miri))]
    // SAFETY: no instruction at all.
    unsafe {
        core::arch::asm!("/* {} */", inout(reg) x, options(nomem, nostack, preserves_flags));
    }
    x
}

/// Ties the constants of the fused loop to its shape: `SHIFTS[i]` moves each stream's CRC to where the first
/// accumulator stands after `i` times [`GRAIN`] turns.
struct Fused<V, const UNROLL: usize>(V);

impl<V: Clmul, const UNROLL: usize> Fused<V, UNROLL> {
    const STRIDE: usize = 8 * V::WORDS;
    const TURN: usize = LANES * UNROLL + STREAMS * Self::STRIDE;
    const SHIFTS: &'static [[u32; 4]; TURNS / GRAIN + 1] = &Self::shifts();

    const fn shifts() -> [[u32; 4]; TURNS / GRAIN + 1] {
        let mut shifts = [[0; 4]; TURNS / GRAIN + 1];
        let mut stream = 0;
        while stream < STREAMS {
            // Behind the stream lie, in one turn, the bytes of the streams after it and those of the vectors. The
            // state is 32 bits and becomes 64, as the first bytes of a vector do: x^31, one less for the product.
            let behind = (STREAMS - 1 - stream) * Self::STRIDE + LANES * UNROLL;
            let step = algebra::x_pow((8 * GRAIN * behind) as i64, V::POLY);
            let mut shift = algebra::x_pow(31, V::POLY);
            let mut i = 0;
            while i <= TURNS / GRAIN {
                shifts[i][stream] = shift;
                shift = algebra::times(shift, step, V::POLY);
                i += 1;
            }
            stream += 1;
        }
        shifts
    }
}

/// Adds `len` bytes to `crc`, not complemented.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0; the CPU has the features of `V`. `UNROLL` is at most 8.
#[inline(always)]
pub unsafe fn update<V: Clmul, const UNROLL: usize>(crc: u32, p: *const u8, len: usize) -> u32 {
    let block = LANES * UNROLL;
    // SAFETY: the caller's promises, and what each comparison leaves of `len`.
    unsafe {
        if V::STEP && len <= V::SHORT {
            return short::by_words(crc, p, len, |crc, word| V::step(crc, word));
        }
        if !V::STEP && len < LANES {
            let [low, high] = short::words(p, len);
            return finish(V::words(low ^ u64::from(crc), high), len);
        }
        if len <= block {
            return last(V::words(crc.into(), 0), V::words(0, 0), p, len);
        }
        if !V::STEP {
            let mut acc = first::<V, UNROLL>(p);
            acc[0] = acc[0].xor(V::words(crc.into(), 0));
            return fold::<V, UNROLL>(acc, p.add(block), len - block);
        }
        let (mut crc, mut p, mut left) = (crc, p, len);
        loop {
            // Halves, so that the last piece is not too short for this loop.
            let most = TURNS * Fused::<V, UNROLL>::TURN;
            let n = if left <= most { left } else { most.min(left / 2) };
            crc = long::<V, UNROLL>(crc, p, n);
            p = p.add(n);
            left -= n;
            if left == 0 {
                return crc;
            }
        }
    }
}

/// The first vectors.
///
/// # Safety
/// `UNROLL` vectors are readable at `p`; the CPU has the features of `V`.
#[inline(always)]
unsafe fn first<V: Clmul, const UNROLL: usize>(p: *const u8) -> [V; UNROLL] {
    // SAFETY: the caller's promises.
    core::array::from_fn(|i| unsafe { V::load(p.add(i * LANES)) })
}

/// Folding and the CRC instruction at the same time, on different parts of the input: three streams, then the vectors.
///
/// # Safety
/// As [`update`], and `len` is more than `UNROLL` vectors, at most [`TURNS`] turns.
#[inline(always)]
unsafe fn long<V: Clmul, const UNROLL: usize>(crc: u32, p: *const u8, len: usize) -> u32 {
    let block = LANES * UNROLL;
    let turns = (len - block - 1) / Fused::<V, UNROLL>::TURN / GRAIN;
    let stream = turns * GRAIN * Fused::<V, UNROLL>::STRIDE;
    // SAFETY: so many turns, the first vectors and one byte more lie within `len`; a turn takes the same of each
    // stream, and `s` comes to the end of the first when the others and the vectors come to theirs. There is a shift
    // for each number of turns.
    unsafe {
        let (mut s, mut v) = (p, p.add(STREAMS * stream));
        let mut acc = first::<V, UNROLL>(v);
        v = v.add(block);
        let mut crc = [crc, 0, 0];
        let k = V::constant(Of::<V>::constants().fold[REACH - UNROLL].as_ptr().cast());
        let end = p.add(stream);
        while s != end {
            for (i, acc) in acc.iter_mut().enumerate() {
                *acc = acc.fold(k, V::load(v.add(i * LANES)));
            }
            let streams = [s, s.add(stream), s.add(stream).add(stream)];
            for w in 0..V::WORDS {
                for (crc, s) in crc.iter_mut().zip(streams) {
                    *crc = V::step(*crc, short::load(s.add(8 * w)));
                }
            }
            v = v.add(block);
            s = s.add(Fused::<V, UNROLL>::STRIDE);
        }
        let shifts = Fused::<V, UNROLL>::SHIFTS.as_ptr().add(turns).cast::<u32>();
        for (i, &crc) in crc.iter().enumerate() {
            let moved = V::words(crc.into(), 0).by_low(V::words((*shifts.add(i)).into(), 0));
            acc[0] = acc[0].xor(moved);
        }
        fold::<V, UNROLL>(acc, v, len - (v as usize - p as usize))
    }
}

/// The accumulators, and what comes after the bytes that they stand for.
///
/// # Safety
/// As [`update`], and `left` is not 0, and `UNROLL` vectors may be read before `p`.
#[inline(always)]
unsafe fn fold<V: Clmul, const UNROLL: usize>(
    mut acc: [V; UNROLL],
    mut p: *const u8,
    mut left: usize,
) -> u32 {
    let c = Of::<V>::constants();
    let block = LANES * UNROLL;
    // SAFETY: a whole block and more is left in each turn. After the loop at most UNROLL vectors are, so that the
    // accumulators are moved by at most twice as many.
    unsafe {
        let k = V::constant(c.fold[REACH - UNROLL].as_ptr().cast());
        while left > block {
            for (i, acc) in acc.iter_mut().enumerate() {
                *acc = acc.fold(k, V::load(p.add(i * LANES)));
            }
            p = p.add(block);
            left -= block;
        }
        let k = c.fold.as_ptr().add(REACH - UNROLL).sub((left - 1) / LANES);
        let mut sum = V::words(0, 0);
        for (i, acc) in acc.iter().enumerate() {
            sum = acc.fold(V::constant(k.add(i).cast()), sum);
        }
        last(V::words(0, 0), sum, p, left)
    }
}

/// The end: `head` is added to the first vector, `sum` to the last.
///
/// # Safety
/// `p` is readable for `left` bytes, at least 1 and at most 256, and back to 16 bytes before their end; the CPU has the
/// features of `V`.
#[inline(always)]
pub unsafe fn last<V: Clmul>(mut head: V, mut sum: V, mut p: *const u8, left: usize) -> u32 {
    let c = Of::<V>::constants();
    let mut left = opaque(left);
    // SAFETY: a whole vector and more is left in each turn, 1 to 16 bytes after it; the constants reach over 16 vectors.
    unsafe {
        let mut k = c.fold.as_ptr().add(REACH).sub((left - 1) / LANES);
        while left > LANES {
            sum = V::load(p).xor(head).fold(V::constant(k.cast()), sum);
            head = V::words(0, 0);
            k = k.add(1);
            p = p.add(LANES);
            left -= LANES;
        }
        let v = V::load(p.add(left).sub(LANES));
        let v = v.shuffle(V::load(c.shift.as_ptr().add(LANES - left)));
        finish(v.xor(head).xor(sum), left)
    }
}

/// The remainder of the first `n` bytes of `v`, at most 16, times x^32; the others are zeros.
///
/// # Safety
/// `n` is at most 16; the CPU has the features of `V`.
#[inline(always)]
unsafe fn finish<V: Clmul>(v: V, n: usize) -> u32 {
    let c = Of::<V>::constants();
    // SAFETY: row n % 8 has two words from entry 2 - n / 8 on, which is 0 for 16 bytes.
    unsafe {
        let weights = c.weights.as_ptr().cast::<u64>().add(4 * (n % 8) + 2 - n / 8);
        let t = v.fold(V::constant(weights.cast()), V::words(0, 0));
        if V::STEP {
            // The instruction multiplies by x^32 and reduces: what the upper 64 of the 96 bits need.
            return V::step(0, t.low()) ^ t.high() as u32;
        }
        let k = V::constant(c.barrett.as_ptr().cast());
        t.by_low(k).by_high(k).xor(t).high() as u32
    }
}
