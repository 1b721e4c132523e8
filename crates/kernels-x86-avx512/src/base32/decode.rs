//! 64 characters become 40 bytes: look up their values, check that all are digits, join digits, close the gaps.

use super::{load_permuted, store};
use crate::ends::{ROTATE, lanes};
use core::arch::x86_64::*;
use kernels_generic::base32::{Cursor, DecodeTable, PADDING, decode_rest, ending};
use kernels_generic::ffi::Pair;

/// Characters and bytes of one vector.
const CHARS: usize = 64;
const BYTES: usize = 40;
/// Vectors that share one check.
const UNROLL: usize = 4;

/// Row `base32_decode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI, F, BW, BMI1 and BMI2. Each pointer is valid for its length (`dst` for writes) or its
/// length is 0; `table` is readable. `dst` begins where `src` does or before it, or the two do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi1,bmi2")]
pub unsafe extern "C" fn decode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let code = Code::new(table);
    let mut at = Cursor::default();
    // SAFETY: the cursor stays within both lengths; wherever characters are decoded, so many are readable, and their bytes
    // have room. No store is ahead of the loads that are still to come, since bytes are fewer than characters.
    unsafe {
        while src_len - at.read > CHARS * UNROLL && dst_len - at.written >= BYTES * UNROLL {
            if !code.decode_four(dst.add(at.written), src.add(at.read)) {
                break;
            }
            at.read += CHARS * UNROLL;
            at.written += BYTES * UNROLL;
        }
        while src_len - at.read > CHARS && dst_len - at.written >= BYTES {
            let v = _mm512_loadu_si512(src.add(at.read).cast());
            let digits = code.values(v);
            if odd(v, digits) != 0 {
                break;
            }
            store_40(dst.add(at.written), code.join(digits));
            at.read += CHARS;
            at.written += BYTES;
        }
        let left = src_len - at.read;
        if left <= CHARS && left > 0 {
            let (to, room) = (dst.add(at.written), dst_len - at.written);
            if let Some(bytes) = code.end(to, room, src.add(at.read), left, table) {
                return Pair { first: src_len, second: at.written + bytes };
            }
        }
        // Something odd is in the next vector or two, or they have no room, or the alphabet is not ASCII.
        decode_rest(dst, dst_len, src, src_len, at, table)
    }
}

/// Which lanes hold no digit: the character or its value has the top bit set.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn odd(v: __m512i, values: __m512i) -> u64 {
    _mm512_movepi8_mask(_mm512_or_si512(v, values))
}

/// Stores the lowest 40 lanes.
///
/// # Safety
/// So many bytes are writable.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn store_40(p: *mut u8, v: __m512i) {
    // SAFETY: the caller's promise.
    unsafe {
        _mm256_storeu_si256(p.cast(), _mm512_castsi512_si256(v));
        _mm_storel_epi64(p.add(32).cast(), _mm512_extracti32x4_epi32::<2>(v));
    }
}

/// The five bytes of each quadword, the first of which is in lane 2.
const CLOSE: [u8; 64] = {
    let mut index = [0; 64];
    let mut i = 0;
    while i < BYTES {
        index[i] = (i / 5 * 8) as u8 + [2, 1, 0, 5, 4][i % 5];
        i += 1;
    }
    index
};

/// What decoding keeps in registers.
#[derive(Clone, Copy)]
struct Code {
    low: __m512i,
    high: __m512i,
    close: __m512i,
}

impl Code {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(table: &DecodeTable) -> Code {
        // SAFETY: the table is longer than 128 bytes, and the other is 64; any alignment is allowed.
        unsafe {
            Code {
                low: _mm512_loadu_si512(table.as_ptr().cast()),
                high: _mm512_loadu_si512(table.as_ptr().add(64).cast()),
                close: _mm512_loadu_si512(CLOSE.as_ptr().cast()),
            }
        }
    }

    /// The values of characters below 128.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f")]
    fn values(self, v: __m512i) -> __m512i {
        _mm512_permutex2var_epi8(self.low, v, self.high)
    }

    /// The 40 bytes of 64 digits.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn join(self, digits: __m512i) -> __m512i {
        // Two digits are 10 bits, two of those 20, and the 20 that come first are moved up by 4, so that the byte across
        // the middle of the group has a half in lane 0 and a half in lane 6.
        let tens = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x0120));
        let twenties = _mm512_madd_epi16(tens, _mm512_set1_epi64(0x0001_0400_0010_4000));
        let groups = _mm512_or_si512(twenties, _mm512_srli_epi64::<48>(twenties));
        _mm512_permutexvar_epi8(self.close, groups)
    }

    /// Decodes 256 characters to 160 bytes, or nothing if one of them is no digit.
    ///
    /// # Safety
    /// The characters are readable, and the bytes have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    unsafe fn decode_four(self, dst: *mut u8, src: *const u8) -> bool {
        // SAFETY: the caller's promise. What a store leaves behind its 40 bytes is covered by the next one.
        unsafe {
            let v: [__m512i; UNROLL] =
                core::array::from_fn(|k| _mm512_loadu_si512(src.add(CHARS * k).cast()));
            let d = v.map(|v| self.values(v));
            let three = |a, b, c| _mm512_ternarylogic_epi64::<0xfe>(a, b, c);
            let all = three(three(v[0], v[1], v[2]), three(v[3], d[0], d[1]), d[2]);
            if odd(all, d[3]) != 0 {
                return false;
            }
            let [a, b, c, last] = d;
            for (k, digits) in [a, b, c].into_iter().enumerate() {
                _mm512_storeu_si512(dst.add(BYTES * k).cast(), self.join(digits));
            }
            store_40(dst.add(BYTES * (UNROLL - 1)), self.join(last));
        }
        true
    }

    /// Decodes the last `n` characters of a text, 1 to 64; returns how many bytes there are, or nothing if the text does not
    /// end so, or has no room.
    ///
    /// # Safety
    /// `n` characters are readable, and so many bytes writable as there is room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi1,bmi2")]
    unsafe fn end(
        self,
        dst: *mut u8,
        room: usize,
        src: *const u8,
        n: usize,
        table: &DecodeTable,
    ) -> Option<usize> {
        // SAFETY: the caller's promise; the table of indices has 128.
        let v = unsafe { load_permuted(src, n, _mm512_loadu_si512(ROTATE.as_ptr().cast())) };
        let (values, live) = (self.values(v), lanes(n));
        let rest = odd(v, values) | !live;
        let digits = rest.trailing_zeros() as usize;
        let bytes = ending(digits, n, table)?;
        if digits < n {
            let padding = _mm512_set1_epi8(table[PADDING] as i8);
            let pads = _mm512_cmpeq_epi8_mask(v, padding) | lanes(digits) | !live;
            if pads != u64::MAX {
                return None;
            }
        }
        if bytes > room {
            return None;
        }
        // What is no digit would carry into those before it.
        let values = _mm512_maskz_mov_epi8(lanes(digits), values);
        // SAFETY: the caller's promise. Two digits are a byte at least, and one does not end a text.
        unsafe { store(dst, self.join(values), bytes) }
        Some(bytes)
    }
}
