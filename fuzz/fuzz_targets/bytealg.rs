//! The first occurrence of a byte, any alignment.
#![no_main]

use fuzz::{agree, shifted};
use libfuzzer_sys::fuzz_target;
use widelane::internals::bytealg;

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (c, shift, bytes) = input;
    let (copy, shift) = shifted(bytes, shift);
    let p = &copy[shift..];
    // SAFETY: the slice is readable, and only variants that this CPU can run are handed over.
    agree(&bytealg::INDEX_BYTE, |f| unsafe { f(p.as_ptr(), p.len(), c) });
});
