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
pub const STREAMS: usize = 3;
/// Turns of the fused loop that the constants know; where there are more, they are used more than once.
const TURNS: usize = 64;

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

/// Ties the constants of the fused loop to its shape.
struct Fused<V, const UNROLL: usize>(V);

impl<V: Clmul, const UNROLL: usize> Fused<V, UNROLL> {
    const STRIDE: usize = 8 * V::WORDS;
    const TURN: usize = LANES * UNROLL + STREAMS * Self::STRIDE;
    const SHIFTS: &'static [[u32; 4]; TURNS + 1] = &shifts(V::POLY, LANES * UNROLL, Self::STRIDE);
}

/// Entry `i` moves the CRC of each of the three streams to the start of the first accumulator, after `i` turns that
/// took `vectors` bytes with vectors and `stride` bytes with each stream. The last entry moves it by so many turns and
/// leaves a CRC.
///
/// Behind a stream lie the streams after it and the vectors. Its state is 32 bits and becomes 64, as the first bytes of
/// a vector do: that is x^32, and one less for the product. The last entry makes up for the x^32 of the CRC instruction
/// that reduces its product, and for that one.
pub const fn shifts<const N: usize>(poly: u32, vectors: usize, stride: usize) -> [[u32; 4]; N] {
    let mut shifts = [[0; 4]; N];
    let mut stream = 0;
    while stream < STREAMS {
        let behind = (STREAMS - 1 - stream) * stride + vectors;
        let step = algebra::x_pow(8 * behind as i64, poly);
        let mut shift = algebra::x_pow(31, poly);
        let mut i = 0;
        while i < N - 1 {
            shifts[i][stream] = shift;
            shift = algebra::times(shift, step, poly);
            i += 1;
        }
        shifts[i][stream] = algebra::times(shift, algebra::x_pow(-31 - 33, poly), poly);
        stream += 1;
    }
    shifts
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
        both::<V, UNROLL>(crc, p, len)
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

/// Folding and the CRC instruction at the same time, on different parts of the input.
///
/// Three streams come first, then the vectors, so that what the streams find can be added to the first accumulator when
/// both are through, and the end is that of any input.
///
/// # Safety
/// As [`update`], and `len` is more than `UNROLL` vectors.
#[inline(always)]
unsafe fn both<V: Clmul, const UNROLL: usize>(crc: u32, p: *const u8, len: usize) -> u32 {
    let block = LANES * UNROLL;
    let end = p.wrapping_add(len);
    let stream = (len - block - 1) / Fused::<V, UNROLL>::TURN * Fused::<V, UNROLL>::STRIDE;
    // SAFETY: so many turns, the first vectors and one byte more lie before `end`; a turn takes the same of each
    // stream, and the first comes to its end when the others and the vectors come to theirs.
    unsafe {
        let mut v = p.add(STREAMS * stream);
        let mut acc = first::<V, UNROLL>(v);
        v = v.add(block);
        if stream == 0 {
            acc[0] = acc[0].xor(V::words(crc.into(), 0));
        } else {
            let stream = opaque(stream);
            let k = V::constant(Of::<V>::constants().fold[REACH - UNROLL].as_ptr().cast());
            let mut crc = [crc, 0, 0];
            let mut s = p;
            let after = p.add(stream);
            let steps = STREAMS * V::WORDS;
            while s != after {
                let streams = [s, s.add(stream), s.add(2 * stream)];
                for (i, acc) in acc.iter_mut().enumerate() {
                    *acc = acc.fold(k, V::load(v.add(i * LANES)));
                    // Between the multiplications, which keep their unit busy only if the others' turn comes late.
                    for step in i * steps / UNROLL..(i + 1) * steps / UNROLL {
                        let (stream, at) = (step % STREAMS, step / STREAMS * 8);
                        crc[stream] = V::step(crc[stream], short::load(streams[stream].add(at)));
                    }
                }
                v = v.add(block);
                s = core::ptr::with_exposed_provenance(opaque(
                    s.add(Fused::<V, UNROLL>::STRIDE).expose_provenance(),
                ));
            }
            acc[0] = acc[0].xor(moved::<V, UNROLL>(crc, stream / Fused::<V, UNROLL>::STRIDE));
        }
        fold::<V, UNROLL>(acc, v, end.addr() - v.addr())
    }
}

/// What the streams found, moved to the start of the first accumulator after so many turns, in its first eight bytes.
///
/// # Safety
/// The CPU has the features of `V`.
#[inline(always)]
unsafe fn moved<V: Clmul, const UNROLL: usize>(mut crc: [u32; STREAMS], mut turns: usize) -> V {
    let shifts = Fused::<V, UNROLL>::SHIFTS;
    // SAFETY: the caller's promise.
    unsafe {
        // Opaque, lest the compiler should make a vector of the three, by way of the stack.
        let times = |crc: u32, k: u32| {
            V::words(opaque(crc as usize) as u64, 0).by_low(V::words(k.into(), 0))
        };
        while turns >= TURNS {
            for (crc, k) in crc.iter_mut().zip(shifts[TURNS]) {
                *crc = V::step(0, times(*crc, k).low());
            }
            turns -= TURNS;
        }
        let k = shifts[turns];
        times(crc[0], k[0]).xor(times(crc[1], k[1])).xor(times(crc[2], k[2]))
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
