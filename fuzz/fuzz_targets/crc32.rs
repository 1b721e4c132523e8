//! Both polynomials, any running checksum, any alignment.
#![no_main]

use fuzz::{agree, shifted};
use libfuzzer_sys::fuzz_target;
use widelane::internals::crc32;

fuzz_target!(|input: (u32, u8, &[u8])| {
    let (crc, shift, bytes) = input;
    let (copy, shift) = shifted(bytes, shift);
    let p = &copy[shift..];
    // SAFETY: the slice is readable, and only variants that this CPU can run are handed over.
    agree(&crc32::IEEE_UPDATE, |f| unsafe { f(crc, p.as_ptr(), p.len()) });
    // SAFETY: as above.
    agree(&crc32::CASTAGNOLI_UPDATE, |f| unsafe { f(crc, p.as_ptr(), p.len()) });
});
