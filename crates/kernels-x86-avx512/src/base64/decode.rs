//! 64 characters become 48 bytes: look up their classes, check that all are digits, join digits, close the gaps.

use crate::ends::{lanes, load_short, load_some, store_short, store_some};
use core::arch::x86_64::*;
use kernels_generic::base64::{Cursor, DECODE_FLAGS, DecodeTable, PAD, SKIP, STRICT, may_end};
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
/// The CPU has AVX-512 VBMI, F, BW, VL, BMI1, BMI2 and POPCNT. Each pointer is valid for its length (`dst` for writes) or its
/// length is 0; `table` is readable. `dst` begins where `src` does, or the two do not overlap.
#[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
pub unsafe extern "C" fn decode_vbmi(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let mut at = Cursor { read: 0, written: 0 };
    if src_len <= 2 * CHARS {
        // Most texts are short. Before the loop they wait for no constant that they do not need.
        let code = Code::new(table);
        // SAFETY: the slices are as long as they say, and a vector is read and stored where it fits.
        unsafe {
            if src_len > CHARS && dst_len >= BYTES && code.decode_one(dst, src) {
                at = Cursor { read: CHARS, written: BYTES };
            }
            let (left, room) = (src_len - at.read, dst_len - at.written);
            if left <= CHARS
                && let Some(len) =
                    code.end::<0>(dst.add(at.written), room, src.add(at.read), left, table)
            {
                return Pair { first: src_len, second: at.written + len };
            }
        }
    }
    let code = Code::new(table);
    // Where the current line began.
    let mut line = 0;
    // SAFETY: the cursor stays within both lengths; wherever a vector is read or stored, a length or a mask keeps it
    // there. No store is ahead of the loads that are still to come, since bytes are fewer than characters.
    unsafe {
        loop {
            while src_len - at.read > CHARS && dst_len - at.written >= BYTES {
                if !code.decode_one(dst.add(at.written), src.add(at.read)) {
                    break;
                }
                at = Cursor { read: at.read + CHARS, written: at.written + BYTES };
                while src_len - at.read >= CHARS * UNROLL
                    && dst_len - at.written >= BYTES * UNROLL
                    && code.decode_four(dst.add(at.written), src.add(at.read))
                {
                    at = Cursor {
                        read: at.read + CHARS * UNROLL,
                        written: at.written + BYTES * UNROLL,
                    };
                }
            }
            let (from, to) = (src.add(at.read), dst.add(at.written));
            let (left, room) = (src_len - at.read, dst_len - at.written);
            if left <= CHARS
                && let Some(len) = code.end::<1>(to, room, from, left, table)
            {
                return Pair { first: src_len, second: at.written + len };
            }
            // Something odd is in the next vector, or it has no room.
            let found = code.some(to, from, left.min(room / 3 * 4).min(CHARS));
            let groups = found / 4;
            at = Cursor { read: at.read + 4 * groups, written: at.written + 3 * groups };
            let skipped =
                if found.is_multiple_of(4) { skip(src, src_len, at.read, table) } else { 0 };
            if skipped == 0 {
                if !at.step(dst, dst_len, src, src_len, table) {
                    return at.pair();
                }
            } else {
                let chars = at.read - line;
                at.read += skipped;
                if chars <= LINE && skipped <= BREAK {
                    at = code.lines(dst, dst_len, src, src_len, at, chars, skipped, table);
                }
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

/// Whether `n` digits at `src` may be the last: a strict table wants the bits that encode nothing to be 0.
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

    /// The classes of characters below 128.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw")]
    fn classes(&self, v: __m512i) -> __m512i {
        _mm512_permutex2var_epi8(self.low, v, self.high)
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

    /// Decodes the last `n` characters of a text, 64 at most, with padding and bytes to skip behind the last digit in any
    /// order; returns how many bytes there are, or nothing if the text does not end so, or has no room.
    ///
    /// Each place that calls this has a `SITE` of its own, and so a copy of its own, which the compiler inlines because
    /// it is called once. One copy for both stayed a function in ordinary builds, and got the constants in memory: 16
    /// characters took 1.45 times as long.
    ///
    /// # Safety
    /// `n` characters are readable, and `dst` has the room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,avx512vl,bmi1,bmi2,popcnt")]
    unsafe fn end<const SITE: usize>(
        &self,
        dst: *mut u8,
        room: usize,
        src: *const u8,
        n: usize,
        table: &DecodeTable,
    ) -> Option<usize> {
        let live = lanes(n);
        // SAFETY: the caller's promise.
        let v = unsafe { load_short(src, n) };
        let classes = self.classes(v);
        // From the first bit on, lanes hold no digit or nothing.
        let rest = self.odd(v, classes) | !live;
        let digits = rest.trailing_zeros() as usize;
        let mut pads = 0;
        if rest != !live {
            let pad = _mm512_mask_cmpeq_epi8_mask(live, classes, _mm512_set1_epi8(PAD as i8));
            let skip = _mm512_cmpeq_epi8_mask(classes, _mm512_set1_epi8(SKIP as i8));
            // No digit may follow, nothing else that is odd, and no character beyond 127, whose class is unknown.
            let other = !lanes(digits) & live & !(pad | skip);
            if other | _mm512_movepi8_mask(v) != 0 {
                return None;
            }
            pads = pad.count_ones() as usize;
        }
        let len = bytes(digits);
        if pads > 2 || len > room || !may_end(table, digits % 4, pads) {
            return None;
        }
        // SAFETY: the digits are readable.
        if !unsafe { tight(src, digits, table) } {
            return None;
        }
        let bytes = self.pack(_mm512_maskz_mov_epi8(lanes(digits), classes));
        // SAFETY: the caller's promise; there is room for `len`.
        unsafe { store_short(dst, bytes, len) }
        Some(len)
    }

    /// Decodes the whole groups before the first of `n` characters that is no digit; returns which one that is, or `n`.
    ///
    /// # Safety
    /// `n` characters are readable, 64 at most, and three quarters of them have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi1,bmi2,popcnt")]
    unsafe fn some(&self, dst: *mut u8, src: *const u8, n: usize) -> usize {
        // SAFETY: the caller's promise.
        let v = unsafe { load_some(src, n) };
        let classes = self.classes(v);
        let found = (self.odd(v, classes) | !lanes(n)).trailing_zeros() as usize;
        // SAFETY: the caller's promise.
        unsafe { store_some(dst, self.pack(classes), found / 4 * 3) }
        found
    }

    /// Decodes 64 characters to 48 bytes, or nothing if one of them is no digit.
    ///
    /// # Safety
    /// The characters are readable, and the bytes have room.
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn decode_one(&self, dst: *mut u8, src: *const u8) -> bool {
        // SAFETY: the caller's promise.
        let v = unsafe { _mm512_loadu_si512(src.cast()) };
        let classes = self.classes(v);
        if self.odd(v, classes) != 0 {
            return false;
        }
        let bytes = self.pack(classes);
        // SAFETY: the caller's promise; 32 bytes and 16 are 48.
        unsafe {
            _mm256_storeu_si256(dst.cast(), _mm512_castsi512_si256(bytes));
            _mm_storeu_si128(dst.add(32).cast(), _mm512_extracti32x4_epi32::<2>(bytes));
        }
        true
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
        let classes = v.map(|v| self.classes(v));
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
    /// The slices are as long as they say, and the cursor is within both; `chars` is at most [`LINE`], a multiple of 4,
    /// and `gap` is 1 or [`BREAK`].
    #[expect(clippy::too_many_arguments)]
    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512f,avx512bw,bmi2")]
    unsafe fn lines(
        &self,
        dst: *mut u8,
        dst_len: usize,
        src: *const u8,
        src_len: usize,
        mut at: Cursor,
        chars: usize,
        gap: usize,
        table: &DecodeTable,
    ) -> Cursor {
        let (first, second) = (lanes(chars.min(CHARS)), lanes(chars.saturating_sub(CHARS)));
        let len = chars / 4 * 3;
        while src_len - at.read >= 2 * CHARS && dst_len - at.written >= len {
            // SAFETY: two vectors are readable, which is more than a line and its break, and its bytes have room.
            unsafe {
                let from = src.add(at.read);
                let class = |i: usize| table[*from.add(i) as usize];
                let v = _mm512_loadu_si512(from.cast());
                let w = _mm512_loadu_si512(from.add(CHARS).cast());
                let (a, b) = (self.classes(v), self.classes(w));
                let odd = self.odd(v, a) & first | self.odd(w, b) & second;
                if odd != 0 || class(chars) != SKIP || class(chars + gap - 1) != SKIP {
                    break;
                }
                let bytes = _mm512_permutex2var_epi8(self.join(a), self.close[0], self.join(b));
                store_some(dst.add(at.written), bytes, len);
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
