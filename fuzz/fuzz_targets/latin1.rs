//! Latin-1 to UTF-8 and back with any room and place: any bytes, and text of which nearly all is Latin-1.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::latin1;

/// Bytes of input.
const LONGEST: usize = 4096;

#[derive(Arbitrary, Debug)]
struct Input {
    places: [Place; 2],
    room: u16,
    text: Text,
}

#[derive(Arbitrary, Debug)]
enum Text {
    Plain(Vec<u8>),
    /// Characters of Latin-1, each so often; bytes at places; how many are missing at the end.
    Damaged(Vec<(u8, u8)>, Vec<(u16, u8)>, u8),
}

impl Text {
    fn bytes(self) -> Vec<u8> {
        let mut bytes = match self {
            Text::Plain(bytes) => bytes,
            Text::Damaged(runs, others, missing) => {
                let repeat = |&(c, n): &(u8, u8)| std::iter::repeat_n(char::from(c), n.into());
                let mut bytes = runs.iter().flat_map(repeat).collect::<String>().into_bytes();
                bytes.truncate(bytes.len().saturating_sub(usize::from(missing % 2)));
                let n = bytes.len().max(1);
                for (i, other) in others {
                    bytes.get_mut(usize::from(i) % n).into_iter().for_each(|b| *b = other);
                }
                bytes
            }
        };
        bytes.truncate(LONGEST);
        bytes
    }
}

thread_local! {
    static MEMORY: RefCell<[Memory; 2]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|[to, from]| {
    let Input { places, room, text } = input;
    let bytes = text.bytes();
    let n = bytes.len();
    let (p, most) = (from.input(&bytes, places[1]), usize::from(room) % (n + 8));
    agree(&latin1::FROM_UTF8, planted::latin1_from_utf8, |f| {
        let dst = to.output::<u8>(most, places[0]);
        // SAFETY: each is valid for its length, and they are apart.
        let done = unsafe { f(dst, most, p, n) };
        // All of it: not one byte behind those that count is a variant's to use.
        (done, to.written(dst, most))
    });
    let most = usize::from(room) % (2 * n + 8);
    agree(&latin1::TO_UTF8, planted::latin1_to_utf8, |f| {
        let dst = to.output::<u8>(most, places[0]);
        // SAFETY: as above.
        let done = unsafe { f(dst, most, p, n) };
        (done, to.written(dst, most))
    });
    assert_eq!(from.contents(p, n), bytes, "the source was written to");
    let text: String = bytes.iter().map(|&b| char::from(b)).collect();
    assert_eq!(widelane::latin1::decode(&bytes), text, "not as the standard library");
    assert_eq!(widelane::latin1::encode(&text).as_ref(), Ok(&bytes), "not the inverse");
    assert_eq!(widelane::latin1::decoded_len(&bytes), text.len(), "a length");
}));
