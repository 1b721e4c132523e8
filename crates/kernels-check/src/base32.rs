//! Base32: every variant against an encoder and a decoder that go bit by bit, at every length, with every room, with every
//! byte at every place, in place, and between canaries.

use crate::Random;
use crate::guard::{Arena, trying};
use kernels_generic::base32::{DecodeTable, EncodeTable, decode_table, encode_table};
use kernels_generic::ffi::Pair;

/// A variant of row `base32_encode`.
pub type Encode =
    unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const EncodeTable) -> Pair;
/// A variant of row `base32_decode`.
pub type Decode =
    unsafe extern "C" fn(*mut u8, usize, *const u8, usize, *const DecodeTable) -> Pair;

pub const STANDARD: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
pub const HEX: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
/// In Crockford's alphabet letters are left out, so that a row of characters has several distances to its values.
pub const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Half of it is beyond ASCII, and the order is no order.
pub const WILD: [u8; 32] = {
    let mut wild = [0; 32];
    let mut i = 0;
    while i < 32 {
        wild[i] = 0x70 + (i * 13 % 32) as u8;
        i += 1;
    }
    wild
};

/// Lengths of input that are tried one by one, in bytes of the binary side.
const LENGTHS: usize = 220;
/// The same with alphabets that differ from another in nothing that a kernel looks at.
const LENGTHS_MORE: usize = 70;
/// Longest of those that are tried with every room from 0 on.
const SHORT: usize = 20;
/// Bytes around what a kernel may write that are looked at, where there is no guard page.
const FENCE: usize = 64;
/// Most bytes of a text and of what is made of it.
const MOST: usize = 32 << 10;
const CANARY: u8 = 0xa7;

/// An encoding as a reader of RFC 4648 would put it.
#[derive(Clone, Copy)]
pub struct Scheme {
    alphabet: &'static [u8; 32],
    padding: Option<u8>,
}

impl Scheme {
    pub const fn new(alphabet: &'static [u8; 32], padding: Option<u8>) -> Scheme {
        Scheme { alphabet, padding }
    }

    pub fn encode_table(&self) -> EncodeTable {
        encode_table(self.alphabet, self.padding)
    }

    pub fn decode_table(&self) -> DecodeTable {
        decode_table(self.alphabet, self.padding)
    }

    /// The text of these bytes.
    pub fn encoded(&self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len() * 8 / 5 + 8);
        let (mut bits, mut have) = (0_u32, 0);
        for &b in bytes {
            (bits, have) = (bits << 8 | u32::from(b), have + 8);
            while have >= 5 {
                have -= 5;
                text.push(self.alphabet[(bits >> have) as usize % 32]);
            }
        }
        if have > 0 {
            text.push(self.alphabet[(bits << (5 - have)) as usize % 32]);
        }
        if let Some(c) = self.padding {
            text.resize(text.len().next_multiple_of(8), c);
        }
        text
    }

    fn digit(&self, c: u8) -> Option<u8> {
        self.alphabet.iter().position(|&a| a == c).map(|d| d as u8)
    }

    /// What a decoder must answer, and the bytes that it must write.
    pub fn decoded(&self, text: &[u8], room: usize) -> (Pair, Vec<u8>) {
        let (mut read, mut bytes) = (0, Vec::new());
        while read < text.len() {
            let group = &text[read..text.len().min(read + 8)];
            let Some(mut next) = self.group(group, read + group.len() == text.len()) else { break };
            if bytes.len() + next.len() > room {
                break;
            }
            bytes.append(&mut next);
            read += group.len();
        }
        (Pair { first: read, second: bytes.len() }, bytes)
    }

    /// The bytes of a group, if it is valid.
    fn group(&self, group: &[u8], last: bool) -> Option<Vec<u8>> {
        let digits: Vec<u8> = group.iter().map_while(|&c| self.digit(c)).collect();
        let rest = &group[digits.len()..];
        let whole = match digits.len() {
            8 => true,
            2 | 4 | 5 | 7 if last => match self.padding {
                Some(c) => group.len() == 8 && rest.iter().all(|&r| r == c),
                None => rest.is_empty(),
            },
            _ => false,
        };
        whole.then(|| {
            let bits = digits.iter().fold(0, |bits, &d| bits << 5 | u64::from(d));
            let bytes = (bits << (64 - 5 * digits.len())).to_be_bytes();
            bytes[..5 * digits.len() / 8].to_vec()
        })
    }
}

