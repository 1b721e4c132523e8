//! CRC-32 with VPCLMULQDQ, 64 bytes to a vector, and with the CRC32 instruction of SSE4.2 beside it for CRC-32C.
//!
//! The derivation is in `docs/kernels/crc32.md`. In short: a vector of 64 bytes is moved ahead by two multiplications
//! and added to the bytes there ([`fold`]); what is left in the end is one vector whose last bytes may be missing,
//! and eight weights that depend on how many bytes there are turn it into 96 bits ([`finish`]).

use crate::ends::near_page_end;
use core::arch::x86_64::*;
use kernels_generic::crc32::{
    algebra::{self, CASTAGNOLI, IEEE},
    folding::{self, opaque},
    short,
};

const LANES: usize = 64;
/// Vectors in flight in the long loop: two multiplications of 2 cycles each per vector against a latency of 4 to 8.
const UNROLL: usize = 4;
const BLOCK: usize = LANES * UNROLL;

/// Row `crc32_ieee_update`, variant `vpclmul512`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ, AVX-512 F, BW, VL and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
pub unsafe extern "C" fn ieee_update_vpclmul512(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<IEEE>(!crc, p, len) }
}

/// Row `crc32_castagnoli_update`, variant `vpclmul512`.
///
/// # Safety
/// The CPU has PCLMULQDQ, VPCLMULQDQ, AVX-512 F, BW, VL and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
pub unsafe extern "C" fn castagnoli_update_vpclmul512(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise, word for word.
    unsafe { !update::<CASTAGNOLI>(!crc, p, len) }
}

/// The constants of a generator, in one place so that a kernel has one address to form.
#[repr(C, align(64))]
struct Constants {
    /// `weights[n % 8]`, from entry 8 - n / 8 on: what [`finish`] multiplies the eight words of `n` bytes with.
    weights: [[u32; 16]; 8],
    /// `fold[d]` moves 64 bytes ahead by `d` vectors.
    fold: [[u64; 2]; 2 * UNROLL],
    barrett: [u64; 2],
}

impl Constants {
    const fn of(poly: u32) -> Self {
        let mut c = Self {
            weights: [[0; 16]; 8],
            fold: [[0; 2]; 2 * UNROLL],
            barrett: algebra::barrett(poly),
        };
        let mut r = 0;
        while r < 8 {
            let mut i = 0;
            while i < 16 {
                // Word i of 64 bytes, of which the first 8 m + r count, has x^(64 (m - i) + 8 r - 32) as its
                // weight; entry 8 - m + i of row r is the one place that depends on m - i alone.
                c.weights[r][i] = algebra::weight(64 * (8 - i as i64) + 8 * r as i64 - 32, poly);
                i += 1;
            }
            r += 1;
        }
        let mut d = 0;
        while d < 2 * UNROLL {
            c.fold[d] = algebra::fold(512 * d as i64, poly);
            d += 1;
        }
        c
    }
}

/// Ties the constants to the generator at compile time.
struct Poly<const POLY: u32>;

impl<const POLY: u32> Poly<POLY> {
    const C: &'static Constants = &Constants::of(POLY);

    /// The constants, as loads from one address: left to itself the compiler makes copies of some, and keeps others in
    /// registers all the way through the long loop.
    #[inline(always)]
    fn constants() -> &'static Constants {
        let address = opaque(core::ptr::from_ref(Self::C).expose_provenance());
        // SAFETY: it is the address that it was.
        unsafe { &*core::ptr::with_exposed_provenance(address) }
    }
}

/// Up to this length the CRC instruction alone is faster than folding.
const SHORT: usize = 32;
/// Streams of the CRC instruction. Its latency is three times its throughput, but three streams leave no slack: 15
/// instructions take 18 cycles beside the multiplications, where 16 in four streams take 17.
const STREAMS: usize = 4;
/// Bytes that each stream takes while each accumulator is folded once: 16 instructions in the 16 cycles that 8
/// multiplications take.
const STRIDE: usize = 8 * 4;
/// Instructions that makes.
const STEPS: usize = STREAMS * STRIDE / 8;
/// Bytes in a turn of the loop that does both.
const TURN: usize = BLOCK + STREAMS * STRIDE;
/// Turns of that loop that the constants know; where there are more, they are used more than once.
const TURNS: usize = 64;
/// Longest input that both work on: 8 MiB, 80 GB/s out of the third cache against 58 by folding alone. What comes from
/// memory comes faster in one stream: 128 MiB at 18 GB/s against 14, 16 MiB, which the cache may hold or not, 48 against 44.
const NEAR: usize = 8 << 20;

