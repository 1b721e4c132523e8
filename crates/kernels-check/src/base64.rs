//! Base64: every variant against a decoder and an encoder that go character by character, at every length, with every
//! room, with every byte at every place, in place, and between canaries.

use crate::Random;
use crate::guard::{Arena, trying};
use kernels_generic::base64::{
    DecodeTable, EncodeTable, INVALID, PADDED_ENDS, PIECE_ENDS, RAW_ENDS, decode_table,
    encode_table,
};
use kernels_generic::ffi::Pair;

/// A variant of row `base64_encode`.
pub type Encode =
    unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const EncodeTable) -> Pair;
/// A variant of row `base64_decode`.
pub type Decode =
    unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const DecodeTable) -> Pair;

pub const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CRYPT: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Half of it is beyond ASCII, and the order is no order.
pub const WILD: [u8; 64] = {
    let mut wild = [0; 64];
    let mut i = 0;
    while i < 64 {
        wild[i] = 0x60 + (i * 37 % 64) as u8;
        i += 1;
    }
    wild
};
/// Lengths that are tried one by one.
const LENGTHS: usize = 512;
/// Longest of those that are tried with every scheme and many rooms: twice the widest vector's, and some.
const SHORT: usize = 130;
/// Bytes around what a kernel may write that are looked at, where there is no guard page.
const FENCE: usize = 64;
/// Most bytes of a text and of what is made of it.
const MOST: usize = 32 << 10;
const CANARY: u8 = 0xa7;

/// Memory for a text and for what is made of it, each between pages that cannot be accessed.
struct Bench<'a> {
    name: &'a str,
    random: Random,
    src: Arena,
    dst: Arena,
}

impl Bench<'_> {
    fn new(name: &str, seed: u64) -> Bench<'_> {
        Bench { name, random: Random(seed), src: Arena::new(MOST), dst: Arena::new(MOST) }
    }

    fn below(&mut self, n: usize) -> usize {
        (self.random.bits() % n as u64) as usize
    }

    fn random_bytes(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Calls a kernel with the text and so much room, each flush with an end of its arena or anywhere; the result, what
    /// is in the room afterwards, and whether the bytes around it are as before.
    fn call(
        &mut self,
        text: &[u8],
        room: usize,
        kernel: impl Fn(*mut u8, usize, *const u8, usize) -> Pair,
    ) -> (Pair, &[u8], bool) {
        let anywhere = self.below(64);
        let place = |arena: &Arena, n: usize, way: usize| match way {
            0 => arena.tail(n),
            1 => arena.head(n),
            _ => arena.at(anywhere, n),
        };
        let (from, to) = (self.below(3), self.below(3));
        let from: *mut u8 = place(&self.src, text.len(), from);
        let to: *mut u8 = place(&self.dst, room, to);
        let before = FENCE.min(to.addr() - self.dst.head::<u8>(0).addr());
        let after = FENCE.min(self.dst.tail::<u8>(0).addr() - to.addr() - room);
        // SAFETY: both places are inside their arenas, which nobody else uses, and the fences are too.
        let window = unsafe {
            from.copy_from_nonoverlapping(text.as_ptr(), text.len());
            let start = to.sub(before);
            start.write_bytes(CANARY, before + room + after);
            std::slice::from_raw_parts(start, before + room + after)
        };
        let pair = trying(self.name, text.len(), || kernel(to, room, from, text.len()));
        let (ahead, rest) = window.split_at(before);
        let (inside, behind) = rest.split_at(room);
        (pair, inside, ahead.iter().chain(behind).all(|&b| b == CANARY))
    }
}

/// An encoding as a reader of RFC 4648 would put it.
#[derive(Clone, Copy)]
pub struct Scheme {
    pub alphabet: &'static [u8; 64],
    /// The value of each byte, if it is a digit.
    digit: [Option<u8>; 256],
    padding: Option<u8>,
    skip: &'static [u8],
    ends: u16,
    strict: bool,
}

