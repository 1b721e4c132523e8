//! First index of a byte, 64 bytes at a time, with masked loads at the ends.

use core::arch::x86_64::*;

const LANES: usize = 64;

/// Row `bytealg_index_byte`, variant `avx512`. Returns -1 when `c` is absent.
///
/// # Safety
/// The CPU has AVX-512 F, BW, VL, BMI1 and BMI2, and `p` is readable for `len` bytes or `len` is 0.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
pub unsafe extern "C" fn index_byte_avx512(p: *const u8, len: usize, c: u8) -> isize {
    let needle = _mm512_set1_epi8(c as i8);
    let mut i = 0;
    while len - i > LANES {
        // SAFETY: more than 64 bytes are left.
        let hits = unsafe { _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(p.add(i).cast()), needle) };
        if hits != 0 {
            return (i + hits.trailing_zeros() as usize) as isize;
        }
        i += LANES;
    }
    let live = _bzhi_u64(u64::MAX, (len - i) as u32);
    // SAFETY: the mask admits exactly the bytes that are left; masked-out lanes are not accessed.
    let v = unsafe { _mm512_maskz_loadu_epi8(live, p.wrapping_add(i).cast()) };
    let hits = _mm512_mask_cmpeq_epi8_mask(live, v, needle);
    if hits == 0 { -1 } else { (i + hits.trailing_zeros() as usize) as isize }
}
