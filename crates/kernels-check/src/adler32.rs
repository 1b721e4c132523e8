//! The row of family `adler32`.

use crate::{Random, forall, reader};

/// Row `update`.
pub type Update = unsafe extern "C" fn(adler: u32, p: *const u8, len: usize) -> u32;

/// Lengths around which the loops are entered, left or started over, and where blocks end.
const LONG: &[usize] = &[5552, 1 << 14, 1 << 15, 1 << 16, 1 << 20, 2 << 20, 3 << 20];

/// Checks one variant of `update`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn update(name: &str, kernel: Update) {
    // SAFETY: pointer and length are a slice's; the CPU is the caller's promise.
    let run = |adler, p: &[u8]| unsafe { kernel(adler, p.as_ptr(), p.len()) };
    for adler in [1, 0x8765_4321, u32::MAX] {
        // SAFETY: as above.
        reader(name, |p, n| unsafe { kernel(adler, p, n) }, |p| plain(adler, p));
    }
    let mut data = vec![0; (3 << 20) + 8];
    Random(2).fill(&mut data);
    for n in (0..700).chain(LONG.iter().flat_map(|n| n - 1..=n + 1)) {
        assert_eq!(run(5, &data[3..3 + n]), plain(5, &data[3..3 + n]), "{name}: {n} bytes");
    }
    most(name, run);
    weights(name, run);
    splits(name, &data[..20_000], run);
}

/// The definition.
fn plain(adler: u32, p: &[u8]) -> u32 {
    if p.is_empty() {
        return adler;
    }
    let sums = (adler & 0xffff, adler >> 16);
    let (a, b) = p.iter().fold(sums, |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

/// The largest bytes from the largest sums: what overflows does here.
fn most(name: &str, run: impl Fn(u32, &[u8]) -> u32) {
    let data = vec![0xff; (3 << 20) + 8];
    for n in (0..700).chain(LONG.iter().flat_map(|n| n - 1..=n + 1)) {
        assert_eq!(run(u32::MAX, &data[..n]), plain(u32::MAX, &data[..n]), "{name}: {n} of 0xff");
    }
}

/// Each byte alone shows its weight.
fn weights(name: &str, run: impl Fn(u32, &[u8]) -> u32) {
    let mut p = [0; 600];
    for n in [1, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 130, 255, 256, 257, 600] {
        for i in 0..n {
            p[i] = 0xff;
            assert_eq!(run(0, &p[..n]), plain(0, &p[..n]), "{name}: byte {i} of {n}");
            p[i] = 0;
        }
    }
}

/// However an input is cut, its pieces give the checksum of the whole.
fn splits(name: &str, data: &[u8], run: impl Fn(u32, &[u8]) -> u32) {
    let whole = run(1, data);
    forall(|cuts: &Vec<u16>| {
        let (mut adler, mut rest) = (1, data);
        for cut in cuts {
            // Short pieces are likelier: lengths are spread over the orders of magnitude.
            let (head, tail) = rest.split_at((usize::from(*cut) >> (cut % 16)).min(rest.len()));
            adler = run(adler, head);
            rest = tail;
        }
        if run(adler, rest) == whole { Ok(()) } else { Err(format!("{name}: cut {cuts:?}")) }
    });
}
