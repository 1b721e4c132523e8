//! UTF-16. What is right about a byte depends on the three before it, and what a unit becomes on the one before and behind: all
//! sequences of three bytes with four kinds of a fourth, all units and all pairs of surrogates are tried among ASCII, at
//! places that change from one to the next.

use crate::doors;
use crate::proof::{Memory, Place, Proof, Subject, Task};
use kernels_check::guard::trying;
use kernels_check::utf8::sequence;
use kernels_check::utf16::{FromUtf8, ToUtf8};
use kernels_generic::ffi::{Pair, slice};
use kernels_generic::utf16::{from_utf8_generic, to_utf8_generic};
use widelane::internals::utf16::{FROM_UTF8, TO_UTF8};

/// Lengths of text, and where in it the sequence starts: in a text shorter than a vector, across vectors of 16 and 32 bytes and
/// of 64, in the last of several, and at the ends.
const PLACES: &[(usize, usize)] = &[
    (4, 0),
    (9, 3),
    (20, 16),
    (64, 60),
    (131, 13),
    (131, 30),
    (131, 61),
    (131, 62),
    (131, 63),
    (131, 93),
    (131, 125),
    (131, 127),
    (195, 62),
];
/// The longest of them.
const MOST: usize = 195;
/// A part has the first bytes that differ in the low bits only, or so many high surrogates.
const FIRST: usize = 16;
/// The fourth byte: ASCII, the least and the greatest continuation, a start.
const FOURTH: [u8; 4] = [b'a', 0x80, 0xbf, 0xc3];
/// In a short proof, how many cases are left out for one.
const FEWER: usize = 37;
/// No ASCII; twice it is a low surrogate that no character with a fourth byte of [`FOURTH`] has.
const CANARY: u8 = 0xdc;

pub fn proofs() -> Vec<Proof> {
    let from = Subject { kernel: &FROM_UTF8, doors: doors::utf16::from_utf8 };
    let to = Subject { kernel: &TO_UTF8, doors: doors::utf16::to_utf8 };
    let parts = |_| 256 / FIRST;
    vec![
        from.proof("sequences", ("surrogate", wrong_surrogate), parts, sequences),
        to.proof("units", ("pair", wrong_pair), parts, units),
    ]
}

/// Every sequence of three bytes and one of four more, each at one place, or in a short proof one of several.
fn sequences(task: Task<FromUtf8>) -> u64 {
    let (mut from, mut to) = (Memory::new(MOST), Memory::new(2 * MOST));
    let (mut cases, mut turn) = (0, task.part);
    for first in (task.part * FIRST..).take(FIRST).map(|b| b as u8) {
        for rest in 0..1_u32 << 18 {
            turn += 1;
            if task.short && !turn.is_multiple_of(FEWER) {
                continue;
            }
            let [second, third, _, _] = rest.to_le_bytes();
            let all = [first, second, third, FOURTH[(rest >> 16) as usize], b'a'];
            let (n, at) = PLACES[turn % PLACES.len()];
            let there = &all[..all.len().min(n - at)];
            let src = from.bytes(Place::End, n);
            src.fill(b'a');
            src[at..at + there.len()].copy_from_slice(there);
            let dst = to.bytes(Place::End, 2 * n);
            dst.fill(CANARY);
            // SAFETY: places and lengths are those of the memory, which units fit, and only what this CPU can run is run.
            let is = trying(task.name, n, || unsafe {
                (task.kernel)(dst.as_mut_ptr().cast(), n, src.as_ptr(), n)
            });
            let (read, middle) = expected(there);
            let whole = read == there.len();
            let letters = |n: usize| std::iter::repeat_n(u16::from(b'a'), n);
            let behind = if whole { n - at - there.len() } else { 0 };
            let wanted = letters(at).chain(middle.iter().copied()).chain(letters(behind));
            let pair = Pair {
                first: if whole { n } else { at + read },
                second: at + middle.len() + behind,
            };
            let (done, canaries) = dst.split_at(2 * pair.second);
            let right = is == pair
                && done.as_chunks().0.iter().map(|b| u16::from_ne_bytes(*b)).eq(wanted)
                && canaries.iter().all(|&b| b == CANARY);
            assert!(right, "{}: {there:x?} at {at} of {n}: {is:?}, {dst:x?}", task.name);
            cases += 1;
        }
    }
    cases
}

