//! Latin-1. What is right about a byte depends on its neighbours: all sequences of three bytes are tried among ASCII and among
//! characters of two bytes, and every two bytes of Latin-1, at places that change from one to the next.

use crate::doors;
use crate::proof::{Memory, Place, Proof, Subject, Task};
use kernels_check::guard::trying;
use kernels_check::latin1::{Convert, from_utf8_reference, to_utf8_reference};
use kernels_generic::ffi::{Pair, slice};
use kernels_generic::latin1::{from_utf8_generic, to_utf8_generic};
use widelane::internals::latin1::{FROM_UTF8, TO_UTF8};

/// Lengths of text, and where in it the sequence starts: in one shorter than a group, across groups of eight, vectors of 16, 32
/// and 64, in the last of several, and at the ends.
const PLACES: &[(usize, usize)] = &[
    (3, 0),
    (7, 4),
    (16, 6),
    (31, 15),
    (40, 30),
    (64, 61),
    (66, 31),
    (131, 62),
    (131, 63),
    (131, 126),
    (133, 130),
];
/// The longest of them.
const MOST: usize = 133;
/// Parts have the first bytes that differ in the low bits only.
const PARTS: usize = 16;
/// In a short proof, how many cases are left out for one.
const FEWER: usize = 41;
const CANARY: u8 = 0xa7;

pub fn proofs() -> Vec<Proof> {
    let from = Subject { kernel: &FROM_UTF8, doors: doors::latin1::from_utf8 };
    let to = Subject { kernel: &TO_UTF8, doors: doors::latin1::to_utf8 };
    let parts = |_| PARTS;
    vec![
        from.proof("sequences", ("overlong", wrong_overlong), parts, sequences),
        to.proof("pairs", ("mark", wrong_mark), parts, pairs),
    ]
}

/// Input and output, each at the end of its memory.
struct Bench<'a> {
    task: Task<'a, Convert>,
    from: Memory,
    to: Memory,
}

impl<'a> Bench<'a> {
    fn new(task: Task<'a, Convert>) -> Bench<'a> {
        Bench { task, from: Memory::new(2 * MOST), to: Memory::new(3 * MOST) }
    }

    /// What the kernel makes of the input is the reference's, and nothing behind it is written.
    fn expect(&mut self, input: &[u8], (result, output): (Pair, &[u8]), shown: &[u8]) {
        let (n, room) = (input.len(), output.len() + 5);
        let src = self.from.bytes(Place::End, n);
        src.copy_from_slice(input);
        let dst = self.to.bytes(Place::End, room);
        dst.fill(CANARY);
        // SAFETY: places and lengths are those of the memory, and only what this CPU can run is run.
        let is = trying(self.task.name, n, || unsafe {
            (self.task.kernel)(dst.as_mut_ptr(), room, src.as_ptr(), n)
        });
        let (done, behind) = dst.split_at(output.len());
        let right = is == result && done == output && behind.iter().all(|&b| b == CANARY);
        assert!(right, "{}: {shown:x?} in {n} bytes: {is:?}, {dst:x?}", self.task.name);
    }
}

/// Every three bytes, each at one place, or in a short proof one of several.
fn sequences(task: Task<Convert>) -> u64 {
    let mut bench = Bench::new(task);
    let (mut cases, mut turn) = (0, task.part);
    for first in (0..256 / PARTS).map(|k| (k * PARTS + task.part) as u8) {
        for rest in 0..1_u32 << 17 {
            turn += 1;
            if task.short && !turn.is_multiple_of(FEWER) {
                continue;
            }
            let [second, third, kind, _] = rest.to_le_bytes();
            let (n, at) = PLACES[turn % PLACES.len()];
            let there = [first, second, third];
            let input = &around(kind == 1, at, there)[..n];
            let made = from_utf8_reference(input);
            bench.expect(input, made.within(usize::MAX), &there);
            cases += 1;
        }
    }
    cases
}

/// ASCII, or characters of two bytes, whole ones before what stands there and from behind it on.
fn around(two: bool, at: usize, there: [u8; 3]) -> [u8; MOST] {
    let mut input = [b'a'; MOST];
    if two {
        let (before, behind) = (at % 2..at, at + 3..MOST);
        before.chain(behind).enumerate().for_each(|(k, i)| input[i] = [0xc3, 0xbf][k % 2]);
    }
    input[at..at + 3].copy_from_slice(&there);
    input
}

/// Every two bytes, each at one place among ASCII and among others.
fn pairs(task: Task<Convert>) -> u64 {
    let mut bench = Bench::new(task);
    let (mut cases, mut turn) = (0, task.part);
    for first in (0..256 / PARTS).map(|k| (k * PARTS + task.part) as u8) {
        for (second, around) in (0..=u8::MAX).flat_map(|b| [(b, b'a'), (b, 0xe9)]) {
            for &(n, at) in PLACES {
                turn += 1;
                if task.short && !turn.is_multiple_of(FEWER) {
                    continue;
                }
                let mut input = [around; MOST];
                input[at..at + 2].copy_from_slice(&[first, second]);
                let made = to_utf8_reference(&input[..n]);
                bench.expect(&input[..n], made.within(usize::MAX), &[first, second]);
                cases += 1;
            }
        }
    }
    cases
}

/// Takes c1 for a lead byte where a7 is behind it.
unsafe extern "C" fn wrong_overlong(to: *mut u8, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (from_utf8_generic(to, room, from, n), slice(from, n)) };
    match p.get(right.first..) {
        Some([0xc1, 0xa7, ..]) => Pair { first: right.first + 2, ..right },
        _ => right,
    }
}

/// Writes one continuation wrong.
unsafe extern "C" fn wrong_mark(to: *mut u8, room: usize, from: *const u8, n: usize) -> Pair {
    // SAFETY: the caller's promise; what is changed was written.
    unsafe {
        let (right, p) = (to_utf8_generic(to, room, from, n), slice(from, n));
        if p.windows(2).any(|w| w[0] == 0xc0 && w[1] >= 0x40) && n > 100 {
            *to.add(right.second - 1) ^= 0x40;
        }
        right
    }
}
