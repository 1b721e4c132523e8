//! UTF-8. What is right about a byte depends on the three before it and on those behind only as far as they are looked at
//! with it, so all sequences are put where blocks, their overlap and the text begin and end, among ASCII.

use crate::doors;
use crate::proof::{Memory, Place, Proof, Subject, Task};
use kernels_check::guard::trying;
use kernels_check::utf8::{Measure, rune_count_reference, valid_up_to_reference};
use kernels_generic::ffi::slice;
use kernels_generic::utf8::{rune_count_generic, valid_up_to_generic};
use widelane::internals::utf8::{RUNE_COUNT, VALID_UP_TO};

/// Two blocks, and a third that overlaps the second.
const LENGTH: usize = 131;
/// Where sequences start: at the start, across vectors of 16 and 32 bytes, across both ends of blocks and where the
/// overlapping one starts, and at the end.
const STARTS: &[usize] = &[0, 14, 30, 61, 62, 63, 65, 66, 125, 126, 127];
/// The lengths around a masked or overlapping start, in which sequences are at the end.
const SHORT_LENGTHS: &[usize] = &[4, 16, 18, 19, 31, 32, 34, 35, 36, 63, 64, 65, 66, 67, 68];
/// A part has the first bytes that differ in the low bits only.
const FIRST: usize = 16;
/// The third bytes of a short proof: both sides of each boundary of table 3-7.
const THIRD: [u8; 16] = [
    0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xf0, 0xf4, 0xff,
];
/// The fourth: ASCII, the least and the greatest continuation, a start.
const FOURTH: [u8; 4] = [b'a', 0x80, 0xbf, 0xc3];

pub fn proofs() -> Vec<Proof> {
    let valid = Subject { kernel: &VALID_UP_TO, doors: doors::utf8::valid_up_to };
    let count = Subject { kernel: &RUNE_COUNT, doors: doors::utf8::rune_count };
    let parts = |_| 256 / FIRST;
    vec![
        valid.proof("sequences", ("surrogate", wrong_surrogate), parts, |task| {
            sequences(task, |n, at, there| match valid_up_to_reference(there) {
                all if all == there.len() => n,
                up_to => at + up_to,
            })
        }),
        count.proof("sequences", ("width", wrong_width), parts, |task| {
            sequences(task, |n, _, there| n - there.len() + rune_count_reference(there))
        }),
    ]
}

/// Every sequence of three bytes and one of four more, or, in a short proof, of two bytes and some others; `expected` is
/// given the length, the place, and the sequence, with one byte of ASCII behind where there is room.
fn sequences(task: Task<Measure>, expected: impl Fn(usize, usize, &[u8]) -> usize) -> u64 {
    let (mut memory, mut cases) = (Memory::new(LENGTH), 0);
    let places = STARTS.iter().map(|&at| (LENGTH, at));
    let ends = SHORT_LENGTHS.iter().map(|&n| (n, n - 4));
    let places: Vec<_> = places.chain(ends).collect();
    let thirds: Vec<u8> = if task.short { THIRD.to_vec() } else { (0..=u8::MAX).collect() };
    for first in (task.part * FIRST..).take(FIRST).map(|b| b as u8) {
        for second in 0..=u8::MAX {
            for &third in &thirds {
                // Each place in a proof in full, one after the other in a short one.
                let turn = usize::from(first ^ second ^ third);
                let step = if task.short { places.len() } else { 1 };
                for &(n, at) in places.iter().skip(turn % step).step_by(step) {
                    for fourth in FOURTH {
                        let five = [first, second, third, fourth, b'a'];
                        let p = memory.bytes(Place::End, n);
                        p.fill(b'a');
                        let there = &five[..(n - at).min(five.len())];
                        p[at..at + there.len()].copy_from_slice(there);
                        expect(task, p, expected(n, at, there));
                        cases += 1;
                    }
                }
            }
        }
    }
    cases
}

fn expect(task: Task<Measure>, p: &[u8], wanted: usize) {
    let Task { name, kernel, .. } = task;
    // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
    let is = trying(name, p.len(), || unsafe { kernel(p.as_ptr(), p.len()) });
    assert!(is == wanted, "{name}: {is}, not {wanted}, of {p:x?}");
}

/// Takes one kind of surrogate for a character.
unsafe extern "C" fn wrong_surrogate(p: *const u8, len: usize) -> usize {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (valid_up_to_generic(p, len), slice(p, len)) };
    match p.get(right..) {
        Some([0xed, 0xbf, 0x80, ..]) => len,
        _ => right,
    }
}

/// Takes what lies above U+10FFFF for one rune.
unsafe extern "C" fn wrong_width(p: *const u8, len: usize) -> usize {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (rune_count_generic(p, len), slice(p, len)) };
    if p.windows(4).any(|w| w == [0xf4, 0x90, 0x80, 0x80]) { right - 3 } else { right }
}
