//! The row of family `crc64`.

use crate::{Random, forall, reader};
use kernels_generic::crc64::{CONSTANTS, Constants, constants};

/// Row `update`.
pub type Update =
    unsafe extern "C" fn(crc: u64, k: *const [u8; CONSTANTS], p: *const u8, len: usize) -> u64;

/// Lengths around which the loops are entered, left or started over, and where Go cuts.
const LONG: &[usize] = &[8192, 1 << 16, 3 << 16, 1 << 19];

/// Generators with names, none, all ones, only the lowest term, without the lowest term, and two of no kind.
const POLYS: &[u64] = &[
    constants::ISO,
    constants::ECMA,
    constants::NVME,
    0,
    !0,
    1 << 63,
    1,
    0x7123_4567_89ab_cdef,
    0x92d8_af2b_af0e_1e85,
];

/// Checks one variant of `update`.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn update(name: &str, kernel: Update) {
    for &poly in POLYS {
        let (k, table) = (Constants::of(poly), table(poly));
        let plain = |crc: u64, p: &[u8]| by_bytes(&table, crc, p);
        // SAFETY: pointer and length are a slice's; the CPU is the caller's promise.
        let run = |crc, p: &[u8]| unsafe { kernel(crc, &k.0, p.as_ptr(), p.len()) };
        let name = &format!("{name} {poly:#x}");
        if poly == constants::ECMA {
            for crc in [0, 0x8765_4321_0fed_cba9] {
                // SAFETY: as above.
                let raw = |p, n| unsafe { kernel(crc, &k.0, p, n) };
                reader(name, raw, |p| plain(crc, p));
            }
            splits(name, run);
        }
        long(name, plain, run);
        basis(name, plain, run);
    }
    // SAFETY: the caller's promise.
    unsafe { any(name, kernel) };
}

/// The definition, eight bits at a time.
fn table(poly: u64) -> [u64; 256] {
    let shift = |crc: u64, _| if crc & 1 == 1 { crc >> 1 ^ poly } else { crc >> 1 };
    std::array::from_fn(|b| (0..8).fold(b as u64, shift))
}

fn by_bytes(table: &[u64; 256], crc: u64, p: &[u8]) -> u64 {
    !p.iter().fold(!crc, |crc, &b| table[usize::from(crc as u8 ^ b)] ^ (crc >> 8))
}

/// Every length of a few loops' turns, and long ones.
fn long(name: &str, plain: impl Fn(u64, &[u8]) -> u64, run: impl Fn(u64, &[u8]) -> u64) {
    let mut data = vec![0; (1 << 19) + 8];
    Random(2).fill(&mut data);
    for n in (0..1100).chain(LONG.iter().flat_map(|n| n - 1..=n + 1)) {
        assert_eq!(run(5, &data[3..3 + n]), plain(5, &data[3..3 + n]), "{name}: {n} bytes");
    }
}

/// Any generator, any state, any input.
///
/// # Safety
/// This CPU can run the variant.
unsafe fn any(name: &str, kernel: Update) {
    forall(|(poly, crc, p): &(u64, u64, Vec<u8>)| {
        // SAFETY: pointer and length are a slice's; the CPU is the caller's promise.
        let is = unsafe { kernel(*crc, &Constants::of(*poly).0, p.as_ptr(), p.len()) };
        let should = by_bytes(&table(*poly), *crc, p);
        if is == should { Ok(()) } else { Err(format!("{name} {poly:#x}: {is:#x}")) }
    });
}

/// However an input is cut, its pieces give the CRC of the whole.
fn splits(name: &str, run: impl Fn(u64, &[u8]) -> u64) {
    let mut data = vec![0; 20_000];
    Random(3).fill(&mut data);
    let whole = run(0, &data);
    forall(|cuts: &Vec<u16>| {
        let (mut crc, mut rest) = (0, &data[..]);
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
fn basis(name: &str, plain: impl Fn(u64, &[u8]) -> u64, run: impl Fn(u64, &[u8]) -> u64) {
    for n in [1, 7, 8, 15, 16, 17, 31, 63, 64, 65, 200, 256, 273, 700] {
        let mut p = vec![0; n];
        assert_eq!(run(!0, &p), plain(!0, &p), "{name}: zeros, {n} bytes");
        for bit in 0..64 {
            let state = !(1 << bit);
            assert_eq!(run(state, &p), plain(state, &p), "{name}: state bit {bit}, {n} bytes");
        }
        for bit in 0..8 * n {
            p[bit / 8] = 1 << (bit % 8);
            assert_eq!(run(!0, &p), plain(!0, &p), "{name}: bit {bit} of {n} bytes");
            p[bit / 8] = 0;
        }
    }
}
