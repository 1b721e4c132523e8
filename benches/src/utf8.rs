//! UTF-8 beside the standard library, simdutf8 and bytecount. Text of characters of all lengths.

use crate::harness::{Row, contender, measure};
use crate::hidden;
use std::hint::black_box;

/// Words in four scripts, and an emoji: one to four bytes to a character, often changing.
pub fn mixed(size: usize) -> String {
    let mut text = "Some text, größer, длинный, 漢字かな, 😀. ".repeat(size / 40 + 1);
    let end = text.floor_char_boundary(size);
    text.truncate(end);
    text + &".".repeat(size - end)
}

pub fn valid_up_to(size: usize) -> Vec<Row> {
    let text = mixed(size);
    let bytes = text.as_bytes();
    let p = || hidden(&bytes);
    measure(
        size,
        vec![
            contender("widelane", || widelane::utf8::valid_up_to(p())),
            contender("portable", || kernels_generic::utf8::valid_up_to(p())),
            contender("core", || std::str::from_utf8(p()).is_ok()),
            contender("simdutf8", || simdutf8::basic::from_utf8(p()).is_ok()),
            contender("simdutf8 compat", || simdutf8::compat::from_utf8(p()).is_ok()),
        ],
    )
}

/// bytecount counts what is no continuation, and so does not look whether the text is valid.
pub fn rune_count(size: usize) -> Vec<Row> {
    let text = mixed(size);
    let bytes = text.as_bytes();
    let p = || hidden(&bytes);
    measure(
        size,
        vec![
            contender("widelane", || widelane::utf8::rune_count(p())),
            contender("portable", || kernels_generic::utf8::rune_count(p())),
            contender("chars", || black_box(text.as_str()).chars().count()),
            contender("bytecount", || bytecount::num_chars(p())),
        ],
    )
}
