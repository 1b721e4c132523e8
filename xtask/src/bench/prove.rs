//! Proves the gate of `bench`: equal builds pass, a slowdown of 7% is found in every kernel at every size, with two
//! neighbours that keep both cores and the memory busy.

use super::build::{self, Library};
use super::gate::{self, Cell, LIMIT, Match, Verdict};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// Percent of more work.
const PLANT: u32 = 7;
const HOGS: usize = 2;
/// How often a cell is judged before anything is said of the gate, if its proof may retry.
const ATTEMPTS: usize = 3;
/// Between the smallest and the largest measurement of one cell: what is further apart was disturbed.
const SCATTER: f64 = 1.04;

/// `rounds` times each. Prints what it saw; an error says what the gate misjudged. With `retry` it must have misjudged the
/// same cell [`ATTEMPTS`] times, and not on a machine that measures something else each time.
pub fn run(rounds: usize, retry: bool) -> Result<()> {
    gate::supported()?;
    let tree = build::tree()?;
    let game = Match::new(&tree, &tree)?;
    counts(&game)?;
    real_change(&tree)?;
    let hogs = Hogs::start()?;
    let start = Instant::now();
    identical(&game, rounds, retry)?;
    planted(&game, rounds, retry)?;
    drop(hogs);
    println!("{rounds} rounds of each in {} s", start.elapsed().as_secs());
    Ok(())
}

/// Counting is exact: the same number again, and more instructions are seen everywhere.
fn counts(game: &Match) -> Result<()> {
    let mut verdict = Verdict::default();
    game.counts("", 0, &mut verdict)?;
    if let Some(finding) = verdict.slower.first() {
        bail!("one library counted twice: {}", finding.line);
    }
    game.counts("", PLANT, &mut verdict)?;
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
    let changed = build::from(&source, &target, &scratch.path().join("layouts"))?;
    let game = Match::new(tree, &changed)?;
    let mut verdict = Verdict::default();
    game.counts("", 0, &mut verdict)?;
    let (_, slower) = game.times("", 0, &mut verdict)?;
    let (ours, others): (Vec<Cell>, Vec<Cell>) =
        slower.into_iter().map(|(cell, _)| cell).partition(|cell| cell.0 == "vec_sum");
    if verdict.slower.is_empty() || ours.is_empty() {
        bail!("a sum in two halves was not found to be slower");
    }
    if let Some(other) = verdict.slower.iter().find(|finding| finding.kernel != "vec_sum") {
        bail!("vec_sum was made slower, and the gate accuses another: {}", other.line);
    }
    if let Some(other) = always_slower(&game, others)?.first() {
        bail!("vec_sum was made slower, and the gate accuses {}", gate::name(other));
    }
    let counted = &verdict.slower[0].line;
    println!("a changed vec_sum: {counted}, and slower at {} sizes", ours.len());
    Ok(())
}

fn replace(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    if !text.contains(ONE) {
        bail!("{} has no {ONE:?} to change", file.display());
    }
    Ok(std::fs::write(file, text.replace(ONE, TWO))?)
}

fn identical(game: &Match, rounds: usize, retry: bool) -> Result<()> {
    let (mut worst, mut alarms) = (1.0_f64, 0);
    for round in 1..=rounds {
        let (first, slower) = game.times("", 0, &mut Verdict::default())?;
        let off = |ratio: f64| ratio.max(1.0 / ratio);
        worst = first.iter().map(|&(_, ratio)| off(ratio)).fold(worst, f64::max);
        for (cell, ratio) in &slower {
            println!("round {round}: {} is said to be slower, {ratio:.3}", gate::name(cell));
        }
        alarms += usize::from(!slower.is_empty());
        let cells = slower.into_iter().map(|(cell, _)| cell).collect();
        if retry && let Some(cell) = always_slower(game, cells)?.first() {
            bail!("equal builds are found to differ at {} every time", gate::name(cell));
        }
    }
    println!(
        "equal builds: {} of {rounds} pass; off by {:.1}% at most in a first measurement",
        rounds - alarms,
        (worst - 1.0) * 100.0
    );
    verdict(alarms, rounds, retry, "equal builds were found to differ")
}

