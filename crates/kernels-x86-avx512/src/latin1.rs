//! Latin-1 to and from UTF-8, 64 bytes at a time: in masks it is decided what each byte is, and those that count are compressed
//! to the front (docs/kernels/latin1.md).
//!
//! Compressions go to a register and from there to memory under a mask: one that writes to memory itself is microcode on Zen 4.

use crate::ends::{lanes, load_short, store_short};
use core::arch::x86_64::*;
use kernels_generic::ffi::Pair;
use kernels_generic::latin1::{from_utf8_step, to_utf8_step};

/// Bytes of a block.
const BLOCK: usize = 64;
/// What is shorter than this goes byte by byte: three bytes take 4 ns then on Zen 4, by a vector 8.
const TINY: usize = 4;

/// Row `latin1_from_utf8`, variant `vbmi2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX-512 VBMI2,
/// VBMI, F, BW and VL, BMI2 and POPCNT.
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
pub unsafe extern "C" fn from_utf8_vbmi2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let (mut i, mut w, mut before) = (0, 0, Leads::default());
    // SAFETY: blocks are within `src`, and a block writes no more than there is room for.
    unsafe {
        while src_len - i >= BLOCK && dst_len - w >= BLOCK {
            let v = _mm512_loadu_si512(src.add(i).cast());
            let to = dst.add(w);
            if _mm512_movepi8_mask(v) | before.any == 0 {
                _mm512_storeu_si512(to.cast(), v);
                (i, w) = (i + BLOCK, w + BLOCK);
                continue;
            }
            let leads = Leads::of(v);
            if leads.wrong(v, before) != 0 {
                break;
            }
            let packed = _mm512_maskz_compress_epi8(!leads.any, values(v, leads, before));
            let written = BLOCK - leads.any.count_ones() as usize;
            _mm512_mask_storeu_epi8(to.cast(), lanes(written), packed);
            before = Leads { any: leads.any >> 63, c3: leads.c3 >> 63 };
            (i, w) = (i + BLOCK, w + written);
        }
        while i < src_len {
            let n = (src_len - i).min(BLOCK);
            if n < TINY {
                let mut at = Pair { first: i - before.any as usize, second: w };
                while from_utf8_step(dst, dst_len, src, src_len, &mut at) {}
                return at;
            }
            let v = load_short(src.add(i), n);
            let leads = Leads::of(v);
            let mut taken = (leads.wrong(v, before) | !lanes(n)).trailing_zeros() as usize;
            let mut kept = !leads.any & lanes(taken);
            if dst_len - w < kept.count_ones() as usize {
                // The first that has no room.
                taken = _pdep_u64(1 << (dst_len - w), kept).trailing_zeros() as usize;
                kept &= lanes(taken);
            }
            let packed = _mm512_maskz_compress_epi8(kept, values(v, leads, before));
            let written = kept.count_ones() as usize;
            store_short(dst.add(w), packed, written);
            (i, w) = (i + taken, w + written);
            if taken > 0 {
                before.any = leads.any >> (taken - 1) & 1;
                before.c3 = leads.c3 >> (taken - 1) & 1;
            }
            if taken < n {
                break;
            }
        }
    }
    // What the last lead byte begins was not written.
    Pair { first: i - before.any as usize, second: w }
}

/// A bit for each byte that is c2 or c3, and for each that is c3.
///
/// The next block begins 64 bytes further, whatever stands in this one: a lead byte at the end is remembered here, and its
/// character is written with the next block's. So no address waits for text but the output's.
#[derive(Clone, Copy, Default)]
struct Leads {
    any: u64,
    c3: u64,
}

impl Leads {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn of(v: __m512i) -> Leads {
        let is = |x: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(x as i8));
        let c3 = is(0xc3);
        Leads { any: c3 | is(0xc2), c3 }
    }

    /// The bytes that are neither ASCII nor a lead byte nor a continuation behind one, and those that should be and are not.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn wrong(self, v: __m512i, before: Leads) -> u64 {
        // 80 to bf are the least of all numbers with a sign.
        let continuation = _mm512_cmplt_epi8_mask(v, _mm512_set1_epi8(0xc0_u8 as i8));
        let other = _mm512_movepi8_mask(v) & !self.any & !continuation;
        other | continuation ^ (self.any << 1 | before.any)
    }
}

/// In each lane its character, if that ends there: a continuation is its own behind c2, and 40 more behind c3.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn values(v: __m512i, leads: Leads, before: Leads) -> __m512i {
    _mm512_mask_add_epi8(v, leads.c3 << 1 | before.c3, v, _mm512_set1_epi8(0x40))
}

