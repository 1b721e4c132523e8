//! CRC-32 by carry-less multiplication of 128-bit vectors, for any instruction set that has it, with a CRC instruction
//! beside it where there is one for the generator.
//!
//! Everything here is `inline(always)` and without target features, so that it takes on the features of the kernel
//! that it becomes part of. `docs/kernels/crc32.md` has the derivation.

use super::{algebra, short};

/// Bytes in a vector.
const LANES: usize = 16;
/// Vectors that [`Constants::fold`] and the last step reach over: as many as 256 bytes have.
const REACH: usize = 16;
/// Streams of the CRC instruction at most.
const STREAMS: usize = 4;
/// Turns of the fused loop that the constants know; where there are more, they are used more than once.
const TURNS: usize = 64;

/// A vector of 128 bits, or what an instruction set must bring.
///
/// # Safety
/// Each function may be called only where the CPU has the features of the kernel that uses the type.
#[allow(clippy::missing_safety_doc)]
pub trait Clmul: Copy {
    /// The generator; 0 for vectors that fold for another checksum, of which the other constants say nothing either.
    const POLY: u32 = 0;
    /// Whether [`step`](Self::step) is an instruction.
    const STEP: bool = false;
    /// Up to this length the instruction alone is faster than folding; 0 without it.
    const SHORT: usize = 0;
    /// Streams of the CRC instruction: at least three, for its latency is at most three times its throughput on every CPU
    /// that has it, and at most [`STREAMS`].
    const STREAMS: usize = 3;
    /// Words that each stream takes while each accumulator is folded once.
    const WORDS: usize = 0;

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
    #[inline(always)]
    unsafe fn step(crc: u32, _word: u64) -> u32 {
        crc
    }
}

/// One or more vectors side by side, as the long loops hold them.
///
/// # Safety
/// As for [`Clmul`].
#[allow(clippy::missing_safety_doc)]
pub trait Wide: Copy {
    type Lane: Clmul;
    const BYTES: usize;
    /// Words that each stream of the CRC instruction takes while each accumulator is folded once.
    const WORDS: usize;

    /// As many readable bytes at any address.
    unsafe fn load(p: *const u8) -> Self;
    /// The 16 bytes at `p` in each lane.
    unsafe fn repeat(p: *const u8) -> Self;
    /// In each lane as [`Clmul::fold`].
    unsafe fn fold(self, k: Self, next: Self) -> Self;
    unsafe fn zero() -> Self;
    /// Adds to the first lane.
    unsafe fn add_first(self, lane: Self::Lane) -> Self;
    /// Sum of the lanes.
    unsafe fn sum(self) -> Self::Lane;
}

impl<V: Clmul> Wide for V {
    type Lane = V;
    const BYTES: usize = LANES;
    const WORDS: usize = <V as Clmul>::WORDS;

    #[inline(always)]
    unsafe fn load(p: *const u8) -> Self {
        // SAFETY: the caller's promise.
        unsafe { <V as Clmul>::load(p) }
    }

    #[inline(always)]
    unsafe fn repeat(p: *const u8) -> Self {
        // SAFETY: the caller's promise.
        unsafe { V::constant(p) }
    }

    #[inline(always)]
    unsafe fn fold(self, k: Self, next: Self) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Clmul::fold(self, k, next) }
    }

    #[inline(always)]
    unsafe fn zero() -> Self {
        // SAFETY: the caller's promise.
        unsafe { V::words(0, 0) }
    }

    #[inline(always)]
    unsafe fn add_first(self, lane: V) -> Self {
        // SAFETY: the caller's promise.
        unsafe { self.xor(lane) }
    }

    #[inline(always)]
    unsafe fn sum(self) -> V {
        self
    }
}

/// The constants of a generator, in one place so that a kernel has one address to form.
#[repr(C, align(64))]
struct Constants {
    /// `weights[n % 8]`, from entry 2 - n / 8 on: what the two words of `n` bytes are multiplied with in the end.
    weights: [[u64; 4]; 8],
    /// `fold[REACH - d]` moves 16 bytes ahead by `d` vectors: descending, so that a wider load has one for each lane.
    fold: [[u64; 2]; REACH + 1],
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
struct Of<V>(V);

impl<V: Clmul> Of<V> {
    const C: &'static Constants = &Constants::of(V::POLY);

