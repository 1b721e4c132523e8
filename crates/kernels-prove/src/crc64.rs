//! CRC-64. As for CRC-32, the checksum of a message of a given length is an affine map of the bits of state and message:
//! its values where no bit is set, and where one is, decide it. That a kernel is affine too is read from its machine code by
//! `cargo xtask prove`; where overlapping words are joined its degree is up to 3, and all sets of so many bits are tried.
//!
//! The polynomial is one whose remainders have no structure: a multiplier at the wrong place, for the wrong distance or
//! half of a vector, gives another remainder for some bit.

use crate::doors;
use crate::proof::{Memory, PLACES, Place, Proof, Subject, Task, lengths};
use kernels_check::Random;
use kernels_check::guard::trying;
use kernels_generic::crc64::constants::{ECMA, times_x};
use kernels_generic::crc64::{CONSTANTS, Constants, update_generic};
use kernels_generic::ffi::slice;
use std::sync::LazyLock;
use widelane::internals::crc64::UPDATE;

type Update = unsafe extern "C" fn(u64, *const [u8; CONSTANTS], *const u8, usize) -> u64;

static CONSTANTS_OF_ECMA: Constants = Constants::of(ECMA);

/// Longest message of which every bit is tried; the same in a short run, and of portable loops.
const MOST: usize = 2048;
const MOST_SHORT: usize = 768;
/// Longest message of which every two and every three bits are tried together.
const FEW: usize = 7;

pub fn proofs() -> Vec<Proof> {
    let subject = Subject { kernel: &UPDATE, doors: doors::crc64::update };
    let parts = |short| if short { 1 } else { 4 };
    vec![
        subject.proof("basis", ("bit", wrong_bit), parts, basis),
        subject.proof("few", ("three", wrong_three), |_| 1, few),
        subject.proof("sample", ("product", wrong_product), |_| 1, sample),
    ]
}

/// Row n: what becomes of each bit of the state while n bytes of zeros follow. A bit of the last byte becomes what the
/// same bit of the state does over that byte, so these rows are all that is to know of single bits.
static FATE: LazyLock<Vec<[u64; 64]>> = LazyLock::new(|| {
    let zero = |crc: u64| (0..8).fold(crc, |c, _| times_x(c, ECMA));
    let first = std::array::from_fn(|bit| 1 << bit);
    let rows = std::iter::successors(Some(first), |row| Some(row.map(zero)));
    rows.take(MOST + 1).collect()
});

/// What the kernel makes of these bytes from a state that is not complemented.
fn call(task: Task<Update>, state: u64, p: &[u8]) -> u64 {
    let (k, n) = (&CONSTANTS_OF_ECMA.0, p.len());
    // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
    trying(task.name, n, || unsafe { !(task.kernel)(!state, k, p.as_ptr(), n) })
}

/// No bit, and every single bit of the state and of messages of each length, at both ends of guarded memory.
fn basis(task: Task<Update>) -> u64 {
    let (parts, most) = if task.short { (1, MOST_SHORT) } else { (4, MOST) };
    let most = if task.slow { most.min(MOST_SHORT) } else { most };
    let (mut cases, mut memory) = (0, Memory::new(MOST));
    for place in PLACES {
        for n in lengths(task.part, parts, most) {
            let p = memory.bytes(place, n);
            let name = task.name;
            assert_eq!(call(task, 0, p), 0, "{name}: {n} bytes of zeros, {place:?}");
            for (bit, fate) in FATE[n].iter().enumerate() {
                assert_eq!(call(task, 1 << bit, p), *fate, "{name}: state bit {bit}, {n} bytes");
            }
            for bit in 0..8 * n {
                p[bit / 8] = 1 << (bit % 8);
                let wanted = FATE[n - bit / 8][bit % 8];
                assert_eq!(call(task, 0, p), wanted, "{name}: bit {bit}, {n} bytes, {place:?}");
                p[bit / 8] = 0;
            }
            cases += 65 + 8 * n as u64;
        }
    }
    cases
}

/// Every two and every three bits of state and message together.
fn few(task: Task<Update>) -> u64 {
    let (mut cases, mut memory) = (0, Memory::new(FEW));
    for place in PLACES {
        for n in 0..=FEW {
            let mut expect = |bits: &[usize]| {
                let p = memory.bytes(place, n);
                let (mut state, mut wanted) = (0, 0);
                for &bit in bits {
                    match bit.checked_sub(64) {
                        None => state ^= 1 << bit,
                        Some(bit) => p[bit / 8] ^= 1 << (bit % 8),
                    }
                    wanted ^= bit
                        .checked_sub(64)
                        .map_or_else(|| FATE[n][bit], |bit| FATE[n - bit / 8][bit % 8]);
                }
                assert_eq!(
                    call(task, state, p),
                    wanted,
                    "{}: bits {bits:?} of {n} bytes, {place:?}",
                    task.name
                );
                p.fill(0);
                cases += 1;
            };
            for a in 0..64 + 8 * n {
                for b in 0..a {
                    expect(&[b, a]);
                    (0..b).for_each(|c| expect(&[c, b, a]));
                }
            }
        }
    }
    cases
}

/// A sample: the checksum of the sum of two messages is the sum of theirs. For kernels whose machine code is not read.
fn sample(task: Task<Update>) -> u64 {
    let cases = if task.short || task.slow { 20_000 } else { 400_000 };
    let (mut memory, mut random) = (Memory::new(MOST), Random(7));
    let mut words = [[0; MOST]; 2];
    for case in 0..cases {
        let n = (random.bits() as usize % MOST) >> (case % 8);
        let [a, b] = &mut words;
        for word in a[..n].chunks_mut(8).chain(b[..n].chunks_mut(8)) {
            let bits = random.bits().to_le_bytes();
            word.copy_from_slice(&bits[..word.len()]);
        }
        let (s, t) = (random.bits(), random.bits());
        let mut sum = |state: u64, p: &[u8]| {
            let to = memory.bytes(Place::End, n);
            to.copy_from_slice(p);
            call(task, state, to)
        };
        let sums = sum(s, &a[..n]) ^ sum(t, &b[..n]);
        a.iter_mut().zip(&*b).for_each(|(a, b)| *a ^= b);
        let name = task.name;
        assert!(sum(s ^ t, &a[..n]) == sums, "{name}: not additive, {n} bytes, case {case}");
    }
    cases
}

/// Defines a kernel that is wrong where the condition holds.
macro_rules! wrong {
    ($name:ident, $p:ident, $condition:expr) => {
        unsafe extern "C" fn $name(
            crc: u64,
            k: *const [u8; CONSTANTS],
            p: *const u8,
            len: usize,
        ) -> u64 {
            // SAFETY: the caller's promise.
            let ($p, right) = unsafe { (slice(p, len), update_generic(crc, k, p, len)) };
            right ^ u64::from($condition)
        }
    };
}

wrong!(wrong_bit, p, p.len() == 701 && p[123] & 0x10 != 0);
wrong!(wrong_three, p, p.len() == 5 && p[0] & 1 != 0 && p[2] & 0x20 != 0 && p[4] & 0x80 != 0);
wrong!(wrong_product, p, p.len() % 64 == 33 && p[5] & p[20] & 1 != 0);
