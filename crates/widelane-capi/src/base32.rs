//! Base32 with its arguments checked. `include/widelane.h` documents it for C.

use core::ffi::c_uint;
use kernels_generic::base32::{
    DecodeTable, EncodeTable, decode_table, decoded_len, encode_table, saturating_encoded_len,
    trailing_bits,
};
use kernels_generic::ffi;
use widelane::raw;

/// `WL_ESHORT`.
const SHORT: isize = -1;
/// `WL_EDATA`.
const DATA: isize = -2;
/// `WL_EFLAGS`.
const FLAGS: isize = -3;

const HEX: usize = 1;
const RAW: usize = 2;
const STRICT: usize = 4;
/// Numbers of combinations of flags that mean something to an encoder, and to a decoder; the tables of decoders do not tell
/// strict ones.
const ENCODERS: usize = RAW << 1;
const DECODERS: usize = STRICT << 1;

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
        tables[flags] = decode_table(alphabet(flags), padding(flags));
        flags += 1;
    }
    tables
};

const fn alphabet(flags: usize) -> &'static [u8; 32] {
    match flags & HEX {
        0 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        _ => b"0123456789ABCDEFGHIJKLMNOPQRSTUV",
    }
}

const fn padding(flags: usize) -> Option<u8> {
    if flags & RAW != 0 { None } else { Some(b'=') }
}

/// Characters that `n` bytes make; the largest number if there are more than that.
#[unsafe(no_mangle)]
pub extern "C" fn wl_base32_text_len(n: usize, flags: c_uint) -> usize {
    saturating_encoded_len(n, &ENCODE[flags as usize & RAW])
}

/// The most bytes that `n` characters make.
#[unsafe(no_mangle)]
pub extern "C" fn wl_base32_data_len(n: usize) -> usize {
    decoded_len(n)
}

/// Encodes all of `src`; returns the number of characters, or an error, and then wrote nothing.
///
/// # Safety
/// Each pointer is valid for its length, `dst` for writes, or its length is 0; the two do not overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_base32_to_text(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    flags: c_uint,
) -> isize {
    let Some(table) = ENCODE.get(flags as usize) else { return FLAGS };
    if dst_len < wl_base32_text_len(src_len, flags) {
        return SHORT;
    }
    // SAFETY: the caller's promise, and there is room for everything.
    unsafe { raw::base32::encode(dst, dst_len, src, src_len, table).second as isize }
}

/// Decodes all of `src`; returns the number of bytes, or an error. Where it is not null, `read` gets how much of
/// `src` was valid.
///
/// # Safety
/// Each of `dst` and `src` is valid for its length, `dst` for writes, or its length is 0; `dst` begins where `src` does or
/// before it, or the two do not overlap. `read` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_base32_from_text(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    flags: c_uint,
    read: *mut usize,
) -> isize {
    let Some(table) = DECODE.get(flags as usize) else { return FLAGS };
    if dst_len < wl_base32_data_len(src_len) {
        return SHORT;
    }
    // In place, the last group may be overwritten when it is decoded.
    let loose = flags as usize & STRICT != 0 && {
        // SAFETY: the caller's promise; the slice is gone before anything is written.
        trailing_bits(unsafe { ffi::slice(src, src_len) }, table).is_some()
    };
    // SAFETY: the caller's promise, and there is room for everything.
    let mut done = unsafe { raw::base32::decode(dst, dst_len, src, src_len, table) };
    if loose && done.first == src_len {
        // The last group is the one that is not valid.
        done.first = (src_len - 1) & !7;
    }
    if !read.is_null() {
        // SAFETY: the caller's promise.
        unsafe { read.write(done.first) };
    }
    if done.first == src_len { done.second as isize } else { DATA }
}
