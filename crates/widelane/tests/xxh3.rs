//! The safe API of xxh3: the reference's values at once and in pieces.

use widelane::xxh3::{
    Hasher, Secret, hash64, hash64_with_secret, hash64_with_seed, hash128, hash128_with_secret,
    hash128_with_seed,
};

/// The bytes that the vectors are of.
fn data() -> Vec<u8> {
    let next = |g: &u64| Some(g.wrapping_mul(11_400_714_785_074_694_797));
    let states = std::iter::successors(Some(2_654_435_761), next);
    states.take(1 << 19).map(|g: u64| (g >> 56) as u8).collect()
}

/// `p` in pieces of lengths that go around these.
fn pieces(mut hasher: Hasher<'_>, mut p: &[u8], lengths: &[usize]) -> (u64, u128) {
    for n in lengths.iter().cycle() {
        let (piece, rest) = p.split_at((*n).min(p.len()));
        hasher.update(piece);
        p = rest;
        if p.is_empty() {
            break;
        }
    }
    (hasher.finish64(), hasher.finish128())
}

#[test]
fn vectors() {
    let data = data();
    let mut seen = 0;
    for line in include_str!("../../../testdata/xxh3.txt").lines() {
        if line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split(' ').collect();
        let &[len, key, short, long] = fields.as_slice() else { panic!("{line}: not four fields") };
        let p = &data[..len.parse().expect(line)];
        let wanted = (
            u64::from_str_radix(short, 16).expect(line),
            u128::from_str_radix(long, 16).expect(line),
        );
        let (whole, hasher) = match key.split_once(':') {
            Some(("seed", seed)) => {
                let seed = u64::from_str_radix(seed, 16).expect(line);
                if seed == 0 {
                    assert_eq!((hash64(p), hash128(p)), wanted, "{line}");
                    assert_eq!(pieces(Hasher::new(), p, &[1000]), wanted, "{line}");
                }
                let whole = (hash64_with_seed(p, seed), hash128_with_seed(p, seed));
                (whole, Hasher::with_seed(seed))
            }
            Some(("secret", n)) => {
                let secret = Secret::new(&data[7..][..n.parse().expect(line)]).expect(line);
                let whole = (hash64_with_secret(p, secret), hash128_with_secret(p, secret));
                (whole, Hasher::with_secret(secret))
            }
            _ => panic!("{line}: no such key"),
        };
        assert_eq!(whole, wanted, "{line}");
        for lengths in [&[usize::MAX][..], &[64], &[63, 193], &[1, 0, 255, 300], &[7], &[1024, 256]]
        {
            assert_eq!(pieces(hasher.clone(), p, lengths), wanted, "{line}, in {lengths:?}");
        }
        seen += 1;
    }
    assert!(seen > 1500, "only {seen} vectors");
}

/// Every state of the buffer, then a piece that may fit, fill it or go beyond it.
#[test]
fn two_pieces() {
    let data = data();
    for cut in 0..=520 {
        let mut first = Hasher::new();
        first.update(&data[..cut]);
        for n in (cut % 7..=520).step_by(7).chain([1, 63, 64, 65, 255, 256, 257]) {
            let (mut hasher, p) = (first.clone(), &data[..cut + n]);
            hasher.update(&p[cut..]);
            assert_eq!(hasher.finish64(), hash64(p), "{cut} and {n} bytes");
            assert_eq!(hasher.finish128(), hash128(p), "{cut} and {n} bytes");
        }
    }
}

#[test]
fn reset_and_checkpoints() {
    let data = data();
    for n in [0, 5, 240, 241, 1000] {
        let mut hasher = Hasher::with_seed(3);
        hasher.update(&data[..777]);
        hasher.reset();
        hasher.update(&data[..n]);
        let before = hasher.clone();
        hasher.update(&data[n..2000]);
        assert_eq!(before.finish64(), hash64_with_seed(&data[..n], 3));
        assert_eq!(hasher.finish128(), hash128_with_seed(&data[..2000], 3));
    }
}

#[test]
fn short_secrets_are_refused() {
    let error = Secret::new(&[1; 135]).expect_err("too short").to_string();
    assert_eq!(error, "secret shorter than 136 bytes");
}
