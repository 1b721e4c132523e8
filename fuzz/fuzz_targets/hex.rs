//! Encoding and decoding with any room and place, and both in place.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::hex;

#[derive(Arbitrary, Debug)]
struct Input {
    places: [Place; 2],
    room: u16,
    text: Text,
}

/// Bytes to encode and to decode.
#[derive(Arbitrary, Debug)]
enum Text {
    Plain(Vec<u8>),
    /// Digits of both cases, changed at some places: what is wrong is never far from right.
    Near(Vec<u8>, Vec<(u16, u8)>),
}

impl Text {
    fn bytes(self) -> Vec<u8> {
        match self {
            Text::Plain(bytes) => bytes,
            Text::Near(seed, changes) => {
                let digit = |b: &u8| b"0123456789abcdefABCDEF"[usize::from(b % 22)];
                let mut text: Vec<u8> = seed.iter().map(digit).collect();
                let n = text.len().max(1);
                for (i, byte) in changes {
                    text.get_mut(usize::from(i) % n).into_iter().for_each(|c| *c = byte);
                }
                text
            }
        }
    }
}

thread_local! {
    static MEMORY: RefCell<[Memory; 2]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    let Input { places, room, text } = input;
    let text = text.bytes();
    // Arguments have room for twice 4 KiB.
    if text.len() <= 4 << 10 {
        let room = usize::from(room) % (2 * text.len() + 8);
        apart(memory, places, room, &text);
        in_place(memory, places, &text);
    }
}));

fn apart([to, from]: &mut [Memory; 2], places: [Place; 2], room: usize, text: &[u8]) {
    let src = from.input(text, places[1]);
    agree(&hex::ENCODE, planted::hex_encode, |f| {
        let dst = to.output(room, places[0]);
        // SAFETY: each is valid for its length, and they are apart.
        let done = unsafe { f(dst, room, src, text.len()) };
        (done, to.written(dst, room))
    });
    agree(&hex::DECODE, planted::hex_decode, |f| {
        let dst = to.output(room, places[0]);
        // SAFETY: as above.
        let done = unsafe { f(dst, room, src, text.len()) };
        // All of it: not one byte behind the decoded ones is a variant's to use.
        (done, to.written(dst, room))
    });
    assert_eq!(from.contents(src, text.len()), text, "the source was written to");
}

fn in_place([_, memory]: &mut [Memory; 2], places: [Place; 2], text: &[u8]) {
    agree(&hex::DECODE, planted::hex_decode, |f| {
        let p = memory.input(text, places[1]);
        // SAFETY: the text is readable and writable, and dst may begin where src does.
        let done = unsafe { f(p, text.len(), p, text.len()) };
        (done, memory.contents(p, text.len()))
    });
    let twice = [vec![0; text.len()], text.to_vec()].concat();
    agree(&hex::ENCODE, planted::hex_encode, |f| {
        let p = memory.input(&twice, places[1]);
        // SAFETY: all is readable and writable, and dst may end where src does.
        let done = unsafe { f(p, twice.len(), p.add(text.len()), text.len()) };
        (done, memory.contents(p, twice.len()))
    });
}
