//! Hexadecimal beside the crates that people use for it. Sizes are bytes of binary data.

use crate::harness::{Row, contender, measure};
use crate::{hidden, random_bytes};
use hex_simd::{AsOut, AsciiCase};
use kernels_generic::hex as generic;
use widelane::hex as ours;

pub fn encode(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    let text = || vec![0; 2 * size];
    let (mut a, mut b, mut c, mut d) = (text(), text(), text(), text());
    measure(
        size,
        vec![
            contender("widelane", || ours::encode_into(p(), &mut a).is_ok()),
            contender("portable", || {
                let (d, p) = (&mut b, p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe { generic::encode_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len()) }
            }),
            contender("hex-simd", || {
                hex_simd::encode(p(), c.as_mut_slice().as_out(), AsciiCase::Lower).len()
            }),
            contender("faster-hex", || faster_hex::hex_encode(p(), &mut d).is_ok()),
        ],
    )
}

pub fn decode(size: usize) -> Vec<Row> {
    let text = ours::encode(&random_bytes(size));
    let bytes = text.as_bytes();
    let p = || hidden(&bytes);
    let data = || vec![0; size];
    let (mut a, mut b, mut c, mut d) = (data(), data(), data(), data());
    measure(
        size,
        vec![
            contender("widelane", || ours::decode_into(p(), &mut a).is_ok()),
            contender("portable", || {
                let (d, p) = (&mut b, p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe { generic::decode_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len()) }
            }),
            contender("hex-simd", || hex_simd::decode(p(), c.as_mut_slice().as_out()).is_ok()),
            contender("faster-hex", || faster_hex::hex_decode(p(), &mut d).is_ok()),
        ],
    )
}