/// What is tried with every length.
pub fn schemes() -> [Scheme; 6] {
    [
        Scheme::new(STANDARD, Some(b'=')),
        Scheme::new(STANDARD, None),
        Scheme::new(HEX, Some(b'=')),
        Scheme::new(HEX, None),
        Scheme::new(CROCKFORD, Some(b'*')),
        Scheme::new(&WILD, Some(0xfe)),
    ]
}

/// Memory for input and output, each between pages that cannot be accessed.
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

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Calls a kernel with so much room, input and output each flush with an end of its arena or anywhere, and checks what
    /// it returns, what it wrote, and that it wrote nothing else, inside the room or beside it.
    fn expect(
        &mut self,
        input: &[u8],
        room: usize,
        (result, output): (Pair, &[u8]),
        kernel: impl Fn(*mut u8, usize, *const u8, usize) -> Pair,
    ) {
        let anywhere = self.below(64);
        let place = |arena: &Arena, n: usize, way: usize| match way {
            0 => arena.tail(n),
            1 => arena.head(n),
            _ => arena.at(anywhere, n),
        };
        let (from, to) = (self.below(3), self.below(3));
        let from: *mut u8 = place(&self.src, input.len(), from);
        let to: *mut u8 = place(&self.dst, room, to);
        let before = FENCE.min(to.addr() - self.dst.head::<u8>(0).addr());
        let after = FENCE.min(self.dst.tail::<u8>(0).addr() - to.addr() - room);
        // SAFETY: both places are inside their arenas, which nobody else uses, and the fences are too. The CPU is the
        // promise of whoever made the kernel's closure.
        let (is, window) = unsafe {
            from.copy_from_nonoverlapping(input.as_ptr(), input.len());
            let start = to.sub(before);
            start.write_bytes(CANARY, before + room + after);
            let is = trying(self.name, input.len(), || kernel(to, room, from, input.len()));
            (is, std::slice::from_raw_parts(start, before + room + after))
        };
        let (name, n) = (self.name, input.len());
        assert_eq!(is, result, "{name}: length {n}, room {room}, {}", shown(input));
        let (ahead, rest) = window.split_at(before);
        let (inside, behind) = rest.split_at(output.len());
        assert!(inside == output, "{name}: output, length {n}, room {room}, {}", shown(input));
        let whole = ahead.iter().chain(behind).all(|&b| b == CANARY);
        assert!(whole, "{name}: wrote too much, length {n}, room {room}, {}", shown(input));
    }
}

fn shown(input: &[u8]) -> String {
    input.escape_ascii().to_string()
}

/// Each scheme with each of its lengths: every second one has the long ones.
fn cases() -> impl Iterator<Item = (Scheme, usize)> {
    schemes().into_iter().enumerate().flat_map(|(i, scheme)| {
        let most = if i % 2 == 0 { LENGTHS } else { LENGTHS_MORE };
        (0..=most).chain(1022..1027).map(move |n| (scheme, n))
    })
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
    for (scheme, len) in cases() {
        let (src, table) = (bench.bytes(len), scheme.encode_table());
        let text = scheme.encoded(&src);
        let least = if len <= SHORT { 0 } else { text.len() - 9 };
        for room in (least..text.len() + 2).chain([text.len() + 200]) {
            let groups = if room < text.len() { room / 8 } else { len.div_ceil(5) };
            let result = Pair { first: len.min(5 * groups), second: text.len().min(8 * groups) };
            // SAFETY: the table is readable, and the caller's promise.
            let call = |to, room, from, n| unsafe { kernel(to, room, from, n, &table) };
            bench.expect(&src, room, (result, &text[..result.second]), call);
        }
    }
    // Every byte at every place of a block, among bytes that differ from it in every bit.
    let scheme = Scheme::new(STANDARD, None);
    let table = scheme.encode_table();
    for (byte, i) in (0..=u8::MAX).flat_map(|byte| (0..120).map(move |i| (byte, i))) {
        let mut src = [!byte; 120];
        src[i] = byte;
        let result = Pair { first: 120, second: 192 };
        // SAFETY: the table is readable, and the caller's promise.
        let call = |to, room, from, n| unsafe { kernel(to, room, from, n, &table) };
        bench.expect(&src, 192, (result, &scheme.encoded(&src)), call);
    }
    null(name, |to, from| {
        // SAFETY: null is allowed where there is nothing to read or write.
        unsafe { kernel(to, 0, from, 0, &table) }
    });
}

