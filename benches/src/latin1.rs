//! Latin-1 to UTF-8 and back beside the standard library, encoding_rs and simdutf, into memory that is there. Sizes are bytes of
//! UTF-8, in which every eighth character is not ASCII, at no fixed distance.

use crate::harness::{Row, contender, measure};
use kernels_generic::latin1 as generic;
use std::hint::black_box;
use widelane::latin1 as ours;

/// Words of several languages.
fn words(size: usize) -> String {
    let mut text = "Größe und Maß, naïveté, déjà vu, mañana por la mañana. ".repeat(size / 50 + 1);
    let end = text.floor_char_boundary(size);
    text.truncate(end);
    text + &".".repeat(size - end)
}

pub fn from_utf8(size: usize) -> Vec<Row> {
    let text = words(size);
    let p = || black_box(text.as_bytes());
    let room = || vec![0_u8; size];
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
                c.iter_mut().zip(text.chars()).map(|(to, c)| *to = c as u8).count()
            }),
            // Which takes it as given that there is no other character.
            contender("encoding_rs", || {
                encoding_rs::mem::convert_utf8_to_latin1_lossy(p(), &mut d)
            }),
            contender("simdutf", || {
                let p = p();
                // SAFETY: there is a byte of room for each.
                unsafe { simdutf::convert_utf8_to_latin1(p.as_ptr(), p.len(), e.as_mut_ptr()) }
            }),
        ],
    )
}

pub fn to_utf8(size: usize) -> Vec<Row> {
    let bytes = ours::encode(&words(size)).expect("they are of Latin-1");
    let p = || black_box(&bytes[..]);
    let room = || vec![0_u8; 2 * size];
    let (mut a, mut b, mut c, mut d, mut e) = (room(), room(), String::new(), room(), room());
    c.reserve(2 * size);
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
                c.extend(p().iter().map(|&b| char::from(b)));
                c.len()
            }),
            contender("encoding_rs", || encoding_rs::mem::convert_latin1_to_utf8(p(), &mut d)),
            contender("simdutf", || {
                let p = p();
                // SAFETY: there are two bytes of room for each.
                unsafe { simdutf::convert_latin1_to_utf8(p.as_ptr(), p.len(), e.as_mut_ptr()) }
            }),
        ],
    )
}
