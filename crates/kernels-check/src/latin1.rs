//! Rows of family `latin1`: against the standard library's characters, at every length, with every room, between canaries.

use crate::Random;
use crate::utf8::sequence;
use crate::utf16::{Bench, Reference, lengths, rooms};
use kernels_generic::ffi::Pair;

/// Either row.
pub type Convert = unsafe extern "C" fn(*mut u8, usize, *const u8, usize) -> Pair;

/// What row `from_utf8` has to do with any room.
///
/// # Panics
/// If [`sequence`] is wrong.
pub fn from_utf8_reference(src: &[u8]) -> Reference<u8> {
    let mut made = Reference { output: Vec::new(), ends: vec![Pair::default()] };
    let mut read = 0;
    while let n @ 1.. = sequence(&src[read..]) {
        let text = std::str::from_utf8(&src[read..read + n]).expect("a sequence is valid");
        let c = text.chars().next().expect("there is one");
        let Ok(byte) = u8::try_from(c) else { break };
        made.output.push(byte);
        read += n;
        made.ends.push(Pair { first: read, second: made.output.len() });
    }
    made
}

/// What row `to_utf8` has to do with any room.
pub fn to_utf8_reference(src: &[u8]) -> Reference<u8> {
    let mut made = Reference { output: Vec::new(), ends: vec![Pair::default()] };
    for (i, &byte) in src.iter().enumerate() {
        made.output.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
        made.ends.push(Pair { first: i + 1, second: made.output.len() });
    }
    made
}

/// What bytes are made of: ASCII, none of it, runs of both, one or the other, and rarely one that is not ASCII.
const KINDS: usize = 5;

/// Characters of a text that is damaged at every place: more than two vectors of 64 bytes.
const DAMAGED: usize = 80;
/// Bytes that are nothing, not whole or something else, wherever they come to stand: ASCII, continuations, lead bytes that
/// are never valid, of Latin-1, of characters above it, and one that is in no text.
const DAMAGE: [u8; 9] = [b'a', 0x80, 0xbf, 0xc1, 0xc2, 0xc3, 0xc4, 0xe0, 0xff];

fn latin1(random: &mut Random, kind: usize, n: usize) -> Vec<u8> {
    let (mut bytes, mut high) = (Vec::with_capacity(n), kind == 1);
    while bytes.len() < n {
        let bits = random.bits();
        high = match kind {
            0 | 1 => high,
            2 => high ^ (bits >> 20).is_multiple_of(16),
            3 => bits >> 63 == 1,
            _ => (bits >> 20).is_multiple_of(50),
        };
        bytes.push(bits as u8 & 0x7f | u8::from(high) << 7);
    }
    bytes
}

/// Checks one variant of `from_utf8`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn from_utf8(name: &str, kernel: Convert) {
    let mut bench = Bench::new(name, kernel);
    let compare = |src: &[u8], bench: &mut Bench<Convert>| {
        let made = from_utf8_reference(src);
        for room in rooms(src.len(), made.output.len()) {
            bench.expect(call, src, room, made.within(room));
        }
    };
    for (len, kind) in lengths().flat_map(|n| (0..KINDS).map(move |kind| (n, kind))) {
        let bytes = latin1(&mut bench.random, kind, len);
        let text: String = bytes.iter().map(|&b| char::from(b)).collect();
        let mut src = text.into_bytes();
        compare(&src, &mut bench);
        // Its end cut off; one byte replaced by another, by a lead byte of each kind, and by a continuation.
        src.truncate(len);
        compare(&src, &mut bench);
        let any = bench.random.bits() as u8;
        for byte in [any, 0xc2, 0xc1 + any % 4, 0x80 | any & 0x3f] {
            let mut bad = src.clone();
            let i = bench.below(len + 1);
            bad.get_mut(i).into_iter().for_each(|b| *b = byte);
            compare(&bad, &mut bench);
        }
    }
    for kind in [1, 3] {
        let bytes = latin1(&mut bench.random, kind, DAMAGED);
        let src = bytes.iter().map(|&b| char::from(b)).collect::<String>().into_bytes();
        for (i, byte) in (0..src.len()).flat_map(|i| DAMAGE.map(|byte| (i, byte))) {
            let mut bad = src.clone();
            bad[i] = byte;
            compare(&bad, &mut bench);
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
pub unsafe fn to_utf8(name: &str, kernel: Convert) {
    let mut bench = Bench::new(name, kernel);
    for (len, kind) in lengths().flat_map(|n| (0..KINDS).map(move |kind| (n, kind))) {
        let src = latin1(&mut bench.random, kind, len);
        let made = to_utf8_reference(&src);
        for room in rooms(src.len(), made.output.len()) {
            bench.expect(call, &src, room, made.within(room));
        }
    }
    // SAFETY: null is allowed where there is nothing to read or write.
    let none = unsafe { kernel(std::ptr::null_mut(), 0, std::ptr::null(), 0) };
    assert_eq!(none, Pair::default(), "{name}: a null pointer with length 0");
}

fn call(kernel: &Convert, to: *mut u8, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: places and lengths are those of the bench; the CPU is the promise of whoever made that.
    unsafe { kernel(to, room, from, n) }
}