/// How many bytes are read of what stands there, and the units that they become, by the standard library.
fn expected(there: &[u8]) -> (usize, Vec<u16>) {
    let (mut read, mut middle) = (0, Vec::with_capacity(8));
    loop {
        match sequence(&there[read..]) {
            0 => return (read, middle),
            n => {
                let text = str::from_utf8(&there[read..read + n]).expect("a sequence is valid");
                middle.extend(text.encode_utf16());
                read += n;
            }
        }
    }
}

/// Every unit before each of a few, and every pair of surrogates, each at one place.
fn units(task: Task<ToUtf8>) -> u64 {
    let (mut from, mut to) = (Memory::new(2 * MOST), Memory::new(3 * MOST));
    let (mut cases, mut turn) = (0, task.part);
    let few = [0x61, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000];
    let own = |unit: u16| usize::from(unit) % (256 / FIRST) == task.part;
    let beside = (0..=u16::MAX).filter(|&a| own(a)).flat_map(|a| few.map(|b| [a, b]));
    let pairs = (0xd800..0xdc00_u16).filter(|&a| own(a));
    let pairs = pairs.flat_map(|a| (0xdc00..0xe000_u16).map(move |b| [a, b]));
    for two in beside.chain(pairs) {
        turn += 1;
        if task.short && !turn.is_multiple_of(FEWER) {
            continue;
        }
        let (n, at) = PLACES[turn % PLACES.len()];
        let src = from.bytes(Place::End, 2 * n);
        let (mut units, mut wanted) = (vec![u16::from(b'a'); n], vec![b'a'; at]);
        units[at..at + 2].copy_from_slice(&two);
        for (bytes, unit) in src.as_chunks_mut().0.iter_mut().zip(&units) {
            *bytes = unit.to_ne_bytes();
        }
        let mut read = at;
        for c in char::decode_utf16(units[at..].iter().copied()).map_while(Result::ok) {
            read += c.len_utf16();
            wanted.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        let dst = to.bytes(Place::End, n + 4);
        dst.fill(CANARY);
        // SAFETY: places and lengths are those of the memory, which characters fit, and only what this CPU can run is run.
        let is = trying(task.name, n, || unsafe {
            (task.kernel)(dst.as_mut_ptr(), n + 4, src.as_ptr().cast(), n)
        });
        let (done, canaries) = dst.split_at(wanted.len());
        let right = is == Pair { first: read, second: wanted.len() }
            && *done == *wanted
            && canaries.iter().all(|&b| b == CANARY);
        assert!(right, "{}: {two:x?} at {at} of {n}: {is:?}, {dst:x?}", task.name);
        cases += 1;
    }
    cases
}

/// Mistakes one surrogate's bytes for a character.
unsafe extern "C" fn wrong_surrogate(to: *mut u16, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (from_utf8_generic(to, room, from, n), slice(from, n)) };
    match p.get(right.first..) {
        Some([0xed, 0xbf, ..]) => Pair { first: right.first + 1, ..right },
        _ => right,
    }
}

/// Writes one pair of surrogates wrong.
unsafe extern "C" fn wrong_pair(to: *mut u8, room: usize, from: *const u16, n: usize) -> Pair {
    // SAFETY: the caller's promise; what is changed was written.
    unsafe {
        let (right, p) = (to_utf8_generic(to, room, from, n), slice(from, n));
        if p.windows(2).any(|w| w[0] == 0xdbfe && w[1] >= 0xdf00) {
            *to.add(right.second - 1) ^= 1;
        }
        right
    }
}
