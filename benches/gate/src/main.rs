//! Two builds of widelane's C library beside each other, for `cargo xtask bench --gate`, which reads what this prints.
//!
//! ```text
//! gate compare BASE TREE [PLANT [KERNEL:SIZE ...]]   kernel,size,ns of base,ns of tree,ratio
//! gate count LIBRARY [PLANT]                         kernel,size,instructions
//! gate hog                                           keeps a core and its memory busy until it is ended
//! ```
//!
//! BASE, TREE and LIBRARY are folders with a library in several layouts. PLANT is by how many percent of its work the
//! second library is to be slowed down, so that the gate can be tried.

mod burst;
mod cases;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod count;
mod hog;
mod library;

use anyhow::{Context, Result, bail};
use cases::{Arena, CASES, Case, Work};
use library::Library;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["compare", base, tree] => compare(base, tree, "0", &[]),
        ["compare", base, tree, plant, ref only @ ..] => compare(base, tree, plant, only),
        ["count", library] => count(library, "0"),
        ["count", library, plant] => count(library, plant),
        ["hog"] => {
            hog::run();
            Ok(())
        }
        _ => {
            bail!("gate compare BASE TREE [PLANT [KERNEL:SIZE ...]] | count LIBRARY [PLANT] | hog")
        }
    }
}

/// Prints a line for each case and size, or for those in `only`; `absent` for a case that one library lacks.
fn compare(base: &str, tree: &str, plant: &str, only: &[&str]) -> Result<()> {
    let plant = percent(plant)?;
    let (base, tree) = (Library::layouts(base)?, Library::layouts(tree)?);
    let arena = Arena::new();
    let bind = |case: &Case, copies: &[Library]| -> Option<Vec<Work>> {
        copies.iter().map(|library| (case.bind)(library, &arena)).collect()
    };
    for case in CASES {
        let (Some(old), Some(new)) = (bind(case, &base), bind(case, &tree)) else {
            println!("{},absent", case.name);
            continue;
        };
        for &size in cases::TIMED {
            if only.is_empty() || only.contains(&format!("{}:{size}", case.name).as_str()) {
                let pair = burst::compare(&old, &new, size, plant);
                println!("{},{size},{:.3},{:.3},{:.5}", case.name, pair.old, pair.new, pair.ratio);
            }
        }
    }
    Ok(())
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn count(library: &str, plant: &str) -> Result<()> {
    let plant = percent(plant)?;
    let library = Library::open(&format!("{library}/0.so"))?;
    let arena = Arena::new();
    for case in CASES {
        let Some(work) = (case.bind)(&library, &arena) else {
            println!("{},absent", case.name);
            continue;
        };
        for &size in cases::COUNTED {
            let instructions = count::instructions(library.code()?, || {
                work(1, size);
                if plant > 0 {
                    work(1, size * plant as usize / 100);
                }
            })?;
            println!("{},{size},{instructions}", case.name);
        }
    }
    Ok(())
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn count(_: &str, _: &str) -> Result<()> {
    bail!("instructions are counted on Linux on x86-64 only")
}

fn percent(text: &str) -> Result<u64> {
    text.parse().with_context(|| format!("PLANT is a whole number of percent, not {text:?}"))
}
