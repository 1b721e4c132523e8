//! UTF-8 to UTF-16 and back beside the standard library, encoding_rs and simdutf, into memory that is there. Sizes are bytes of
//! UTF-8, of characters of all lengths.

use crate::harness::{Row, contender, measure};
use crate::utf8::mixed;
use kernels_generic::utf16 as generic;
use std::hint::black_box;
use widelane::utf16 as ours;

pub fn from_utf8(size: usize) -> Vec<Row> {
    let text = mixed(size);
    let p = || black_box(text.as_bytes());
    let room = || vec![0_u16; size];
    let (mut a, mut b, mut c, mut d, mut e) = (room(), room(), room(), room(), room());
    measure(
        size,
        vec![
            contender("widelane", || ours::from_utf8_into(p(), &mut a).is_ok()),
            contender("portable", || {
                let (d, p) = (&mut b, p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe { generic::from_utf8_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len()) }
            }),
            contender("std", || {
                let text = std::str::from_utf8(p()).expect("it is valid");
                c.iter_mut().zip(text.encode_utf16()).map(|(to, unit)| *to = unit).count()
            }),
            contender("encoding_rs", || {
                encoding_rs::mem::convert_utf8_to_utf16_without_replacement(p(), &mut d)
            }),
            contender("simdutf", || {
                let p = p();
                // SAFETY: there is a unit of room for each byte.
                unsafe { simdutf::convert_utf8_to_utf16(p.as_ptr(), p.len(), e.as_mut_ptr()) }
            }),
        ],
    )
}

pub fn to_utf8(size: usize) -> Vec<Row> {
    let units: Vec<u16> = mixed(size).encode_utf16().collect();
    let p = || black_box(&units[..]);
    let room = || vec![0_u8; 3 * size];
    let (mut a, mut b, mut c, mut d, mut e) = (room(), room(), String::new(), room(), room());
    c.reserve(3 * size);
    measure(
        size,
        vec![
            contender("widelane", || ours::decode_into(p(), &mut a).is_ok()),
            contender("portable", || {
                let (d, p) = (&mut b, p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe { generic::to_utf8_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len()) }
            }),
            contender("std", || {
                c.clear();
                let chars = char::decode_utf16(p().iter().copied());
                c.extend(chars.map(|c| c.expect("it is valid")));
                c.len()
            }),
            contender("encoding_rs", || encoding_rs::mem::convert_utf16_to_utf8(p(), &mut d)),
            contender("simdutf", || {
                let p = p();
                // SAFETY: there are three bytes of room for each unit.
                unsafe { simdutf::convert_utf16_to_utf8(p.as_ptr(), p.len(), e.as_mut_ptr()) }
            }),
        ],
    )
}
