//! Hexadecimal: every variant against an encoder and a decoder that go character by character, at every length, with
//! every room, with every byte at every place, in place, and between canaries.

use crate::Random;
use crate::guard::{Arena, trying};

/// A variant of row `hex_encode`, or of row `hex_decode`.
pub type Codec = unsafe extern "C" fn(*mut u8, usize, *const u8, usize) -> usize;

/// Lengths of input that are tried one by one, in bytes of the binary side.
const LENGTHS: usize = 330;
/// Longest of those that are tried with every room from 0 on.
const SHORT: usize = 70;
/// Bytes around what a kernel may write that are looked at, where there is no guard page.
const FENCE: usize = 64;
/// Most bytes of a text and of what is made of it.
const MOST: usize = 32 << 10;
const CANARY: u8 = 0xa7;

/// Memory for input and output, each between pages that cannot be accessed.
struct Bench<'a> {
    name: &'a str,
    kernel: Codec,
    random: Random,
    src: Arena,
    dst: Arena,
}

impl Bench<'_> {
    fn new(name: &str, kernel: Codec, seed: u64) -> Bench<'_> {
        let (src, dst) = (Arena::new(MOST), Arena::new(MOST));
        Bench { name, kernel, random: Random(seed), src, dst }
    }

    fn below(&mut self, n: usize) -> usize {
        (self.random.bits() % n as u64) as usize
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Digits of both cases.
    fn text(&mut self, n: usize) -> Vec<u8> {
        let all = b"0123456789abcdefABCDEF";
        (0..n).map(|_| all[self.below(all.len())]).collect()
    }

    /// Calls the kernel with so much room, input and output each flush with an end of its arena or anywhere, and checks
    /// what it returns, what it wrote, and that it wrote nothing else, inside the room or beside it.
    fn expect(&mut self, input: &[u8], room: usize, result: usize, output: &[u8]) {
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
        // promise of whoever made this.
        let (is, window) = unsafe {
            from.copy_from_nonoverlapping(input.as_ptr(), input.len());
            let start = to.sub(before);
            start.write_bytes(CANARY, before + room + after);
            let is = trying(self.name, input.len(), || (self.kernel)(to, room, from, input.len()));
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

    /// Calls the kernel with the input where `at` says within the output's `room` bytes, and checks the same.
    fn overlapping(&mut self, input: &[u8], at: usize, room: usize, result: usize, output: &[u8]) {
        let p: *mut u8 = self.dst.tail(room);
        // SAFETY: the arena has the room, and the input lies in it. The CPU is the promise of whoever made this.
        let (is, dst) = unsafe {
            p.write_bytes(CANARY, room);
            p.add(at).copy_from_nonoverlapping(input.as_ptr(), input.len());
            let is = (self.kernel)(p, room, p.add(at), input.len());
            (is, std::slice::from_raw_parts(p, room))
        };
        let (name, n) = (self.name, input.len());
        assert_eq!(is, result, "{name}: in place, length {n}, {}", shown(input));
        assert!(dst[..output.len()] == *output, "{name}: in place, length {n}, {}", shown(input));
        if at == 0 {
            // Digits that were not decoded are as they were.
            let rest = dst[output.len()..] == input[output.len()..];
            assert!(rest, "{name}: in place, what is behind, length {n}, {}", shown(input));
        }
    }

    fn null(&self) {
        // SAFETY: null is allowed where there is nothing to read or write.
        let is = unsafe { (self.kernel)(std::ptr::null_mut(), 0, std::ptr::null(), 0) };
        assert_eq!(is, 0, "{}: a null pointer with length 0", self.name);
    }
}

fn shown(input: &[u8]) -> String {
    input.escape_ascii().to_string()
}

fn lengths() -> impl Iterator<Item = usize> {
    (0..=LENGTHS).chain((1..6).flat_map(|k| (1024 * k - 3)..(1024 * k + 4)))
}

/// The text of these bytes, by the formatter of the standard library.
pub fn encoded(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect()
}

/// What a decoder must answer, and the bytes that it must write, by the parser of the standard library.
pub fn decoded(text: &[u8], room: usize) -> (usize, Vec<u8>) {
    let pairs = &text[..(2 * room).min(text.len() / 2 * 2)];
    let value = |c: u8| char::from(c).to_digit(16).map(|d| d as u8);
    let digits = pairs.iter().position(|&c| value(c).is_none()).unwrap_or(pairs.len());
    let byte = |pair: &[u8]| value(pair[0]).unwrap() * 16 + value(pair[1]).unwrap();
    (digits, pairs[..digits / 2 * 2].chunks(2).map(byte).collect())
}

/// Checks one variant of `encode`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn encode(name: &str, kernel: Codec) {
    let mut bench = Bench::new(name, kernel, 1);
    for len in lengths() {
        let src = bench.bytes(len);
        let text = encoded(&src);
        let least = if len <= SHORT { 0 } else { text.len() - 5 };
        for room in (least..text.len() + 4).chain([text.len() + 200]) {
            let n = len.min(room / 2);
            bench.expect(&src, room, n, &text[..2 * n]);
        }
        bench.overlapping(&src, len, 2 * len, len, &text);
    }
    // Every byte at every place of a block, among bytes whose digits differ from its own.
    for byte in 0..=255 {
        for i in 0..140 {
            let mut src = [byte ^ 0x5a; 140];
            src[i] = byte;
            bench.expect(&src, 280, 140, &encoded(&src));
        }
    }
    bench.null();
}

/// Checks one variant of `decode`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn decode(name: &str, kernel: Codec) {
    let mut bench = Bench::new(name, kernel, 2);
    for len in lengths().flat_map(|n| [2 * n, 2 * n + 1]) {
        let text = bench.text(len);
        decode_one(&mut bench, &text);
        for _ in 0..3 {
            let mut text = text.clone();
            for _ in 0..=bench.below(2) {
                let (i, byte) = (bench.below(len + 1), bench.random.bits() as u8);
                text.get_mut(i).into_iter().for_each(|c| *c = byte);
            }
            decode_one(&mut bench, &text);
        }
    }
    // Every byte at every place of short texts and of one longer than any block.
    for len in [2, 6, 14, 16, 30, 34, 62, 64, 66, 128, 130, 280] {
        let good = bench.text(len);
        for i in 0..len {
            for byte in 0..=255 {
                let mut text = good.clone();
                text[i] = byte;
                let (digits, bytes) = decoded(&text, len / 2);
                bench.expect(&text, len / 2, digits, &bytes);
            }
        }
    }
    bench.null();
}

/// One text with rooms around what it needs, and in place.
fn decode_one(bench: &mut Bench, text: &[u8]) {
    let whole = text.len() / 2;
    let least = if whole <= SHORT { 0 } else { whole - 5 };
    for room in (least..whole + 3).chain([whole + 200]) {
        let (digits, bytes) = decoded(text, room);
        bench.expect(text, room, digits, &bytes);
    }
    let (digits, bytes) = decoded(text, text.len());
    bench.overlapping(text, 0, text.len(), digits, &bytes);
}