static SHIFTS: [[u32; 4]; TURNS + 1] = folding::shifts(CASTAGNOLI, STREAMS, BLOCK, STRIDE);

/// Without the complements before and after.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn update<const POLY: u32>(crc: u32, p: *const u8, len: usize) -> u32 {
    let head = _mm512_zextsi128_si512(_mm_cvtsi32_si128(crc as i32));
    if POLY == CASTAGNOLI && len <= SHORT {
        // SAFETY: the caller's promise.
        return unsafe {
            short::by_words(crc, p, len, |crc, word| _mm_crc32_u64(crc.into(), word) as u32)
        };
    }
    if len <= 16 && !near_page_end(p) {
        if len == 0 {
            // A masked load of nothing, where a null pointer or a dangling one points, takes 50 ns.
            return crc;
        }
        // SAFETY: the caller's promise, and 1 to 16 bytes.
        return unsafe { few::<POLY>(crc, p, len) };
    }
    if len <= LANES {
        // SAFETY: the caller's promise, and at most 64 bytes.
        return unsafe { finish::<POLY>(head, p, len) };
    }
    if len <= BLOCK {
        // SAFETY: the caller's promise.
        return unsafe { last::<POLY>(head, _mm512_setzero_si512(), p, len) };
    }
    if POLY == CASTAGNOLI && len <= NEAR {
        // SAFETY: the caller's promise, and more than a block.
        return unsafe { update_both(crc, p, len) };
    }
    // SAFETY: more than a block is there.
    unsafe {
        let mut acc = first(p);
        acc[0] = _mm512_xor_si512(acc[0], head);
        fold_all::<POLY>(acc, p.add(BLOCK), len - BLOCK)
    }
}

/// CRC-32C of more than a block: folding and the CRC instruction at the same time, on different parts of the input.
///
/// The streams come first, then the vectors, so that what the streams find can be added to the first accumulator when
/// both are through, and the end is that of any input. In the loop nine registers are live, which is as many as need not
/// be saved: short inputs should not pay for that. So the loop counts what is left, which the end wants to know, and
/// not where a stream ends.
///
/// # Safety
/// `p` is readable for `len` bytes, more than a block.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn update_both(crc: u32, p: *const u8, len: usize) -> u32 {
    let mut left = len - BLOCK;
    let turns = (left - 1) / TURN;
    let stream = turns * STRIDE;
    // SAFETY: so many turns, the first vectors and one byte more are there; a turn takes the same of each stream, and
    // the first comes to its end when the others and the vectors come to theirs.
    unsafe {
        let mut v = p.add(STREAMS * stream);
        let mut acc = first(v);
        v = v.add(BLOCK);
        if turns == 0 {
            acc[0] =
                _mm512_xor_si512(acc[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128(crc as i32)));
        } else {
            let stream = opaque(stream);
            let far = opaque(3 * stream);
            let k = constant(&Poly::<CASTAGNOLI>::constants().fold[UNROLL]);
            let mut crc = [u64::from(crc), 0, 0, 0];
            let mut s = p;
            while left > TURN {
                let streams = [s, s.add(stream), s.add(2 * stream), s.add(far)];
                for (i, acc) in acc.iter_mut().enumerate() {
                    *acc = fold(*acc, k, load(v.add(i * LANES)));
                    // Between the multiplications, which keep their unit busy only if the others' turn comes late.
                    for step in i * STEPS / UNROLL..(i + 1) * STEPS / UNROLL {
                        let word = short::load(streams[step % STREAMS].add(step / STREAMS * 8));
                        crc[step % STREAMS] = _mm_crc32_u64(crc[step % STREAMS], word);
                    }
                }
                v = v.add(BLOCK);
                s = core::ptr::with_exposed_provenance(opaque(s.add(STRIDE).expose_provenance()));
                left -= TURN;
            }
            acc[0] = _mm512_xor_si512(acc[0], _mm512_zextsi128_si512(moved(crc, stream / STRIDE)));
        }
        fold_all::<CASTAGNOLI>(acc, v, left)
    }
}

