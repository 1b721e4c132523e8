//! 24 bytes become 32 characters: spread the bytes, shift six bits into each lane by two multiplications, look them up.

use core::arch::{asm, x86_64::*};
use kernels_generic::base64::{
    COMMON, ENCODE_FLAGS, EncodeTable, encode_rest, encode_short, encoded_len,
};
use kernels_generic::ffi::Pair;

/// Bytes and characters of a vector; half a vector has half of both.
const BYTES: usize = 24;
const CHARS: usize = 32;

/// From how many bytes on [`Ranges`] pay: they take 3 ns longer to set up than [`Quarters`], and 16 instead of 24 for
/// each 256 bytes.
const LONG: usize = 384;

/// Row `base64_encode`, variant `avx2`.
///
/// # Safety
/// The CPU has AVX2. Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable.
/// `dst` and `src` do not overlap.
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn encode_avx2(
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
    // SAFETY: all characters have room.
    unsafe {
        if src_len < BYTES / 2 {
            encode_rest(dst, src, src_len, table);
        } else if src_len >= LONG && table[ENCODE_FLAGS] & COMMON != 0 {
            encode_all(dst, src, src_len, table, Ranges::new(table));
        } else {
            encode_all(dst, src, src_len, table, Quarters::new(table));
        }
    }
    Pair { first: src_len, second: chars }
}

/// Encodes 12 bytes or more. The last vector overlaps the one before, and writes the same characters again.
///
/// # Safety
/// So many bytes are readable, and their characters have room.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn encode_all(
    mut to: *mut u8,
    mut from: *const u8,
    mut left: usize,
    table: &EncodeTable,
    code: impl LookUp,
) {
    // SAFETY: vectors begin and end within whole groups.
    unsafe {
        if left >= BYTES {
            while left >= BYTES {
                code.encode(to, from);
                (from, to, left) = (from.add(BYTES), to.add(CHARS), left - BYTES);
            }
            let groups = left / 3;
            (from, to, left) = (from.add(3 * groups), to.add(4 * groups), left % 3);
            code.encode(to.sub(CHARS), from.sub(BYTES));
        } else {
            code.encode_half(to, from);
            let groups = left / 3;
            (from, to, left) = (from.add(3 * groups), to.add(4 * groups), left % 3);
            code.encode_half(to.sub(CHARS / 2), from.sub(BYTES / 2));
        }
        encode_rest(to, from, left, table);
    }
}

/// How digits become characters.
trait LookUp: Copy {
    /// The characters of 32 digits.
    ///
    /// # Safety
    /// The CPU has AVX2.
    unsafe fn look_up(self, digits: __m256i) -> __m256i;

    /// # Safety
    /// 24 bytes are readable at `src`, and 32 writable at `dst`.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn encode(self, dst: *mut u8, src: *const u8) {
        // The upper half starts 8 bytes in, not 12, so that exactly 24 bytes are read; its indices make up for it.
        let spread = _mm256_setr_epi8(
            1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 5, 4, 6, 5, 8, 7, 9, 8, 11, 10, 12,
            11, 14, 13, 15, 14,
        );
        // SAFETY: the caller's promise.
        unsafe {
            let low = _mm_loadu_si128(src.cast());
            let high = _mm_loadu_si128(src.add(8).cast());
            let v = _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(low), high);
            let chars = self.look_up(digits(_mm256_shuffle_epi8(v, spread)));
            _mm256_storeu_si256(dst.cast(), chars);
        }
    }

    /// # Safety
    /// 12 bytes are readable at `src`, and 16 writable at `dst`.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn encode_half(self, dst: *mut u8, src: *const u8) {
        let spread = _mm256_setr_epi8(
            1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0,
        );
        // SAFETY: the caller's promise.
        unsafe {
            let (low, high) =
                (src.cast::<i64>().read_unaligned(), src.add(8).cast::<i32>().read_unaligned());
            let v = _mm_insert_epi32::<2>(_mm_cvtsi64_si128(low), high);
            let chars =
                self.look_up(digits(_mm256_shuffle_epi8(_mm256_castsi128_si256(v), spread)));
            _mm_storeu_si128(dst.cast(), _mm256_castsi256_si128(chars));
        }
    }
}

