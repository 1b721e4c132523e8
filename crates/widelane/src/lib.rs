//! SIMD kernels at full speed from Rust, C and Go.
//!
//! Each operation has a portable implementation and variants for what newer CPUs can do. The first call of an
//! operation looks at the CPU and picks; from then on a call is one load and one jump. All variants give the same
//! bits.
//!
//! ```
//! let words = [1_u64, 2, 3];
//! assert_eq!(widelane::vec::sum(&words), 6);
//! assert_eq!(widelane::bytealg::index_byte(b"lane", b'n'), Some(2));
//! ```
//!
//! # Cargo features
//!
//! | feature | meaning |
//! |---|---|
//! | `std` (default) | CPU detection by the standard library; `WIDELANE_CPU` from the environment |
//! | `libc` | without `std`: `WIDELANE_CPU` through the C library or Windows |
//! | `v1`, `v2`, `v3`, `v4` (default) | ceilings: x86-64 variants up to this level are compiled in. Without any, only the portable ones are. They never lower what a CPU needs: every variant is tested for before it is called |
//!
//! Other architectures have no levels; arm64 variants are always compiled in. See [`cpu`] for what serves.
#![cfg_attr(not(any(feature = "std", test)), no_std)]

pub mod adler32;
pub mod base32;
pub mod base64;
pub mod bytealg;
pub mod cpu;
pub mod crc32;
pub mod crc64;
mod dispatch;
pub mod hex;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
pub mod latin1;
mod text;
pub mod utf16;
pub mod utf8;
pub mod vec;
pub mod xxh3;
mod zdispatch;

pub use zdispatch::raw;

/// Decides for every kernel now which variant serves, which otherwise its first call does.
///
/// For programs that want no detection, and no look at the environment, at an awkward moment: inside a signal handler,
/// after dropping privileges, or while another thread changes the environment.
pub fn init() {
    for kernel in zdispatch::KERNELS {
        kernel.serving();
    }
}

/// The examples of the README that are in Rust.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
