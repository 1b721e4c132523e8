//! Rows of family `utf16`: against the standard library's characters, at every length, with every room, between canaries.

use crate::guard::{Arena, trying};
use crate::utf8::sequence;
use crate::{Element, Random};
use kernels_generic::ffi::Pair;

/// Row `from_utf8`.
pub type FromUtf8 = unsafe extern "C" fn(*mut u16, usize, *const u8, usize) -> Pair;
/// Row `to_utf8`.
pub type ToUtf8 = unsafe extern "C" fn(*mut u8, usize, *const u16, usize) -> Pair;

/// Lengths that are tried one by one, in elements.
const LENGTHS: usize = 140;
/// Longest of those that are tried with every room.
const SHORT: usize = 72;
/// Elements around what a kernel may write that are looked at, where there is no guard page.
const FENCE: usize = 64;
/// Most bytes of a text and of what is made of it.
const MOST: usize = 32 << 10;
const CANARY: u8 = 0xa7;

/// What a row has to write, and how far it gets: the counts behind each character, none first.
pub struct Reference<T> {
    pub output: Vec<T>,
    pub ends: Vec<Pair>,
}

impl<T> Reference<T> {
    /// What it has to return, and to write, with so much room.
    pub fn within(&self, room: usize) -> (Pair, &[T]) {
        let fit = self.ends.partition_point(|pair| pair.second <= room);
        let last = self.ends[fit - 1];
        (last, &self.output[..last.second])
    }
}

/// What row `from_utf8` has to do with any room.
///
/// # Panics
/// If [`sequence`] is wrong.
pub fn from_utf8_reference(src: &[u8]) -> Reference<u16> {
    let mut made = Reference { output: Vec::new(), ends: vec![Pair::default()] };
    let mut read = 0;
    while let n @ 1.. = sequence(&src[read..]) {
        let text = std::str::from_utf8(&src[read..read + n]).expect("a sequence is valid");
        made.output.extend(text.encode_utf16());
        read += n;
        made.ends.push(Pair { first: read, second: made.output.len() });
    }
    made
}

/// What row `to_utf8` has to do with any room.
pub fn to_utf8_reference(src: &[u16]) -> Reference<u8> {
    let mut made = Reference { output: Vec::new(), ends: vec![Pair::default()] };
    let mut read = 0;
    for c in char::decode_utf16(src.iter().copied()).map_while(Result::ok) {
        made.output.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        read += c.len_utf16();
        made.ends.push(Pair { first: read, second: made.output.len() });
    }
    made
}

/// Memory for input and output, each between pages that cannot be accessed.
pub(crate) struct Bench<'a, F> {
    name: &'a str,
    kernel: F,
    pub(crate) random: Random,
    src: Arena,
    dst: Arena,
}

impl<'a, F> Bench<'a, F> {
    pub(crate) fn new(name: &'a str, kernel: F) -> Self {
        let (src, dst) = (Arena::new(MOST), Arena::new(MOST));
        Bench { name, kernel, random: Random(1), src, dst }
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.random.bits() % n as u64) as usize
    }

    /// Calls the kernel with so much room, input and output each flush with an end of its arena or anywhere, and checks
    /// what it returns, what it wrote, and that it wrote nothing else, inside the room or beside it.
    pub(crate) fn expect<S: Element, D: Element>(
        &mut self,
        call: impl Fn(&F, *mut D, usize, *const S, usize) -> Pair,
        input: &[S],
        room: usize,
        (result, output): (Pair, &[D]),
    ) {
        let (anywhere, ways) = (self.below(32), [self.below(3), self.below(3)]);
        let from: *mut S = place(&self.src, input.len(), ways[0], anywhere);
        let to: *mut D = place(&self.dst, room, ways[1], anywhere);
        let before = FENCE.min((to.addr() - self.dst.head::<D>(0).addr()) / size_of::<D>());
        let end = self.dst.tail::<D>(0).addr() - to.addr();
        let after = FENCE.min(end / size_of::<D>() - room);
        // SAFETY: both places are inside their arenas, which nobody else uses, and the fences are too. The CPU is the
        // promise of whoever made this.
        let (is, window) = unsafe {
            from.copy_from_nonoverlapping(input.as_ptr(), input.len());
            let start = to.sub(before);
            start.cast::<u8>().write_bytes(CANARY, (before + room + after) * size_of::<D>());
            let is =
                trying(self.name, input.len(), || call(&self.kernel, to, room, from, input.len()));
            (is, std::slice::from_raw_parts(start, before + room + after))
        };
        let (name, n) = (self.name, input.len());
        let shown = || format!("{name}: length {n}, room {room}, {:x?}", &input[..n.min(300)]);
        assert_eq!(is, result, "{}", shown());
        let (ahead, rest) = window.split_at(before);
        let (inside, behind) = rest.split_at(output.len());
        assert!(inside == output, "output: {}", shown());
        let canary = D::from_bits(u64::from_ne_bytes([CANARY; 8]));
        let whole = ahead.iter().chain(behind).all(|&x| x == canary);
        assert!(whole, "wrote too much: {}", shown());
    }
}

