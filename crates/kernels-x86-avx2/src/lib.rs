//! Kernels for x86-64 without ZMM registers: from SSE4.2 and PCLMULQDQ to AVX2 and BMI.
//!
//! Internal to widelane. Each function needs the CPU features of its row in `kernels-manifest`.
#![no_std]
#![cfg(target_arch = "x86_64")]

pub mod adler32;
pub mod base32;
pub mod base64;
pub mod bytealg;
pub mod crc32;
pub mod crc64;
pub mod hex;
pub mod latin1;
pub mod probe;
pub mod utf16;
pub mod utf8;
pub mod vec;
pub mod xxh3;
#[cfg(widelane_doors)]
mod zdoors;
