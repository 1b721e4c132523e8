//! 48 bytes become 64 characters: spread the bytes, shift out six bits for each lane, look them up.

use crate::ends::{lanes, load_short, store_short};
use core::arch::x86_64::*;
use kernels_generic::base64::{
    ENCODE_FLAGS, EncodeTable, PADDING, RAW, encode_rest, encode_short, encoded_len,
};
use kernels_generic::ffi::Pair;

/// Bytes and characters of one vector.
const BYTES: usize = 48;
const CHARS: usize = 64;
const UNROLL: usize = 4;

/// From how many bytes on stores are aligned, which costs a vector more at most.
const LONG: usize = 1024;

/// Row `base64_encode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI, F, BW and VL, and BMI2. Each pointer is valid for its length (`dst` for writes) or its
/// length is 0; `table` is readable. `dst` and `src` do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl,bmi2")]
pub unsafe extern "C" fn encode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let chars = encoded_len(src_len, table);
    if chars > dst_len {
        // SAFETY: the caller's promise.
        return unsafe { encode_short(dst, dst_len, src, src_len, table) };
    }
    let (mut from, mut to, mut left) = (src, dst, src_len);
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`. A load reads 64 bytes where 48 are
    // used, so the loops stop 16 bytes early. Behind them, 48 bytes and more lie before `from`.
    unsafe {
        if left > BYTES {
            let code = Code::new(table);
            if left >= LONG {
                // The first vector reaches over a boundary of 64 bytes, where the second begins, if groups do.
                let ahead = CHARS - to.addr() % CHARS;
                if ahead.is_multiple_of(4) {
                    _mm512_storeu_si512(to.cast(), code.encode(_mm512_loadu_si512(from.cast())));
                    (from, to) = (from.add(ahead / 4 * 3), to.add(ahead));
                    left -= ahead / 4 * 3;
                }
            }
            while left >= BYTES * (UNROLL - 1) + 64 {
                let v: [__m512i; UNROLL] =
                    core::array::from_fn(|k| _mm512_loadu_si512(from.add(BYTES * k).cast()));
                for (k, v) in v.into_iter().enumerate() {
                    _mm512_storeu_si512(to.add(CHARS * k).cast(), code.encode(v));
                }
                (from, to) = (from.add(BYTES * UNROLL), to.add(CHARS * UNROLL));
                left -= BYTES * UNROLL;
            }
            while left >= 64 {
                _mm512_storeu_si512(to.cast(), code.encode(_mm512_loadu_si512(from.cast())));
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            if left > BYTES {
                _mm512_storeu_si512(to.cast(), code.encode(load_block(from)));
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            // The last groups once more, with those before them.
            let over = left % 3;
            let padded = table[ENCODE_FLAGS] & RAW == 0;
            if over == 0 || padded {
                let missing = (3 - over) % 3;
                let v = load_block(from.add(left).sub(BYTES));
                let last = dst.add(chars - CHARS);
                _mm512_storeu_si512(last.cast(), code.encode_end(v, missing, table[PADDING]));
                return Pair { first: src_len, second: chars };
            }
            (from, to, left) = (from.add(left - over), to.add(left / 3 * 4), over);
            _mm512_storeu_si512(to.sub(CHARS).cast(), code.encode(load_block(from.sub(BYTES))));
        }
        if left <= 3 {
            encode_rest(to, from, left, table);
        } else {
            encode_last(to, load_short(from, left), left as u32, table);
        }
    }
    Pair { first: src_len, second: chars }
}

/// Loads exactly 48 bytes; the lanes above are 0.
///
/// # Safety
/// So many bytes are readable.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn load_block(from: *const u8) -> __m512i {
    // SAFETY: the caller's promise; 32 bytes and 16 are 48.
    unsafe {
        let low = _mm512_zextsi256_si512(_mm256_loadu_si256(from.cast()));
        _mm512_inserti32x4::<2>(low, _mm_loadu_si128(from.add(32).cast()))
    }
}

/// Encodes the `left` lowest lanes, 48 at most, one at least: padding takes the lanes after the last digit.
///
/// # Safety
/// The characters have room.
#[inline]
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl,bmi2")]
unsafe fn encode_last(to: *mut u8, v: __m512i, left: u32, table: &EncodeTable) {
    // A division by 3, right up to 2^15.
    let groups = ((left + 2) * 0xaaab) >> 17;
    let digits = left + groups;
    let chars = if table[ENCODE_FLAGS] & RAW != 0 { digits } else { 4 * groups };
    // The last digit has bits of 0 where there is no byte.
    let v = Code::new(table).encode(_mm512_maskz_mov_epi8(lanes(left as usize), v));
    let padding = _mm512_set1_epi8(table[PADDING] as i8);
    let v = _mm512_mask_blend_epi8(lanes(digits as usize), padding, v);
    // SAFETY: the caller's promise.
    unsafe { store_short(to, v, chars as usize) }
}

/// The constants of encoding.
struct Code {
    spread: __m512i,
    shifts: __m512i,
    alphabet: __m512i,
}

impl Code {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(table: &EncodeTable) -> Code {
        /// Where the four digits of a group begin in its 32 bits, for both groups of a 64-bit lane.
        const SHIFTS: [u8; 8] = [10, 4, 22, 16, 42, 36, 54, 48];
        // SAFETY: the table is longer than 64 bytes; any alignment is allowed.
        let alphabet = unsafe { _mm512_loadu_si512(table.as_ptr().cast()) };
        // SAFETY: the array is 64 bytes.
        let spread = unsafe { _mm512_loadu_si512(SPREAD[0].as_ptr().cast()) };
        Code {
            spread,
            shifts: _mm512_set1_epi64(i64::from_le_bytes(SHIFTS.map(|s| s as i8 as u8))),
            alphabet,
        }
    }

    /// The 64 last characters of a text, from its last 48 bytes, where so many bytes are missing to the last group.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn encode_end(&self, v: __m512i, missing: usize, padding: u8) -> __m512i {
        // SAFETY: at most two are missing; a row is 64 bytes.
        let spread = unsafe { _mm512_loadu_si512(SPREAD.as_ptr().add(missing).cast()) };
        let v = self.characters(_mm512_permutexvar_epi8(spread, v));
        _mm512_mask_set1_epi8(v, !(u64::MAX >> missing), padding as i8)
    }

    /// The 64 characters of the 48 lowest bytes.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn encode(&self, v: __m512i) -> __m512i {
        self.characters(_mm512_permutexvar_epi8(self.spread, v))
    }

    /// The characters of groups whose bytes are spread.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn characters(&self, groups: __m512i) -> __m512i {
        let digits = _mm512_multishift_epi64_epi8(self.shifts, groups);
        // The permute takes six bits of each index, so the two bits above need not be cleared.
        _mm512_permutexvar_epi8(digits, self.alphabet)
    }
}

/// Bytes a, b, c of each group as b, a, c, b: then every digit lies within 16 bits that are neighbours. The groups begin at
/// byte 0, 1 or 2.
static SPREAD: [[u8; 64]; 3] = [spread(0), spread(1), spread(2)];

const fn spread(first: usize) -> [u8; 64] {
    let mut index = [0; 64];
    let mut i = 0;
    while i < index.len() {
        index[i] = (first + i / 4 * 3 + [1, 0, 2, 1][i % 4]) as u8;
        i += 1;
    }
    index
}
