//! CRC-32 variants against the portable one, which is checked against the definition where it stands.

use kernels_generic::crc32 as portable;
use kernels_generic::crc32::algebra::IEEE;
use quickcheck::{Arbitrary, Gen};

/// A variant of a row of this family.
pub type Update = unsafe extern "C" fn(crc: u32, p: *const u8, len: usize) -> u32;

/// Longest input with every length: past every cutoff and a whole turn of every loop.
const ALL: usize = 4096;
/// Around 64 KiB, where Go cuts, and around the lengths at which the loops with the CRC instruction start over.
const LONG: &[usize] =
    &[8192, 1 << 16, 69_632, 81_920, 114_688, 2 * 69_632, 2 * 81_920, 2 * 114_688, 1 << 19];

/// All lengths up to 4096, 64 alignments, long inputs, random splits, random inputs.
///
/// # Panics
/// At the first difference, naming length, offset and generator.
///
/// # Safety
/// The CPU has the features of `update`.
pub unsafe fn check(poly: u32, update: Update) {
    // SAFETY: the caller's promise, and pointer and length are a slice's.
    let run = |crc, p: &[u8]| unsafe { update(crc, p.as_ptr(), p.len()) };
    let want = |crc, p: &[u8]| {
        let update: Update = if poly == IEEE {
            portable::ieee_update_generic
        } else {
            portable::castagnoli_update_generic
        };
        // SAFETY: pointer and length are a slice's.
        unsafe { update(crc, p.as_ptr(), p.len()) }
    };
    // SAFETY: length 0 allows any pointer.
    assert_eq!(unsafe { update(0x1234_5678, core::ptr::null(), 0) }, 0x1234_5678, "null");

    let data = bytes((1 << 19) + 64);
    for n in 0..=ALL {
        let crc = (n as u32).wrapping_mul(0x85eb_ca6b);
        let offsets = if n <= 1024 { 64 } else { 4 };
        for at in 0..offsets {
            let at = at * 64 / offsets;
            let p = &data[at..at + n];
            assert_eq!(run(crc, p), want(crc, p), "generator {poly:#x}, {n} bytes at offset {at}");
        }
    }
    for n in LONG.iter().flat_map(|n| n - 1..=n + 1) {
        let p = &data[3..3 + n];
        assert_eq!(run(5, p), want(5, p), "generator {poly:#x}, {n} bytes");
    }
    splits(&data[..20_000], run);
    let mut random = Gen::new(2000);
    for _ in 0..2000 {
        let (crc, p) = (u32::arbitrary(&mut random), Vec::arbitrary(&mut random));
        assert_eq!(run(crc, &p), want(crc, &p), "generator {poly:#x}, state {crc:#x}, {p:02x?}");
    }
    // The linear map is decided by its values on a basis: for this length nothing is left to chance.
    for bit in 0..=8 * 300 {
        let mut p = [0; 300];
        if bit < 8 * 300 {
            p[bit / 8] = 1 << (bit % 8);
        }
        assert_eq!(run(0, &p), want(0, &p), "generator {poly:#x}, bit {bit} of 300 bytes");
    }
}

/// Any cut of an input gives the CRC of the whole.
fn splits(data: &[u8], run: impl Fn(u32, &[u8]) -> u32) {
    let whole = run(0, data);
    let mut random = Gen::new(1 << 14);
    for _ in 0..200 {
        let (mut crc, mut rest) = (0, data);
        while !rest.is_empty() {
            let most = *random.choose(&[3, 20, 70, 300, 9000]).unwrap_or(&1);
            let (head, tail) =
                rest.split_at((usize::from(u16::arbitrary(&mut random)) % most).min(rest.len()));
            crc = run(crc, head);
            rest = tail;
        }
        assert_eq!(crc, whole);
    }
}

/// Bytes without a short period.
fn bytes(n: usize) -> Vec<u8> {
    let mut x = 0x2545_f491_4f6c_dd1d_u64;
    let next = |_| {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 32) as u8
    };
    (0..n).map(next).collect()
}
