//! Sums, and additions into a slice of their own or onto a source.
#![no_main]

use fuzz::agree;
use libfuzzer_sys::fuzz_target;
use widelane::internals::vec;

fuzz_target!(|input: (Vec<u64>, Vec<u64>, usize, bool)| {
    let (a, b, room, onto) = input;
    // SAFETY: the slice is readable, and only variants that this CPU can run are handed over.
    agree(&vec::SUM, |f| unsafe { f(a.as_ptr(), a.len()) });
    agree(&vec::ADD, |f| {
        let mut dst = if onto { a.clone() } else { vec![0; room % 64] };
        let source = if onto { dst.as_ptr() } else { a.as_ptr() };
        // SAFETY: each slice is valid for its length; dst is the first source or apart from both.
        unsafe { f(dst.as_mut_ptr(), dst.len(), source, a.len(), b.as_ptr(), b.len()) };
        dst
    });
});
