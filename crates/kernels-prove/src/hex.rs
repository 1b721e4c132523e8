//! Hexadecimal. A byte becomes two characters and nothing else, and what two characters mean depends on nothing else:
//! all bytes, and all pairs of characters, are tried at each place of calls of many lengths. That neighbours do not see
//! each other is sampled elsewhere, by the suites and the fuzzer.

use crate::doors;
use crate::proof::{Memory, PLACES, Proof, Subject, Task};
use kernels_check::guard::trying;
use kernels_generic::ffi::slice;
use kernels_generic::hex::{decode_generic, encode_generic};
use widelane::internals::hex::{DECODE, ENCODE};

type Codec = unsafe extern "C" fn(*mut u8, usize, *const u8, usize) -> usize;

/// Bytes in calls of which every one has every value: all up to a little more than the widest loop's turn.
const MOST: usize = 160;
const MOST_SHORT: usize = 70;
/// Pairs of characters in calls: one, few, a vector's more or less, and enough for the widest loops.
const PAIRS: &[usize] = &[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 64, 65, 97, 130];
const PAIRS_SLOW: &[usize] = &[1, 3, 4, 9];
const PAIRS_SHORT: &[usize] = &[1, 9, 33];
const CANARY: u8 = 0xa7;

pub fn proofs() -> Vec<Proof> {
    let encode_of = Subject { kernel: &ENCODE, doors: doors::hex::encode };
    let decode_of = Subject { kernel: &DECODE, doors: doors::hex::decode };
    vec![
        encode_of.proof("bytes", ("byte", wrong_byte), |_| 1, bytes),
        decode_of.proof("pairs", ("pair", wrong_pair), |_| 1, pairs),
    ]
}

/// Every byte at every place of every length.
fn bytes(task: Task<Codec>) -> u64 {
    let most = if task.short { MOST_SHORT } else { MOST };
    let (mut from, mut to, mut cases) = (Memory::new(MOST), Memory::new(2 * MOST), 0);
    for (n, place) in (1..=most).flat_map(|n| PLACES.map(|place| (n, place))) {
        let (src, dst) = (from.bytes(place, n), to.bytes(place, 2 * n));
        let mut wanted = vec![[0; 2]; n];
        for (i, byte) in (0..n).flat_map(|i| (0..=u8::MAX).map(move |byte| (i, byte))) {
            // Both digits of the others differ from its own.
            let others = byte ^ 0x5a;
            src.fill(others);
            wanted.fill(characters(others));
            (src[i], wanted[i]) = (byte, characters(byte));
            let is = call(&task, src, dst);
            let right = is == n && *dst == *wanted.as_flattened();
            assert!(right, "{}: {byte:#x} at {i} of {n}: {is}, {dst:x?}", task.name);
            cases += 1;
        }
    }
    cases
}

/// Every pair of characters at every place of calls of several lengths: what is no digit is found at its place, what
/// comes before is decoded, and nothing behind that is written.
fn pairs(task: Task<Codec>) -> u64 {
    let counts = match (task.short, task.slow) {
        (true, _) => PAIRS_SHORT,
        (false, true) => PAIRS_SLOW,
        (false, false) => PAIRS,
    };
    let most = 2 * PAIRS[PAIRS.len() - 1];
    let (mut from, mut to, mut cases) = (Memory::new(most), Memory::new(most), 0);
    for (&n, place) in counts.iter().flat_map(|n| PLACES.map(|place| (n, place))) {
        let (src, dst) = (from.bytes(place, 2 * n), to.bytes(place, n));
        for (i, pair) in (0..n).flat_map(|i| (0..=u16::MAX).map(move |pair| (i, pair))) {
            let [a, b] = pair.to_le_bytes();
            src.fill(b'5');
            (src[2 * i], src[2 * i + 1]) = (a, b);
            dst.fill(CANARY);
            let is = call(&task, src, dst);
            let (upper, lower) = (value(a), value(b));
            let wanted = match (upper, lower) {
                (None, _) => 2 * i,
                (_, None) => 2 * i + 1,
                _ => 2 * n,
            };
            let byte = upper.zip(lower).map_or(CANARY, |(upper, lower)| upper << 4 | lower);
            let rest = if wanted == 2 * n { 0x55 } else { CANARY };
            let right = is == wanted
                && dst[..i].iter().all(|&x| x == 0x55)
                && dst[i] == byte
                && dst[i + 1..].iter().all(|&x| x == rest);
            assert!(right, "{}: {a:#x} {b:#x} at {i} of {n}: {is}, {dst:x?}", task.name);
            cases += 1;
        }
    }
    cases
}

fn call(task: &Task<Codec>, src: &[u8], dst: &mut [u8]) -> usize {
    // SAFETY: pointers and lengths are those of slices, and only what this CPU can run is run.
    trying(task.name, src.len(), || unsafe {
        (task.kernel)(dst.as_mut_ptr(), dst.len(), src.as_ptr(), src.len())
    })
}

fn characters(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)])
}

fn value(c: u8) -> Option<u8> {
    char::from(c).to_digit(16).map(|d| d as u8)
}

/// Mistakes one byte in one place for its neighbour.
unsafe extern "C" fn wrong_byte(to: *mut u8, room: usize, from: *const u8, n: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let (done, src) = (encode_generic(to, room, from, n), slice(from, n));
        if n == 67 && src[33] == 0x9f && src[34] == 0xc5 {
            to.add(66).write(b'a');
        }
        done
    }
}

/// Takes what follows `f` for a digit, in one place.
unsafe extern "C" fn wrong_pair(to: *mut u8, room: usize, from: *const u8, n: usize) -> usize {
    // SAFETY: the caller's promise.
    let (right, src) = unsafe { (decode_generic(to, room, from, n), slice(from, n)) };
    if right == 17 && n == 18 && src[17] == b'g' { 18 } else { right }
}
