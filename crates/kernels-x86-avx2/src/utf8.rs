//! UTF-8, 64 bytes at a time in two vectors, by the lookup method of Keiser and Lemire (see `kernels_generic::utf8`).

use core::arch::x86_64::*;
use kernels_generic::utf8::{FIRST_HIGH, FIRST_LOW, FOURTH, SECOND_HIGH, THIRD, tiny};

const BLOCK: usize = 64;
const LANES: usize = 32;

kernels_generic::utf8_over_blocks!(
    "avx2,popcnt",
    "avx2",
    "AVX2 and POPCNT",
    valid_up_to_avx2,
    rune_count_avx2
);

/// # Safety
/// A vector is readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load(p: *const u8) -> __m256i {
    // SAFETY: the caller's promise; the load allows any alignment.
    unsafe { _mm256_loadu_si256(p.cast()) }
}

/// # Safety
/// So many blocks are readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn ascii<const N: usize>(at: [*const u8; N]) -> bool {
    // SAFETY: the caller's promise.
    let block = |p: *const u8| unsafe { _mm256_or_si256(load(p), load(p.add(LANES))) };
    let any = at.into_iter().fold(_mm256_setzero_si256(), |any, p| _mm256_or_si256(any, block(p)));
    _mm256_movemask_epi8(any) == 0
}

/// # Safety
/// A block is readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn wrong_first(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise; three bytes are before the second vector.
    let both =
        unsafe { _mm256_or_si256(errors_alone(load(p), tables), errors_at(p.add(LANES), tables)) };
    any(both)
}

/// # Safety
/// A block is readable, and three bytes before it.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn wrong(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise.
    any(unsafe { _mm256_or_si256(errors_at(p, tables), errors_at(p.add(LANES), tables)) })
}

/// # Safety
/// Two blocks are readable, and three bytes before them.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn wrong2(p: *const u8, tables: Tables) -> bool {
    // SAFETY: the caller's promise.
    let block =
        |p| unsafe { _mm256_or_si256(errors_at(p, tables), errors_at(p.add(LANES), tables)) };
    any(_mm256_or_si256(block(p), block(p.wrapping_add(BLOCK))))
}

/// # Safety
/// A block is readable.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn starts(p: *const u8) -> usize {
    // SAFETY: the caller's promise.
    unsafe { start_mask(p) }.count_ones() as usize
}

/// # Safety
/// A block is readable, and n is 1 to 63.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn starts_last(p: *const u8, n: usize) -> usize {
    // SAFETY: the caller's promise.
    (unsafe { start_mask(p) } >> (BLOCK - n)).count_ones() as usize
}

/// The first vector and the last, or one that ends with zeros. They are ASCII, so a sequence that is cut off is one too
/// short.
///
/// # Safety
/// So many bytes are readable, at most 64.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
unsafe fn short(p: *const u8, n: usize) -> usize {
    // SAFETY: the caller's promise; the last vector has three bytes before it where they are loaded.
    unsafe {
        if n < LANES {
            let v = load_some(p, n);
            if any(errors_alone(v, tables())) {
                return usize::MAX;
            }
            return vector_starts(v).count_ones() as usize - (LANES - n);
        }
        let (first, last) = (load(p), load(p.add(n - LANES)));
        let errors_last = if n < LANES + 3 {
            // The first four bytes are also in the first vector.
            _mm256_blend_epi32::<0xfe>(_mm256_setzero_si256(), errors_alone(last, tables()))
        } else {
            errors_at(p.add(n - LANES), tables())
        };
        if any(_mm256_or_si256(errors_alone(first, tables()), errors_last)) || cut_off(p, n) {
            return usize::MAX;
        }
        let behind = u64::from(vector_starts(last)) >> (BLOCK - n);
        (vector_starts(first).count_ones() + behind.count_ones()) as usize
    }
}

