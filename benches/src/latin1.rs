//! Latin-1 to UTF-8 and back beside the standard library, encoding_rs and simdutf, into memory that is there. Sizes are bytes of
//! UTF-8, in which every sixth character is not ASCII, at no fixed distance.

use crate::harness::{Row, Target, contender, measure};
use crate::hidden;
use kernels_generic::latin1 as generic;
use widelane::latin1 as ours;

/// Words of several languages. They repeat after 73 bytes, so that the ends of vectors come to lie everywhere in them.
fn words(size: usize) -> String {
    let words = "Größe und Maß, naïveté, déjà vu, mañana por la mañana, façade. ";
    let mut text = words.repeat(size / words.len() + 1);
    let end = text.floor_char_boundary(size);
    text.truncate(end);
    text + &".".repeat(size - end)
}

pub fn from_utf8(size: usize) -> Vec<Row> {
    let text = words(size);
    let bytes = text.as_bytes();
    let p = || hidden(&bytes);
    let target = Target::new(size);
    // SAFETY: each contender is done with the memory before it is asked for again.
    let to = || unsafe { target.get() };
    measure(
        size,
        vec![
            contender("widelane", || ours::from_utf8_into(p(), to()).is_ok()),
            contender("portable", || {
                let (d, p) = (to(), p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe { generic::from_utf8_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len()) }
            }),
            contender("std", || {
                let text = std::str::from_utf8(p()).expect("it is valid");
                to().iter_mut().zip(text.chars()).map(|(to, c)| *to = c as u8).count()
            }),
            // Which takes it as given that there is no other character.
            contender("encoding_rs", || encoding_rs::mem::convert_utf8_to_latin1_lossy(p(), to())),
            contender("simdutf", || {
                let (d, p) = (to(), p());
                // SAFETY: there is a byte of room for each.
                unsafe { simdutf::convert_utf8_to_latin1(p.as_ptr(), p.len(), d.as_mut_ptr()) }
            }),
        ],
    )
}

pub fn to_utf8(size: usize) -> Vec<Row> {
    let bytes = ours::encode(&words(size)).expect("they are of Latin-1");
    let bytes = &bytes[..];
    let p = || hidden(&bytes);
    let target = Target::new(2 * size);
    // SAFETY: as above.
    let to = || unsafe { target.get() };
    let mut text = String::with_capacity(2 * size);
    measure(
        size,
        vec![
            contender("widelane", || ours::decode_into(p(), to()).is_ok()),
            contender("portable", || {
                let (d, p) = (to(), p());
                // SAFETY: pointers and lengths of two slices apart.
                unsafe { generic::to_utf8_generic(d.as_mut_ptr(), d.len(), p.as_ptr(), p.len()) }
            }),
            contender("std", || {
                text.clear();
                text.extend(p().iter().map(|&b| char::from(b)));
                text.len()
            }),
            contender("encoding_rs", || encoding_rs::mem::convert_latin1_to_utf8(p(), to())),
            contender("simdutf", || {
                let (d, p) = (to(), p());
                // SAFETY: there are two bytes of room for each.
                unsafe { simdutf::convert_latin1_to_utf8(p.as_ptr(), p.len(), d.as_mut_ptr()) }
            }),
        ],
    )
}
