//! Search for a byte. A kernel compares each byte with the needle and takes the first that is equal, so what can go
//! wrong is the comparison of two bytes at a place, and which place comes first: both are tried in full.

use crate::doors;
use crate::proof::{Memory, Place, Proof, Subject, Task};
use kernels_check::guard::trying;
use kernels_generic::bytealg::index_byte_generic;
use kernels_generic::ffi::slice;
use widelane::internals::bytealg::INDEX_BYTE;

type IndexByte = unsafe extern "C" fn(*const u8, usize, u8) -> isize;

/// Longest input of which every position is tried, with every needle.
const MOST: usize = 512;
/// The lengths in which every byte is compared with every needle at every place: short, between, and whole turns.
const COMPARED: &[usize] = &[1, 2, 3, 5, 8, 15, 16, 31, 32, 47, 64, 129, 192];
/// A part has so many needles.
const NEEDLES: usize = 32;

pub fn proofs() -> Vec<Proof> {
    let subject = Subject { kernel: &INDEX_BYTE, doors: doors::bytealg::index_byte };
    vec![
        subject.proof("positions", ("place", wrong_place), |_| 256 / NEEDLES, positions),
        subject.proof("bytes", ("byte", wrong_byte), |_| COMPARED.len(), bytes),
    ]
}

fn expect(task: Task<IndexByte>, p: &[u8], c: u8, wanted: isize) {
    let Task { name, kernel, .. } = task;
    // SAFETY: the pointer and the length are a slice's, and only what this CPU can run is run.
    let is = trying(name, p.len(), || unsafe { kernel(p.as_ptr(), p.len(), c) });
    assert!(is == wanted, "{name}: {c} at {is}, not {wanted}, among {} bytes", p.len());
}

/// Every needle at every position of every length, as the only one and with others behind it up to the end, among bytes
/// that are one more and one less; and where it is absent but for the bytes before and behind the input.
fn positions(task: Task<IndexByte>) -> u64 {
    let most = if task.short { MOST / 4 } else { MOST };
    let (mut memory, mut cases) = (Memory::new(MOST), 0);
    for c in (task.part * NEEDLES..).take(NEEDLES).map(|c| c as u8) {
        for (other, n) in (0..=most).flat_map(|n| [(c.wrapping_sub(1), n), (c.wrapping_add(1), n)])
        {
            for place in [Place::End, Place::Start] {
                // What is outside of it, in the same pages, is the needle.
                memory.bytes(place, MOST).fill(c);
                let p = memory.bytes(place, n);
                p.fill(other);
                expect(task, p, c, -1);
                for i in 0..n {
                    p[i] = c;
                    expect(task, p, c, i as isize);
                    p[i] = other;
                }
                for i in (0..n).rev() {
                    p[i] = c;
                    expect(task, p, c, i as isize);
                }
                cases += 2 * n as u64 + 1;
            }
        }
    }
    cases
}

/// Every byte against every needle at every place of an input, the other bytes of which are neither.
fn bytes(task: Task<IndexByte>) -> u64 {
    let n = COMPARED[task.part];
    let mut memory = Memory::new(MOST);
    let p = memory.bytes(Place::End, n);
    for c in 0..=u8::MAX {
        for i in 0..n {
            p.fill(c ^ 0x55);
            for x in 0..=u8::MAX {
                p[i] = x;
                expect(task, p, c, if x == c { i as isize } else { -1 });
            }
        }
    }
    (n << 16) as u64
}

/// Looks past the needle in one place of one length.
unsafe extern "C" fn wrong_place(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise.
    let right = unsafe { index_byte_generic(p, len, c) };
    if len == 97 && right == 95 && c == 0x80 { 96 } else { right }
}

/// Takes one byte for another in one place.
unsafe extern "C" fn wrong_byte(p: *const u8, len: usize, c: u8) -> isize {
    // SAFETY: the caller's promise.
    let (right, p) = unsafe { (index_byte_generic(p, len, c), slice(p, len)) };
    if len == 129 && right < 0 && c == 0xff && p[100] == 0x7e { 100 } else { right }
}
