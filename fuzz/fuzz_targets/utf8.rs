//! UTF-8, any place: any bytes, and valid text with a few bytes replaced and its end cut off.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::utf8;

/// Bytes of text: runs of characters are longer than the input that describes them.
const LONGEST: usize = 4096;

#[derive(Arbitrary, Debug)]
struct Input {
    place: Place,
    text: Text,
}

#[derive(Arbitrary, Debug)]
enum Text {
    Plain(Vec<u8>),
    /// Characters, each so often; bytes at places; how many are missing at the end.
    Damaged(Vec<(char, u8)>, Vec<(u16, u8)>, u8),
}

impl Text {
    fn bytes(self) -> Vec<u8> {
        match self {
            Text::Plain(bytes) => bytes,
            Text::Damaged(runs, others, missing) => {
                let text: String =
                    runs.iter().flat_map(|&(c, n)| std::iter::repeat_n(c, n.into())).collect();
                let mut bytes = text.into_bytes();
                bytes.truncate(LONGEST);
                bytes.truncate(bytes.len().saturating_sub(usize::from(missing % 4)));
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
    // SAFETY: as many bytes are readable, and only variants that this CPU can run are handed over.
    agree(&utf8::VALID_UP_TO, planted::valid_up_to, |f| unsafe { f(p, bytes.len()) });
    // SAFETY: as above.
    agree(&utf8::RUNE_COUNT, planted::rune_count, |f| unsafe { f(p, bytes.len()) });
    let up_to = std::str::from_utf8(&bytes).map_or_else(|e| e.valid_up_to(), str::len);
    assert_eq!(widelane::utf8::valid_up_to(&bytes), up_to, "not as the standard library");
    assert_eq!(memory.contents(p, bytes.len()), bytes, "the input was written to");
}));
