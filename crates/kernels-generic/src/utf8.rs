//! UTF-8 as table 3-7 of the Unicode standard has it: what is valid, up to where, and how many runes there are.

mod blocks;
mod lookup;

pub use lookup::*;

use crate::ffi::slice;

const LANES: usize = size_of::<u64>();
/// The highest bit of every byte.
const HIGHS: u64 = (u64::MAX / 255) << 7;

/// Row `utf8_valid_up_to`, variant `generic`.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
pub unsafe extern "C" fn valid_up_to_generic(p: *const u8, len: usize) -> usize {
    // SAFETY: the caller's promise, word for word.
    valid_up_to(unsafe { slice(p, len) })
}

/// Row `utf8_rune_count`, variant `generic`.
///
/// # Safety
/// `p` is readable for `len` bytes, or `len` is 0.
pub unsafe extern "C" fn rune_count_generic(p: *const u8, len: usize) -> usize {
    // SAFETY: the caller's promise, word for word.
    rune_count(unsafe { slice(p, len) })
}

/// Up to 15 bytes as two little-endian words, with zeros behind them.
///
/// # Safety
/// `p` is readable for `n` bytes, or `n` is 0.
#[inline]
pub unsafe fn tiny(p: *const u8, n: usize) -> (u64, u64) {
    // SAFETY: each load is within `n` bytes. Bytes that two of them have are the same, and come to the same place.
    unsafe {
        let byte = |i: usize| u64::from(*p.add(i));
        let word = |i: usize| u64::from(u32::from_le(p.add(i).cast::<u32>().read_unaligned()));
        let long = |i: usize| u64::from_le(p.add(i).cast::<u64>().read_unaligned());
        match n {
            8.. => (long(0), long(n - 8) >> (8 * (15 - n)) >> 8),
            4.. => (word(0) | word(n - 4) << (8 * (n - 4)), 0),
            1.. => (byte(0) | byte(n / 2) << (n / 2 * 8) | byte(n - 1) << (8 * (n - 1)), 0),
            0 => (0, 0),
        }
    }
}

/// How many bytes the longest valid prefix has: all, or the offset of the first sequence that is invalid or cut off.
#[inline]
pub fn valid_up_to(p: &[u8]) -> usize {
    let mut rest = p;
    loop {
        rest = skip_ascii(rest);
        let n = width(rest);
        match rest.get(n..) {
            Some(after) if n != 0 => rest = after,
            _ => return p.len() - rest.len(),
        }
    }
}

/// How many runes there are, where a byte that is not part of a valid sequence is one.
#[inline]
pub fn rune_count(p: &[u8]) -> usize {
    let (mut rest, mut count) = (p, 0);
    loop {
        let ascii = skip_ascii(rest);
        count += rest.len() - ascii.len();
        match ascii.get(width(ascii).max(1)..) {
            Some(after) => rest = after,
            None => return count,
        }
        count += 1;
    }
}

/// What is left behind whole words of ASCII.
#[inline]
fn skip_ascii(p: &[u8]) -> &[u8] {
    let mut rest = p;
    while let Some((word, after)) = rest.split_first_chunk::<LANES>() {
        if u64::from_le_bytes(*word) & HIGHS != 0 {
            break;
        }
        rest = after;
    }
    rest
}

/// How many bytes the sequence has with which `p` begins, 0 if it is invalid, cut off, or not there.
///
/// Only the second byte's range depends on the first: it is what keeps out overlong forms, surrogates and what lies above
/// U+10FFFF.
#[inline]
pub fn width(p: &[u8]) -> usize {
    let Some(&first) = p.first() else { return 0 };
    let within = |k, low, high| p.get(k).is_some_and(|b| (low..=high).contains(b));
    let (low, high) = match first {
        0xe0 => (0xa0, 0xbf),
        0xed => (0x80, 0x9f),
        0xf0 => (0x90, 0xbf),
        0xf4 => (0x80, 0x8f),
        _ => (0x80, 0xbf),
    };
    match first {
        0..=0x7f => 1,
        0xc2..=0xdf if within(1, low, high) => 2,
        0xe0..=0xef if within(1, low, high) && within(2, 0x80, 0xbf) => 3,
        0xf0..=0xf4 if within(1, low, high) && within(2, 0x80, 0xbf) && within(3, 0x80, 0xbf) => 4,
        _ => 0,
    }
}
