//! Kernels for arm64: NEON, and AES, PMULL and CRC where the CPU has them.
//!
//! Internal to widelane. Each function needs the CPU features of its row in `kernels-manifest`.
#![no_std]
#![cfg(target_arch = "aarch64")]

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