impl Scheme {
    /// Skips line breaks.
    pub fn new(alphabet: &'static [u8; 64], padding: Option<u8>, strict: bool) -> Scheme {
        let ends = if padding.is_some() { PADDED_ENDS } else { RAW_ENDS };
        let mut digit = [None; 256];
        for (d, &c) in alphabet.iter().enumerate() {
            digit[usize::from(c)] = Some(d as u8);
        }
        Scheme { alphabet, digit, padding, skip: b"\r\n", ends, strict }
    }

    fn all() -> Vec<Scheme> {
        vec![
            Scheme::new(STANDARD, Some(b'='), false),
            Scheme::new(STANDARD, None, false),
            Scheme::new(STANDARD, Some(b'='), true),
            Scheme::new(URL, None, true),
            Scheme::new(URL, Some(0xff), false),
            Scheme::new(CRYPT, Some(b'*'), false),
            Scheme::new(CRYPT, None, true),
            Scheme::new(&WILD, Some(b'='), true),
            Scheme { skip: b"", ..Scheme::new(STANDARD, Some(b'='), false) },
            Scheme { skip: b" \t\r\n-", ..Scheme::new(STANDARD, Some(b'='), true) },
            Scheme { ends: PADDED_ENDS | RAW_ENDS, ..Scheme::new(URL, Some(b'='), true) },
            Scheme { ends: PIECE_ENDS, ..Scheme::new(STANDARD, Some(b'='), false) },
            Scheme { ends: PIECE_ENDS, ..Scheme::new(STANDARD, None, false) },
        ]
    }

    pub fn encode_table(&self) -> EncodeTable {
        encode_table(self.alphabet, self.padding)
    }

    pub fn decode_table(&self) -> DecodeTable {
        decode_table(self.alphabet, self.padding, self.skip, self.ends, self.strict)
    }

    /// The text of these bytes.
    pub fn encode(&self, src: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        for group in src.chunks(3) {
            let bits = group.iter().fold(0u32, |bits, &b| bits << 8 | u32::from(b))
                << (8 * (3 - group.len()));
            for k in 0..=group.len() {
                text.push(self.alphabet[(bits >> (18 - 6 * k)) as usize & 63]);
            }
            text.extend(
                self.padding.into_iter().flat_map(|c| std::iter::repeat_n(c, 3 - group.len())),
            );
        }
        text
    }

    /// What a kernel must answer, and the bytes that it must write into `room`.
    pub fn decode(&self, src: &[u8], room: usize) -> (Pair, Vec<u8>) {
        let mut bytes = Vec::new();
        let mut read = 0;
        loop {
            let digit = |c: &u8| {
                self.alphabet.contains(c) || Some(*c) == self.padding || !self.skip.contains(c)
            };
            read = src[read..].iter().position(digit).map_or(src.len(), |i| read + i);
            let (digits, pads, after) = self.group(&src[read..]);
            let after = after + read;
            let count = match digits.len() {
                0 if pads == 0 && after == src.len() => {
                    return (Pair { first: after, second: bytes.len() }, bytes);
                }
                4 => 3,
                n if self.ends & (1 << (n | pads << 2)) != 0
                    && (pads > 0 || after == src.len()) =>
                {
                    n.wrapping_sub(1)
                }
                _ => break,
            };
            let bits = digits.iter().fold(0u32, |bits, &d| bits << 6 | u32::from(d))
                << (6 * (4 - digits.len()));
            let [_, group @ ..] = bits.to_be_bytes();
            if self.strict && group[count..].iter().any(|&b| b != 0) || room - bytes.len() < count {
                break;
            }
            bytes.extend(&group[..count]);
            read = after;
            if count < 3 {
                break;
            }
        }
        (Pair { first: read, second: bytes.len() }, bytes)
    }

    /// The digits and padding characters of the next group, and where it ends; behind padding that is what follows the
    /// bytes to skip.
    fn group(&self, src: &[u8]) -> (Vec<u8>, usize, usize) {
        let (mut digits, mut pads) = (Vec::new(), 0);
        for (i, c) in src.iter().enumerate() {
            match self.digit[usize::from(*c)] {
                Some(d) if pads == 0 => digits.push(d),
                None if Some(*c) == self.padding && pads < (4 - digits.len()).min(2) => pads += 1,
                None if Some(*c) != self.padding && self.skip.contains(c) => {}
                _ => return (digits, pads, i),
            }
            if digits.len() == 4 {
                return (digits, 0, i + 1);
            }
        }
        (digits, pads, src.len())
    }
}

