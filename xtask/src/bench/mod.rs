//! `cargo xtask bench`: every kernel beside its peers, from Rust and from Go, each language in one process; and the gate,
//! which compares the working tree with another revision.

mod build;
mod calls;
mod gate;
mod peers;
mod plot;
mod prove;
pub mod record;
mod short;
mod table;

use crate::root::root;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// Measure every kernel beside its peers, into target/bench; or the working tree beside another revision
#[derive(clap::Args)]
pub struct Args {
    /// Families or kernels to measure, as crc32 or vec_sum; all of them by default. Or `asmcall`: what calls of C cost
    kernels: Vec<String>,
    /// Only one side
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Every length from 0 to 256 bytes instead of a few sizes, in nanoseconds; names lengths that cost more than their
    /// neighbours, or more than a peer takes
    #[arg(long)]
    short: bool,
    /// Also write the raw figures here: lang,family,kernel,implementation,bytes,ns,ratio
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Also draw them here: a picture FAMILY.svg for each family
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
    /// Also write the record of this machine and day below benches/record; of some kernels, into the record that there is
    #[arg(long, conflicts_with = "lang")]
    record: bool,
    /// A checkout of emmansun/base64 to measure beside; without it that peer is left out
    #[arg(long, value_name = "DIR")]
    emmansun: Option<PathBuf>,
    /// Fail if any kernel is slower at any size than in another revision
    #[arg(long, conflicts_with_all = ["kernels", "lang", "short", "csv", "plot", "record", "emmansun"])]
    gate: bool,
    /// What to compare with; by default the last commit if files have changed, else the last release, else the commit before
    #[arg(long, value_name = "REV", requires = "gate")]
    base: Option<String>,
    /// A kernel that may be slower, or execute more instructions, than before; CI reads `Slower: KERNEL, reason` in commits
    #[arg(long, value_name = "KERNEL", requires = "gate")]
    accept: Vec<String>,
    /// Instead prove the gate: equal builds pass, planted slowdowns are found, so many times, beside busy neighbours
    #[arg(long, value_name = "ROUNDS", requires = "gate", conflicts_with_all = ["base", "accept"])]
    prove: Option<usize>,
    /// With --prove: judge again what came out wrong, and fail only for what does so every time; where the machine is too
    /// busy to tell, say so
    #[arg(long, requires = "prove")]
    retry: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Lang {
    Rust,
    Go,
}

/// Whether there is an earlier state to compare with.
pub fn has_base() -> bool {
    build::base(None).is_ok()
}

pub fn run(args: &Args) -> Result<()> {
    if args.kernels == [calls::NAME] {
        let figures = args.csv.is_some() || args.plot.is_some() || args.emmansun.is_some();
        ensure!(!figures && args.lang.is_none(), "bench {} prints its table only", calls::NAME);
        return calls::run();
    }
    match (args.gate, args.prove) {
        (true, Some(0)) => bail!("--prove wants one round at least"),
        (true, Some(rounds)) => prove::run(rounds, args.retry),
        (true, None) => gate::run(args.base.as_deref(), &args.accept),
        (false, _) => beside_peers(args),
    }
}

/// Whether what is asked for can be written, and read, before minutes are spent on measuring.
fn places(args: &Args) -> Result<()> {
    if let Some(file) = &args.csv {
        let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        ensure!(folder.is_dir() && !file.is_dir(), "no file {} can be written", file.display());
    }
    if let Some(folder) = &args.plot {
        ensure!(!folder.exists() || folder.is_dir(), "{} is not a folder", folder.display());
    }
    if let Some(folder) = &args.emmansun {
        let found = folder.join("go.mod").is_file();
        ensure!(found, "{} is no checkout of emmansun/base64: it has no go.mod", folder.display());
    }
    Ok(())
}

fn beside_peers(args: &Args) -> Result<()> {
    peers::check(&args.kernels)?;
    places(args)?;
    // A table of short inputs is a part of a record, whatever it is of.
    let part = args.short || !args.kernels.is_empty();
    let place = args.record.then(|| record::place(part)).transpose()?;
    if let Some(path) = &args.csv {
        // Nobody waits for minutes to hear that the name is wrong.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        ensure!(folder.is_none_or(Path::is_dir), "no folder for {}", path.display());
        ensure!(!path.is_dir(), "{} is a folder", path.display());
    }
    if let Some(folder) = &args.plot {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    let mut rows = Vec::new();
    if args.lang != Some(Lang::Go) {
        rows.extend(peers::rust(&args.kernels, args.short)?);
    }
    if args.lang != Some(Lang::Rust) {
        rows.extend(peers::go(&args.kernels, args.short, args.emmansun.as_deref())?);
    }
    let here = root().join("target/bench");
    if args.short {
        print!("{}", short::text(&rows));
        short::write(&rows, &here)?;
    } else {
        print!("{}", table::tables(&rows));
        plot::families(&rows, &here)?;
        fs::write(here.join(record::FIGURES), record::csv(&rows)).context("writing the figures")?;
    }
    println!("figures and pictures are in {}", here.display());
    if let Some(path) = &args.csv {
        let written = fs::write(path, record::csv(&rows));
        written.with_context(|| format!("writing {}", path.display()))?;
    }
    if let Some(folder) = &args.plot {
        if args.short { plot::lengths(&rows, folder)? } else { plot::families(&rows, folder)? }
    }
    match place {
        Some(place) if args.short => record::write_short(&place, &args.kernels, &rows),
        Some(place) => record::write(&place, &args.kernels, rows),
        None => Ok(()),
    }
}
