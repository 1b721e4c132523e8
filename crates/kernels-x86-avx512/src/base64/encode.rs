//! 48 bytes become 64 characters: spread the bytes, shift out six bits for each lane, look them up.

use super::lanes;
use core::arch::x86_64::*;
use kernels_generic::base64::{EncodeTable, PADDING, Plan, encode_group, store_some};
use kernels_generic::ffi::Pair;

/// Bytes and characters of one vector.
const BYTES: usize = 48;
const CHARS: usize = 64;
const UNROLL: usize = 4;

/// Row `base64_encode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI, F, BW, VL, BMI1 and BMI2. Each pointer is valid for its length (`dst` for writes) or its
/// length is 0; `table` is readable. `dst` and `src` do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl,bmi1,bmi2")]
pub unsafe extern "C" fn encode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let plan = Plan::new(dst_len, src_len, table);
    let code = Code::new(table);
    let (mut from, mut to, mut left) = (src, dst, plan.read);
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`. A load reads 64 bytes where 48 are
    // used, so the first loop stops 16 bytes early, and the others mask what is not there.
    unsafe {
        while left >= BYTES * (UNROLL - 1) + 64 {
            let v: [__m512i; UNROLL] =
                core::array::from_fn(|k| _mm512_loadu_si512(from.add(BYTES * k).cast()));
            for (k, v) in v.into_iter().enumerate() {
                _mm512_storeu_si512(to.add(CHARS * k).cast(), code.encode(v));
            }
            (from, to) = (from.add(BYTES * UNROLL), to.add(CHARS * UNROLL));
            left -= BYTES * UNROLL;
        }
        while left > BYTES {
            let v = _mm512_maskz_loadu_epi8(lanes(left.min(64)), from.cast());
            _mm512_storeu_si512(to.cast(), code.encode(v));
            (from, to) = (from.add(BYTES), to.add(CHARS));
            left -= BYTES;
        }
        if left > 0 {
            // At most 48 bytes: one vector, in which padding takes the lanes after the last digit.
            let done = to as usize - dst as usize;
            let v = code.encode(_mm512_maskz_loadu_epi8(lanes(left), from.cast()));
            let v = _mm512_mask_blend_epi8(lanes(plan.digits - done), code.padding(table), v);
            _mm512_mask_storeu_epi8(to.cast(), lanes(plan.written - done), v);
        }
    }
    if plan.read == src_len {
        return Pair { first: src_len, second: plan.written };
    }
    // SAFETY: the plan stopped before the end of src because dst has no room for the next group.
    unsafe { fill(dst, dst_len, src, src_len, plan, table) };
    Pair { first: plan.read, second: dst_len }
}

/// Fills a short `dst` with what has room of the group after the plan.
///
/// # Safety
/// As for the kernel; the plan is shorter than `src`.
#[cold]
#[inline(always)]
unsafe fn fill(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    plan: Plan,
    table: &EncodeTable,
) {
    // SAFETY: the group has one to three bytes, and less than four characters of room.
    unsafe {
        let group = encode_group(src.add(plan.read), (src_len - plan.read).min(3), table);
        store_some(dst.add(plan.written), group, dst_len - plan.written);
    }
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
        const SPREAD: [u8; 64] = spread();
        /// Where the four digits of a group begin in its 32 bits, for both groups of a 64-bit lane.
        const SHIFTS: [u8; 8] = [10, 4, 22, 16, 42, 36, 54, 48];
        // SAFETY: the table is longer than 64 bytes; any alignment is allowed.
        let alphabet = unsafe { _mm512_loadu_si512(table.as_ptr().cast()) };
        // SAFETY: the array is 64 bytes.
        let spread = unsafe { _mm512_loadu_si512(SPREAD.as_ptr().cast()) };
        Code {
            spread,
            shifts: _mm512_set1_epi64(i64::from_le_bytes(SHIFTS.map(|s| s as i8 as u8))),
            alphabet,
        }
    }

    /// The 64 characters of the 48 lowest bytes.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn encode(&self, v: __m512i) -> __m512i {
        let groups = _mm512_permutexvar_epi8(self.spread, v);
        let digits = _mm512_multishift_epi64_epi8(self.shifts, groups);
        // The permute takes six bits of each index, so the two bits above need not be cleared.
        _mm512_permutexvar_epi8(digits, self.alphabet)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn padding(&self, table: &EncodeTable) -> __m512i {
        _mm512_set1_epi8(table[PADDING] as i8)
    }
}

/// Bytes a, b, c of each group as b, a, c, b: then every digit lies within 16 bits that are neighbours.
const fn spread() -> [u8; 64] {
    let mut index = [0; 64];
    let mut i = 0;
    while i < index.len() {
        index[i] = (i / 4 * 3 + [1, 0, 2, 1][i % 4]) as u8;
        i += 1;
    }
    index
}
