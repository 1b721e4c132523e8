//! Base64 on AVX-512 VBMI, any alphabet: byte permutes look up all 64 characters, or all 128 classes, at once.
//!
//! Masks do what a scalar tail would: the last bytes, padding included, are one more vector. See
//! `docs/kernels/base64.md`.

mod decode;
mod encode;

pub use decode::decode_vbmi;
pub use encode::encode_vbmi;
