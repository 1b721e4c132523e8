//! 64 characters become 48 bytes: look up their classes, check that all are digits, join digits, close the gaps.

use super::lanes;
use core::arch::x86_64::*;
use kernels_generic::base64::{Cursor, DECODE_FLAGS, DecodeTable, SKIP, STRICT, may_end, pads};
use kernels_generic::ffi::Pair;

/// Characters and bytes of one vector.
const CHARS: usize = 64;
const BYTES: usize = 48;
/// Vectors that share one check, and whose bytes fill one vector less.
const UNROLL: usize = 4;
/// Longest line that [`Code::lines`] takes: its bytes fit one vector.
const LINE: usize = 84;
/// Most bytes of a line break: carriage return and line feed.
const BREAK: usize = 2;

/// Row `base64_decode`, variant `vbmi`.
///
/// # Safety
/// The CPU has AVX-512 VBMI, F, BW, VL, BMI1 and BMI2. Each pointer is valid for its length (`dst` for writes) or its
/// length is 0; `table` is readable. `dst` begins where `src` does, or the two do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl,bmi1,bmi2")]
pub unsafe extern "C" fn decode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    // SAFETY: src is readable for src_len bytes.
    let pads = unsafe { pads(src, src_len, table) };
    let code = Code::new(table);
    let mut at = Cursor { read: 0, written: 0 };
    // Where the current line began.
    let mut line = 0;
    // SAFETY: up to `limit`, characters are readable and three quarters of them have room; no store is ahead of the loads
    // that are still to come, since bytes are fewer than characters.
    unsafe {
        loop {
            let end = src_len - pads;
            let room = (dst_len - at.written) / 3 * 4;
            let ample = dst_len - at.written >= bytes(end - at.read);
            let limit = if ample { end } else { at.read + room };
            let odd = loop {
                let n = (limit - at.read).min(CHARS);
                let v = _mm512_maskz_loadu_epi8(lanes(n), src.add(at.read).cast());
                let classes = code.classes(lanes(n), v);
                let odd = code.odd(v, classes);
                if odd == 0 && n == CHARS {
                    _mm512_mask_storeu_epi8(
                        dst.add(at.written).cast(),
                        lanes(BYTES),
                        code.pack(classes),
                    );
                    at = Cursor { read: at.read + CHARS, written: at.written + BYTES };
                    while limit - at.read >= CHARS * UNROLL
                        && code.decode_four(dst.add(at.written), src.add(at.read))
                    {
                        at = Cursor {
                            read: at.read + CHARS * UNROLL,
                            written: at.written + BYTES * UNROLL,
                        };
                    }
                    continue;
                }
                let mut whole = n;
                if odd != 0 {
                    whole = odd.trailing_zeros() as usize;
                } else if ample && may_end(table, n % 4, pads) && tight(src.add(at.read), n, table)
                {
                    let len = bytes(n);
                    _mm512_mask_storeu_epi8(
                        dst.add(at.written).cast(),
                        lanes(len),
                        code.pack(classes),
                    );
                    return Pair { first: src_len, second: at.written + len };
                }
                let odd = whole % 4;
                whole -= odd;
                let len = whole / 4 * 3;
                _mm512_mask_storeu_epi8(dst.add(at.written).cast(), lanes(len), code.pack(classes));
                at = Cursor { read: at.read + whole, written: at.written + len };
                break odd;
            };
            if odd == 0 {
                let chars = at.read - line;
                let skipped = skip(src, limit, at.read, table);
                if skipped > 0 {
                    at.read += skipped;
                    if chars <= LINE && skipped <= BREAK {
                        at = code.lines(dst, src, limit, at, chars, skipped, table);
                    }
                    line = at.read;
                    continue;
                }
            }
            if !at.step(dst, dst_len, src, src_len, table) {
                return at.pair();
            }
            line = at.read;
        }
    }
}

/// Bytes of so many digits.
#[inline(always)]
fn bytes(digits: usize) -> usize {
    digits - digits.div_ceil(4)
}

/// Bytes to skip, from `i` on.
///
/// # Safety
/// `src` is readable for `limit` bytes.
#[inline(always)]
unsafe fn skip(src: *const u8, limit: usize, i: usize, table: &DecodeTable) -> usize {
    let mut k = i;
    // SAFETY: k is below limit.
    while k < limit && table[unsafe { *src.add(k) } as usize] == SKIP {
        k += 1;
    }
    k - i
}

/// Whether the `n` digits at `src` may be the last: a strict table wants the bits that encode nothing to be 0.
///
/// # Safety
/// `n` characters are readable.
#[inline(always)]
unsafe fn tight(src: *const u8, n: usize, table: &DecodeTable) -> bool {
    if n.is_multiple_of(4) || table[DECODE_FLAGS] & STRICT == 0 {
        return true;
    }
    // SAFETY: n is not 0.
    let last = table[unsafe { *src.add(n - 1) } as usize];
    last & (if n % 4 == 2 { 15 } else { 3 }) == 0
}

/// The constants of decoding.
struct Code {
    low: __m512i,
    high: __m512i,
    pairs: __m512i,
    quads: __m512i,
    close: [__m512i; UNROLL - 1],
}

