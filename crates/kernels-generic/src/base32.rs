//! Base32: five bytes are eight characters of five bits each.

mod table;
pub use table::*;

use crate::ffi::Pair;

/// Bytes and characters of a group.
pub const GROUP: usize = 5;
pub const GROUP_CHARS: usize = 8;

/// Row `base32_encode`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` and `src`
/// do not overlap.
pub unsafe extern "C" fn encode_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let all = fitting(src_len, dst_len, table);
    // SAFETY: so many bytes are readable, and their characters have room.
    unsafe { encode_rest(dst, src, all.first, table) };
    all
}

/// Characters that `n` bytes make. Nothing overflows, since no slice is longer than half of the address space.
#[inline(always)]
pub const fn encoded_len(n: usize, table: &EncodeTable) -> usize {
    let (groups, rest) = (n / GROUP, n % GROUP);
    let padded = if rest > 0 { GROUP_CHARS } else { 0 };
    let last = if table[ENCODE_FLAGS] & RAW != 0 { digits_of(rest) } else { padded };
    groups * GROUP_CHARS + last
}

/// Characters that `n` bytes make, be there a slice of so many or not; `usize::MAX` where whole groups make more.
#[inline]
pub const fn saturating_encoded_len(n: usize, table: &EncodeTable) -> usize {
    if n > usize::MAX / GROUP_CHARS * GROUP { usize::MAX } else { encoded_len(n, table) }
}

/// The most bytes that `n` characters make.
#[inline]
pub const fn decoded_len(n: usize) -> usize {
    n / GROUP_CHARS * GROUP + n % GROUP_CHARS * GROUP / GROUP_CHARS
}

/// Digits of so many bytes, 40 at most.
#[inline(always)]
pub const fn digits_of(n: usize) -> usize {
    // Rounded up by hand: `div_ceil` would ask whether the sum overflows.
    #[expect(clippy::manual_div_ceil)]
    let digits = (8 * n + 4) / 5;
    digits
}

/// How many bytes are to be read and characters to be written: all, or as many whole groups as have room.
#[inline(always)]
pub fn fitting(src_len: usize, dst_len: usize, table: &EncodeTable) -> Pair {
    let chars = encoded_len(src_len, table);
    if chars > dst_len {
        let groups = dst_len / GROUP_CHARS;
        return Pair { first: groups * GROUP, second: groups * GROUP_CHARS };
    }
    Pair { first: src_len, second: chars }
}

/// Encodes group by group.
///
/// # Safety
/// `len` bytes are readable, and their characters have room.
#[inline(always)]
pub unsafe fn encode_rest(
    mut to: *mut u8,
    mut from: *const u8,
    mut len: usize,
    table: &EncodeTable,
) {
    // SAFETY: the caller's promise; a group of `len` bytes is read in whole or in part.
    unsafe {
        while len >= GROUP {
            let head = u32::from_be_bytes(from.cast::<[u8; 4]>().read());
            let bits = u64::from(head) << 8 | u64::from(*from.add(4));
            to.cast::<[u8; 8]>().write(characters(bits, table));
            (to, from, len) = (to.add(GROUP_CHARS), from.add(GROUP), len - GROUP);
        }
        if len > 0 {
            encode_last(to, from, len, table);
        }
    }
}

/// Encodes the last group, of 1 to 4 bytes.
///
/// # Safety
/// `len` bytes are readable, and their characters have room.
#[inline(always)]
unsafe fn encode_last(to: *mut u8, from: *const u8, len: usize, table: &EncodeTable) {
    // SAFETY: each byte is read only if it is there; 2, 4, 5 or 7 characters have room, or all eight.
    unsafe {
        // The second byte of two and of three is the one in the middle; read twice, it comes to the same place.
        let byte = |i: usize| u64::from(*from.add(i)) << (32 - 8 * i);
        let mut bits = byte(0) | byte(len / 2) | byte(len - 1);
        if len == 4 {
            bits |= byte(1);
        }
        let text = u64::from_le_bytes(characters(bits, table));
        let digits = digits_of(len);
        if table[ENCODE_FLAGS] & RAW == 0 {
            let pads = u64::MAX / 255 * u64::from(table[ENCODE_PADDING]);
            let kept = (1 << (8 * digits)) - 1;
            to.cast::<u64>().write_unaligned((text & kept | pads & !kept).to_le());
        } else if digits >= 4 {
            to.cast::<u32>().write_unaligned((text as u32).to_le());
            let last = (text >> (8 * (digits - 4))) as u32;
            to.add(digits - 4).cast::<u32>().write_unaligned(last.to_le());
        } else {
            to.cast::<u16>().write_unaligned((text as u16).to_le());
        }
    }
}

/// The eight characters of 40 bits.
#[inline(always)]
fn characters(bits: u64, table: &EncodeTable) -> [u8; 8] {
    let digit = |k: u32| table[(bits >> (35 - 5 * k)) as usize & 31];
    [digit(0), digit(1), digit(2), digit(3), digit(4), digit(5), digit(6), digit(7)]
}

