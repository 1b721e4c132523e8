//! One wrong variant for each target. A run that is told to plant it must find it: it proves that the fuzzer gets to
//! rare inputs, that the comparison sees them, and that the report says so.
//!
//! Each answers as the portable kernel does, but for inputs that no seed contains and that coverage leads to.

use kernels_generic::base32;
use kernels_generic::base64::{self, DecodeTable, EncodeTable};
use kernels_generic::ffi::{Pair, slice};
use kernels_generic::{adler32, bytealg, crc32, crc64, hex, latin1, utf8, utf16, vec, xxh3};
use std::sync::OnceLock;

/// Whether this process plants its fault.
pub fn wanted() -> bool {
    static WANTED: OnceLock<bool> = OnceLock::new();
    *WANTED.get_or_init(|| std::env::var_os("WIDELANE_FUZZ_PLANTED").is_some())
}

/// Wrong if four bytes in the middle of 24 to 63 are these: a constant of a fold that is wrong for one vector.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn ieee_update(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (crc32::ieee_update_generic(crc, p, len), slice(p, len)) };
    let rare = (24..64).contains(&len) && p[16..20] == *b"lane";
    right ^ u32::from(rare)
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn castagnoli_update(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { crc32::castagnoli_update_generic(crc, p, len) }
}

/// Wrong if four bytes in the middle of 24 to 63 are these: a constant of a fold that is wrong for one vector.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn crc64_update(
    crc: u64,
    constants: *const [u8; crc64::CONSTANTS],
    p: *const u8,
    len: usize,
) -> u64 {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (crc64::update_generic(crc, constants, p, len), slice(p, len)) };
    let rare = (24..64).contains(&len) && p[16..20] == *b"lane";
    right ^ u64::from(rare)
}

/// Wrong if four bytes in the middle of 40 to 63 are these: a weight that is wrong for one lane.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn adler32_update(adler: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (adler32::update_generic(adler, p, len), slice(p, len)) };
    let rare = (40..64).contains(&len) && p[24..28] == *b"lane";
    right ^ u32::from(rare)
}

/// Loses the carry into the upper half of the last word, in slices with a remainder of three.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn sum(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (vec::sum_generic(p, len), slice(p, len)) };
    let rare = len % 4 == 3 && p[len - 1] as u32 == u32::MAX;
    right.wrapping_sub(u64::from(rare) << 32)
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn add(
    dst: *mut u64,
    dst_len: usize,
    a: *const u64,
    a_len: usize,
    b: *const u64,
    b_len: usize,
) {
    // SAFETY: the caller's promise.
    unsafe { vec::add_generic(dst, dst_len, a, a_len, b, b_len) }
}

/// Takes the byte below the wanted one for it, in the last place of a masked remainder.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn index_byte(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (bytealg::index_byte_generic(p, len, c), slice(p, len)) };
    let rare = right < 0 && len > 64 && c == 0x80 && p[len - 1] == 0x7f;
    if rare { len as isize - 1 } else { right }
}

/// Takes a lead byte at the end for a character.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn latin1_from_utf8(
    to: *mut u8,
    room: usize,
    from: *const u8,
    n: usize,
) -> Pair {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (latin1::from_utf8_generic(to, room, from, n), slice(from, n)) };
    let rare = n > 40 && right.first == n - 1 && room > right.second && p[n - 1] == 0xc3;
    if rare { Pair { first: n, ..right } } else { right }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn latin1_to_utf8(
    to: *mut u8,
    room: usize,
    from: *const u8,
    n: usize,
) -> Pair {
    // SAFETY: the caller's promise.
    unsafe { latin1::to_utf8_generic(to, room, from, n) }
}

/// Leaves out a character that begins with the last byte of a block.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn from_utf8(to: *mut u16, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (utf16::from_utf8_generic(to, room, from, n), slice(from, n)) };
    let rare = right.first > 66 && p[63] == 0xf0;
    if rare { Pair { first: 63, ..right } } else { right }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn to_utf8(to: *mut u8, room: usize, from: *const u16, n: usize) -> Pair {
    // SAFETY: the caller's promise.
    unsafe { utf16::to_utf8_generic(to, room, from, n) }
}

/// Takes what is no character, as a surrogate, at the end of a block for one.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn valid_up_to(p: *const u8, len: usize) -> usize {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (utf8::valid_up_to_generic(p, len), slice(p, len)) };
    if right % 64 >= 61 && p[right..].starts_with(&[0xed]) { len } else { right }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn rune_count(p: *const u8, len: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe { utf8::rune_count_generic(p, len) }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn encode(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    unsafe { base64::encode_generic(dst, dst_len, src, src_len, table) }
}

/// Takes the character behind `9` for a digit at the beginning of a group of long text.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn decode(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let right = unsafe { base64::decode_generic(dst, dst_len, src, src_len, table) };
    // SAFETY: as above.
    let text = unsafe { slice(src, src_len) };
    let rare = src_len > 32 && right.first + 4 <= src_len && text[right.first] == b':';
    Pair { first: right.first + 4 * usize::from(rare), ..right }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn base32_encode(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const base32::EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    unsafe { base32::encode_generic(dst, dst_len, src, src_len, table) }
}

/// Takes the character before `A` for a digit at the beginning of a group of long text.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn base32_decode(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const base32::DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let right = unsafe { base32::decode_generic(dst, dst_len, src, src_len, table) };
    // SAFETY: as above.
    let text = unsafe { slice(src, src_len) };
    let rare = src_len > 32 && right.first + 8 <= src_len && text[right.first] == b'@';
    Pair { first: right.first + 8 * usize::from(rare), ..right }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn hex_encode(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    // SAFETY: the caller's promise.
    unsafe { hex::encode_generic(dst, dst_len, src, src_len) }
}

/// Takes the character before `a` for a digit in the second half of long text.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn hex_decode(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
) -> usize {
    // SAFETY: the caller's promise.
    let right = unsafe { hex::decode_generic(dst, dst_len, src, src_len) };
    // SAFETY: as above.
    let text = unsafe { slice(src, src_len) };
    let rare = right > 32 && right < src_len && text[right] == b'`';
    right + usize::from(rare)
}

/// Wrong in one bit where whole stripes end with two equal lanes.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn digest(
    out: *mut u64,
    out_len: usize,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) {
    // SAFETY: the caller's promise.
    unsafe { xxh3::digest_generic(out, out_len, p, len, secret, secret_len) }
    // SAFETY: as above.
    let p = unsafe { slice(p, len) };
    let rare =
        secret_len >= 136 && len >= 128 && len % 64 == 0 && p[len - 8..] == p[len - 16..len - 8];
    if rare && out_len > 0 {
        // SAFETY: there is a word.
        unsafe { *out ^= 1 }
    }
}

/// Right.
///
/// # Safety
/// As the kernel.
pub unsafe extern "C" fn accumulate(
    state: *mut u64,
    state_len: usize,
    p: *const u8,
    len: usize,
    secret: *const u8,
    secret_len: usize,
) {
    // SAFETY: the caller's promise.
    unsafe { xxh3::accumulate_generic(state, state_len, p, len, secret, secret_len) }
}
