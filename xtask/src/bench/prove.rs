//! Proves the gate of `bench`: equal builds pass, a slowdown of 7% is found in every kernel at every size, with two
//! neighbours that keep both cores and the memory busy.

use super::build::{self, Library};
use super::gate::{self, Match, Verdict};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Percent of more work.
const PLANT: u32 = 7;
const HOGS: usize = 2;

/// `rounds` times each. Prints what it saw; an error says what the gate misjudged.
pub fn run(rounds: usize) -> Result<()> {
    gate::supported()?;
    let tree = build::tree()?;
    let game = Match::new(&tree, &tree)?;
    counts(&game)?;
    real_change(&tree)?;
    let hogs = Hogs::start()?;
    let start = Instant::now();
    identical(&game, rounds)?;
    planted(&game, rounds)?;
    drop(hogs);
    println!("{rounds} rounds of each in {} s", start.elapsed().as_secs());
    Ok(())
}

/// Counting is exact: the same number again, and more instructions are seen everywhere.
fn counts(game: &Match) -> Result<()> {
    let mut verdict = Verdict::default();
    game.counts("", &[], 0, &mut verdict)?;
    if let Some(line) = verdict.slower.first() {
        bail!("one library counted twice: {line}");
    }
    game.counts("", &[], PLANT, &mut verdict)?;
    let (found, all) = (verdict.slower.len(), game.cells()?);
    if found != all {
        bail!("{PLANT}% more work raised the count in {found} of {all} cells only");
    }
    println!("instructions: equal twice; {PLANT}% more work seen in {found} of {all} cells");
    Ok(())
}

/// The statement of `wl_vec_sum`, and what does the same in two halves.
const ONE: &str = "unsafe { raw::vec::sum(p, p_len) }";
const TWO: &str = "unsafe { raw::vec::sum(p, p_len / 2).wrapping_add(raw::vec::sum(p.add(p_len / 2), p_len - p_len / 2)) }";

/// A library built from changed sources, as a regression comes about: found, and no other kernel accused.
fn real_change(tree: &Library) -> Result<()> {
    let scratch = tempfile::tempdir_in(build::folder())?;
    let source = scratch.path().join("source");
    crate::root::copy(&crate::root::root(), &source)?;
    replace(&source.join("crates/widelane-capi/src/zexports.rs"))?;
    let target = scratch.path().join("target");
    let changed = build::from(&source, &target, &scratch.path().join("libchanged.so"))?;
    let game = Match::new(tree, &changed)?;
    let mut verdict = Verdict::default();
    game.counts("", &[], 0, &mut verdict)?;
    let (_, slower) = game.times("", 0, &mut verdict)?;
    if verdict.slower.is_empty() || slower.is_empty() {
        bail!("a sum in two halves was not found to be slower");
    }
    let accused =
        verdict.slower.iter().map(String::as_str).chain(slower.iter().map(|s| s.0.0.as_str()));
    if let Some(other) = accused.into_iter().find(|name| !name.starts_with("vec_sum")) {
        bail!("vec_sum was made slower, and the gate accuses {other}");
    }
    println!("a changed vec_sum: {}, and slower at {} sizes", verdict.slower[0], slower.len());
    Ok(())
}

fn replace(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    if !text.contains(ONE) {
        bail!("{} has no {ONE:?} to change", file.display());
    }
    Ok(std::fs::write(file, text.replace(ONE, TWO))?)
}

fn identical(game: &Match, rounds: usize) -> Result<()> {
    let (mut worst, mut alarms) = (1.0_f64, 0);
    for round in 1..=rounds {
        let (first, slower) = game.times("", 0, &mut Verdict::default())?;
        let off = |ratio: f64| ratio.max(1.0 / ratio);
        worst = first.iter().map(|&(_, ratio)| off(ratio)).fold(worst, f64::max);
        for (cell, ratio) in &slower {
            println!("round {round}: {cell:?} is said to be slower, {ratio:.3}");
        }
        alarms += usize::from(!slower.is_empty());
    }
    println!(
        "equal builds: {} of {rounds} pass; off by {:.1}% at most in a first measurement",
        rounds - alarms,
        (worst - 1.0) * 100.0
    );
    if alarms > 0 {
        bail!("equal builds were found to differ in {alarms} of {rounds} rounds");
    }
    Ok(())
}

fn planted(game: &Match, rounds: usize) -> Result<()> {
    let (mut caught, mut least, mut cells) = (0, f64::MAX, 0);
    for round in 1..=rounds {
        let (first, slower) = game.times("", PLANT, &mut Verdict::default())?;
        least = first.iter().map(|&(_, ratio)| ratio).fold(least, f64::min);
        for (cell, ratio) in first.iter().filter(|(cell, _)| slower.iter().all(|s| s.0 != *cell)) {
            println!("round {round}: {cell:?} not found, first {ratio:.3}");
        }
        cells = first.len();
        caught += usize::from(slower.len() == first.len());
    }
    println!(
        "{PLANT}% slower: found in all {cells} cells in {caught} of {rounds} rounds; least first measurement {least:.3}"
    );
    if caught < rounds {
        bail!("{PLANT}% slower was missed in {} of {rounds} rounds", rounds - caught);
    }
    Ok(())
}

/// Neighbours. They end with the proof, however that ends.
struct Hogs(Vec<Child>);

impl Hogs {
    fn start() -> Result<Hogs> {
        let program = gate::harness()?;
        let start = || Command::new(&program).arg("hog").stdin(Stdio::null()).spawn();
        let hogs = (0..HOGS).map(|_| start()).collect::<Result<_, _>>();
        Ok(Hogs(hogs.context("starting a neighbour")?))
    }
}

impl Drop for Hogs {
    fn drop(&mut self) {
        for hog in &mut self.0 {
            _ = hog.kill();
            _ = hog.wait();
        }
    }
}
