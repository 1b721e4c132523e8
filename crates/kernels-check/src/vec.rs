//! Rows of family `vec`.

use crate::guard::{Arena, trying};
use crate::{Random, reader};

/// Row `sum`.
pub type Sum = unsafe extern "C" fn(*const u64, usize) -> u64;
/// Row `add`.
pub type Add = unsafe extern "C" fn(*mut u64, usize, *const u64, usize, *const u64, usize);

/// Checks one variant of `sum` against a plain loop.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn sum(name: &str, kernel: Sum) {
    // SAFETY: the pointer and the length are a slice's; the CPU is the caller's promise.
    let call = |p, n| unsafe { kernel(p, n) };
    reader(name, call, |p: &[u64]| p.iter().fold(0, |a, &b| a.wrapping_add(b)));
}

/// Most elements of the destination that `add` is tried with: some turns of the widest loop, aligned start and all.
const MOST: usize = 400;
/// Canary in the destination's arena.
const CANARY: u64 = 0xa5a5_a5a5_a5a5_a5a5;

/// Checks one variant of `add`: every length at both ends of guarded memory, the lengths of the three differing too,
/// in place over either source, and null pointers.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn add(name: &str, kernel: Add) {
    let mut bench = Bench::new(name, kernel);
    for n in 0..=MOST {
        for end in [false, true] {
            bench.apart([n, n, n], end);
            bench.in_place(n, end);
        }
        bench.apart([n, n + 1, n + 9], true);
        bench.apart([n + 9, n, n + 1], true);
        bench.apart([n + 1, n + 9, n], true);
    }
    let null = std::ptr::null_mut();
    // SAFETY: length 0 needs no memory; the CPU is the caller's promise.
    trying(name, 0, || unsafe { kernel(null, 0, null, 0, null, 0) });
}

struct Bench<'a> {
    name: &'a str,
    kernel: Add,
    dst: Arena,
    sources: [Arena; 2],
    contents: [Vec<u64>; 2],
}

impl Bench<'_> {
    fn new(name: &str, kernel: Add) -> Bench<'_> {
        let room = (MOST + 9) * size_of::<u64>();
        let mut sources = [Arena::new(room), Arena::new(room)];
        let contents = [3, 4].map(|seed| {
            let mut words = vec![0; sources[0].size() / size_of::<u64>()];
            Random(seed).fill(&mut words);
            words
        });
        for (source, words) in sources.iter_mut().zip(&contents) {
            put(source, words);
            source.freeze();
        }
        Bench { name, kernel, dst: Arena::new(room), sources, contents }
    }

    /// Three slices of these lengths, each at the end, or each at the start, of an arena of its own.
    fn apart(&mut self, [to, a_len, b_len]: [usize; 3], end: bool) {
        let all = vec![CANARY; self.dst.size() / size_of::<u64>()];
        put(&mut self.dst, &all);
        let [a, b] = &self.sources;
        let (dst, a, b) = (place(&self.dst, to, end), place(a, a_len, end), place(b, b_len, end));
        // SAFETY: the places are inside their arenas; the CPU is the caller's promise.
        trying(self.name, to, || unsafe { (self.kernel)(dst, to, a, a_len, b, b_len) });
        let done = to.min(a_len).min(b_len);
        let source = |k: usize, n| &self.contents[k][if end { all.len() - n } else { 0 }..][..n];
        let (a, b) = (source(0, a_len), source(1, b_len));
        let sums = a.iter().zip(b).take(done).map(|(a, b)| a.wrapping_add(*b));
        let mut wanted = all.clone();
        let start = if end { all.len() - to } else { 0 };
        wanted.splice(start..start + done, sums);
        self.expect(&wanted, &format!("lengths {to}, {a_len}, {b_len}"));
    }

    /// dst as the first source, as the second, and as both.
    fn in_place(&mut self, n: usize, end: bool) {
        for both in 0..3 {
            let mut wanted = self.contents[0].clone();
            put(&mut self.dst, &wanted);
            let start = if end { wanted.len() - n } else { 0 };
            let (dst, other) = (place(&self.dst, n, end), place(&self.sources[1], n, end));
            let (a, b) = [(dst, other), (other, dst), (dst, dst)][both];
            // SAFETY: the places are inside their arenas; the CPU is the caller's promise.
            trying(self.name, n, || unsafe { (self.kernel)(dst, n, a, n, b, n) });
            for (i, x) in wanted.iter_mut().enumerate().skip(start).take(n) {
                *x = x.wrapping_add(if both == 2 { *x } else { self.contents[1][i] });
            }
            self.expect(&wanted, &format!("in place, length {n}"));
        }
    }

    fn expect(&mut self, wanted: &[u64], case: &str) {
        let bytes = self.dst.bytes().as_chunks().0;
        let wrong = (0..wanted.len()).find(|&i| u64::from_ne_bytes(bytes[i]) != wanted[i]);
        assert_eq!(
            wrong, None,
            "{}: wrong word, counted from the arena's start; {case}",
            self.name
        );
    }
}

fn place(arena: &Arena, n: usize, end: bool) -> *mut u64 {
    if end { arena.tail(n) } else { arena.head(n) }
}

fn put(arena: &mut Arena, words: &[u64]) {
    for (to, word) in arena.bytes().as_chunks_mut().0.iter_mut().zip(words) {
        *to = word.to_ne_bytes();
    }
}
