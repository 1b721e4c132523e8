//! Rows of family `utf8`.

use crate::guard::{Arena, trying};
use crate::{Random, inputs, reader};

/// Rows `valid_up_to` and `rune_count`.
pub type Measure = unsafe extern "C" fn(*const u8, usize) -> usize;

/// Well-formed sequences, table 3-7 of the Unicode standard, row by row: the ranges of their bytes.
const SEQUENCES: [&[(u8, u8)]; 9] = [
    &[(0x00, 0x7f)],
    &[(0xc2, 0xdf), (0x80, 0xbf)],
    &[(0xe0, 0xe0), (0xa0, 0xbf), (0x80, 0xbf)],
    &[(0xe1, 0xec), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xed, 0xed), (0x80, 0x9f), (0x80, 0xbf)],
    &[(0xee, 0xef), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xf0, 0xf0), (0x90, 0xbf), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xf1, 0xf3), (0x80, 0xbf), (0x80, 0xbf), (0x80, 0xbf)],
    &[(0xf4, 0xf4), (0x80, 0x8f), (0x80, 0xbf), (0x80, 0xbf)],
];

/// Length of the sequence at the start of `p`, 0 if there is none that is well-formed.
pub fn sequence(p: &[u8]) -> usize {
    let begins = |ranges: &&&[(u8, u8)]| {
        p.len() >= ranges.len()
            && p.iter().zip(**ranges).all(|(b, (low, high))| (low..=high).contains(&b))
    };
    SEQUENCES.iter().find(begins).map_or(0, |ranges| ranges.len())
}

/// What row `valid_up_to` has to return.
pub fn valid_up_to_reference(p: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match sequence(&p[at..]) {
            0 => return at,
            n => at += n,
        }
    }
}

/// What row `rune_count` has to return.
pub fn rune_count_reference(p: &[u8]) -> usize {
    let (mut at, mut count) = (0, 0);
    while at < p.len() {
        at += sequence(&p[at..]).max(1);
        count += 1;
    }
    count
}

/// Checks one variant of `valid_up_to`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn valid_up_to(name: &str, kernel: Measure) {
    // SAFETY: the caller's promise.
    unsafe { measure(name, kernel, valid_up_to_reference) }
}

/// Checks one variant of `rune_count`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn rune_count(name: &str, kernel: Measure) {
    // SAFETY: the caller's promise.
    unsafe { measure(name, kernel, rune_count_reference) }
}

unsafe fn measure(name: &str, kernel: Measure, reference: fn(&[u8]) -> usize) {
    // SAFETY: the pointer and the length are a slice's; the CPU is the caller's promise.
    let call = |p: *const u8, n| unsafe { kernel(p, n) };
    reader(name, call, reference);
    let compare = |p: &[u8]| {
        let is = trying(name, p.len(), || call(p.as_ptr(), p.len()));
        assert_eq!(is, reference(p), "{name}: length {}: {:x?}", p.len(), &p[..p.len().min(300)]);
    };
    // Valid but for what is cut off at the ends; ASCII with few faults; and text with many.
    inputs(text, compare);
    inputs(
        |p| {
            p.fill(b'a');
            damage(p, 700);
        },
        compare,
    );
    inputs(
        |p| {
            text(p);
            damage(p, 9);
        },
        compare,
    );
    edges(&compare);
}

/// Fills with random sequences, in runs of one row of the table, so that ASCII comes in blocks too; what is left over
/// with ASCII.
fn text(p: &mut [u8]) {
    let mut random = Random(2);
    let mut at = 0;
    while at < p.len() {
        let row = SEQUENCES[(random.bits() % SEQUENCES.len() as u64) as usize];
        for _ in 0..1 + random.bits() % 40 * (random.bits() % 4) {
            if p.len() - at < row.len() {
                p[at..].fill(b'.');
                return;
            }
            for (low, high) in row {
                p[at] = low + (random.bits() % (u64::from(high - low) + 1)) as u8;
                at += 1;
            }
        }
    }
}

/// Replaces one byte in so many by any.
fn damage(p: &mut [u8], one_in: u64) {
    let mut random = Random(3);
    for b in p {
        if random.bits().is_multiple_of(one_in) {
            *b = random.bits() as u8;
        }
    }
}

/// Bytes on both sides of each boundary of the table, and so one of each class at least.
const CLASSES: [u8; 22] = [
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed,
    0xee, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
];

/// Every sequence of three classes and one of four further bytes, around the ends of blocks and at the text's, among ASCII.
fn edges(compare: &impl Fn(&[u8])) {
    let mut arena = Arena::new(200);
    let p = &mut arena.bytes()[..192];
    let classes = CLASSES.len();
    let three =
        |k: usize| [k, k / classes, k / classes.pow(2)].map(|digit| CLASSES[digit % classes]);
    // Their number has no divisor in common with that of the classes, so each place meets each class everywhere.
    let places = [0, 29, 61, 62, 124, 125, 126, 127, 15];
    for k in 0..classes.pow(3) {
        let [a, b, c] = three(k);
        for (turn, last) in [b'a', 0x80, 0xbf, 0xf0].into_iter().enumerate() {
            let at = places[(k + turn) % places.len()];
            p.fill(b'a');
            p[at..at + 4].copy_from_slice(&[a, b, c, last]);
            compare(&p[..192 - k % 3]);
            compare(&p[..at + 4]);
        }
    }
}
