//! Base64: every variant against a decoder and an encoder that go character by character, at every length, with every
//! room, with every byte at every place, in place, and between canaries.

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

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CRYPT: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Half of it is beyond ASCII, and the order is no order.
const WILD: [u8; 64] = {
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
/// Bytes around what a kernel may write.
const FENCE: usize = 64;
const CANARY: u8 = 0xa7;

/// Numbers that look random, the same at every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.next() as u8).collect()
    }
}

/// An encoding as a reader of RFC 4648 would put it.
#[derive(Clone, Copy)]
struct Scheme {
    alphabet: &'static [u8; 64],
    /// The value of each byte, if it is a digit.
    digit: [Option<u8>; 256],
    padding: Option<u8>,
    skip: &'static [u8],
    ends: u16,
    strict: bool,
}

impl Scheme {
    fn new(alphabet: &'static [u8; 64], padding: Option<u8>, strict: bool) -> Scheme {
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

    fn encode_table(&self) -> EncodeTable {
        encode_table(self.alphabet, self.padding)
    }

    fn decode_table(&self) -> DecodeTable {
        decode_table(self.alphabet, self.padding, self.skip, self.ends, self.strict)
    }

    fn encode(&self, src: &[u8]) -> Vec<u8> {
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
    fn decode(&self, src: &[u8], room: usize) -> (Pair, Vec<u8>) {
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

/// Lengths one by one, then some around blocks of vectors.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=LENGTHS).chain((1..6).flat_map(|k| (768 * k - 3)..(768 * k + 4)))
}

/// Checks a variant of row `base64_encode`.
///
/// # Panics
/// If the variant differs from the definition, or writes where it may not; the message says for which input.
///
/// # Safety
/// The CPU has what the variant needs.
pub unsafe fn encode(kernel: Encode) {
    let mut random = Random(1);
    for (s, scheme) in Scheme::all().iter().enumerate() {
        let table = scheme.encode_table();
        for len in lengths() {
            let offset = random.below(64);
            let buffer = random.bytes(offset + len);
            let src = &buffer[offset..];
            let text = scheme.encode(src);
            let shortest = text.len().saturating_sub(if len < 200 { 70 } else { 5 });
            for room in (shortest..text.len() + 3).chain([text.len() + 200]) {
                let mut dst = vec![CANARY; offset + room + FENCE];
                // SAFETY: the caller's promise; the lengths are those of the buffers.
                let pair = unsafe {
                    kernel(dst.as_mut_ptr().add(offset), room, src.as_ptr(), len, &table)
                };
                let read = if room < text.len() { room / 4 * 3 } else { len };
                let end = room.min(text.len());
                assert_eq!(
                    pair,
                    Pair { first: read, second: end },
                    "scheme {s}, {len} bytes, room {room}"
                );
                assert!(
                    dst[offset..][..end] == text[..end],
                    "scheme {s}, {len} bytes, room {room}: text"
                );
                assert!(
                    fenced(&dst, offset, room),
                    "scheme {s}, {len} bytes, room {room}: wrote outside dst"
                );
            }
        }
    }
    // SAFETY: null is allowed where there is nothing to read or write.
    let pair = unsafe {
        kernel(std::ptr::null_mut(), 0, std::ptr::null(), 0, &encode_table(STANDARD, None))
    };
    assert_eq!(pair, Pair::default());
}

/// Whether the bytes around the room are as they were.
fn fenced(dst: &[u8], offset: usize, room: usize) -> bool {
    let (before, rest) = dst.split_at(offset);
    before.iter().chain(&rest[room..]).all(|&b| b == CANARY)
}

/// Checks a variant of row `base64_decode`.
///
/// # Panics
/// If the variant differs from the definition, or writes where it may not; the message says for which input.
///
/// # Safety
/// The CPU has what the variant needs.
pub unsafe fn decode(kernel: Decode) {
    let mut random = Random(2);
    for (s, scheme) in Scheme::all().iter().enumerate() {
        let mut check =
            DecodeCheck { kernel, scheme, table: scheme.decode_table(), s, random: Random(3) };
        for len in lengths() {
            let text = scheme.encode(&random.bytes(len));
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
        check.every_byte();
    }
    zeros(kernel);
}

/// The zero table takes every byte for the digit 0.
fn zeros(kernel: Decode) {
    for len in 0..300 {
        let mut dst = vec![CANARY; 300];
        // SAFETY: the caller's promise; the lengths are those of the buffers.
        let pair =
            unsafe { kernel(dst.as_mut_ptr(), 300, vec![len as u8; len].as_ptr(), len, &[0; 288]) };
        assert_eq!(
            pair,
            Pair { first: len / 4 * 4, second: len / 4 * 3 },
            "zero table, {len} characters"
        );
        assert!(dst[..pair.second].iter().all(|&b| b == 0), "zero table, {len} characters");
    }
    // SAFETY: null is allowed where there is nothing to read or write.
    let pair = unsafe { kernel(std::ptr::null_mut(), 0, std::ptr::null(), 0, &[0; 288]) };
    assert_eq!(pair, Pair::default());
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
fn sprinkled(random: &mut Random, text: &[u8]) -> Vec<u8> {
    let mut sprinkled = text.to_vec();
    for _ in 0..=random.below(4) {
        sprinkled.insert(random.below(sprinkled.len() + 1), b"\r\n"[random.below(2)]);
    }
    sprinkled
}

/// The text with one to three bytes changed, added, or cut off at the end; often to those that mean something.
fn mutated(random: &mut Random, scheme: &Scheme, text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=random.below(3) {
        let byte = match random.below(4) {
            0 => scheme.padding.unwrap_or(b'='),
            1 => b'\n',
            2 => scheme.alphabet[random.below(64)],
            _ => random.next() as u8,
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
    random: Random,
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
        let offset = self.random.below(64);
        let mut src = self.random.bytes(offset);
        src.extend(text);
        let mut dst = vec![CANARY; offset + room + FENCE];
        let (want, bytes) = self.scheme.decode(text, room);
        // SAFETY: the caller's promise; the lengths are those of the buffers.
        let pair = unsafe {
            let (to, from) = (dst.as_mut_ptr().add(offset), src.as_ptr().add(offset));
            (self.kernel)(to, room, from, text.len(), &self.table)
        };
        let case =
            || format!("scheme {}, room {room}, {:?}", self.s, String::from_utf8_lossy(text));
        assert_eq!(pair, want, "{}", case());
        assert!(dst[offset..][..bytes.len()] == bytes, "{}: bytes", case());
        assert!(fenced(&dst, offset, room), "{}: wrote outside dst", case());
    }

    fn in_place(&mut self, text: &[u8]) {
        let (want, bytes) = self.scheme.decode(text, text.len());
        let mut buffer = text.to_vec();
        let p = buffer.as_mut_ptr();
        // SAFETY: the caller's promise; dst begins where src does.
        let pair = unsafe { (self.kernel)(p, text.len(), p, text.len(), &self.table) };
        let case = || format!("scheme {}, in place, {:?}", self.s, String::from_utf8_lossy(text));
        assert_eq!(pair, want, "{}", case());
        assert!(buffer[..bytes.len()] == bytes, "{}: bytes", case());
    }

    /// Every byte at every place of a text that is longer than any vector.
    fn every_byte(&mut self) {
        for len in [50, 300] {
            let text = self.scheme.encode(&self.random.bytes(len));
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
