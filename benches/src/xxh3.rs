//! XXH3 beside the Rust crates that have it.

use crate::harness::{Row, contender, measure};
use crate::{hidden, random_bytes};
use kernels_generic::xxh3 as portable;
use std::hash::Hasher as _;

/// 64 bits at once, without a seed.
pub fn digest(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let data = &data[..];
    let p = || hidden(&data);
    measure(
        size,
        vec![
            contender("widelane", || widelane::xxh3::hash64(p())),
            contender("portable", || without_kernels(p())),
            contender("twox-hash", || twox_hash::XxHash3_64::oneshot(p())),
            contender("xxhash-rust", || xxhash_rust::xxh3::xxh3_64(p())),
        ],
    )
}

/// 128 bits at once, without a seed.
pub fn digest_128(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let data = &data[..];
    let p = || hidden(&data);
    measure(
        size,
        vec![
            contender("widelane", || widelane::xxh3::hash128(p())),
            contender("twox-hash", || twox_hash::XxHash3_128::oneshot(p())),
            contender("xxhash-rust", || xxhash_rust::xxh3::xxh3_128(p())),
        ],
    )
}

/// 64 bits of data in two pieces, which goes through a state.
pub fn accumulate(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let data = &data[..];
    let p = || hidden(&data).split_at(size / 3);
    measure(
        size,
        vec![
            contender("widelane", || {
                let ((a, b), mut hasher) = (p(), widelane::xxh3::Hasher::new());
                hasher.update(a);
                hasher.update(b);
                hasher.finish64()
            }),
            // The portable kernel alone, from stripe to stripe, as the hasher calls it.
            contender("portable", || {
                let mut state = portable::START;
                let (a, b) = hidden(&data).split_at(size / 3 / 64 * 64);
                if let Some(keys) = portable::Keys::new(&portable::DEFAULT_SECRET) {
                    portable::accumulate(&mut state, a, &keys);
                    portable::accumulate(&mut state, b, &keys);
                }
                state[0]
            }),
            contender("xxhash-rust", || {
                let ((a, b), mut hasher) = (p(), xxhash_rust::xxh3::Xxh3Default::new());
                hasher.update(a);
                hasher.update(b);
                hasher.digest()
            }),
            contender("twox-hash", || {
                let ((a, b), mut hasher) = (p(), twox_hash::XxHash3_64::new());
                hasher.write(a);
                hasher.write(b);
                hasher.finish()
            }),
        ],
    )
}

fn without_kernels(p: &[u8]) -> u64 {
    let secret = &portable::DEFAULT_SECRET;
    let mut out = [0];
    match (portable::Keys::new(secret), secret.first_chunk()) {
        (Some(keys), Some(start)) => portable::short::hash64(p, 0, start).unwrap_or_else(|| {
            portable::digest(&mut out, p, &keys);
            out[0]
        }),
        _ => unreachable!("the default secret is long enough"),
    }
}