/// Lengths one by one, then some around blocks of vectors; of the long ones the third that scheme `s` is tried with.
/// Each is so with a third of the schemes.
fn lengths(s: usize) -> impl Iterator<Item = usize> {
    let all = (0..=LENGTHS).chain((1..6).flat_map(|k| (768 * k - 3)..(768 * k + 4)));
    all.filter(move |len| *len <= SHORT || (len + s).is_multiple_of(3))
}

/// Checks one variant of `encode`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn encode(name: &str, kernel: Encode) {
    let mut bench = Bench::new(name, 1);
    for (s, scheme) in Scheme::all().iter().enumerate() {
        let table = scheme.encode_table();
        // SAFETY: the pointers and lengths are those of slices; the CPU is the caller's promise.
        let call = |to, room, from, len| unsafe { kernel(to, room, from, len, &table) };
        for len in lengths(s) {
            let src = bench.random_bytes(len);
            let text = scheme.encode(&src);
            let shortest = text.len().saturating_sub(if len < SHORT { 70 } else { 5 });
            for room in (shortest..text.len() + 3).chain([text.len() + 200]) {
                let read = if room < text.len() { room / 4 * 3 } else { len };
                let end = room.min(text.len());
                let (pair, dst, fenced) = bench.call(&src, room, call);
                let right = pair == Pair { first: read, second: end };
                assert!(right, "{name}: {pair:?}, scheme {s}, {len} bytes, room {room}");
                assert!(
                    dst[..end] == text[..end],
                    "{name}: text, scheme {s}, {len} bytes, room {room}"
                );
                assert!(fenced, "{name}: wrote outside, scheme {s}, {len} bytes, room {room}");
            }
        }
    }
    let (null, table) = (std::ptr::null_mut(), encode_table(STANDARD, None));
    // SAFETY: null is allowed where there is nothing to read or write.
    let pair = unsafe { kernel(null, 0, null, 0, &table) };
    assert_eq!(pair, Pair::default(), "{name}: a null pointer with length 0");
}

/// Checks one variant of `decode`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn decode(name: &str, kernel: Decode) {
    let mut random = Bench::new(name, 2);
    for (s, scheme) in Scheme::all().iter().enumerate() {
        let bench = Bench::new(name, 3);
        let mut check = DecodeCheck { kernel, scheme, table: scheme.decode_table(), s, bench };
        for len in lengths(s) {
            let text = scheme.encode(&random.random_bytes(len));
            check.rooms(&text);
            check.rooms(&mutated(&mut random, scheme, &text));
            for (line, newline) in
                [(76, &b"\r\n"[..]), (76, b"\n"), (64, b"\n"), (4, b"\n"), (60, b"\n\n\n")]
            {
                check.once(&broken(&text, line, newline));
                check.once(&mutated(&mut random, scheme, &broken(&text, line, newline)));
            }
            check.rooms(&sprinkled(&mut random, &text));
            let long = broken(&text, 1 + random.below(100), b"\r\n");
            check.rooms(&mutated(&mut random, scheme, &long));
        }
        if s % 2 == 0 {
            check.every_byte();
        }
    }
    zeros(name, kernel);
}

/// The zero table takes every byte for the digit 0.
fn zeros(name: &str, kernel: Decode) {
    let mut bench = Bench::new(name, 4);
    // SAFETY: the pointers and lengths are those of slices; the CPU is the caller's promise.
    let call = |to, room, from, len| unsafe { kernel(to, room, from, len, &[0; 288]) };
    for len in 0..300 {
        let (pair, dst, fenced) = bench.call(&vec![len as u8; len], 300, call);
        assert_eq!(
            pair,
            Pair { first: len / 4 * 4, second: len / 4 * 3 },
            "{name}: zero table, {len} characters"
        );
        assert!(
            dst[..pair.second].iter().all(|&b| b == 0) && fenced,
            "{name}: zero table, {len} characters"
        );
    }
    let pair = call(std::ptr::null_mut(), 0, std::ptr::null(), 0);
    assert_eq!(pair, Pair::default(), "{name}: a null pointer with length 0");
}

