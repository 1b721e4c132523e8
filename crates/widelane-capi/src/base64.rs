//! Base64 with its arguments checked. `include/widelane.h` documents it for C.

use core::ffi::c_uint;
use kernels_generic::base64::{
    DecodeTable, EncodeTable, PADDED_ENDS, RAW_ENDS, decode_table, decoded_len, encode_table,
    saturating_encoded_len,
};
use widelane::raw;

/// `WL_ESHORT`.
const SHORT: isize = -1;
/// `WL_EDATA`.
const DATA: isize = -2;
/// `WL_EFLAGS`.
const FLAGS: isize = -3;

const URL: usize = 1;
const RAW: usize = 2;
const STRICT: usize = 4;
const LINES: usize = 8;
/// Numbers of combinations of flags that mean something to an encoder, and to a decoder.
const ENCODERS: usize = RAW << 1;
const DECODERS: usize = LINES << 1;

static ENCODE: [EncodeTable; ENCODERS] = {
    let mut tables = [[0; size_of::<EncodeTable>()]; ENCODERS];
    let mut flags = 0;
    while flags < ENCODERS {
        tables[flags] = encode_table(alphabet(flags), padding(flags));
        flags += 1;
    }
    tables
};

static DECODE: [DecodeTable; DECODERS] = {
    let mut tables = [[0; size_of::<DecodeTable>()]; DECODERS];
    let mut flags = 0;
    while flags < DECODERS {
        let skip: &[u8] = if flags & LINES != 0 { b"\r\n" } else { b"" };
        let ends = if flags & RAW != 0 { RAW_ENDS } else { PADDED_ENDS };
        let strict = flags & STRICT != 0;
        tables[flags] = decode_table(alphabet(flags), padding(flags), skip, ends, strict);
        flags += 1;
    }
    tables
};

const fn alphabet(flags: usize) -> &'static [u8; 64] {
    match flags & URL {
        0 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        _ => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    }
}

const fn padding(flags: usize) -> Option<u8> {
    if flags & RAW != 0 { None } else { Some(b'=') }
}

/// Characters that `n` bytes make; the largest number if there are more than that.
#[unsafe(no_mangle)]
pub extern "C" fn wl_base64_text_len(n: usize, flags: c_uint) -> usize {
    saturating_encoded_len(n, &ENCODE[flags as usize & RAW])
}

/// The most bytes that `n` characters make.
#[unsafe(no_mangle)]
pub extern "C" fn wl_base64_data_len(n: usize) -> usize {
    decoded_len(n)
}

/// Encodes all of `src`; returns the number of characters, or an error, and then wrote nothing.
///
/// # Safety
/// Each pointer is valid for its length, `dst` for writes, or its length is 0; the two do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_base64_to_text(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    flags: c_uint,
) -> isize {
    let Some(table) = ENCODE.get(flags as usize) else { return FLAGS };
    if dst_len < wl_base64_text_len(src_len, flags) {
        return SHORT;
    }
    // SAFETY: the caller's promise, and there is room for everything.
    unsafe { raw::base64::encode(dst, dst_len, src, src_len, table).second as isize }
}

/// Decodes all of `src`; returns the number of bytes, or an error. Where it is not null, `read` gets how much of
/// `src` was valid.
///
/// # Safety
/// Each of `dst` and `src` is valid for its length, `dst` for writes, or its length is 0; `dst` begins where `src` does,
/// or the two do not overlap. `read` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_base64_from_text(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    flags: c_uint,
    read: *mut usize,
) -> isize {
    let Some(table) = DECODE.get(flags as usize) else { return FLAGS };
    if dst_len < wl_base64_data_len(src_len) {
        return SHORT;
    }
    // SAFETY: the caller's promise, and there is room for everything.
    let done = unsafe { raw::base64::decode(dst, dst_len, src, src_len, table) };
    if !read.is_null() {
        // SAFETY: the caller's promise.
        unsafe { read.write(done.first) };
    }
    if done.first == src_len { done.second as isize } else { DATA }
}
