//! Portable kernels. Each is the reference that every other variant of its row must equal, bit for bit, and the
//! answer on a CPU without a better one.
//!
//! A kernel is total: any length, 0 with a null pointer too, any alignment; it never reads or writes a byte
//! outside its arguments, never panics, allocates or calls out.
#![no_std]

pub mod adler32;
pub mod base32;
pub mod base64;
pub mod bytealg;
pub mod crc32;
pub mod crc64;
pub mod ends;
pub mod ffi;
pub mod hex;
pub mod latin1;
pub mod probe;
pub mod utf16;
pub mod utf8;
pub mod vec;
pub mod xxh3;
