//! CRC-32. The checksum of a message of a given length is an affine map of the bits of state and message: its values
//! where no bit is set, and where one is, decide it.
//!
//! That a kernel is affine as well cannot be seen from outside; its machine code says so, and `cargo xtask prove` reads
//! it. Where it says that the degree is not 1 but at most 3, as where overlapping words are joined, all sets of so many bits
//! decide, and are tried.

use crate::doors;
use crate::proof::{Memory, PLACES, Place, Proof, Subject, Task, lengths};
use kernels_check::Random;
use kernels_check::guard::trying;
use kernels_generic::crc32::{castagnoli_update_generic, ieee_update_generic};
use kernels_generic::ffi::slice;
use std::sync::LazyLock;
use widelane::internals::Kernel;
use widelane::internals::crc32::{CASTAGNOLI_UPDATE, IEEE_UPDATE};

type Update = unsafe extern "C" fn(u32, *const u8, usize) -> u32;

const IEEE: u32 = 0xedb8_8320;
const CASTAGNOLI: u32 = 0x82f6_3b78;

/// Longest message of which every bit is tried; the same in a short run, and of portable loops.
const MOST: usize = 4096;
const MOST_SHORT: usize = 1024;
/// Longest message of which every two and every three bits are tried together.
const FEW: usize = 32;
/// Around where loops are left, and where Go cuts.
const LONG: &[usize] = &[8192, 1 << 16, 69_632, 98_304, 114_688];
/// Bytes of a block of a long message of which every bit is tried: as many as the longest loop takes in a turn.
const BLOCK: usize = 384;

pub fn proofs() -> Vec<Proof> {
    let mut all = of::<IEEE>(&IEEE_UPDATE, doors::crc32::ieee_update);
    all.extend(of::<CASTAGNOLI>(&CASTAGNOLI_UPDATE, doors::crc32::castagnoli_update));
    all
}

fn of<const POLY: u32>(
    kernel: &'static Kernel<Update>,
    doors: fn(&str) -> Option<Update>,
) -> Vec<Proof> {
    let subject = Subject { kernel, doors };
    let parts = |short| if short { 1 } else { 12 };
    vec![
        subject.proof("basis", ("bit", wrong_bit::<POLY>), parts, basis::<POLY>),
        subject.proof("few", ("three", wrong_three::<POLY>), |_| 1, few::<POLY>),
        subject.proof("long", ("end", wrong_end::<POLY>), |_| LONG.len(), long::<POLY>),
        subject.proof("sample", ("product", wrong_product::<POLY>), |_| 1, sample),
    ]
}

/// Row n: what becomes of each bit of the state while n bytes of zeros follow. A bit of the last byte becomes what the
/// same bit of the state does over that byte, so these rows are all that is to know of single bits.
struct Fate(Vec<[u32; 32]>);

impl Fate {
    fn new(poly: u32) -> Fate {
        let zero = |crc: u32| (0..8).fold(crc, |c, _| c >> 1 ^ if c & 1 == 1 { poly } else { 0 });
        let first = std::array::from_fn(|bit| 1 << bit);
        let rows = std::iter::successors(Some(first), |row| Some(row.map(zero)));
        Fate(rows.take(LONG[LONG.len() - 1] + 2).collect())
    }

    fn of<const POLY: u32>() -> &'static Fate {
        static IEEE_FATE: LazyLock<Fate> = LazyLock::new(|| Fate::new(IEEE));
        static CASTAGNOLI_FATE: LazyLock<Fate> = LazyLock::new(|| Fate::new(CASTAGNOLI));
        if POLY == IEEE { &IEEE_FATE } else { &CASTAGNOLI_FATE }
    }

    /// The state after `n` bytes of which only this bit is set. The first 32 bits are those of the state before.
    fn bit(&self, n: usize, bit: usize) -> u32 {
        if bit < 32 {
            return self.0[n][bit];
        }
        let bit = bit - 32;
        self.0[n - bit / 8][bit % 8]
    }
}

/// A kernel and a message of which all bits are 0 between calls.
struct Trial<'a> {
    task: Task<'a, Update>,
    fate: &'static Fate,
    place: Place,
    memory: Memory,
    cases: u64,
}