    /// The constants, as loads from one address. Left to itself the compiler turns some into immediates, which on
    /// arm64 take five instructions each and end in the wrong kind of register.
    #[inline(always)]
    fn constants() -> &'static Constants {
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
struct Fused<W, const UNROLL: usize>(W);

impl<W: Wide, const UNROLL: usize> Fused<W, UNROLL> {
    const STREAMS: usize = <W::Lane as Clmul>::STREAMS;
    const STRIDE: usize = 8 * W::WORDS;
    const TURN: usize = W::BYTES * UNROLL + Self::STREAMS * Self::STRIDE;
    const SHIFTS: &'static [[u32; STREAMS]; TURNS + 1] =
        &shifts(<W::Lane as Clmul>::POLY, Self::STREAMS, W::BYTES * UNROLL, Self::STRIDE);
}

/// Entry `i` moves the CRC of each of the streams to the start of the first accumulator, after `i` turns that
/// took `vectors` bytes with vectors and `stride` bytes with each stream. The last entry moves it by so many turns and
/// leaves a CRC.
///
/// Behind a stream lie the streams after it and the vectors. Its state is 32 bits and becomes 64, as the first bytes of
/// a vector do: that is x^32, and one less for the product. The last entry makes up for the x^32 of the CRC instruction
/// that reduces its product, and for that one.
pub const fn shifts<const N: usize>(
    poly: u32,
    streams: usize,
    vectors: usize,
    stride: usize,
) -> [[u32; STREAMS]; N] {
    let mut shifts = [[0; STREAMS]; N];
    let mut stream = 0;
    while stream < streams {
        let behind = (streams - 1 - stream) * stride + vectors;
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
/// `p` is readable for `len` bytes, or `len` is 0; the CPU has the features of `W`. The accumulators, which is `UNROLL`
/// times `W`, have 128 bytes at most.
#[inline(always)]
pub unsafe fn update<W: Wide, const UNROLL: usize>(crc: u32, p: *const u8, len: usize) -> u32 {
    let block = W::BYTES * UNROLL;
    // SAFETY: the caller's promises, and what each comparison leaves of `len`.
    unsafe {
        if W::Lane::STEP && len <= W::Lane::SHORT {
            return short::by_words(crc, p, len, |crc, word| W::Lane::step(crc, word));
        }
        if !W::Lane::STEP && len < LANES {
            let [low, high] = short::words(p, len);
            return finish(W::Lane::words(low ^ u64::from(crc), high), len);
        }
        if len <= block {
            return last(W::Lane::words(crc.into(), 0), W::Lane::words(0, 0), p, len);
        }
        if W::Lane::STEP {
            return both::<W, UNROLL>(crc, p, len);
        }
        let mut acc = first::<W, UNROLL>(p);
        acc[0] = acc[0].add_first(W::Lane::words(crc.into(), 0));
        fold::<W, UNROLL>(acc, p.add(block), len - block)
    }
}

/// The first vectors.
///
/// # Safety
/// `UNROLL` times `W` is readable at `p`; the CPU has the features of `W`.
#[inline(always)]
unsafe fn first<W: Wide, const UNROLL: usize>(p: *const u8) -> [W; UNROLL] {
    // SAFETY: the caller's promises.
    core::array::from_fn(|i| unsafe { W::load(p.add(i * W::BYTES)) })
}

/// Folding and the CRC instruction at the same time, on different parts of the input.
///
/// The streams come first, then the vectors, so that what the streams find can be added to the first accumulator when
/// both are through, and the end is that of any input.
///
/// # Safety
/// As [`update`], and `len` is more than the accumulators have.
#[inline(always)]
unsafe fn both<W: Wide, const UNROLL: usize>(crc: u32, p: *const u8, len: usize) -> u32 {
    let (block, stride) = (W::BYTES * UNROLL, Fused::<W, UNROLL>::STRIDE);
    let streams = Fused::<W, UNROLL>::STREAMS;
    let mut left = len - block;
    let turns = (left - 1) / Fused::<W, UNROLL>::TURN;
    let stream = turns * stride;
    // SAFETY: so many turns, the first vectors and one byte more are there; a turn takes the same of each stream, and
    // the first comes to its end when the others and the vectors come to theirs.
    unsafe {
        let mut v = p.add(streams * stream);
        let mut acc = first::<W, UNROLL>(v);
        v = v.add(block);
        if turns == 0 {
            acc[0] = acc[0].add_first(W::Lane::words(crc.into(), 0));
        } else {
            let stream = opaque(stream);
            let far = if streams > 3 { opaque(3 * stream) } else { 0 };
            let k = ahead::<W, UNROLL>();
            let mut crc = [crc, 0, 0, 0];
            let mut s = p;
            let steps = streams * W::WORDS;
            while left > Fused::<W, UNROLL>::TURN {
                let at = [s, s.add(stream), s.add(2 * stream), s.wrapping_add(far)];
                for (i, acc) in acc.iter_mut().enumerate() {
                    *acc = acc.fold(k, W::load(v.add(i * W::BYTES)));
                    // Between the multiplications, which keep their unit busy only if the others' turn comes late.
                    for step in i * steps / UNROLL..(i + 1) * steps / UNROLL {
                        let word = short::load(at[step % streams].add(step / streams * 8));
                        crc[step % streams] = W::Lane::step(crc[step % streams], word);
                    }
                }
                v = v.add(block);
                s = core::ptr::with_exposed_provenance(opaque(s.add(stride).expose_provenance()));
                left -= Fused::<W, UNROLL>::TURN;
            }
            acc[0] = acc[0].add_first(moved::<W, UNROLL>(crc, stream / stride));
        }
        fold::<W, UNROLL>(acc, v, left)
    }
}

/// What the streams found, moved to the start of the first accumulator after so many turns, in its first eight bytes.
///
/// # Safety
/// The CPU has the features of `W`.
#[inline(always)]
unsafe fn moved<W: Wide, const UNROLL: usize>(
    mut crc: [u32; STREAMS],
    mut turns: usize,
) -> W::Lane {
    let shifts = Fused::<W, UNROLL>::SHIFTS;
    let streams = Fused::<W, UNROLL>::STREAMS;
    // SAFETY: the caller's promise.
    unsafe {
        // Opaque, lest the compiler should make a vector of them, by way of the stack.
        let times = |crc: u32, k: u32| {
            let crc = W::Lane::words(opaque(crc as usize) as u64, 0);
            crc.by_low(W::Lane::words(k.into(), 0))
        };
        while turns >= TURNS {
            for (crc, k) in crc.iter_mut().zip(shifts[TURNS]).take(streams) {
                *crc = W::Lane::step(0, times(*crc, k).low());
            }
            turns -= TURNS;
        }
        let k = shifts[turns];
        let mut sum = times(crc[0], k[0]);
        for i in 1..streams {
            sum = sum.xor(times(crc[i], k[i]));
        }
        sum
    }
}

/// What moves the accumulators by as much as they have.
///
/// # Safety
/// The CPU has the features of `W`.
#[inline(always)]
unsafe fn ahead<W: Wide, const UNROLL: usize>() -> W {
    let vectors = W::BYTES * UNROLL / LANES;
    // SAFETY: 16 bytes of the constants.
    unsafe { W::repeat(Of::<W::Lane>::constants().fold[REACH - vectors].as_ptr().cast()) }
}

/// The accumulators, and what comes after the bytes that they stand for.
///
/// # Safety
/// As [`update`], and `left` is not 0, and as much as the accumulators have may be read before `p`.
#[inline(always)]
unsafe fn fold<W: Wide, const UNROLL: usize>(
    mut acc: [W; UNROLL],
    mut p: *const u8,
    mut left: usize,
) -> u32 {
    let block = W::BYTES * UNROLL;
    // SAFETY: a whole block and more is left in each turn. After the loop at most as much as the accumulators have is,
    // so that they are moved by at most twice as much.
    unsafe {
        let k = ahead::<W, UNROLL>();
        while left > block {
            for (i, acc) in acc.iter_mut().enumerate() {
                *acc = acc.fold(k, W::load(p.add(i * W::BYTES)));
            }
            p = p.add(block);
            left -= block;
        }
        let k = Of::<W::Lane>::constants().fold.as_ptr().add(REACH - block / LANES);
        let k = k.sub((left - 1) / LANES).cast::<u8>();
        let mut sum = W::zero();
        for (i, acc) in acc.iter().enumerate() {
            sum = acc.fold(W::load(k.add(i * W::BYTES)), sum);
        }
        last(W::Lane::words(0, 0), sum.sum(), p, left)
    }
}

/// The end: `head` is added to the first vector, `sum` to the last.
///
/// # Safety
/// `p` is readable for `left` bytes, at least 1 and at most 256, and back to 16 bytes before their end; the CPU has the
/// features of `V`.
#[inline(always)]
unsafe fn last<V: Clmul>(mut head: V, mut sum: V, mut p: *const u8, left: usize) -> u32 {
    let c = Of::<V>::constants();
    let mut left = opaque(left);
    // SAFETY: a whole vector and more is left in each turn, 1 to 16 bytes after it; the constants reach over 16 vectors.
    unsafe {
        let mut k = c.fold.as_ptr().add(REACH).sub((left - 1) / LANES);
        while left > LANES {
            sum = Clmul::fold(<V as Clmul>::load(p).xor(head), V::constant(k.cast()), sum);
            head = V::words(0, 0);
            k = k.add(1);
            p = p.add(LANES);
            left -= LANES;
        }
        let v = <V as Clmul>::load(p.add(left).sub(LANES));
        let v = v.shuffle(<V as Clmul>::load(c.shift.as_ptr().add(LANES - left)));
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
        let t = Clmul::fold(v, V::constant(weights.cast()), V::words(0, 0));
        if V::STEP {
            // The instruction multiplies by x^32 and reduces: what the upper 64 of the 96 bits need.
            return V::step(0, t.low()) ^ t.high() as u32;
        }
        let k = V::constant(c.barrett.as_ptr().cast());
        t.by_low(k).by_high(k).xor(t).high() as u32
    }
}
