//! Hexadecimal: a byte is two digits. Four bytes and eight characters at a time, as the lanes of a word: no table is
//! read, so encoding takes the same time whatever the bytes are.

/// A byte in every lane.
const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;
/// What [`digit`] says of a byte that is no digit.
const INVALID: u8 = 16;

/// Row `hex_encode`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0. `dst` ends where `src` does, and is
/// exactly twice as long, or the two do not overlap.
pub unsafe extern "C" fn encode_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let n = src_len.min(dst_len / 2);
    let (mut from, mut to, mut left) = (src, dst, n);
    // SAFETY: `left` bytes are left at `from`, and their characters have room at `to`.
    unsafe {
        while left >= 8 {
            let text = encode_4(from.cast::<u32>().read_unaligned());
            to.cast::<u64>().write_unaligned(text);
            (from, to, left) = (from.add(4), to.add(8), left - 4);
        }
        encode_few(to, from, left);
    }
    n
}

/// The eight characters of four bytes, the first of both in the lowest lane.
#[inline(always)]
pub fn encode_4(bytes: u32) -> u64 {
    let x = u64::from(u32::from_le(bytes));
    let x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    let x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    // The upper digit comes first.
    let digits = (x >> 4 | x << 8) & (ONES * 15);
    // One in the lanes of 10 and above, which go on with 'a' instead of what follows '9'.
    let letters = ((digits + ONES * 6) >> 4) & ONES;
    let text = digits + ONES * u64::from(b'0') + letters * u64::from(b'a' - 10 - b'0');
    u64::from_le(text)
}

/// Encodes less than eight bytes, by two halves that overlap.
///
/// # Safety
/// `n` bytes are readable, and their characters have room; `n` is below 8.
#[inline(always)]
pub unsafe fn encode_few(to: *mut u8, from: *const u8, n: usize) {
    // SAFETY: each access is within `n` bytes and `2 n` characters. All bytes are read before a character is written.
    unsafe {
        if n >= 4 {
            let first = encode_4(from.cast::<u32>().read_unaligned());
            let last = encode_4(from.add(n - 4).cast::<u32>().read_unaligned());
            to.cast::<u64>().write_unaligned(first);
            to.add(2 * n - 8).cast::<u64>().write_unaligned(last);
        } else if n > 0 {
            // The same byte may come twice, to the same place.
            let byte = |i: usize| u32::from(*from.add(i)) << (8 * i);
            let text = encode_4(u32::to_le(byte(0) | byte(n / 2) | byte(n - 1))).to_le();
            if n >= 2 {
                to.cast::<u32>().write_unaligned((text as u32).to_le());
            }
            // The pair of the last byte, which for two was written already.
            let pair = (text >> (16 * (n - 1))) as u16;
            to.add(2 * n - 2).cast::<u16>().write_unaligned(pair.to_le());
        }
    }
}

/// Row `hex_decode`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0. `dst` begins where `src` does, or the two
/// do not overlap.
pub unsafe extern "C" fn decode_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    let chars = asked(dst_len, src_len);
    let mut at = 0;
    // SAFETY: `at` is even and at most `chars`, of which all are readable and the half is writable.
    unsafe {
        while chars - at >= 8 {
            let (bytes, bad) = decode_8(src.add(at).cast::<u64>().read_unaligned());
            if bad {
                break;
            }
            dst.add(at / 2).cast::<u32>().write_unaligned(bytes);
            at += 8;
        }
        at + decode_pairs(dst.add(at / 2), src.add(at), chars - at)
    }
}

/// Characters to decode: whole pairs for which there is room.
#[inline(always)]
pub fn asked(dst_len: usize, src_len: usize) -> usize {
    // Twice `dst_len` does not overflow: no slice is longer than half of the address space.
    (src_len & !1).min(2 * dst_len)
}

/// The four bytes of eight characters, the first of both in the lowest lane, and whether one is no digit.
#[inline(always)]
pub fn decode_8(text: u64) -> (u32, bool) {
    let text = u64::from_le(text);
    // Without the high bit a lane can be compared by an addition that carries into it.
    let low = text & !HIGHS;
    let from = |x: u64, least: u8| x + ONES * u64::from(128 - least);
    let folded = low | (ONES * 0x20);
    let figures = from(low, b'0') & !from(low, b'9' + 1) & HIGHS;
    let letters = from(folded, b'a') & !from(folded, b'f' + 1) & HIGHS;
    let bad = (figures | letters) & !text & HIGHS != HIGHS;
    let digits = (low & (ONES * 15)) + (letters >> 7) * 9;
    let x = (digits << 4 | digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let x = (x | x >> 8) & 0x0000_ffff_0000_ffff;
    (u32::from_le((x | x >> 16) as u32), bad)
}

/// Decodes 8 to 15 characters by two halves that overlap, if all are digits; returns how many were decoded, all or none.
///
/// # Safety
/// `chars` characters are readable, an even number below 16, and their bytes have room.
#[inline(always)]
pub unsafe fn decode_few(to: *mut u8, from: *const u8, chars: usize) -> usize {
    if chars < 8 {
        return 0;
    }
    // SAFETY: each access is within `chars` characters and their bytes. All are read before a byte is written.
    unsafe {
        let (first, bad) = decode_8(from.cast::<u64>().read_unaligned());
        let (last, worse) = decode_8(from.add(chars - 8).cast::<u64>().read_unaligned());
        if bad | worse {
            return 0;
        }
        to.cast::<u32>().write_unaligned(first);
        to.add(chars / 2 - 4).cast::<u32>().write_unaligned(last);
    }
    chars
}

/// Decodes digit by digit what is short or wrong; returns how many digits come first, an odd number if the first character
/// of a pair is one and the second is none.
///
/// One character a turn needs so few registers that the kernels which end in this loop save none for their callers.
///
/// # Safety
/// So many characters are readable, an even number, and their bytes have room.
#[inline(always)]
pub unsafe fn decode_pairs(to: *mut u8, from: *const u8, chars: usize) -> usize {
    let (mut at, mut upper) = (0, 0);
    while at < chars {
        // SAFETY: `at` is below `chars`, which is even.
        unsafe {
            let value = digit(*from.add(at));
            if value == INVALID {
                break;
            }
            if at % 2 == 1 {
                to.add(at / 2).write(upper << 4 | value);
            }
            upper = value;
        }
        at += 1;
    }
    at
}

/// The value of a digit, or [`INVALID`].
#[inline(always)]
fn digit(c: u8) -> u8 {
    let (figure, letter) = (c.wrapping_sub(b'0'), (c | 0x20).wrapping_sub(b'a'));
    if figure < 10 {
        figure
    } else if letter < 6 {
        letter + 10
    } else {
        INVALID
    }
}