impl Code {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(table: &DecodeTable) -> Code {
        const CLOSE: [[u8; 64]; UNROLL - 1] = [close(0), close(1), close(2)];
        // SAFETY: the table is longer than 128 bytes; any alignment is allowed.
        let [low, high] =
            [0, 64].map(|i| unsafe { _mm512_loadu_si512(table.as_ptr().add(i).cast()) });
        Code {
            low,
            high,
            pairs: _mm512_set1_epi32(0x0140_0140),
            quads: _mm512_set1_epi32(0x0001_1000),
            // SAFETY: each array is 64 bytes.
            close: CLOSE.each_ref().map(|c| unsafe { _mm512_loadu_si512(c.as_ptr().cast()) }),
        }
    }

    /// The classes of the characters in `live` lanes, 0 in the others.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn classes(&self, live: __mmask64, v: __m512i) -> __m512i {
        _mm512_maskz_permutex2var_epi8(live, self.low, v, self.high)
    }

    /// The lanes that hold no digit: class or character has its top bit set.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn odd(&self, v: __m512i, classes: __m512i) -> __mmask64 {
        _mm512_movepi8_mask(_mm512_or_si512(v, classes))
    }

    /// Four digits to the three lower bytes of 32 bits, the first byte uppermost.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn join(&self, digits: __m512i) -> __m512i {
        _mm512_madd_epi16(_mm512_maddubs_epi16(digits, self.pairs), self.quads)
    }

    /// 64 digits to 48 bytes.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn pack(&self, digits: __m512i) -> __m512i {
        _mm512_permutexvar_epi8(self.close[0], self.join(digits))
    }

    /// Decodes 256 characters to 192 bytes, or nothing if one of them is no digit.
    ///
    /// # Safety
    /// The characters are readable, and the bytes have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    unsafe fn decode_four(&self, dst: *mut u8, src: *const u8) -> bool {
        // SAFETY: the caller's promise.
        let v: [__m512i; UNROLL] =
            core::array::from_fn(|k| unsafe { _mm512_loadu_si512(src.add(CHARS * k).cast()) });
        let classes = v.map(|v| self.classes(u64::MAX, v));
        // One ternary operation joins three; the checks of a vector are not needed one by one.
        let any = |a: [__m512i; 4]| {
            _mm512_ternarylogic_epi64::<0xfe>(_mm512_or_si512(a[0], a[1]), a[2], a[3])
        };
        if self.odd(any(v), any(classes)) != 0 {
            return false;
        }
        let joined = classes.map(|c| self.join(c));
        for k in 0..UNROLL - 1 {
            let bytes = _mm512_permutex2var_epi8(joined[k], self.close[k], joined[k + 1]);
            // SAFETY: the caller's promise.
            unsafe { _mm512_storeu_si512(dst.add(64 * k).cast(), bytes) }
        }
        true
    }

    /// Decodes lines of `chars` digits and `gap` bytes to skip, as long as they look so; returns where they end, which
    /// is the beginning of a line.
    ///
    /// Where a line ends is not looked for but expected, so that the address of the next line does not wait for the
    /// contents of this one.
    ///
    /// # Safety
    /// Up to `limit`, characters are readable and three quarters of them have room; `chars` is at most [`LINE`], a
    /// multiple of 4, and `gap` is 1 or [`BREAK`].
    #[expect(clippy::too_many_arguments)]
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn lines(
        &self,
        dst: *mut u8,
        src: *const u8,
        limit: usize,
        mut at: Cursor,
        chars: usize,
        gap: usize,
        table: &DecodeTable,
    ) -> Cursor {
        let (first, second) = (lanes(chars.min(CHARS)), lanes(chars.saturating_sub(CHARS)));
        let len = chars / 4 * 3;
        while limit - at.read >= chars + gap {
            // SAFETY: a line and its break lie before the limit.
            unsafe {
                let from = src.add(at.read);
                let class = |i: usize| table[*from.add(i) as usize];
                let v = _mm512_maskz_loadu_epi8(first, from.cast());
                let w = _mm512_maskz_loadu_epi8(second, from.wrapping_add(CHARS).cast());
                let (a, b) = (self.classes(first, v), self.classes(second, w));
                let odd = self.odd(_mm512_or_si512(v, w), _mm512_or_si512(a, b));
                if odd != 0 || class(chars) != SKIP || class(chars + gap - 1) != SKIP {
                    break;
                }
                let bytes = _mm512_permutex2var_epi8(self.join(a), self.close[0], self.join(b));
                _mm512_mask_storeu_epi8(dst.add(at.written).cast(), lanes(len), bytes);
            }
            at = Cursor { read: at.read + chars + gap, written: at.written + len };
        }
        at
    }
}

/// Where the bytes of vector `k` of the result are in the joined vectors `k` and `k + 1`: the three lower bytes of each
/// 32 bits, the uppermost first.
const fn close(k: usize) -> [u8; 64] {
    let mut index = [0; 64];
    let mut i = 0;
    while i < index.len() {
        let byte = 64 * k + i;
        index[i] = (byte / 3 * 4 + 2 - byte % 3 - 64 * k) as u8;
        i += 1;
    }
    index
}
