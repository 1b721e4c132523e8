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