/// What the streams found, moved to the start of the first accumulator after so many turns, in its first eight bytes.
#[inline]
#[target_feature(enable = "pclmulqdq,avx512f,avx512vl,avx512bw")]
fn moved(mut crc: [u64; STREAMS], mut turns: usize) -> __m128i {
    // Opaque, lest the compiler should make a vector of them, by way of the stack.
    let times = |crc: u64, k: u32| {
        let crc = _mm_cvtsi64_si128(opaque(crc as usize) as i64);
        _mm_clmulepi64_si128::<0x00>(crc, _mm_cvtsi32_si128(k as i32))
    };
    while turns >= TURNS {
        for (crc, k) in crc.iter_mut().zip(SHIFTS[TURNS]) {
            *crc = _mm_crc32_u64(0, _mm_cvtsi128_si64(times(*crc, k)) as u64);
        }
        turns -= TURNS;
    }
    let k = SHIFTS[turns];
    let sum = _mm_xor_si128(times(crc[0], k[0]), times(crc[1], k[1]));
    _mm_ternarylogic_epi64::<0x96>(sum, times(crc[2], k[2]), times(crc[3], k[3]))
}

/// The first vectors.
///
/// # Safety
/// `p` is readable for a block.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn first(p: *const u8) -> [__m512i; UNROLL] {
    // SAFETY: the caller's promise.
    unsafe { [load(p), load(p.add(LANES)), load(p.add(2 * LANES)), load(p.add(3 * LANES))] }
}

/// The accumulators, and what comes after the bytes that they stand for.
///
/// # Safety
/// `p` is readable for `left` bytes, at least 1.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn fold_all<const POLY: u32>(
    mut acc: [__m512i; UNROLL],
    mut p: *const u8,
    mut left: usize,
) -> u32 {
    let c = Poly::<POLY>::constants();
    let k = constant(&c.fold[UNROLL]);
    while left > BLOCK {
        for (i, acc) in acc.iter_mut().enumerate() {
            // SAFETY: more than a block is left.
            *acc = fold(*acc, k, unsafe { load(p.add(i * LANES)) });
        }
        p = p.wrapping_add(BLOCK);
        left -= BLOCK;
    }
    // SAFETY: 1 to 256 bytes are left, 0 to 3 whole vectors before the last one; with the accumulators' own places
    // that makes 1 to 7.
    unsafe {
        let k = c.fold.as_ptr().add((left - 1) / LANES);
        let mut sum = fold(acc[0], constant(&*k.add(4)), _mm512_setzero_si512());
        for (i, acc) in acc.iter().enumerate().skip(1) {
            sum = fold(*acc, constant(&*k.add(UNROLL - i)), sum);
        }
        last::<POLY>(_mm512_setzero_si512(), sum, p, left)
    }
}

/// The end: `head` is added to the first vector, `sum` to the last.
///
/// # Safety
/// `p` is readable for `left` bytes, at least 1 and at most a block.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn last<const POLY: u32>(
    mut head: __m512i,
    mut sum: __m512i,
    mut p: *const u8,
    left: usize,
) -> u32 {
    let mut left = opaque(left);
    // SAFETY: a whole vector and more is left in each turn, of which there are at most three; 1 to 64 bytes after it.
    unsafe {
        let mut k = Poly::<POLY>::constants().fold.as_ptr().add((left - 1) / LANES);
        while left > LANES {
            sum = fold(_mm512_xor_si512(load(p), head), constant(&*k), sum);
            head = _mm512_setzero_si512();
            k = k.sub(1);
            p = p.add(LANES);
            left -= LANES;
        }
        finish::<POLY>(_mm512_xor_si512(sum, head), p, left)
    }
}

/// 64 bytes at any address.
///
/// # Safety
/// `p` is readable for 64 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load(p: *const u8) -> __m512i {
    // SAFETY: the caller's promise; the load allows any alignment.
    unsafe { _mm512_loadu_si512(p.cast()) }
}

/// The multipliers `k` in each of the four lanes.
#[inline]
#[target_feature(enable = "avx512f")]
fn constant(k: &[u64; 2]) -> __m512i {
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(k.as_ptr().cast()) })
}

/// `v` moved ahead, and `next` added.
#[inline]
#[target_feature(enable = "vpclmulqdq,avx512f")]
fn fold(v: __m512i, k: __m512i, next: __m512i) -> __m512i {
    let low = _mm512_clmulepi64_epi128::<0x00>(v, k);
    let high = _mm512_clmulepi64_epi128::<0x11>(v, k);
    _mm512_ternarylogic_epi64::<0x96>(low, high, next)
}

