//! Both polynomials, any running checksum, any place, whole and cut in two.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::{Kernel, crc32};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    crc: u32,
    place: Place,
    cut: u16,
    bytes: &'a [u8],
}

type Update = unsafe extern "C" fn(u32, *const u8, usize) -> u32;

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    check(memory, &input, &crc32::IEEE_UPDATE, planted::ieee_update);
    check(memory, &input, &crc32::CASTAGNOLI_UPDATE, planted::castagnoli_update);
}));

/// Whole and in two pieces, which must give the same.
fn check(memory: &mut Memory, input: &Input, kernel: &'static Kernel<Update>, planted: Update) {
    let n = input.bytes.len();
    let cut = usize::from(input.cut) % (n + 1);
    let p = memory.input(input.bytes, input.place);
    agree(kernel, planted, |f| {
        // SAFETY: n bytes are readable, and only variants that this CPU can run are handed over.
        let (whole, first) = unsafe { (f(input.crc, p, n), f(input.crc, p, cut)) };
        // SAFETY: what is left of them.
        (whole, unsafe { f(first, p.add(cut), n - cut) })
    });
    assert_eq!(memory.contents(p, n), input.bytes, "the input was written to");
}
