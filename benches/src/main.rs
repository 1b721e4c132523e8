//! widelane beside its peers, in one process. Prints CSV; `cargo xtask bench` makes tables of it.

mod adler32;
mod base64;
mod bytealg;
mod crc32;
mod crc64;
mod harness;
mod hex;
mod utf8;
mod vec;
mod xxh3;

use harness::Row;

/// Bytes of input, from a short header to more than the caches hold.
pub const SIZES: &[usize] = &[16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20, 16 << 20];

/// Every length of a short input: where a table of these has a step up, a caller's time has one.
fn short() -> Vec<usize> {
    (0..=256).collect()
}

/// A benchmark: its family and kernel, and what it measures at one size.
struct Bench {
    family: &'static str,
    kernel: &'static str,
    run: fn(usize) -> Vec<Row>,
}

const BENCHES: &[Bench] = &[
    Bench { family: "adler32", kernel: "update", run: adler32::update },
    Bench { family: "crc32", kernel: "ieee_update", run: crc32::ieee },
    Bench { family: "crc32", kernel: "castagnoli_update", run: crc32::castagnoli },
    Bench { family: "crc64", kernel: "update", run: crc64::update },
    Bench { family: "base64", kernel: "encode", run: base64::encode },
    Bench { family: "base64", kernel: "decode", run: base64::decode },
    Bench { family: "hex", kernel: "encode", run: hex::encode },
    Bench { family: "hex", kernel: "decode", run: hex::decode },
    Bench { family: "vec", kernel: "sum", run: vec::sum },
    Bench { family: "vec", kernel: "add", run: vec::add },
    Bench { family: "bytealg", kernel: "index_byte", run: bytealg::index_byte },
    Bench { family: "xxh3", kernel: "digest", run: xxh3::digest },
    Bench { family: "xxh3", kernel: "digest_128", run: xxh3::digest_128 },
    Bench { family: "xxh3", kernel: "accumulate", run: xxh3::accumulate },
    Bench { family: "utf8", kernel: "valid_up_to", run: utf8::valid_up_to },
    Bench { family: "utf8", kernel: "rune_count", run: utf8::rune_count },
];

/// Runs the families and kernels named on the command line, or all of them; with `--short`, short lengths instead.
fn main() {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    let sizes = match wanted.first() {
        Some(first) if first == "--short" => short(),
        _ => SIZES.to_vec(),
    };
    wanted.retain(|w| w != "--short");
    for bench in BENCHES {
        let name = format!("{}_{}", bench.family, bench.kernel);
        if !wanted.is_empty() && !wanted.iter().any(|w| w == bench.family || *w == name) {
            continue;
        }
        for &size in &sizes {
            for row in (bench.run)(size) {
                let Row { name, size, ns, ratio } = row;
                println!("rust,{},{},{name},{size},{ns:.3},{ratio:.4}", bench.family, bench.kernel);
            }
        }
    }
}

/// Bytes without structure, the same in every run.
pub fn random_bytes(n: usize) -> Vec<u8> {
    let mut x = 1_u64;
    let next = |_| {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (x >> 56) as u8
    };
    (0..n).map(next).collect()
}
