//! The C ABI: the kernels under their C names, and a few questions to the library.
//!
//! With feature `std` (default) an ordinary Rust library. Without it the library needs nothing but the C library's
//! `getenv`, so that it is built for targets of which only `core` is at hand; `cargo xtask dist` ships that one.
#![cfg_attr(not(feature = "std"), no_std)]

mod adler32;
#[cfg(not(feature = "std"))]
mod bare;
mod base32;
mod base64;
mod crc32;
mod crc64;
mod library;
mod xxh3;
mod zexports;

pub use adler32::*;
pub use base32::*;
pub use base64::*;
pub use crc32::*;
pub use crc64::*;
pub use library::*;
pub use xxh3::*;
pub use zexports::*;