/// Checks one variant of `decode`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn decode(name: &str, kernel: Decode) {
    let mut bench = Bench::new(name, 2);
    for (scheme, len) in cases() {
        let mut text = scheme.encoded(&bench.bytes(len));
        let table = scheme.decode_table();
        // SAFETY: the table is readable, and the caller's promise.
        let call = |to, room, from, n| unsafe { kernel(to, room, from, n, &table) };
        decode_one(&mut bench, scheme, &text, call);
        // A character more or less, and something that is wrong at one or two places.
        text.truncate(text.len() - bench.below(2).min(text.len()));
        for _ in 0..2 {
            let mut text = text.clone();
            for _ in 0..=bench.below(2) {
                let (i, byte) = (bench.below(text.len() + 1), bench.random.bits() as u8);
                let byte = if byte < 64 { scheme.padding.unwrap_or(b'=') } else { byte };
                text.get_mut(i).into_iter().for_each(|c| *c = byte);
            }
            decode_one(&mut bench, scheme, &text, call);
        }
    }
    // Every byte at every place of short texts and of one longer than any block.
    for scheme in [Scheme::new(STANDARD, Some(b'=')), Scheme::new(HEX, None)] {
        let table = scheme.decode_table();
        for len in [1, 3, 4, 14, 22, 43, 84] {
            let good = scheme.encoded(&bench.bytes(len));
            for (i, byte) in (0..good.len()).flat_map(|i| (0..=u8::MAX).map(move |byte| (i, byte)))
            {
                let mut text = good.clone();
                text[i] = byte;
                let (result, bytes) = scheme.decoded(&text, len);
                // SAFETY: the table is readable, and the caller's promise.
                let call = |to, room, from, n| unsafe { kernel(to, room, from, n, &table) };
                bench.expect(&text, len, (result, &bytes), call);
            }
        }
        null(name, |to, from| {
            // SAFETY: null is allowed where there is nothing to read or write.
            unsafe { kernel(to, 0, from, 0, &table) }
        });
    }
}

fn null(name: &str, kernel: impl Fn(*mut u8, *const u8) -> Pair) {
    let is = kernel(std::ptr::null_mut(), std::ptr::null());
    assert_eq!(is, Pair::default(), "{name}: a null pointer with length 0");
}

/// One text with rooms around what it needs, in place, and to just before where it lies.
fn decode_one(
    bench: &mut Bench,
    scheme: Scheme,
    text: &[u8],
    kernel: impl Fn(*mut u8, usize, *const u8, usize) -> Pair,
) {
    let whole = text.len() * 5 / 8;
    let least = if whole <= SHORT { 0 } else { whole - 9 };
    for room in (least..whole + 2).chain([whole + 200]) {
        let (result, bytes) = scheme.decoded(text, room);
        bench.expect(text, room, (result, &bytes), &kernel);
    }
    for before in [0, 3] {
        decode_over_itself(bench, scheme, text, before, &kernel);
    }
}

/// One text to memory that begins so many bytes before its own and ends where that does.
fn decode_over_itself(
    bench: &mut Bench,
    scheme: Scheme,
    text: &[u8],
    before: usize,
    kernel: impl Fn(*mut u8, usize, *const u8, usize) -> Pair,
) {
    let whole = [&vec![CANARY; before][..], text].concat();
    let (result, bytes) = scheme.decoded(text, whole.len());
    let p: *mut u8 = bench.dst.tail(whole.len());
    // SAFETY: the arena has the room. The CPU is the promise of whoever made the kernel's closure.
    let (is, dst) = unsafe {
        p.copy_from_nonoverlapping(whole.as_ptr(), whole.len());
        let is = kernel(p, whole.len(), p.add(before), text.len());
        (is, std::slice::from_raw_parts(p, whole.len()))
    };
    let (name, n) = (bench.name, text.len());
    assert_eq!(is, result, "{name}: to {before} before its own, length {n}, {}", shown(text));
    let right = dst[..bytes.len()] == bytes && dst[bytes.len()..] == whole[bytes.len()..];
    assert!(right, "{name}: to {before} before its own, length {n}, {}", shown(text));
}
