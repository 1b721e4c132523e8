//! Any running checksum, any place, whole and cut in two.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::adler32::UPDATE;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    adler: u32,
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
    let p = memory.input(input.bytes, input.place);
    agree(&UPDATE, planted::adler32_update, |f| {
        // SAFETY: n bytes are readable, and only variants that this CPU can run are handed over.
        let (whole, first) = unsafe { (f(input.adler, p, n), f(input.adler, p, cut)) };
        // SAFETY: what is left of them.
        (whole, unsafe { f(first, p.add(cut), n - cut) })
    });
    assert_eq!(memory.contents(p, n), input.bytes, "the input was written to");
}));
