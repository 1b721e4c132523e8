//! Base32 beside the crates that people use for it. Sizes are bytes of binary data.

use crate::harness::{Row, contender, measure};
use crate::random_bytes;
use data_encoding::BASE32;
use fast32::base32::RFC4648;
use kernels_generic::base32 as generic;
use std::hint::black_box;

use widelane::base32::STANDARD as OURS;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub fn encode(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let p = || black_box(&data[..]);
    let text = || vec![0; OURS.encoded_len(size)];
    let (mut ours, mut portable, mut encoding, mut fast) = (text(), text(), text(), text());
    let table = generic::encode_table(ALPHABET, Some(b'='));
    measure(
        size,
        vec![
            contender("widelane", || OURS.encode_into(p(), &mut ours).is_ok()),
            contender("portable", || {
                let (d, p) = (&mut portable, p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe {
                    generic::encode_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len(), &table)
                        .second
                }
            }),
            contender("data-encoding", || BASE32.encode_mut(p(), &mut encoding)),
            contender("fast32", || {
                fast.clear();
                RFC4648.encode_into(p(), &mut fast);
            }),
        ],
    )
}

pub fn decode(size: usize) -> Vec<Row> {
    let text = OURS.encode(&random_bytes(size));
    let p = || black_box(text.as_bytes());
    let data = || vec![0; OURS.decoded_len(text.len())];
    let (mut ours, mut portable, mut encoding, mut fast) = (data(), data(), data(), data());
    let table = generic::decode_table(ALPHABET, Some(b'='));
    measure(
        size,
        vec![
            contender("widelane", || OURS.decode_into(p(), &mut ours).is_ok()),
            contender("portable", || {
                let (d, p) = (&mut portable, p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe {
                    generic::decode_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len(), &table)
                        .second
                }
            }),
            contender("data-encoding", || BASE32.decode_mut(p(), &mut encoding).is_ok()),
            contender("fast32", || {
                fast.clear();
                RFC4648.decode_into(p(), &mut fast).is_ok()
            }),
        ],
    )
}
