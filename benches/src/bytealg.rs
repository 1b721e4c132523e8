//! Byte search beside memchr.

use crate::harness::{Row, contender, measure};
use crate::hidden;

/// The byte is absent, so every implementation reads everything.
pub fn index_byte(size: usize) -> Vec<Row> {
    let data = vec![b'a'; size];
    let bytes = &data[..];
    let p = || hidden(&bytes);
    measure(
        size,
        vec![
            contender("widelane", || widelane::bytealg::index_byte(p(), b'b')),
            contender("portable", || kernels_generic::bytealg::index_byte(p(), b'b')),
            contender("memchr", || memchr::memchr(b'b', p())),
        ],
    )
}
