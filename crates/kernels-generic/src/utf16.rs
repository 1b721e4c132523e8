//! UTF-16 to and from UTF-8 (Unicode standard, section 3.9): characters above U+FFFF are two units, a high surrogate and a low one.

mod ends;
mod pack;

pub use ends::*;
pub use pack::*;

use crate::ffi::Pair;

/// The highest bit of every byte.
const HIGHS: u64 = (u64::MAX / 255) << 7;

/// Row `utf16_from_utf8`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap.
pub unsafe extern "C" fn from_utf8_generic(
    dst: *mut u16,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: the caller's promise; counts stay within the lengths.
    unsafe {
        loop {
            while src_len - at.first >= 8 && dst_len - at.second >= 8 {
                let word = u64::from_le(src.add(at.first).cast::<u64>().read_unaligned());
                if word & HIGHS != 0 {
                    break;
                }
                for i in 0..8 {
                    dst.add(at.second + i).write((word >> (8 * i)) as u16 & 0x7f);
                }
                at = Pair { first: at.first + 8, second: at.second + 8 };
            }
            if !from_utf8_step(dst, dst_len, src, src_len, &mut at) {
                return at;
            }
        }
    }
}

/// Row `utf16_to_utf8`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap.
pub unsafe extern "C" fn to_utf8_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u16,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: the caller's promise; counts stay within the lengths.
    unsafe { while to_utf8_step(dst, dst_len, src, src_len, &mut at) {} }
    at
}

/// Converts the character at `at`, and says whether there was one: valid, whole, and with room.
///
/// # Safety
/// As the row's; `at` is within both lengths.
#[inline(always)]
pub unsafe fn from_utf8_step(
    dst: *mut u16,
    room: usize,
    src: *const u8,
    len: usize,
    at: &mut Pair,
) -> bool {
    if at.first == len {
        return false;
    }
    // SAFETY: a byte is left at least, and no unit is written for which there is no room.
    unsafe {
        let (code, bytes) = decode(src.add(at.first), len - at.first);
        let units = 1 + usize::from(bytes == 4);
        if bytes == 0 || room - at.second < units {
            return false;
        }
        let to = dst.add(at.second);
        if bytes == 4 {
            to.write((0xd7c0 + (code >> 10)) as u16);
            to.add(1).write((0xdc00 | code & 0x3ff) as u16);
        } else {
            to.write(code as u16);
        }
        *at = Pair { first: at.first + bytes, second: at.second + units };
    }
    true
}

/// The character at `p` and how many bytes it has, 0 if it is not valid or cut off.
///
/// Bytes are read where they are, not through a slice: a null pointer would make an empty one of it, not a fault.
///
/// # Safety
/// So many bytes are readable, one at least.
#[inline(always)]
unsafe fn decode(p: *const u8, left: usize) -> (u32, usize) {
    // SAFETY: only asked for what is below `left`.
    let byte = |i: usize| unsafe { u32::from(*p.add(i)) };
    let first = byte(0);
    if first < 0x80 {
        return (first, 1);
    }
    // c0 and c1 are left to the least value of two bytes.
    let bytes = 2 + usize::from(first >= 0xe0) + usize::from(first >= 0xf0);
    if !(0xc0..0xf8).contains(&first) || left < bytes {
        return (0, 0);
    }
    let (mut code, mut i) = (first & (0x7f >> bytes), 1);
    while i < bytes {
        let six = byte(i) ^ 0x80;
        if six >= 0x40 {
            return (0, 0);
        }
        (code, i) = (code << 6 | six, i + 1);
    }
    let overlong = code < 0x80 || bytes > 2 && code < 0x800 || bytes > 3 && code < 0x1_0000;
    if overlong || code > 0x10_ffff || code & !0x7ff == 0xd800 {
        return (0, 0);
    }
    (code, bytes)
}

/// Converts the character at `at`, and says whether there was one: no surrogate without its partner, and with room.
///
/// # Safety
/// As the row's; `at` is within both lengths.
#[inline(always)]
pub unsafe fn to_utf8_step(
    dst: *mut u8,
    room: usize,
    src: *const u16,
    len: usize,
    at: &mut Pair,
) -> bool {
    if at.first == len {
        return false;
    }
    // SAFETY: a unit is left at least, the second is read only if it is there, and room is looked at before writing.
    unsafe {
        let from = src.add(at.first);
        let (mut code, mut units) = (u32::from(*from), 1);
        if code & 0xf800 == 0xd800 {
            if code >= 0xdc00 || len - at.first < 2 {
                return false;
            }
            let low = u32::from(*from.add(1)) ^ 0xdc00;
            if low >= 0x400 {
                return false;
            }
            (code, units) = (((code - 0xd7c0) << 10) + low, 2);
        }
        let over = |least| usize::from(code >= least);
        let bytes = 1 + over(0x80) + over(0x800) + over(0x1_0000);
        if room - at.second < bytes {
            return false;
        }
        encode(dst.add(at.second), code, bytes);
        *at = Pair { first: at.first + units, second: at.second + bytes };
    }
    true
}

/// Writes the character in so many bytes.
///
/// # Safety
/// They are writable.
#[inline(always)]
unsafe fn encode(to: *mut u8, code: u32, bytes: usize) {
    let six = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
    // SAFETY: the caller's promise.
    unsafe {
        if bytes == 1 {
            to.write(code as u8);
        } else if bytes == 2 {
            to.write(0xc0 | (code >> 6) as u8);
            to.add(1).write(six(0));
        } else if bytes == 3 {
            to.write(0xe0 | (code >> 12) as u8);
            to.add(1).write(six(6));
            to.add(2).write(six(0));
        } else {
            to.write(0xf0 | (code >> 18) as u8);
            to.add(1).write(six(12));
            to.add(2).write(six(6));
            to.add(3).write(six(0));
        }
    }
}