/// The text with a line break after each `line` characters, and at the end half of the time.
fn broken(text: &[u8], line: usize, newline: &[u8]) -> Vec<u8> {
    let mut lines = text.chunks(line).collect::<Vec<_>>().join(newline);
    if text.len().is_multiple_of(2) {
        lines.extend(newline);
    }
    lines
}

/// The text with line breaks anywhere.
fn sprinkled(random: &mut Bench, text: &[u8]) -> Vec<u8> {
    let mut sprinkled = text.to_vec();
    for _ in 0..=random.below(4) {
        sprinkled.insert(random.below(sprinkled.len() + 1), b"\r\n"[random.below(2)]);
    }
    sprinkled
}

/// The text with one to three bytes changed, added, or cut off at the end; often to those that mean something.
fn mutated(random: &mut Bench, scheme: &Scheme, text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=random.below(3) {
        let byte = match random.below(4) {
            0 => scheme.padding.unwrap_or(b'='),
            1 => b'\n',
            2 => scheme.alphabet[random.below(64)],
            _ => random.random.bits() as u8,
        };
        let i = match random.below(2) {
            0 => random.below(text.len() + 1),
            _ => text.len() - random.below(text.len().min(6) + 1),
        };
        match random.below(3) {
            0 => text.insert(i, byte),
            1 => text.truncate(i.max(text.len().saturating_sub(3))),
            _ => text.get_mut(i).into_iter().for_each(|c| *c = byte),
        }
    }
    text
}

struct DecodeCheck<'a> {
    kernel: Decode,
    scheme: &'a Scheme,
    table: DecodeTable,
    s: usize,
    bench: Bench<'a>,
}

impl DecodeCheck<'_> {
    /// With rooms around what is needed, and in place.
    fn rooms(&mut self, text: &[u8]) {
        let (whole, _) = self.scheme.decode(text, usize::MAX);
        let shortest = whole.second.saturating_sub(if text.len() < 120 { 70 } else { 5 });
        for room in (shortest..whole.second + 4).chain([text.len(), whole.second + 200]) {
            self.with(text, room);
        }
        self.in_place(text);
    }

    fn once(&mut self, text: &[u8]) {
        self.with(text, text.len());
        self.in_place(text);
    }

    fn with(&mut self, text: &[u8], room: usize) {
        let (want, bytes) = self.scheme.decode(text, room);
        let (kernel, table) = (self.kernel, &self.table);
        // SAFETY: the pointers and lengths are those of slices; the CPU is the caller's promise.
        let call = |to, room, from, len| unsafe { kernel(to, room, from, len, table) };
        let (pair, dst, fenced) = self.bench.call(text, room, call);
        if pair != want || dst[..bytes.len()] != bytes || !fenced {
            let (name, text) = (self.bench.name, String::from_utf8_lossy(text));
            panic!(
                "{name}: {pair:?}, not {want:?}, fence whole: {fenced}; scheme {}, room {room}, {text:?}",
                self.s
            );
        }
    }

    fn in_place(&mut self, text: &[u8]) {
        let (want, bytes) = self.scheme.decode(text, text.len());
        let p: *mut u8 = self.bench.src.tail(text.len());
        // SAFETY: the arena has room for the text; dst begins where src does. The CPU is the caller's promise.
        let (pair, dst) = unsafe {
            p.copy_from_nonoverlapping(text.as_ptr(), text.len());
            let pair = (self.kernel)(p, text.len(), p, text.len(), &self.table);
            (pair, std::slice::from_raw_parts(p, bytes.len()))
        };
        let (name, s) = (self.bench.name, self.s);
        let text = String::from_utf8_lossy(text);
        assert!(
            pair == want && dst == bytes,
            "{name}: {pair:?}, not {want:?}; scheme {s}, in place, {text:?}"
        );
    }

    /// Every byte at every place of a text that is longer than any vector.
    fn every_byte(&mut self) {
        for len in [50, 230] {
            let text = self.scheme.encode(&self.bench.random_bytes(len));
            for i in 0..text.len() {
                for byte in 0..=INVALID {
                    let mut text = text.clone();
                    text[i] = byte;
                    self.with(&text, len);
                }
            }
        }
    }
}
