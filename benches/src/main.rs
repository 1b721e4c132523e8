//! widelane beside its peers, in one process. Prints CSV; `cargo xtask bench` makes tables of it.

mod adler32;
mod base32;
mod base64;
mod bytealg;
mod crc32;
mod crc64;
mod harness;
mod hex;
mod isal;
mod latin1;
mod utf16;
mod utf8;
mod vec;
mod xxh3;

use harness::{PASSES, Row};
use std::collections::BTreeMap;
use std::hint::black_box;

/// Bytes of input, from a short header to more than the caches hold.
pub const SIZES: &[usize] = &[16, 64, 256, 1 << 10, 8 << 10, 64 << 10, 1 << 20, 16 << 20];

/// The longest of short inputs. Every length up to it is measured: where a table of these has a step up, a caller's time has
/// one.
const SHORT: usize = 256;

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
    Bench { family: "base32", kernel: "encode", run: base32::encode },
    Bench { family: "base32", kernel: "decode", run: base32::decode },
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
    Bench { family: "latin1", kernel: "from_utf8", run: latin1::from_utf8 },
    Bench { family: "latin1", kernel: "to_utf8", run: latin1::to_utf8 },
    Bench { family: "utf16", kernel: "from_utf8", run: utf16::from_utf8 },
    Bench { family: "utf16", kernel: "to_utf8", run: utf16::to_utf8 },
    Bench { family: "utf8", kernel: "valid_up_to", run: utf8::valid_up_to },
    Bench { family: "utf8", kernel: "rune_count", run: utf8::rune_count },
];

/// Runs the families and kernels named on the command line, or all of them; with `--short`, short lengths instead.
fn main() {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    let short = wanted.first().is_some_and(|first| first == "--short");
    if short {
        wanted.remove(0);
        harness::be_short();
    }
    let is_wanted = |bench: &&Bench| {
        let name = format!("{}_{}", bench.family, bench.kernel);
        wanted.is_empty() || wanted.iter().any(|w| w == bench.family || *w == name)
    };
    let benches: Vec<&Bench> = BENCHES.iter().filter(is_wanted).collect();
    if short {
        return lengths(&benches);
    }
    for bench in benches {
        SIZES.iter().for_each(|&size| bench.print(&(bench.run)(size)));
    }
}

impl Bench {
    fn print(&self, rows: &[Row]) {
        for Row { name, size, ns, ratio } in rows {
            println!("rust,{},{},{name},{size},{ns:.3},{ratio:.4}", self.family, self.kernel);
        }
    }
}

/// Prints the fastest pass of every short length, for each contender by itself. A pass goes through all that is measured, so
/// that those of one length are far apart.
fn lengths(benches: &[&Bench]) {
    let mut fastest: BTreeMap<(usize, usize), Vec<Row>> = BTreeMap::new();
    for _ in 0..PASSES {
        for (at, bench) in benches.iter().enumerate() {
            for size in 0..=SHORT {
                // What the pass before had freed is not what this one gets, so its buffers lie elsewhere.
                for kept in [vec![0_u8; size], vec![0_u8; 2 * size]] {
                    std::mem::forget(kept);
                }
                keep_faster(fastest.entry((at, size)).or_default(), (bench.run)(size));
            }
        }
    }
    for ((at, _), rows) in &mut fastest {
        let ours = rows.first().map_or(1.0, |row| row.ns);
        rows.iter_mut().for_each(|row| row.ratio = row.ns / ours);
        benches[*at].print(rows);
    }
}

fn keep_faster(seen: &mut Vec<Row>, rows: Vec<Row>) {
    if seen.is_empty() {
        *seen = rows;
    } else {
        seen.iter_mut().zip(rows).for_each(|(seen, row)| seen.ns = seen.ns.min(row.ns));
    }
}

/// A slice of which the compiler knows nothing. It is its address that goes through the black box: pointer and length at
/// once go by way of the stack in one store, and where a result was stored there before, this core lets the next call wait
/// for it, which made one contender, and not the others, twice as slow as it is.
pub fn hidden<'a, T>(slice: &'a &[T]) -> &'a [T] {
    black_box::<&&[T]>(slice)
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
