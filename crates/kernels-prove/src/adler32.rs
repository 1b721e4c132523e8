//! Adler-32: sums modulo 65521, and so determined by what each byte alone adds, if the kernel is additive. Beside that, the
//! largest values of everything, since what an addition in narrower lanes loses it loses there first.

use crate::doors;
use crate::proof::{Memory, PLACES, Place, Proof, Subject, Task, lengths};
use kernels_check::guard::trying;
use kernels_generic::adler32::{MODULUS, update_generic};
use kernels_generic::ffi::slice;
use widelane::internals::adler32::UPDATE;

type Update = unsafe extern "C" fn(u32, *const u8, usize) -> u32;

/// Longest input of which every value of every byte is tried; in a short run, and of portable loops.
const MOST: usize = 600;
const MOST_SHORT: usize = 200;

/// Longest run of the largest byte: behind the longest block of any kernel.
const LONGEST: usize = (2 << 20) + 300;

pub fn proofs() -> Vec<Proof> {
    let subject = Subject { kernel: &UPDATE, doors: doors::adler32::update };
    vec![
        subject.proof("weights", ("weight", wrong_weight), |_| 4, weights),
        subject.proof("most", ("carry", wrong_carry), |_| 1, most),
    ]
}

fn expect(task: Task<Update>, adler: u32, p: &[u8], (a, b): (u64, u64)) {
    let Task { name, kernel, .. } = task;
    // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
    let is = trying(name, p.len(), || unsafe { kernel(adler, p.as_ptr(), p.len()) });
    let modulus = u64::from(MODULUS);
    let wanted = ((b % modulus) << 16 | (a % modulus)) as u32;
    assert!(is == wanted, "{name}: {is:#x}, not {wanted:#x}, of {} bytes from {adler:#x}", p.len());
}

/// Every value of every byte, the others 0, at every length and both ends of guarded memory.
fn weights(task: Task<Update>) -> u64 {
    let longest = if task.short || task.slow { MOST_SHORT } else { MOST };
    let (mut memory, mut cases) = (Memory::new(MOST), 0);
    for n in lengths(task.part, 4, longest).filter(|n| *n > 0) {
        for place in PLACES {
            let p = memory.bytes(place, n);
            for i in 0..n {
                for value in 0..=255_u8 {
                    p[i] = value;
                    let value = u64::from(value);
                    expect(task, 1, p, (1 + value, n as u64 + (n - i) as u64 * value));
                }
                p[i] = 0;
            }
            cases += 256 * n as u64;
        }
    }
    cases
}

/// The largest byte at every length, from nothing and from the largest halves; then at longer and longer ones.
fn most(task: Task<Update>) -> u64 {
    let mut memory = Memory::new(LONGEST);
    memory.bytes(Place::Start, LONGEST).fill(0xff);
    let all: &[u8] = memory.bytes(Place::Start, LONGEST);
    let dense = if task.short { 6000 } else { 40_000 };
    let sparse = (dense..LONGEST).step_by(if task.short { 9973 } else { 997 });
    let mut cases = 0;
    for n in (1..dense).chain(sparse).chain(LONGEST - 64..=LONGEST) {
        for adler in [0, u32::MAX] {
            let (a, b) = (u64::from(adler & 0xffff), u64::from(adler >> 16));
            let n = n as u64;
            let sums = (a + 255 * n, b + n * a + 255 * (n * (n + 1) / 2));
            expect(task, adler, &all[..n as usize], sums);
            cases += 1;
        }
    }
    cases
}

/// Defines a kernel that is wrong where the condition holds.
macro_rules! wrong {
    ($name:ident, $p:ident, $condition:expr) => {
        unsafe extern "C" fn $name(adler: u32, p: *const u8, len: usize) -> u32 {
            // SAFETY: the caller's promise.
            let ($p, right) = unsafe { (slice(p, len), update_generic(adler, p, len)) };
            right ^ u32::from($condition)
        }
    };
}

wrong!(wrong_weight, p, p.len() == 131 && p[64] == 0x80);
wrong!(wrong_carry, p, p.len() > 5560 && p.iter().all(|&b| b == 0xff));
