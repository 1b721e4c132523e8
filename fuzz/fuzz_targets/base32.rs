//! Encoding and decoding with any alphabet, padding, room and place, and decoding in place.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use kernels_generic::base32::{DecodeTable, EncodeTable, decode_table, encode_table};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::base32;

#[derive(Arbitrary, Debug)]
struct Input {
    alphabet: Alphabet,
    padded: bool,
    places: [Place; 2],
    room: u16,
    text: Text,
}

#[derive(Arbitrary, Debug)]
enum Alphabet {
    Standard,
    Hex,
    /// The standard one with two characters exchanged, which no shortcut for common alphabets may miss.
    Swapped(u8, u8),
    /// The 32 bytes from this one on, but for the padding character.
    Run(u8),
}

/// Bytes to encode and to decode.
#[derive(Arbitrary, Debug)]
enum Text {
    Plain(Vec<u8>),
    /// Encoded, then changed at some places: what is wrong is never far from right.
    Near(Vec<u8>, Vec<(u16, u8)>),
}

impl Alphabet {
    fn characters(&self) -> [u8; 32] {
        let mut c = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        match self {
            Alphabet::Standard => {}
            Alphabet::Hex => c = *b"0123456789ABCDEFGHIJKLMNOPQRSTUV",
            Alphabet::Swapped(a, b) => c.swap(usize::from(a % 32), usize::from(b % 32)),
            Alphabet::Run(first) => c = std::array::from_fn(|i| other(first.wrapping_add(i as u8))),
        }
        c
    }
}

/// No padding: a byte that is 64 further on instead, so that no two are equal.
fn other(c: u8) -> u8 {
    if c == b'=' { c + 64 } else { c }
}

thread_local! {
    static MEMORY: RefCell<[Memory; 2]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    let characters = input.alphabet.characters();
    let padding = input.padded.then_some(b'=');
    let (to_text, to_bytes) =
        (encode_table(&characters, padding), decode_table(&characters, padding));
    let text = match &input.text {
        Text::Plain(bytes) => bytes.clone(),
        Text::Near(bytes, changes) => near(bytes, changes, &to_text),
    };
    // Arguments have room for eight fifths of 7 KiB.
    if text.len() <= 7 << 10 {
        encode(memory, &input, &text, &to_text);
        decode(memory, &input, &text, &to_bytes);
        in_place(memory, &input, &text, &to_bytes);
    }
}));

fn near(bytes: &[u8], changes: &[(u16, u8)], table: &EncodeTable) -> Vec<u8> {
    let mut text = vec![0; bytes.len().div_ceil(5) * 8];
    let (n, room) = (bytes.len(), text.len());
    // SAFETY: each slice is valid for its length, they are apart, and the table is whole.
    let done = unsafe {
        kernels_generic::base32::encode_generic(text.as_mut_ptr(), room, bytes.as_ptr(), n, table)
    };
    text.truncate(done.second);
    let n = text.len().max(1);
    for &(i, byte) in changes {
        text.get_mut(usize::from(i) % n).into_iter().for_each(|c| *c = byte);
    }
    text
}

fn room(input: &Input, text: &[u8]) -> usize {
    usize::from(input.room) % (text.len() / 5 * 8 + 16)
}

fn encode([to, from]: &mut [Memory; 2], input: &Input, text: &[u8], table: &EncodeTable) {
    let (room, src) = (room(input, text), from.input(text, input.places[1]));
    agree(&base32::ENCODE, planted::base32_encode, |f| {
        let dst = to.output(room, input.places[0]);
        // SAFETY: each is valid for its length, they are apart, and the table is whole.
        let done = unsafe { f(dst, room, src, text.len(), table.as_ptr().cast()) };
        (done, to.written(dst, room))
    });
    assert_eq!(from.contents(src, text.len()), text, "the source was written to");
}

fn decode([to, from]: &mut [Memory; 2], input: &Input, text: &[u8], table: &DecodeTable) {
    let (room, src) = (room(input, text), from.input(text, input.places[1]));
    agree(&base32::DECODE, planted::base32_decode, |f| {
        let dst = to.output(room, input.places[0]);
        // SAFETY: as above.
        let done = unsafe { f(dst, room, src, text.len(), table.as_ptr().cast()) };
        (done, to.written(dst, room))
    });
    assert_eq!(from.contents(src, text.len()), text, "the source was written to");
}

fn in_place([_, memory]: &mut [Memory; 2], input: &Input, text: &[u8], table: &DecodeTable) {
    agree(&base32::DECODE, planted::base32_decode, |f| {
        let p = memory.input(text, input.places[1]);
        // SAFETY: the text is readable and writable, and dst may begin where src does.
        let done = unsafe { f(p, text.len(), p, text.len(), table.as_ptr().cast()) };
        (done, memory.contents(p, text.len()))
    });
}
