//! Rows of family `crc32`.

use crate::{Random, forall, reader};

/// Rows `ieee_update` and `castagnoli_update`.
pub type Update = unsafe extern "C" fn(crc: u32, p: *const u8, len: usize) -> u32;

/// Lengths around which the loops are entered, left or started over: where Go cuts, and where a stretch of the loops with
/// the CRC instruction ends.
const LONG: &[usize] = &[
    8192,
    12_353,
    16_513,
    24_833,
    1 << 16,
    69_632,
    98_304,
    114_688,
    196_608,
    2 * 69_632,
    2 * 114_688,
    1 << 19,
];

/// Checks one variant of `ieee_update`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn ieee_update(name: &str, kernel: Update) {
    // SAFETY: the caller's promise.
    unsafe { check(name, kernel, 0xedb8_8320) }
}

/// Checks one variant of `castagnoli_update`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn castagnoli_update(name: &str, kernel: Update) {
    // SAFETY: the caller's promise.
    unsafe { check(name, kernel, 0x82f6_3b78) }
}

unsafe fn check(name: &str, kernel: Update, poly: u32) {
    let table = table(poly);
    let plain = |crc: u32, p: &[u8]| {
        !p.iter().fold(!crc, |crc, &b| table[usize::from(crc as u8 ^ b)] ^ (crc >> 8))
    };
    // SAFETY: pointer and length are a slice's; the CPU is the caller's promise.
    let run = |crc, p: &[u8]| unsafe { kernel(crc, p.as_ptr(), p.len()) };
    for crc in [0, 0x8765_4321] {
        // SAFETY: as above.
        reader(name, |p, n| unsafe { kernel(crc, p, n) }, |p| plain(crc, p));
    }
    let mut data = vec![0; (1 << 19) + 8];
    Random(2).fill(&mut data);
    for n in LONG.iter().flat_map(|n| n - 1..=n + 1) {
        assert_eq!(run(5, &data[3..3 + n]), plain(5, &data[3..3 + n]), "{name}: {n} bytes");
    }
    splits(name, &data[..20_000], run);
    basis(name, plain, run);
}

/// The definition, eight bits at a time.
fn table(poly: u32) -> [u32; 256] {
    let shift = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ poly } else { crc >> 1 };
    std::array::from_fn(|b| (0..8).fold(b as u32, shift))
}

/// However an input is cut, its pieces give the CRC of the whole.
fn splits(name: &str, data: &[u8], run: impl Fn(u32, &[u8]) -> u32) {
    let whole = run(0, data);
    forall(|cuts: &Vec<u16>| {
        let (mut crc, mut rest) = (0, data);
        for cut in cuts {
            // Short pieces are likelier: lengths are spread over the orders of magnitude.
            let (head, tail) = rest.split_at((usize::from(*cut) >> (cut % 16)).min(rest.len()));
            crc = run(crc, head);
            rest = tail;
        }
        if run(crc, rest) == whole { Ok(()) } else { Err(format!("{name}: cut {cuts:?}")) }
    });
}

/// A CRC of a fixed length is an affine map. Its values on no bit and on each single bit of state and input decide it:
/// for these lengths, of which each takes another way through the kernels, nothing is left to chance.
fn basis(name: &str, plain: impl Fn(u32, &[u8]) -> u32, run: impl Fn(u32, &[u8]) -> u32) {
    for n in [1, 7, 15, 16, 31, 63, 64, 65, 200, 256, 257, 700, 1500] {
        let mut p = vec![0; n];
        assert_eq!(run(!0, &p), plain(!0, &p), "{name}: zeros, {n} bytes");
        for bit in 0..32 {
            assert_eq!(
                run(!(1 << bit), &p),
                plain(!(1 << bit), &p),
                "{name}: state bit {bit}, {n} bytes"
            );
        }
        for bit in 0..8 * n {
            p[bit / 8] = 1 << (bit % 8);
            assert_eq!(run(!0, &p), plain(!0, &p), "{name}: bit {bit} of {n} bytes");
            p[bit / 8] = 0;
        }
    }
}