/// Loads fewer bytes than a vector has into the lowest lanes; the others are 0.
///
/// # Safety
/// So many bytes are readable.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn load_some(p: *const u8, n: usize) -> __m256i {
    const HALF: usize = LANES / 2;
    // From the nth on: moves a vector down by n lanes.
    const DOWN: [u8; LANES] = {
        let mut index = [0x80; LANES];
        let mut i = 0;
        while i < HALF {
            index[i] = i as u8;
            i += 1;
        }
        index
    };
    // SAFETY: two halves that overlap, the upper one moved down over what the lower one has; 16 bytes from there on are in
    // the table.
    unsafe {
        if n < HALF {
            let (low, high) = tiny(p, n);
            return _mm256_zextsi128_si256(_mm_set_epi64x(high as i64, low as i64));
        }
        let low = _mm_loadu_si128(p.cast());
        let high = _mm_loadu_si128(p.add(n - HALF).cast());
        let down = _mm_loadu_si128(DOWN.as_ptr().add(LANES - n).cast());
        _mm256_set_m128i(_mm_shuffle_epi8(high, down), low)
    }
}

/// One bit per byte of a block that is no continuation.
///
/// # Safety
/// A block is readable.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn start_mask(p: *const u8) -> u64 {
    // SAFETY: the caller's promise.
    let (a, b) = unsafe { (vector_starts(load(p)), vector_starts(load(p.add(LANES)))) };
    u64::from(a) | u64::from(b) << LANES
}

/// One bit per byte that is no continuation: as signed numbers, continuations are the lowest 64.
#[inline]
#[target_feature(enable = "avx2")]
fn vector_starts(v: __m256i) -> u32 {
    _mm256_movemask_epi8(_mm256_cmpgt_epi8(v, _mm256_set1_epi8(0xbf_u8 as i8))) as u32
}

#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn any(v: __m256i) -> bool {
    _mm256_testz_si256(v, v) == 0
}

/// The errors of a vector with three readable bytes before it.
///
/// # Safety
/// A vector is readable, and three bytes before it.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) unsafe fn errors_at(p: *const u8, tables: Tables) -> __m256i {
    // SAFETY: the caller's promise.
    unsafe { errors(load(p), load(p.sub(1)), load(p.sub(2)), load(p.sub(3)), tables) }
}

/// The errors of a vector that has nothing before it.
#[inline]
#[target_feature(enable = "avx2")]
fn errors_alone(v: __m256i, tables: Tables) -> __m256i {
    // Zeros, then the first half.
    let before = _mm256_permute2x128_si256::<0x08>(v, v);
    errors(
        v,
        _mm256_alignr_epi8::<15>(v, before),
        _mm256_alignr_epi8::<14>(v, before),
        _mm256_alignr_epi8::<13>(v, before),
        tables,
    )
}

/// What is wrong with the bytes of `v`, given those one, two and three places before each.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn errors(
    v: __m256i,
    before1: __m256i,
    before2: __m256i,
    before3: __m256i,
    tables: Tables,
) -> __m256i {
    let low = _mm256_set1_epi8(0x0f);
    let high = |v| _mm256_and_si256(_mm256_srli_epi16::<4>(v), low);
    let pairs = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(tables.first_high, high(before1)),
            _mm256_shuffle_epi8(tables.first_low, _mm256_and_si256(before1, low)),
        ),
        _mm256_shuffle_epi8(tables.second_high, high(v)),
    );
    let third = _mm256_subs_epu8(before2, _mm256_set1_epi8(THIRD as i8));
    let fourth = _mm256_subs_epu8(before3, _mm256_set1_epi8(FOURTH as i8));
    let top = _mm256_set1_epi8(0x80_u8 as i8);
    _mm256_xor_si256(_mm256_and_si256(_mm256_or_si256(third, fourth), top), pairs)
}

/// What `errors` looks up.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    first_high: __m256i,
    first_low: __m256i,
    second_high: __m256i,
}

/// In registers where the compiler likes.
#[inline]
#[target_feature(enable = "avx2")]
pub(crate) fn tables() -> Tables {
    Tables {
        first_high: table(&FIRST_HIGH),
        first_low: table(&FIRST_LOW),
        second_high: table(&SECOND_HIGH),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn table(t: &[u8; 16]) -> __m256i {
    // SAFETY: 16 bytes are readable.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(t.as_ptr().cast()) })
}
