//! The first occurrence of a byte, any place: in any bytes, and in long runs of one byte with a few others.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::bytealg;

#[derive(Arbitrary, Debug)]
struct Input {
    wanted: u8,
    place: Place,
    text: Text,
}

#[derive(Arbitrary, Debug)]
enum Text {
    Plain(Vec<u8>),
    /// A run of one byte with others at these places.
    Run(u8, u16, Vec<(u16, u8)>),
}

impl Text {
    fn bytes(self) -> Vec<u8> {
        match self {
            Text::Plain(bytes) => bytes,
            Text::Run(byte, n, others) => {
                let mut bytes = vec![byte; usize::from(n) % 4096];
                let n = bytes.len().max(1);
                for (i, other) in others {
                    bytes.get_mut(usize::from(i) % n).into_iter().for_each(|b| *b = other);
                }
                bytes
            }
        }
    }
}

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    let bytes = input.text.bytes();
    let p = memory.input(&bytes, input.place);
    agree(&bytealg::INDEX_BYTE, planted::index_byte, |f| {
        // SAFETY: as many bytes are readable, and only variants that this CPU can run are handed over.
        unsafe { f(p, bytes.len(), input.wanted) }
    });
    assert_eq!(memory.contents(p, bytes.len()), bytes, "the input was written to");
}));