fn planted(game: &Match, rounds: usize, retry: bool) -> Result<()> {
    let (mut caught, mut least, mut cells) = (0, f64::MAX, 0);
    for round in 1..=rounds {
        let (first, slower) = game.times("", PLANT, &mut Verdict::default())?;
        least = first.iter().map(|&(_, ratio)| ratio).fold(least, f64::min);
        let mut missed = first.clone();
        missed.retain(|(cell, _)| slower.iter().all(|(found, _)| found != cell));
        for (cell, ratio) in &missed {
            println!("round {round}: {} not found, first {ratio:.3}", gate::name(cell));
        }
        cells = first.len();
        caught += usize::from(missed.is_empty());
        let missed = missed.into_iter().map(|(cell, _)| cell).collect();
        if retry && let Some(cell) = never_found(game, missed)?.first() {
            bail!("{PLANT}% slower is missed every time at {}", gate::name(cell));
        }
    }
    println!(
        "{PLANT}% slower: found in all {cells} cells in {caught} of {rounds} rounds; least first measurement {least:.3}"
    );
    verdict(rounds - caught, rounds, retry, "slowdowns were missed")
}

/// Rounds that came out wrong. Who may retry has failed already if that was no noise.
fn verdict(wrong: usize, rounds: usize, retry: bool, what: &str) -> Result<()> {
    match (wrong, retry) {
        (0, _) => {}
        (_, true) => println!(
            "no verdict in {wrong} of {rounds} rounds: {what}, but not every time; the machine is too busy"
        ),
        (_, false) => bail!("{what} in {wrong} of {rounds} rounds"),
    }
    Ok(())
}

/// Of cells that were said to be slower, those that are so whenever they are judged.
fn always_slower(game: &Match, mut cells: Vec<Cell>) -> Result<Vec<Cell>> {
    for _ in 1..ATTEMPTS {
        if !cells.is_empty() {
            let judged = game.judge("", 0, &cells)?;
            let slower = judged.into_iter().filter(|(_, ratios)| ratios.iter().all(|r| *r > LIMIT));
            cells = slower.map(|(cell, _)| cell).collect();
        }
    }
    Ok(cells)
}

/// Of cells whose slowdown was missed, those where it is missed whenever they are judged, with measurements that agree.
fn never_found(game: &Match, mut cells: Vec<Cell>) -> Result<Vec<Cell>> {
    let mut seen: BTreeMap<Cell, Vec<f64>> = BTreeMap::new();
    for _ in 1..ATTEMPTS {
        if !cells.is_empty() {
            let judged = game.judge("", PLANT, &cells)?;
            cells.retain(|cell| {
                judged.iter().any(|(c, ratios)| c == cell && ratios.iter().any(|r| *r <= LIMIT))
            });
            for (cell, ratios) in judged {
                seen.entry(cell).or_default().extend(ratios);
            }
        }
    }
    cells.retain(|cell| blind(&seen[cell]));
    Ok(cells)
}

/// Whether the gate sees a cell well and does not see what is planted there.
fn blind(ratios: &[f64]) -> bool {
    let (low, high) =
        ratios.iter().fold((f64::MAX, 0.0_f64), |(low, high), &r| (low.min(r), high.max(r)));
    high <= LIMIT && high / low < SCATTER
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_blind_if_it_measures_well_and_finds_nothing() {
        assert!(blind(&[1.0, 1.01, 0.99, 1.0, 1.002, 0.998]));
        assert!(blind(&[1.04, 1.045, 1.05]));
        assert!(!blind(&[1.04, 1.06, 1.045]), "found at times");
        assert!(!blind(&[0.95, 1.04, 1.0]), "disturbed");
    }

    #[test]
    fn only_who_may_not_retry_fails_for_a_round() {
        assert!(verdict(0, 25, false, "x").is_ok());
        assert!(verdict(1, 25, true, "x").is_ok());
        let error = verdict(1, 25, false, "slowdowns were missed").unwrap_err().to_string();
        assert_eq!(error, "slowdowns were missed in 1 of 25 rounds");
    }
}
