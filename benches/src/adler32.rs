//! Adler-32 beside the crates that people use for it.

use crate::harness::{Row, contender, measure};
use crate::{hidden, random_bytes};
use kernels_generic::adler32;

pub fn update(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    measure(
        size,
        vec![
            contender("widelane", || widelane::adler32::checksum(p())),
            contender("portable", || adler32::update(1, p())),
            contender("simd-adler32", || simd_adler32::adler32(&p())),
            contender("adler2", || adler2::adler32_slice(p())),
        ],
    )
}
