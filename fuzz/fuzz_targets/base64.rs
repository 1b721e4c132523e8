//! Encoding and decoding with any alphabet, padding, strictness and room.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::agree;
use kernels_generic::base64::{PADDED_ENDS, RAW_ENDS, decode_table, encode_table};
use libfuzzer_sys::fuzz_target;
use widelane::internals::base64;

#[derive(Arbitrary, Debug)]
struct Input {
    alphabet: Alphabet,
    padded: bool,
    strict: bool,
    room: u16,
    text: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
enum Alphabet {
    Standard,
    Url,
    /// The standard one with two characters exchanged, which no shortcut for common alphabets may miss.
    Swapped(u8, u8),
}

impl Alphabet {
    fn characters(&self) -> [u8; 64] {
        let mut c = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        match self {
            Alphabet::Standard => {}
            Alphabet::Url => c[62..].copy_from_slice(b"-_"),
            Alphabet::Swapped(a, b) => c.swap(usize::from(a % 64), usize::from(b % 64)),
        }
        c
    }
}

fuzz_target!(|input: Input| {
    let characters = input.alphabet.characters();
    let encode = encode_table(&characters, input.padded.then_some(b'='));
    let padding = input.padded.then_some(b'=');
    let ends = if input.padded { PADDED_ENDS } else { RAW_ENDS };
    let decode = decode_table(&characters, padding, b"\r\n", ends, input.strict);
    let (src, room) = (&input.text, usize::from(input.room) % (2 * input.text.len() + 8));
    agree(&base64::ENCODE, |f| {
        let mut dst = vec![0; room];
        // SAFETY: each slice is valid for its length, they are apart, and the table is whole.
        let done =
            unsafe { f(dst.as_mut_ptr(), room, src.as_ptr(), src.len(), encode.as_ptr().cast()) };
        (done, dst)
    });
    agree(&base64::DECODE, |f| {
        let mut dst = vec![0; room];
        // SAFETY: as above.
        let done =
            unsafe { f(dst.as_mut_ptr(), room, src.as_ptr(), src.len(), decode.as_ptr().cast()) };
        dst.truncate(done.second);
        (done, dst)
    });
});
