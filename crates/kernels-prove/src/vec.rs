//! Sums. Modulo 2^64 a sum is determined by its values where one element is 1, if the kernel is additive; carries are
//! tried as well, since they are what an addition in narrower lanes would lose.

use crate::doors;
use crate::proof::{Memory, PLACES, Proof, Subject, Task, lengths};
use kernels_check::guard::trying;
use kernels_generic::ffi::{slice, slice_mut};
use kernels_generic::vec::{add_generic, sum_generic};
use widelane::internals::vec::{ADD, SUM};

type Sum = unsafe extern "C" fn(*const u64, usize) -> u64;
type Add = unsafe extern "C" fn(*mut u64, usize, *const u64, usize, *const u64, usize);

/// Longest slice of which every bit is tried; in a short run, and of which every pair of elements is.
const MOST: usize = 512;
const MOST_SHORT: usize = 192;
const PAIRED: usize = 96;

pub fn proofs() -> Vec<Proof> {
    let sum_of = Subject { kernel: &SUM, doors: doors::vec::sum };
    let add_of = Subject { kernel: &ADD, doors: doors::vec::add };
    vec![
        sum_of.proof("bits", ("bit", wrong_bit), |_| 4, bits),
        sum_of.proof("carries", ("carry", wrong_carry), |_| 1, carries),
        add_of.proof("bits", ("add", wrong_add), |_| 4, added),
    ]
}

/// `n` words of the memory.
fn words(memory: &mut Memory, place: crate::proof::Place, n: usize) -> &mut [u64] {
    let bytes = memory.bytes(place, n * size_of::<u64>());
    // SAFETY: either end of the memory is that of a page, so words are aligned, and any bytes are words.
    unsafe { slice_mut(bytes.as_mut_ptr().cast(), n) }
}

fn most(short: bool) -> usize {
    if short { MOST_SHORT } else { MOST }
}

fn expect(task: Task<Sum>, p: &[u64], wanted: u64) {
    let Task { name, kernel, .. } = task;
    // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
    let is = trying(name, p.len(), || unsafe { kernel(p.as_ptr(), p.len()) });
    assert!(is == wanted, "{name}: {is:#x}, not {wanted:#x}, of {} words", p.len());
}

/// Every bit of every element of every length, the others 0.
fn bits(task: Task<Sum>) -> u64 {
    let (mut memory, mut cases) = (Memory::new(8 * MOST), 0);
    for n in lengths(task.part, 4, most(task.short)) {
        for place in PLACES {
            let p = words(&mut memory, place, n);
            expect(task, p, 0);
            for i in 0..n {
                for bit in 0..64 {
                    p[i] = 1 << bit;
                    expect(task, p, 1 << bit);
                }
                p[i] = 0;
            }
            cases += 64 * n as u64 + 1;
        }
    }
    cases
}

/// Every two elements: the same bit twice carries into the next, and all ones and a one carry through the whole word.
fn carries(task: Task<Sum>) -> u64 {
    let (mut memory, mut cases) = (Memory::new(8 * MOST), 0);
    for n in 2..=if task.short { PAIRED / 2 } else { PAIRED } {
        let p = words(&mut memory, PLACES[n % 2], n);
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).filter(|(i, j)| i != j) {
            (p[i], p[j]) = (u64::MAX, 1);
            expect(task, p, 0);
            for bit in (0..64).filter(|_| i < j) {
                (p[i], p[j]) = (1 << bit, 1 << bit);
                expect(task, p, (1u64 << bit).wrapping_mul(2));
                cases += 1;
            }
            (p[i], p[j]) = (0, 0);
            cases += 1;
        }
    }
    cases
}

/// Every bit of every element of one source and of the other, and of both, which carries; the whole destination is
/// compared.
fn added(task: Task<Add>) -> u64 {
    let Task { name, kernel, .. } = task;
    let [mut dst, mut a, mut b] = [(); 3].map(|()| Memory::new(8 * MOST));
    let (mut wanted, mut cases) = ([0; MOST], 0);
    for n in lengths(task.part, 4, if task.short { MOST_SHORT / 2 } else { MOST / 2 }) {
        for place in PLACES {
            let [dst, a, b] = [&mut dst, &mut a, &mut b].map(|m| words(m, place, n));
            for i in 0..n {
                for (x, y) in
                    (0..64).map(|bit| 1u64 << bit).flat_map(|x| [(x, 0), (0, x), (x, x), (!0, x)])
                {
                    (a[i], b[i], wanted[i]) = (x, y, x.wrapping_add(y));
                    dst.fill(!0);
                    // SAFETY: pointers and lengths are those of slices, and only what this CPU can run is run.
                    trying(name, n, || unsafe {
                        kernel(dst.as_mut_ptr(), n, a.as_ptr(), n, b.as_ptr(), n)
                    });
                    let right = dst[..] == wanted[..n];
                    assert!(right, "{name}: {x:#x} and {y:#x} at {i} of {n} words, {place:?}");
                }
                (a[i], b[i], wanted[i]) = (0, 0, 0);
            }
            cases += 256 * n as u64;
        }
    }
    cases
}

/// Loses the top bit of one element.
unsafe extern "C" fn wrong_bit(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (sum_generic(p, len), slice(p, len)) };
    right ^ if len == 101 { p[99] >> 63 << 63 } else { 0 }
}

/// Adds two elements as if they were halves.
unsafe extern "C" fn wrong_carry(p: *const u64, len: usize) -> u64 {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (sum_generic(p, len), slice(p, len)) };
    let lost = len == 37 && (p[36] & 0xffff_ffff) + (p[3] & 0xffff_ffff) > 0xffff_ffff;
    right.wrapping_sub(u64::from(lost) << 32)
}

/// Writes one element where the one before it belongs, too.
unsafe extern "C" fn wrong_add(
    dst: *mut u64,
    dst_len: usize,
    a: *const u64,
    a_len: usize,
    b: *const u64,
    b_len: usize,
) {
    // SAFETY: the caller's promise.
    unsafe { add_generic(dst, dst_len, a, a_len, b, b_len) };
    // SAFETY: as above.
    let dst = unsafe { slice_mut(dst, dst_len) };
    if dst_len == 77 && dst[30] == 1 << 40 {
        dst[29] = dst[30];
    }
}
