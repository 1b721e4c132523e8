//! Kernels that read one slice and write another.

use crate::guard::{Arena, trying};
use crate::{ALIGNED_LENGTHS, ALIGNMENTS, Element, LENGTHS, Random, forall};
use std::fmt::Debug;

/// What the destination's arena holds before: neither zeros nor text.
const CANARY: u8 = 0xa5;

/// Compares a kernel that reads one slice and writes another with its reference: result, all of the destination, and
/// nothing else in its memory. `room` gives the destination's length for a source's; contents are random, or what
/// `fill` makes of them.
///
/// Source and destination lie flush at the ends and at the starts of guarded memory, the source write-protected, at
/// every length; at short ones, at every alignment of the source against several of the destination.
///
/// # Panics
/// If something differs.
pub fn writer<S: Element, D: Element, R: PartialEq + Debug>(
    name: &str,
    fill: impl Fn(&mut [S]),
    room: impl Fn(usize) -> usize,
    kernel: impl Fn(*const S, usize, *mut D, usize) -> R,
    reference: impl Fn(&[S], &mut [D]) -> R,
) {
    let mut bench = Bench::new(name, room(LENGTHS / size_of::<S>()), kernel, reference);
    let mut arena = Arena::new(LENGTHS);
    arena.bytes();
    // SAFETY: writable by the call above, aligned to a page, and any bits are a value.
    let contents =
        unsafe { std::slice::from_raw_parts_mut(arena.head(0), arena.size() / size_of::<S>()) };
    Random(2).fill(contents);
    fill(contents);
    arena.freeze();
    // SAFETY: `at` has checked the place; the arena is not written while it is frozen.
    let source = |p: *mut S, n| unsafe { std::slice::from_raw_parts(p, n) };
    for n in 0..=LENGTHS / size_of::<S>() {
        for p in [arena.tail(n), arena.head(n)] {
            bench.ends(source(p, n), room(n));
        }
    }
    for n in 0..=ALIGNED_LENGTHS / size_of::<S>() {
        for offset in (0..ALIGNMENTS).step_by(align_of::<S>()) {
            let to = offset * 7 % ALIGNMENTS / align_of::<D>() * align_of::<D>();
            bench.compare(source(arena.at(offset, n), n), to, room(n));
        }
    }
    let bench = std::cell::RefCell::new(bench);
    forall(|p: &Vec<S>| {
        let mut p = p.clone();
        fill(&mut p);
        bench.borrow_mut().try_compare(&p, 0, room(p.len()))
    });
}

struct Bench<'a, K, F> {
    name: &'a str,
    kernel: K,
    reference: F,
    arena: Arena,
}

impl<'a, K, F> Bench<'a, K, F> {
    /// A bench for destinations of up to `most` elements, and the alignments.
    fn new<S, D, R>(name: &'a str, most: usize, kernel: K, reference: F) -> Self
    where
        K: Fn(*const S, usize, *mut D, usize) -> R,
        F: Fn(&[S], &mut [D]) -> R,
    {
        Bench { name, kernel, reference, arena: Arena::new(most * size_of::<D>() + ALIGNMENTS) }
    }

    /// Compares with the destination at both ends of its arena.
    fn ends<S: Element, D: Element, R: PartialEq + Debug>(&mut self, p: &[S], room: usize)
    where
        K: Fn(*const S, usize, *mut D, usize) -> R,
        F: Fn(&[S], &mut [D]) -> R,
    {
        self.compare(p, 0, room);
        self.compare(p, self.arena.size() - room * size_of::<D>(), room);
    }

    fn compare<S: Element, D: Element, R: PartialEq + Debug>(
        &mut self,
        p: &[S],
        offset: usize,
        room: usize,
    ) where
        K: Fn(*const S, usize, *mut D, usize) -> R,
        F: Fn(&[S], &mut [D]) -> R,
    {
        self.try_compare(p, offset, room).unwrap_or_else(|e| panic!("{e}"));
    }

    fn try_compare<S: Element, D: Element, R: PartialEq + Debug>(
        &mut self,
        p: &[S],
        offset: usize,
        room: usize,
    ) -> Result<(), String>
    where
        K: Fn(*const S, usize, *mut D, usize) -> R,
        F: Fn(&[S], &mut [D]) -> R,
    {
        self.arena.bytes().fill(CANARY);
        let (to, end) = (self.arena.at::<D>(offset, room), offset + room * size_of::<D>());
        let is = trying(self.name, p.len(), || (self.kernel)(p.as_ptr(), p.len(), to, room));
        let mut wanted = vec![D::from_bits(u64::from_ne_bytes([CANARY; 8])); room];
        let should = (self.reference)(p, &mut wanted);
        // SAFETY: `at` has checked the place, and the kernel has returned.
        let wrote = unsafe { std::slice::from_raw_parts(to, room) };
        let place = || format!("length {}, destination {room} at {offset}", p.len());
        if is != should {
            return Err(format!("{}: {is:?}, not {should:?}, {}", self.name, place()));
        }
        if let Some(i) = (0..room).find(|&i| wrote[i] != wanted[i]) {
            let (is, should) = (wrote[i], wanted[i]);
            return Err(format!("{}: {is:?}, not {should:?}, at {i}, {}", self.name, place()));
        }
        let bytes = self.arena.bytes();
        let outside = bytes[..offset].iter().chain(&bytes[end..]);
        if outside.into_iter().any(|&b| b != CANARY) {
            return Err(format!("{}: wrote outside, {}", self.name, place()));
        }
        Ok(())
    }
}