fn place<T>(arena: &Arena, n: usize, way: usize, anywhere: usize) -> *mut T {
    match way {
        0 => arena.tail(n),
        1 => arena.head(n),
        _ => arena.at(anywhere * size_of::<T>(), n),
    }
}

pub(crate) fn lengths() -> impl Iterator<Item = usize> {
    (0..=LENGTHS).chain((1..3).flat_map(|k| (1024 * k - 3)..(1024 * k + 4)))
}

/// Rooms to try for so much output: every one for some short inputs, else those around it.
pub(crate) fn rooms(input: usize, output: usize) -> impl Iterator<Item = usize> {
    // Every one at some lengths only: there are many.
    let all = input <= SHORT && input % 6 < 2;
    let least = if all { 0 } else { output.saturating_sub(3) };
    (least..output + 2).chain([output.saturating_sub(70), output + 40, output + 130])
}

/// What text is made of: all ASCII, of two bytes, of three, of four, or runs of all of these; the last also single ones.
const KINDS: usize = 6;

/// Characters of this kind, so many bytes of UTF-8 at least.
fn text(random: &mut Random, kind: usize, bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        let mut below = |n: u32| (random.bits() % u64::from(n)) as u32;
        let (kind, run) = match kind {
            4 => (below(4), 1 + below(40)),
            5 => (below(4), 1),
            _ => (kind as u32, 1),
        };
        for _ in 0..run {
            let code = match kind {
                0 => below(0x80),
                1 => 0x80 + below(0x780),
                2 => 0x800 + below(0xf800),
                _ => 0x1_0000 + below(0x10_0000),
            };
            // U+D800 to U+DFFF are no characters.
            text.push(char::from_u32(code).unwrap_or('\u{ffff}'));
        }
    }
    text
}

/// Checks one variant of `from_utf8`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn from_utf8(name: &str, kernel: FromUtf8) {
    let mut bench = Bench::new(name, kernel);
    // SAFETY: places and lengths are those of the bench; the CPU is the caller's promise.
    let call = |kernel: &FromUtf8, to, room, from, n| unsafe { kernel(to, room, from, n) };
    let compare = |src: &[u8], bench: &mut Bench<FromUtf8>| {
        let made = from_utf8_reference(src);
        for room in rooms(src.len(), made.output.len()) {
            bench.expect(call, src, room, made.within(room));
        }
    };
    for (len, kind) in lengths().flat_map(|n| (0..KINDS).map(move |kind| (n, kind))) {
        let mut src = text(&mut bench.random, kind, len).into_bytes();
        compare(&src, &mut bench);
        // Its end cut off; one byte replaced; and another.
        src.truncate(len);
        compare(&src, &mut bench);
        for _ in 0..2 {
            let (i, byte) = (bench.below(len + 1), bench.random.bits() as u8);
            src.get_mut(i).into_iter().for_each(|b| *b = byte);
            compare(&src, &mut bench);
        }
    }
    // SAFETY: null is allowed where there is nothing to read or write.
    let none = unsafe { kernel(std::ptr::null_mut(), 0, std::ptr::null(), 0) };
    assert_eq!(none, Pair::default(), "{name}: a null pointer with length 0");
}

/// Checks one variant of `to_utf8`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn to_utf8(name: &str, kernel: ToUtf8) {
    let mut bench = Bench::new(name, kernel);
    // SAFETY: places and lengths are those of the bench; the CPU is the caller's promise.
    let call = |kernel: &ToUtf8, to, room, from, n| unsafe { kernel(to, room, from, n) };
    let compare = |src: &[u16], bench: &mut Bench<ToUtf8>| {
        let made = to_utf8_reference(src);
        for room in rooms(src.len(), made.output.len()) {
            bench.expect(call, src, room, made.within(room));
        }
    };
    for (len, kind) in lengths().flat_map(|n| (0..KINDS).map(move |kind| (n, kind))) {
        let all = text(&mut bench.random, kind, 3 * len);
        let mut src: Vec<u16> = all.encode_utf16().collect();
        src.truncate(len);
        compare(&src, &mut bench);
        // One unit replaced by one of a surrogate's, and another by any.
        for bits in [0xd800, 0xdc00, 0] {
            let (i, any) = (bench.below(len + 1), bench.random.bits() as u16);
            let unit = if bits == 0 { any } else { bits | any & 0x3ff };
            src.get_mut(i).into_iter().for_each(|u| *u = unit);
            compare(&src, &mut bench);
        }
    }
    // SAFETY: null is allowed where there is nothing to read or write.
    let none = unsafe { kernel(std::ptr::null_mut(), 0, std::ptr::null(), 0) };
    assert_eq!(none, Pair::default(), "{name}: a null pointer with length 0");
}
