//! Adler-32 by definition, the bounds of its arithmetic, and published values.

use kernels_generic::adler32::{MODULUS, update, words};

fn by_definition(adler: u32, p: &[u8]) -> u32 {
    let (mut a, mut b) = (adler % 65536, adler / 65536);
    for &byte in p {
        a = (a + u32::from(byte)) % MODULUS;
        b = (b + a) % MODULUS;
    }
    b << 16 | a
}

#[test]
fn blocks_do_not_overflow() {
    let ones = vec![0xff; 60_000];
    for adler in [0, 1, 0xffff_ffff, 0xfff0_fff0] {
        for n in [1, 5551, 5552, 5553, 11_104, 60_000] {
            assert_eq!(update(adler, &ones[..n]), by_definition(adler, &ones[..n]), "{n}");
        }
        assert_eq!(update(adler, &[]), adler);
    }
}

/// `xx*n` is n times some bytes, `-` none.
fn bytes(field: &str) -> Vec<u8> {
    let (digits, times) = field.split_once('*').unwrap_or((field, "1"));
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    let once = digits.trim_start_matches('-').as_bytes().as_chunks::<2>().0;
    once.iter().map(|pair| byte(pair)).collect::<Vec<u8>>().repeat(times.parse().unwrap())
}

#[test]
fn published_values() {
    let text = include_str!("../../../testdata/adler32.txt");
    let lines: Vec<_> = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    assert!(lines.len() >= 10);
    for line in lines {
        let (input, sum) = line.split_once(' ').unwrap();
        let sum = u32::from_str_radix(sum, 16).unwrap();
        assert_eq!(update(1, &bytes(input)), sum, "{line}");
    }
}

#[test]
fn words_hold_every_byte_once() {
    let p: Vec<u8> = (1..16).collect();
    for n in 0..16 {
        let ([first, rest], after) = words(&p[..n]);
        let mut bytes = [first.to_le_bytes(), rest.to_le_bytes()].concat();
        if n < 8 {
            assert_eq!((first, after), (0, 0));
        } else {
            assert_eq!(after as usize, n - 8);
        }
        bytes.retain(|&b| b != 0);
        assert_eq!(bytes, p[..n]);
        assert!(n % 8 == 0 || rest >> 56 == n as u64, "{n}: {rest:#x}");
    }
}
