//! The values of the reference implementation.

extern crate std;

use super::{DEFAULT_SECRET, Keys, SECRET_MIN, SHORT, derive, digest, short};
use std::format;
use std::vec::Vec;

/// Longest vector that is tried. An interpreter takes minutes for all of them, and sees everything in a block and a bit.
const LONGEST: usize = if cfg!(miri) { 1100 } else { 1 << 19 };

/// The bytes that the vectors are of.
fn data() -> Vec<u8> {
    let next = |g: &u64| Some(g.wrapping_mul(11_400_714_785_074_694_797));
    let states = core::iter::successors(Some(2_654_435_761), next);
    states.take(LONGEST).map(|g: u64| (g >> 56) as u8).collect()
}

/// Both hashes of `p`, the second low half first.
fn hashes(p: &[u8], seed: u64, secret: &[u8]) -> (u64, [u64; 2]) {
    if p.len() <= SHORT {
        let secret = secret[..SECRET_MIN].try_into().expect("long enough");
        let hashes = (short::hash64(p, seed, secret), short::hash128(p, seed, secret));
        return (hashes.0.expect("not too long"), hashes.1.expect("not too long"));
    }
    let start = DEFAULT_SECRET.first_chunk().expect("long enough");
    assert_eq!((short::hash64(p, 0, start), short::hash128(p, 0, start)), (None, None));
    let derived = derive(seed);
    let keys = Keys::new(if seed == 0 { secret } else { &derived }).expect("long enough");
    let (mut one, mut two) = ([0; 1], [0; 2]);
    digest(&mut one, p, &keys);
    digest(&mut two, p, &keys);
    (one[0], two)
}

#[test]
fn vectors() {
    let data = data();
    let mut seen = 0;
    for line in include_str!("../../../../testdata/xxh3.txt").lines() {
        if line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split(' ').collect();
        let &[len, key, short, long] = fields.as_slice() else { panic!("{line}: not four fields") };
        let len: usize = len.parse().expect(line);
        if len > LONGEST {
            continue;
        }
        let p = &data[..len];
        let (is, [low, high]) = match key.split_once(':') {
            Some(("seed", seed)) => {
                hashes(p, u64::from_str_radix(seed, 16).expect(line), &DEFAULT_SECRET)
            }
            Some(("secret", n)) => hashes(p, 0, &data[7..][..n.parse().expect(line)]),
            _ => panic!("{line}: no such key"),
        };
        assert_eq!(format!("{is:016x}"), short, "{line}");
        assert_eq!(format!("{high:016x}{low:016x}"), long, "{line}");
        seen += 1;
    }
    assert!(seen > if cfg!(miri) { 1300 } else { 1600 }, "only {seen} vectors");
}

#[test]
fn a_short_secret_is_none() {
    assert!(Keys::new(&DEFAULT_SECRET[..SECRET_MIN - 1]).is_none());
    assert!(Keys::new(&DEFAULT_SECRET[..SECRET_MIN]).is_some());
    assert_eq!(derive(0), DEFAULT_SECRET);
}
