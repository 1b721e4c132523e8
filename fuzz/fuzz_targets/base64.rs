//! Encoding and decoding with any alphabet, padding, strictness, line breaks, room and place, and decoding in place.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use kernels_generic::base64::{
    DecodeTable, EncodeTable, PADDED_ENDS, PIECE_ENDS, RAW_ENDS, decode_table, encode_table,
};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::base64;

#[derive(Arbitrary, Debug)]
struct Input {
    alphabet: Alphabet,
    padded: bool,
    strict: bool,
    piece: bool,
    places: [Place; 2],
    room: u16,
    text: Text,
}

#[derive(Arbitrary, Debug)]
enum Alphabet {
    Standard,
    Url,
    /// The standard one with two characters exchanged, which no shortcut for common alphabets may miss.
    Swapped(u8, u8),
    /// The upper half of all bytes, from this one on.
    Wild(u8),
}

/// Bytes to encode and to decode.
#[derive(Arbitrary, Debug)]
enum Text {
    Plain(Vec<u8>),
    /// Encoded, broken into lines of this length, then changed at some places: what is wrong is never far from right.
    Near(Vec<u8>, u8, Vec<(u16, u8)>),
}

impl Alphabet {
    fn characters(&self) -> [u8; 64] {
        let mut c = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        match self {
            Alphabet::Standard => {}
            Alphabet::Url => c[62..].copy_from_slice(b"-_"),
            Alphabet::Swapped(a, b) => c.swap(usize::from(a % 64), usize::from(b % 64)),
            Alphabet::Wild(first) => {
                c = std::array::from_fn(|i| 128 + (first.wrapping_add(i as u8) & 127))
            }
        }
        c
    }
}

thread_local! {
    static MEMORY: RefCell<[Memory; 2]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|memory| {
    let characters = input.alphabet.characters();
    let padding = input.padded.then_some(b'=');
    let ends = if input.padded { PADDED_ENDS } else { RAW_ENDS };
    let ends = if input.piece { PIECE_ENDS } else { ends };
    let to_text = encode_table(&characters, padding);
    let to_bytes = decode_table(&characters, padding, b"\r\n", ends, input.strict);
    let text = match &input.text {
        Text::Plain(bytes) => bytes.clone(),
        Text::Near(bytes, line, changes) => near(bytes, *line, changes, &to_text),
    };
    // Arguments have room for four thirds of 12 KiB.
    if text.len() <= 8 << 10 {
        encode(memory, &input, &text, &to_text);
        decode(memory, &input, &text, &to_bytes);
        in_place(memory, &input, &text, &to_bytes);
    }
}));

fn near(bytes: &[u8], line: u8, changes: &[(u16, u8)], table: &EncodeTable) -> Vec<u8> {
    let mut text = vec![0; bytes.len().div_ceil(3) * 4];
    let (n, room) = (bytes.len(), text.len());
    // SAFETY: each slice is valid for its length, they are apart, and the table is whole.
    let done = unsafe {
        kernels_generic::base64::encode_generic(text.as_mut_ptr(), room, bytes.as_ptr(), n, table)
    };
    text.truncate(done.second);
    if line > 0 {
        text = text.chunks(line.into()).collect::<Vec<_>>().join(&b"\r\n"[..]);
    }
    let n = text.len().max(1);
    for &(i, byte) in changes {
        text.get_mut(usize::from(i) % n).into_iter().for_each(|c| *c = byte);
    }
    text
}

fn room(input: &Input, text: &[u8]) -> usize {
    usize::from(input.room) % (text.len() / 3 * 4 + 8)
}

fn encode([to, from]: &mut [Memory; 2], input: &Input, text: &[u8], table: &EncodeTable) {
    let (room, src) = (room(input, text), from.input(text, input.places[1]));
    agree(&base64::ENCODE, planted::encode, |f| {
        let dst = to.output(room, input.places[0]);
        // SAFETY: each is valid for its length, they are apart, and the table is whole.
        let done = unsafe { f(dst, room, src, text.len(), table.as_ptr().cast()) };
        (done, to.written(dst, room))
    });
    assert_eq!(from.contents(src, text.len()), text, "the source was written to");
}

fn decode([to, from]: &mut [Memory; 2], input: &Input, text: &[u8], table: &DecodeTable) {
    let (room, src) = (room(input, text), from.input(text, input.places[1]));
    agree(&base64::DECODE, planted::decode, |f| {
        let dst = to.output(room, input.places[0]);
        // SAFETY: as above.
        let done = unsafe { f(dst, room, src, text.len(), table.as_ptr().cast()) };
        let mut written = to.written(dst, room);
        // Behind the last group a variant may leave what it likes, inside dst.
        written.truncate(done.second);
        (done, written)
    });
    assert_eq!(from.contents(src, text.len()), text, "the source was written to");
}

fn in_place([_, memory]: &mut [Memory; 2], input: &Input, text: &[u8], table: &DecodeTable) {
    agree(&base64::DECODE, planted::decode, |f| {
        let p = memory.input(text, input.places[1]);
        // SAFETY: the text is readable and writable, and dst may begin where src does.
        let done = unsafe { f(p, text.len(), p, text.len(), table.as_ptr().cast()) };
        (done, memory.contents(p, done.second))
    });
}
