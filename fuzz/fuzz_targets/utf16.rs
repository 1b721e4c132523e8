//! UTF-8 to UTF-16 and back with any room and place: any bytes and units, and valid text with a few of them replaced.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::{Memory, Place, agree, planted};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use widelane::internals::utf16;

/// Bytes of text, and units: an argument has room for three times as many.
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
    Units(Vec<u16>),
    /// Characters, each so often; bytes or units at places; how many bytes are missing at the end.
    Damaged(Vec<(char, u8)>, Vec<(u16, u16)>, u8),
}

impl Text {
    /// The same text as bytes and as units, each with the damage.
    fn both(self) -> (Vec<u8>, Vec<u16>) {
        let (mut bytes, mut units, others) = match self {
            Text::Plain(bytes) => (bytes, vec![], vec![]),
            Text::Units(units) => (vec![], units, vec![]),
            Text::Damaged(runs, others, missing) => {
                let repeat = |&(c, n): &(char, u8)| std::iter::repeat_n(c, n.into());
                let text: String = runs.iter().flat_map(repeat).collect();
                let units = text.encode_utf16().collect();
                let mut bytes = text.into_bytes();
                bytes.truncate(bytes.len().saturating_sub(usize::from(missing % 4)));
                (bytes, units, others)
            }
        };
        bytes.truncate(LONGEST);
        units.truncate(LONGEST);
        let (n, m) = (bytes.len().max(1), units.len().max(1));
        for (i, other) in others {
            bytes.get_mut(usize::from(i) % n).into_iter().for_each(|b| *b = other as u8);
            units.get_mut(usize::from(i) % m).into_iter().for_each(|u| *u = other);
        }
        (bytes, units)
    }
}

thread_local! {
    static MEMORY: RefCell<[Memory; 2]> = RefCell::default();
}

fuzz_target!(|input: Input| MEMORY.with_borrow_mut(|[to, from]| {
    let Input { places, room, text } = input;
    let (bytes, units) = text.both();
    let (p, most) = (from.input(&bytes, places[1]), usize::from(room) % (bytes.len() + 8));
    agree(&utf16::FROM_UTF8, planted::from_utf8, |f| {
        let dst = to.output::<u16>(most, places[0]);
        // SAFETY: each is valid for its length, and they are apart.
        let done = unsafe { f(dst, most, p, bytes.len()) };
        // All of it: not one unit behind those that count is a variant's to use.
        (done, to.written(dst, most))
    });
    assert_eq!(from.contents(p, bytes.len()), bytes, "the source was written to");
    let (p, most) = (from.input(&units, places[1]), usize::from(room) % (3 * units.len() + 8));
    agree(&utf16::TO_UTF8, planted::to_utf8, |f| {
        let dst = to.output::<u8>(most, places[0]);
        // SAFETY: as above.
        let done = unsafe { f(dst, most, p, units.len()) };
        (done, to.written(dst, most))
    });
    assert_eq!(from.contents(p, units.len()), units, "the source was written to");
    assert_eq!(
        widelane::utf16::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(&bytes).encode_utf16().collect::<Vec<_>>(),
        "not as the standard library"
    );
    assert_eq!(
        widelane::utf16::decode_lossy(&units),
        String::from_utf16_lossy(&units),
        "not as the standard library"
    );
    let text = String::from_utf16_lossy(&units);
    assert_eq!(widelane::utf16::encoded_len(&text), units.len(), "a length");
    assert_eq!(widelane::utf16::decoded_len(&units), text.len(), "a length");
}));
