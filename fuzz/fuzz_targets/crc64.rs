//! Any polynomial, any running checksum, any place, whole and cut in two.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use kernels_generic::crc64::Constants;
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::crc64::UPDATE;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    polynomial: u64,
    crc: u64,
    place: Place,
    cut: u16,
    bytes: &'a [u8],
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    let n = input.bytes.len();
    let cut = usize::from(input.cut) % (n + 1);
    let constants = Constants::of(input.polynomial);
    let p = memory.input(input.bytes, input.place);
    agree(&UPDATE, planted::crc64_update, |f| {
        let k = &raw const constants.0;
        // SAFETY: n bytes are readable, and only variants that this CPU can run are handed over.
        let (whole, first) = unsafe { (f(input.crc, k, p, n), f(input.crc, k, p, cut)) };
        // SAFETY: what is left of them.
        (whole, unsafe { f(first, k, p.add(cut), n - cut) })
    });
    assert_eq!(memory.contents(p, n), input.bytes, "the input was written to");
}));
