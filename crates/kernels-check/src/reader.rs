//! Kernels that read one slice.

use crate::guard::{Arena, trying};
use crate::{ALIGNED_LENGTHS, ALIGNMENTS, Element, LENGTHS, Random, forall};
use std::fmt::Debug;

/// Shows a kernel every input of the frame: each length at the end and at the start of guarded memory that cannot be
/// written, and short lengths at each alignment. `fill` decides the contents, once.
pub fn inputs<T: Element>(fill: impl FnOnce(&mut [T]), mut visit: impl FnMut(&[T])) {
    let mut arena = Arena::new(LENGTHS);
    arena.bytes();
    // SAFETY: writable by the call above, aligned to a page, and any bits are a value.
    fill(unsafe { std::slice::from_raw_parts_mut(arena.head(0), arena.size() / size_of::<T>()) });
    arena.freeze();
    // SAFETY: `at` has checked the place; the arena is not written while it is frozen.
    let mut show = |p: *mut T, n| visit(unsafe { std::slice::from_raw_parts(p, n) });
    for n in 0..=LENGTHS / size_of::<T>() {
        show(arena.tail(n), n);
        show(arena.head(n), n);
    }
    for n in 0..=ALIGNED_LENGTHS / size_of::<T>() {
        for offset in (0..ALIGNMENTS).step_by(align_of::<T>()) {
            show(arena.at(offset, n), n);
        }
    }
}

/// Compares a kernel that reads one slice with its reference: over [`inputs`] of random contents, a null pointer with
/// length 0, and what quickcheck thinks of.
///
/// # Panics
/// If a result differs.
pub fn reader<T: Element, R: PartialEq + Debug>(
    name: &str,
    kernel: impl Fn(*const T, usize) -> R,
    reference: impl Fn(&[T]) -> R,
) {
    let compare = |p: &[T]| {
        let is = trying(name, p.len(), || kernel(p.as_ptr(), p.len()));
        let should = reference(p);
        if is == should {
            return Ok(());
        }
        let alignment = p.as_ptr().addr() % ALIGNMENTS;
        Err(format!("{name}: {is:?}, not {should:?}, length {}, alignment {alignment}", p.len()))
    };
    inputs(|p| Random(1).fill(p), |p| compare(p).unwrap_or_else(|e| panic!("{e}")));
    let nothing = trying(name, 0, || kernel(std::ptr::null(), 0));
    assert_eq!(nothing, reference(&[]), "{name}: a null pointer with length 0");
    forall(|(p, skip): &(Vec<T>, u8)| compare(p.get(usize::from(*skip)..).unwrap_or(p)));
}