/// Row `base32_decode`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` begins
/// where `src` does or before it, or the two do not overlap.
pub unsafe extern "C" fn decode_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let (table, mut at) = (unsafe { &*table }, Cursor::default());
    // SAFETY: the cursor stays within both lengths, and what is read and written is left there.
    unsafe {
        while src_len - at.read >= GROUP_CHARS && dst_len - at.written >= GROUP {
            let (bits, bad) = value(src.add(at.read), table);
            if bad {
                break;
            }
            write_group(dst.add(at.written), bits);
            at = Cursor { read: at.read + GROUP_CHARS, written: at.written + GROUP };
        }
        decode_rest(dst, dst_len, src, src_len, at, table)
    }
}

/// How far a decoding kernel has come, in whole groups.
#[derive(Clone, Copy, Default)]
pub struct Cursor {
    pub read: usize,
    pub written: usize,
}

/// The 40 bits of eight characters, and whether one is no digit.
///
/// # Safety
/// Eight characters are readable.
#[inline(always)]
unsafe fn value(src: *const u8, table: &DecodeTable) -> (u64, bool) {
    let (mut bits, mut all) = (0, 0);
    for k in 0..GROUP_CHARS {
        // SAFETY: the caller's promise.
        let digit = table[usize::from(unsafe { *src.add(k) })];
        bits = bits << 5 | u64::from(digit);
        all |= digit;
    }
    (bits, all >= DIGITS)
}

/// Writes the lower 40 bits.
///
/// # Safety
/// Five bytes are writable.
#[inline(always)]
unsafe fn write_group(to: *mut u8, bits: u64) {
    // SAFETY: the caller's promise.
    unsafe {
        to.cast::<u32>().write_unaligned(((bits >> 8) as u32).to_be());
        to.add(4).write(bits as u8);
    }
}

/// Decodes digit by digit from the cursor on: what is short, what is wrong, and what no vector loop of this CPU takes.
///
/// One digit a turn needs so few registers that the kernels which end in this loop spill none; eight at once, as
/// [`decode_generic`] has them, took 96 bytes of stack.
///
/// # Safety
/// The slices are as long as they say, and the cursor is within both.
#[inline(always)]
pub unsafe fn decode_rest(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    mut at: Cursor,
    table: &DecodeTable,
) -> Pair {
    let (mut i, mut bits) = (at.read, 0);
    // SAFETY: each character is below the source's length, and each byte that is written has room.
    unsafe {
        while i < src_len {
            let digit = table[usize::from(*src.add(i))];
            if digit >= DIGITS {
                break;
            }
            bits = bits << 5 | u64::from(digit);
            i += 1;
            if i - at.read == GROUP_CHARS {
                if dst_len - at.written < GROUP {
                    return Pair { first: at.read, second: at.written };
                }
                write_group(dst.add(at.written), bits);
                at = Cursor { read: i, written: at.written + GROUP };
            }
        }
        let digits = i - at.read;
        let stopped = Pair { first: at.read, second: at.written };
        let Some(bytes) = ending(digits, src_len - at.read, table) else { return stopped };
        while i < src_len {
            if *src.add(i) != table[PADDING] {
                return stopped;
            }
            i += 1;
        }
        if bytes > dst_len - at.written {
            return stopped;
        }
        // The upper 32 of the group's 40 bits.
        let word = (bits << (5 * (GROUP_CHARS - digits)) >> 8) as u32;
        write_bytes(dst.add(at.written), word, bytes);
        Pair { first: src_len, second: at.written + bytes }
    }
}

/// Writes the first `n` bytes of a word, 4 at most. A loop here would be made one over vectors.
///
/// # Safety
/// So many bytes are writable.
#[inline(always)]
unsafe fn write_bytes(to: *mut u8, word: u32, n: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if n > 0 {
            to.write((word >> 24) as u8);
        }
        if n > 1 {
            to.add(1).write((word >> 16) as u8);
        }
        if n > 2 {
            to.add(2).write((word >> 8) as u8);
        }
        if n > 3 {
            to.add(3).write(word as u8);
        }
    }
}

/// The index of the last digit of a text, if this is valid and the digit has bits that encode nothing and are not 0.
#[inline]
pub fn trailing_bits(text: &[u8], table: &DecodeTable) -> Option<usize> {
    let group = text.chunks(GROUP_CHARS).next_back()?;
    let values = group.iter().map(|&c| table[usize::from(c)]);
    let digits = values.take_while(|&value| value < DIGITS);
    let (n, last) = digits.fold((0, 0), |(n, _), value| (n + 1, value));
    let over = (1 << (5 * n % 8)) - 1;
    (last & over != 0).then(|| text.len() - group.len() + n - 1)
}

/// How many bytes the first `digits` of the last `n` characters are, if they may be followed by as many others as there
/// are, and these are padding.
#[inline(always)]
pub fn ending(digits: usize, n: usize, table: &DecodeTable) -> Option<usize> {
    let tail = digits % GROUP_CHARS;
    let pads = tail.wrapping_neg() & usize::from(table[PADS] & 7);
    (n - digits == pads && table[ENDS] >> tail & 1 != 0).then_some(digits * 5 / 8)
}