/// The remainder of the `n` bytes at `p`, with `v` added from the first on, times x^32.
///
/// # Safety
/// `p` is readable for `n` bytes, or `n` is 0; `n` is at most 64.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn finish<const POLY: u32>(v: __m512i, p: *const u8, n: usize) -> u32 {
    // SAFETY: the masks admit exactly the `n` bytes; masked-out lanes are not accessed.
    unsafe {
        let t = if near_page_end(p) {
            // The bytes end where the vector does, so they have the weights of a whole one.
            let live = !_bzhi_u64(u64::MAX, (LANES - n) as u32);
            let end = _mm512_maskz_loadu_epi8(live, p.wrapping_add(n).wrapping_sub(LANES).cast());
            _mm512_xor_si512(weigh::<POLY>(v, n), weigh::<POLY>(end, LANES))
        } else {
            let start = _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, n as u32), p.cast());
            weigh::<POLY>(_mm512_xor_si512(start, v), n)
        };
        let t = _mm256_xor_si256(_mm512_castsi512_si256(t), _mm512_extracti64x4_epi64::<1>(t));
        reduce::<POLY>(_mm_xor_si128(_mm256_castsi256_si128(t), _mm256_extracti128_si256::<1>(t)))
    }
}

/// As [`finish`], of up to 16 bytes: a quarter of the latency of a whole vector is in moving between its lanes.
///
/// # Safety
/// `p` is readable for `n` bytes, 1 to 16.
#[inline]
#[target_feature(enable = "pclmulqdq,vpclmulqdq,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn few<const POLY: u32>(crc: u32, p: *const u8, n: usize) -> u32 {
    // SAFETY: the mask admits exactly the `n` bytes; masked-out lanes are not accessed. Row n % 8 has two words from
    // entry 8 - n / 8 on.
    unsafe {
        let v = _mm_maskz_loadu_epi8(_bzhi_u32(0xffff, n as u32) as __mmask16, p.cast());
        let v = _mm_xor_si128(v, _mm_cvtsi32_si128(crc as i32));
        let row =
            Poly::<POLY>::constants().weights.as_ptr().cast::<u32>().add(16 * (n % 8) + 8 - n / 8);
        let weights = _mm_cvtepu32_epi64(_mm_loadl_epi64(row.cast()));
        let low = _mm_clmulepi64_si128::<0x00>(v, weights);
        let high = _mm_clmulepi64_si128::<0x11>(v, weights);
        reduce::<POLY>(_mm_xor_si128(low, high))
    }
}

/// Four times 96 bits with x^95 at bit 0, the sum of which is congruent to `v` times x^32, if only the first `n` bytes
/// of `v` are part of the message: what stands behind them is taken as fractions.
///
/// # Safety
/// `n` is at most 64.
#[inline]
#[target_feature(enable = "vpclmulqdq,avx512f")]
unsafe fn weigh<const POLY: u32>(v: __m512i, n: usize) -> __m512i {
    // SAFETY: row n % 8 has eight words from entry 8 - n / 8 on, which is 0 for 64 bytes.
    let weights = unsafe {
        let row =
            Poly::<POLY>::constants().weights.as_ptr().cast::<u32>().add(16 * (n % 8) + 8 - n / 8);
        _mm512_cvtepu32_epi64(_mm256_loadu_si256(row.cast()))
    };
    let low = _mm512_clmulepi64_epi128::<0x00>(v, weights);
    let high = _mm512_clmulepi64_epi128::<0x11>(v, weights);
    _mm512_xor_si512(low, high)
}

/// The remainder of 96 bits, x^95 at bit 0.
#[inline]
#[target_feature(enable = "pclmulqdq,avx512f,avx512vl,avx512bw")]
fn reduce<const POLY: u32>(t: __m128i) -> u32 {
    if POLY == CASTAGNOLI {
        // The instruction multiplies by x^32 and reduces: what the upper 64 of the 96 bits need.
        return _mm_crc32_u64(0, _mm_cvtsi128_si64(t) as u64) as u32
            ^ _mm_extract_epi32::<2>(t) as u32;
    }
    // SAFETY: the array is 16 readable bytes, and the load allows any alignment.
    let k = unsafe { _mm_loadu_si128(Poly::<POLY>::constants().barrett.as_ptr().cast()) };
    let quotient = _mm_clmulepi64_si128::<0x00>(t, k);
    let product = _mm_clmulepi64_si128::<0x10>(quotient, k);
    _mm_extract_epi32::<2>(_mm_xor_si128(t, product)) as u32
}