/// Row `latin1_to_utf8`, variant `vbmi2`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap. The CPU has AVX-512 VBMI2,
/// VBMI, F, BW and VL, BMI2 and POPCNT.
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
pub unsafe extern "C" fn to_utf8_vbmi2(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: blocks are within `src`, and a block writes no more than there is room for.
    unsafe {
        // Where a whole block follows that has room whatever it becomes, it comes to stand over what is behind this one.
        while src_len - at.first >= 2 * BLOCK {
            let v = _mm512_loadu_si512(src.add(at.first).cast());
            let (high, to) = (_mm512_movepi8_mask(v), dst.add(at.second));
            let written = BLOCK + high.count_ones() as usize;
            if dst_len - at.second < written + 2 * BLOCK {
                break;
            }
            if high == 0 {
                _mm512_storeu_si512(to.cast(), v);
            } else {
                covered(v, high, to);
            }
            at = Pair { first: at.first + BLOCK, second: at.second + written };
        }
        while src_len - at.first >= TINY {
            let (n, p) = ((src_len - at.first).min(BLOCK), src.add(at.first));
            let v = if n == BLOCK { _mm512_loadu_si512(p.cast()) } else { load_short(p, n) };
            let high = _mm512_movepi8_mask(v) & lanes(n);
            let (to, room) = (dst.add(at.second), dst_len - at.second);
            let written = n + high.count_ones() as usize;
            if room < written {
                break;
            }
            if n < BLOCK {
                last(v, n, high, to);
            } else if high == 0 {
                _mm512_storeu_si512(to.cast(), v);
            } else {
                whole(v, high, to, room);
            }
            at = Pair { first: at.first + n, second: at.second + written };
        }
        while to_utf8_step(dst, dst_len, src, src_len, &mut at) {}
    }
    at
}

/// Writes what 64 bytes become, and something behind it, 32 bytes at most. Stores without masks make text a quarter faster on
/// Zen 4.
///
/// # Safety
/// 128 bytes are writable.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
unsafe fn covered(v: __m512i, high: u64, to: *mut u8) {
    let [first, behind] = pairs(v);
    let (a, b) = (counts(high as u32), counts((high >> 32) as u32));
    // SAFETY: the caller's promise; the second one begins at 64 at most.
    unsafe {
        _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi8(a, first));
        let to = to.add(a.count_ones() as usize);
        _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi8(b, behind));
    }
}

/// Writes what 64 bytes become, of which so many are not ASCII.
///
/// # Safety
/// `room` bytes are writable, one for each lane and each bit at least.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
unsafe fn whole(v: __m512i, high: u64, to: *mut u8, room: usize) {
    let [first, behind] = pairs(v);
    let (a, b) = (counts(high as u32), counts((high >> 32) as u32));
    let (first, behind) =
        (_mm512_maskz_compress_epi8(a, first), _mm512_maskz_compress_epi8(b, behind));
    let (n, m) = (a.count_ones() as usize, b.count_ones() as usize);
    // SAFETY: the masks admit exactly the bytes there are. Where there is room for a vector, it crosses into no page that is
    // not there; for the first one there always is.
    unsafe {
        _mm512_mask_storeu_epi8(to.cast(), lanes(n), first);
        if room - n >= BLOCK {
            _mm512_mask_storeu_epi8(to.add(n).cast(), lanes(m), behind);
        } else {
            store_short(to.add(n), behind, m);
        }
    }
}

/// The same of the lowest `n` bytes, less than 64.
///
/// # Safety
/// As [`whole`].
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw,avx512vl,bmi2,popcnt")]
unsafe fn last(v: __m512i, n: usize, high: u64, to: *mut u8) {
    // SAFETY: the caller's promise.
    unsafe {
        if high == 0 {
            return store_short(to, v, n);
        }
        let [first, behind] = pairs(v);
        let a = counts(high as u32) & lanes(2 * n.min(BLOCK / 2));
        let written = a.count_ones() as usize;
        store_short(to, _mm512_maskz_compress_epi8(a, first), written);
        if n > BLOCK / 2 {
            let b = counts((high >> 32) as u32) & lanes(2 * n - BLOCK);
            let packed = _mm512_maskz_compress_epi8(b, behind);
            store_short(to.add(written), packed, b.count_ones() as usize);
        }
    }
}

/// The lower half's bytes in the lower bytes of the words, the upper half's in the upper ones.
static HALVES: [u8; BLOCK] = {
    let mut index = [0; BLOCK];
    let mut i = 0;
    while i < BLOCK {
        index[i] = (i / 2 + i % 2 * (BLOCK / 2)) as u8;
        i += 1;
    }
    index
};

/// Each byte as two, those of the lower half of the vector and those of the upper one: the lead byte that it has if it is not
/// ASCII, and then its continuation, or the byte itself.
///
/// Both halves come from one shuffle: compressions need the same pipes, and that two interleavings are not needed makes text
/// a tenth faster on Zen 4.
#[inline]
#[target_feature(enable = "avx512vbmi2,avx512vbmi,avx512f,avx512bw")]
fn pairs(v: __m512i) -> [__m512i; 2] {
    let upper = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8(0xc0_u8 as i8));
    // SAFETY: the table is a vector.
    let words = _mm512_permutexvar_epi8(unsafe { _mm512_loadu_si512(HALVES.as_ptr().cast()) }, v);
    let first = _mm512_shldi_epi16::<8>(words, _mm512_set1_epi8(0xc2_u8 as i8));
    // 0xc2 | words & 0xff00
    let behind = _mm512_ternarylogic_epi32::<0xf8>(
        _mm512_set1_epi16(0xc2),
        words,
        _mm512_set1_epi16(0xff00_u16 as i16),
    );
    // One more in the lead byte, and 40 less behind it.
    let more = _mm512_set1_epi16(0xc001_u16 as i16);
    [
        _mm512_mask_add_epi16(first, upper as u32, first, more),
        _mm512_mask_add_epi16(behind, (upper >> 32) as u32, behind, more),
    ]
}

/// Which of the two bytes of each lane count: the second one, and the first if the bit is set.
#[inline]
#[target_feature(enable = "bmi2")]
fn counts(high: u32) -> u64 {
    _pdep_u64(u64::from(high), u64::MAX / 3) | (u64::MAX / 3 * 2)
}
