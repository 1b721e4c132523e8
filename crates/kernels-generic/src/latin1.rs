//! Latin-1 (ISO 8859-1) to and from UTF-8: a byte is the code point of its number, and those from 80 on are two bytes of UTF-8,
//! c2 or c3 and one continuation.

mod pack;

pub use pack::*;

use crate::ffi::Pair;

/// The highest bit of every byte.
const HIGHS: u64 = (u64::MAX / 255) << 7;

/// Row `latin1_from_utf8`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap.
pub unsafe extern "C" fn from_utf8_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: the caller's promise; counts stay within the lengths.
    unsafe {
        loop {
            ascii(dst, dst_len, src, src_len, &mut at);
            if !from_utf8_step(dst, dst_len, src, src_len, &mut at) {
                return at;
            }
        }
    }
}

/// Row `latin1_to_utf8`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; the two do not overlap.
pub unsafe extern "C" fn to_utf8_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> Pair {
    let mut at = Pair::default();
    // SAFETY: the caller's promise; counts stay within the lengths.
    unsafe {
        loop {
            ascii(dst, dst_len, src, src_len, &mut at);
            if !to_utf8_step(dst, dst_len, src, src_len, &mut at) {
                return at;
            }
        }
    }
}

/// Copies eight bytes at a time while all of them are ASCII, which is the same in both.
///
/// # Safety
/// As the rows'; `at` is within both lengths.
#[inline(always)]
unsafe fn ascii(dst: *mut u8, room: usize, src: *const u8, len: usize, at: &mut Pair) {
    while len - at.first >= 8 && room - at.second >= 8 {
        // SAFETY: eight bytes are left in both.
        unsafe {
            let word = src.add(at.first).cast::<u64>().read_unaligned();
            if word & HIGHS != 0 {
                return;
            }
            dst.add(at.second).cast::<u64>().write_unaligned(word);
        }
        *at = Pair { first: at.first + 8, second: at.second + 8 };
    }
}

/// Converts the character at `at`, and says whether there was one: whole, no higher than U+00FF, and with room.
///
/// # Safety
/// As the row's; `at` is within both lengths.
#[inline(always)]
pub unsafe fn from_utf8_step(
    dst: *mut u8,
    room: usize,
    src: *const u8,
    len: usize,
    at: &mut Pair,
) -> bool {
    if at.first == len || at.second == room {
        return false;
    }
    // SAFETY: a byte is left in both, the second one is only asked for if there is one.
    unsafe {
        let (mut byte, mut bytes) = (*src.add(at.first), 1);
        if byte >= 0x80 {
            if byte & 0xfe != 0xc2 || len - at.first < 2 {
                return false;
            }
            let behind = *src.add(at.first + 1);
            if behind & 0xc0 != 0x80 {
                return false;
            }
            (byte, bytes) = (byte << 6 | behind & 0x3f, 2);
        }
        dst.add(at.second).write(byte);
        *at = Pair { first: at.first + bytes, second: at.second + 1 };
    }
    true
}

/// Converts the byte at `at`, and says whether there was one, with room.
///
/// # Safety
/// As the row's; `at` is within both lengths.
#[inline(always)]
pub unsafe fn to_utf8_step(
    dst: *mut u8,
    room: usize,
    src: *const u8,
    len: usize,
    at: &mut Pair,
) -> bool {
    if at.first == len {
        return false;
    }
    // SAFETY: a byte is left, and none is written for which there is no room.
    unsafe {
        let byte = *src.add(at.first);
        let bytes = 1 + usize::from(byte >= 0x80);
        if room - at.second < bytes {
            return false;
        }
        let to = dst.add(at.second);
        if bytes == 2 {
            to.write(0xc0 | byte >> 6);
            to.add(1).write(byte & 0xbf);
        } else {
            to.write(byte);
        }
        *at = Pair { first: at.first + 1, second: at.second + bytes };
    }
    true
}

/// The `n` bytes at `p`, less than 8, in the lowest; the others are 0.
///
/// # Safety
/// `n` bytes are readable.
#[inline(always)]
pub unsafe fn load_tiny(p: *const u8, n: usize) -> u64 {
    // SAFETY: each load is within `n` bytes. Bytes that two of them have are the same, and come to the same place.
    unsafe {
        let byte = |i: usize| u64::from(*p.add(i)) << (8 * i);
        let word =
            |i: usize| u64::from(u32::from_le(p.add(i).cast::<u32>().read_unaligned())) << (8 * i);
        if n >= 4 {
            word(0) | word(n - 4)
        } else if n > 0 {
            byte(0) | byte(n / 2) | byte(n - 1)
        } else {
            0
        }
    }
}

/// Stores the lowest `n` bytes, less than 8, and touches no other.
///
/// # Safety
/// `n` bytes are writable.
#[inline(always)]
pub unsafe fn store_tiny(p: *mut u8, word: u64, n: usize) {
    // SAFETY: each store is within `n` bytes.
    unsafe {
        let byte = |i: usize| p.add(i).write((word >> (8 * i)) as u8);
        let four = |i: usize| {
            p.add(i).cast::<u32>().write_unaligned(((word >> (8 * i)) as u32).to_le());
        };
        if n >= 4 {
            four(0);
            four(n - 4);
        } else if n > 0 {
            byte(0);
            byte(n / 2);
            byte(n - 1);
        }
    }
}