impl<'a> Trial<'a> {
    fn new<const POLY: u32>(task: Task<'a, Update>, place: Place, most: usize) -> Trial<'a> {
        Trial { task, fate: Fate::of::<POLY>(), place, memory: Memory::new(most), cases: 0 }
    }

    /// The checksum where these bits of state and message are set, against what becomes of each of them.
    fn expect(&mut self, n: usize, bits: &[usize]) {
        let p = self.memory.bytes(self.place, n);
        let (mut state, mut wanted) = (0, 0);
        for &bit in bits {
            match bit.checked_sub(32) {
                None => state ^= 1 << bit,
                Some(bit) => p[bit / 8] ^= 1 << (bit % 8),
            }
            wanted ^= self.fate.bit(n, bit);
        }
        let Task { name, kernel, .. } = self.task;
        // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
        let is = trying(name, n, || unsafe { !kernel(!state, p.as_ptr(), n) });
        let place = self.place;
        assert!(
            is == wanted,
            "{name}: {is:#x}, not {wanted:#x}; {n} bytes, bits {bits:?}, {place:?}"
        );
        for bit in bits.iter().filter_map(|bit| bit.checked_sub(32)) {
            p[bit / 8] = 0;
        }
        self.cases += 1;
    }

    fn expect_every_bit(&mut self, n: usize) {
        self.expect(n, &[]);
        (0..32 + 8 * n).for_each(|bit| self.expect(n, &[bit]));
    }
}

/// No bit, and every single bit of the state and of messages of each length, at both ends of guarded memory.
fn basis<const POLY: u32>(task: Task<Update>) -> u64 {
    let (parts, most) = if task.short { (1, MOST_SHORT) } else { (12, MOST) };
    // All of the lengths in a part are of the same order, and the last part of the twelve has a third of the bits.
    let most = if task.slow { most.min(MOST_SHORT) } else { most };
    let both = PLACES.map(|place| {
        let mut trial = Trial::new::<POLY>(task, place, MOST);
        lengths(task.part, parts, most).for_each(|n| trial.expect_every_bit(n));
        trial.cases
    });
    both.iter().sum()
}

/// Every two and every three bits of state and message together.
fn few<const POLY: u32>(task: Task<Update>) -> u64 {
    let places = if task.short { &PLACES[..1] } else { &PLACES };
    let cases = places.iter().map(|place| {
        let mut trial = Trial::new::<POLY>(task, *place, FEW);
        for n in 0..=FEW {
            for a in 0..32 + 8 * n {
                for b in 0..a {
                    trial.expect(n, &[b, a]);
                    (0..b).for_each(|c| trial.expect(n, &[c, b, a]));
                }
            }
        }
        trial.cases
    });
    cases.sum()
}

/// Single bits of the state, of the first and the last block and of two in the middle of long messages; a length for
/// each part, and one byte less and more.
fn long<const POLY: u32>(task: Task<Update>) -> u64 {
    let mut trial = Trial::new::<POLY>(task, Place::End, LONG[LONG.len() - 1] + 1);
    let near = LONG[task.part];
    let few = task.short || task.slow;
    for n in if few { near + 1..near + 2 } else { near - 1..near + 2 } {
        trial.expect(n, &[]);
        (0..32).for_each(|bit| trial.expect(n, &[bit]));
        for start in [0, n / 3, n * 2 / 3, n - BLOCK] {
            for byte in start..start + BLOCK {
                let bits = 32 + 8 * byte..32 + 8 * byte + 8;
                // Of each byte one bit, where there is little time.
                bits.filter(|b| !few || b % 8 == byte % 8).for_each(|bit| trial.expect(n, &[bit]));
            }
        }
    }
    trial.cases
}

/// A sample: the checksum of the sum of two messages is the sum of theirs. For kernels whose machine code is not read.
fn sample(task: Task<Update>) -> u64 {
    let cases = if task.short || task.slow { 20_000 } else { 400_000 };
    let (mut memory, mut random) = (Memory::new(MOST), Random(7));
    let Task { name, kernel, .. } = task;
    let mut words = [[0; MOST]; 2];
    for case in 0..cases {
        let n = (random.bits() as usize % MOST) >> (case % 8);
        let [a, b] = &mut words;
        for word in a[..n].chunks_mut(8).chain(b[..n].chunks_mut(8)) {
            let bits = random.bits().to_le_bytes();
            word.copy_from_slice(&bits[..word.len()]);
        }
        let (s, t) = (random.bits() as u32, random.bits() as u32);
        let mut call = |state: u32, p: &[u8]| {
            let to = memory.bytes(Place::End, n);
            to.copy_from_slice(p);
            // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
            trying(name, n, || unsafe { !kernel(!state, to.as_ptr(), n) })
        };
        let sums = call(s, &a[..n]) ^ call(t, &b[..n]);
        a.iter_mut().zip(&*b).for_each(|(a, b)| *a ^= b);
        assert!(call(s ^ t, &a[..n]) == sums, "{name}: not additive, {n} bytes, case {case}");
    }
    cases
}

/// The portable kernel.
unsafe fn right<const POLY: u32>(crc: u32, p: *const u8, len: usize) -> u32 {
    // SAFETY: the caller's promise.
    unsafe {
        if POLY == IEEE {
            ieee_update_generic(crc, p, len)
        } else {
            castagnoli_update_generic(crc, p, len)
        }
    }
}

/// Defines a kernel that is wrong where the condition holds.
macro_rules! wrong {
    ($name:ident, $p:ident, $condition:expr) => {
        unsafe extern "C" fn $name<const POLY: u32>(crc: u32, p: *const u8, len: usize) -> u32 {
            // SAFETY: the caller's promise.
            let ($p, right) = unsafe { (slice(p, len), right::<POLY>(crc, p, len)) };
            right ^ u32::from($condition)
        }
    };
}

wrong!(wrong_bit, p, p.len() == 701 && p[123] & 0x10 != 0);
wrong!(wrong_three, p, p.len() == 7 && p[1] & 4 != 0 && p[3] & 1 != 0 && p[6] & 0x80 != 0);
wrong!(wrong_end, p, p.len() == 65_537 && p[65_536] != 0);
wrong!(wrong_product, p, p.len() % 64 == 33 && p[5] & p[20] & 1 != 0);
