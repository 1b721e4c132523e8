//! Base64 beside the crates that people use for it. Sizes are bytes of binary data.

use crate::harness::{Row, Target, contender, measure};
use crate::{hidden, random_bytes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64_simd::AsOut;
use kernels_generic::base64 as generic;
use simdutf::{Base64Options, LastChunkHandlingOptions};

use widelane::base64::STANDARD as OURS;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn encode(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    let text = Target::new(OURS.encoded_len(size));
    // SAFETY: each contender has done with the text when it returns.
    let to = || unsafe { text.get() };
    let table = generic::encode_table(ALPHABET, Some(b'='));
    measure(
        size,
        vec![
            contender("widelane", || OURS.encode_into(p(), to()).is_ok()),
            contender("portable", || {
                let (d, p) = (to(), p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe {
                    generic::encode_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len(), &table)
                        .second
                }
            }),
            contender("base64", || STANDARD.encode_slice(p(), to()).is_ok()),
            contender("base64-simd", || base64_simd::STANDARD.encode(p(), to().as_out()).len()),
            contender("simdutf", || {
                let (to, p) = (to().as_mut_ptr(), p());
                // SAFETY: the text has room for all characters.
                unsafe {
                    simdutf::binary_to_base64(p.as_ptr(), p.len(), to, Base64Options::Default)
                }
            }),
        ],
    )
}

pub fn decode(size: usize) -> Vec<Row> {
    let text = STANDARD.encode(random_bytes(size));
    let bytes = text.as_bytes();
    let p = || hidden(&bytes);
    let data = Target::new(OURS.decoded_len(text.len()));
    // SAFETY: each contender has done with the data when it returns.
    let to = || unsafe { data.get() };
    let table = generic::decode_table(ALPHABET, Some(b'='), b"", generic::PADDED_ENDS, false);
    measure(
        size,
        vec![
            contender("widelane", || OURS.decode_into(p(), to()).is_ok()),
            contender("portable", || {
                let (d, p) = (to(), p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe {
                    generic::decode_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len(), &table)
                        .second
                }
            }),
            contender("base64", || STANDARD.decode_slice(p(), to()).is_ok()),
            contender("base64-simd", || base64_simd::STANDARD.decode(p(), to().as_out()).is_ok()),
            contender("simdutf", || {
                let (to, p) = (to().as_mut_ptr(), p());
                let (alphabet, end) = (Base64Options::Default, LastChunkHandlingOptions::Strict);
                // SAFETY: there is room for what so many characters can be.
                unsafe { simdutf::base64_to_binary(p.as_ptr(), p.len(), to, alphabet, end).count }
            }),
        ],
    )
}
