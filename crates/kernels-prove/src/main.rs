//! Proofs by enumeration: what of a kernel can be shown for all inputs, not for some. `cargo xtask prove` runs this
//! program, once for each variant of each proof.
//!
//! `kernels-prove list` prints a line for each: proof, variant, parts, whether it can run here. `kernels-prove run
//! PROOF VARIANT FROM` does the parts from that one on, and after each prints its number and how many cases it had.
//! `--short` leaves out lengths and places, as each proof says. What is wrong is a panic, or a fault on a guard page
//! after a line that names the kernel; both end the process badly.

mod adler32;
mod base32;
mod base64;
mod bytealg;
mod crc32;
mod crc64;
mod doors;
mod hex;
mod latin1;
mod proof;
mod utf16;
mod utf8;
mod vec;

use proof::Proof;
use std::process::ExitCode;
use widelane::internals::KERNELS;

/// Kernels for which nothing is enumerated, and why.
const UNPROVED: &[(&str, &str)] = &[("xxh3_digest", XXH3), ("xxh3_accumulate", XXH3)];

/// XXH3 multiplies halves of what it reads with one another: of no small degree, so that no few inputs decide the rest.
const XXH3: &str = "each lane is a sum of products of input with input, and no enumeration reaches 64 bits; every length is \
                    compared with the specification's steps instead";

/// Every proof. A kernel of the table without one must stand in [`UNPROVED`].
fn proofs() -> Vec<Proof> {
    [
        adler32::proofs(),
        crc32::proofs(),
        crc64::proofs(),
        base32::proofs(),
        base64::proofs(),
        hex::proofs(),
        bytealg::proofs(),
        latin1::proofs(),
        utf16::proofs(),
        utf8::proofs(),
        vec::proofs(),
    ]
    .concat()
}

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let short = args.iter().position(|a| a == "--short").map(|i| args.remove(i)).is_some();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["list"] => list(short),
        ["run", proof, variant, from] => run(proof, variant, from, short),
        _ => Err("use `list` or `run PROOF VARIANT FROM`, each with --short or without".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::from(2)
        }
    }
}

fn list(short: bool) -> Result<(), String> {
    let proofs = proofs();
    for proof in &proofs {
        for variant in &proof.variants {
            let here = if variant.available { "here" } else { "elsewhere" };
            println!("{}\t{}\t{}\t{here}", proof.name, variant.name, (variant.parts)(short));
        }
    }
    let reasoned = |name: &str| UNPROVED.iter().any(|(kernel, _)| *kernel == name);
    for kernel in KERNELS.iter().filter(|k| !k.internal()) {
        let name = kernel.name().text();
        if !reasoned(name) && !proofs.iter().any(|p| p.kernel == name) {
            return Err(format!("{name} has no proof, and no reason in UNPROVED"));
        }
    }
    for (name, reason) in UNPROVED {
        println!("{name}\tunproved\t{reason}");
    }
    doorless(&proofs)
}

/// Where the doors are compiled in, they are what is proved: a variant without one was forgotten.
fn doorless(proofs: &[Proof]) -> Result<(), String> {
    let all = proofs.iter().flat_map(|p| p.variants.iter().map(move |v| (p, v)));
    match all.into_iter().find(|(_, v)| cfg!(widelane_doors) && !v.portable && !v.door) {
        Some((proof, variant)) => {
            Err(format!("{} has no door for variant {}", proof.name, variant.name))
        }
        None => Ok(()),
    }
}

fn run(name: &str, variant: &str, from: &str, short: bool) -> Result<(), String> {
    let proofs = proofs();
    let variants = proofs.iter().filter(|p| p.name == name).flat_map(|p| &p.variants);
    let variant = variants.into_iter().find(|v| v.name == variant && v.available);
    let variant = variant.ok_or("no such proof here; `list` shows them")?;
    let from: usize = from.parse().map_err(|_| format!("{from} is no number of a part"))?;
    for part in from..(variant.parts)(short) {
        println!("{part}\t{}", (variant.run)(part, short));
    }
    Ok(())
}