/// For an alphabet whose first 62 digits are the usual ones: what to add to a digit, by the range that it is in. Half as
/// many instructions as [`Quarters`] need, and half as much time for long input on CPUs with one shuffle a cycle.
#[derive(Clone, Copy)]
struct Ranges {
    offsets: __m256i,
}

impl Ranges {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(table: &EncodeTable) -> Ranges {
        const UPPER: i8 = b'A' as i8;
        const LOWER: i8 = b'a' as i8 - 26;
        const DIGIT: i8 = b'0' as i8 - 52;
        let v = _mm_setr_epi8(
            UPPER, LOWER, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, 0,
            0, 0, 0,
        );
        let v = _mm_insert_epi8::<12>(v, i32::from(table[62]) - 62);
        let v = _mm_insert_epi8::<13>(v, i32::from(table[63]) - 63);
        Ranges { offsets: _mm256_broadcastsi128_si256(v) }
    }
}

impl LookUp for Ranges {
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn look_up(self, digits: __m256i) -> __m256i {
        // 0 for 0 to 25, 1 for 26 to 51, then one range for each digit.
        let range = _mm256_subs_epu8(digits, _mm256_set1_epi8(51));
        let range = _mm256_sub_epi8(range, _mm256_cmpgt_epi8(digits, _mm256_set1_epi8(25)));
        _mm256_add_epi8(digits, _mm256_shuffle_epi8(self.offsets, range))
    }
}

/// Any alphabet by quarters, each but the first exclusive-or the one before.
///
/// A shuffle takes the four lower bits of an index, and gives 0 if its top bit is set. So quarter k of the alphabet answers
/// for all digits from 16 k on, and the quarters' differences add up to the right one.
#[derive(Clone, Copy)]
struct Quarters {
    quarters: [__m256i; 4],
}

impl Quarters {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(table: &EncodeTable) -> Quarters {
        let quarter = |i: usize| {
            // SAFETY: the table is longer than 64 bytes; any alignment is allowed.
            _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().add(i).cast()) })
        };
        let [a, b, c, d] = [0, 16, 32, 48].map(quarter);
        let xor = |a, b| _mm256_xor_si256(a, b);
        Quarters { quarters: [a, xor(a, b), xor(b, c), xor(c, d)] }
    }
}

impl LookUp for Quarters {
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn look_up(self, digits: __m256i) -> __m256i {
        let mut chars = _mm256_shuffle_epi8(self.quarters[0], digits);
        for k in 1..4 {
            let index = _mm256_sub_epi8(digits, _mm256_set1_epi8(16 * k as i8));
            chars = _mm256_xor_si256(chars, _mm256_shuffle_epi8(self.quarters[k], index));
        }
        chars
    }
}

/// The digits of eight groups whose bytes a, b, c lie in 32 bits as b, a, c, b.
#[inline]
#[target_feature(enable = "avx2")]
fn digits(groups: __m256i) -> __m256i {
    // Shifts to the right by 10 and 6, and to the left by 4 and 8, of every other 16 bits.
    let ac = _mm256_and_si256(groups, _mm256_set1_epi32(0x0fc0_fc00));
    let ac = upper_products(ac, _mm256_set1_epi32(0x0400_0040));
    let bd = _mm256_and_si256(groups, _mm256_set1_epi32(0x003f_03f0));
    let bd = _mm256_mullo_epi16(bd, _mm256_set1_epi32(0x0100_0010));
    _mm256_or_si256(ac, bd)
}

/// The upper halves of the products of 16 bits.
///
/// Not the intrinsic: to the compiler it is an extension to 32 bits, a product and a shift, and once it has moved the
/// extension of a constant out of the loop it does not find the instruction again, but makes a dozen others, which
/// halves the speed.
#[inline]
#[target_feature(enable = "avx2")]
fn upper_products(a: __m256i, b: __m256i) -> __m256i {
    let products;
    // SAFETY: one instruction of AVX2 on registers.
    unsafe {
        asm!("vpmulhuw {}, {}, {}", out(ymm_reg) products, in(ymm_reg) a, in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    products
}
