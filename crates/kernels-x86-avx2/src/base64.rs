//! Base64 on AVX2: 24 bytes and 32 characters to a vector, half a vector for less. See `docs/kernels/base64.md`.

mod decode;
mod encode;

pub use decode::decode_avx2;
pub use encode::encode_avx2;
