//! `cargo xtask bench --gate`: whether the working tree is slower than another revision, for any kernel at any size.
//!
//! First instructions are counted, which is exact and takes no quiet machine. Then both libraries run in one process in
//! paired bursts; what exceeds the limit is measured again, in a new process, and counts only if it does so every time, and
//! only if the base does not differ from itself there, which would be the machine's doing.

use super::build::{self, Library};
use super::peers::{self, pinned};
use anyhow::{Context, Result, bail, ensure};
use comfy_table::{Table, presets};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Above this the tree is slower.
pub const LIMIT: f64 = 1.05;
/// Above this it executes more instructions.
const MORE: f64 = 1.01;
/// Measurements that must agree.
pub const REPEATS: usize = 3;
/// Equal builds that are further apart say that the machine can tell nothing at present. Half of what the limit allows.
const STEADY: f64 = 1.025;

/// What else than the best variant is looked at: what serves without AVX-512, and the portable path.
const MASKS: &[&str] = &["", "avx512=off", "all=off"];

/// A kernel's case and the bytes of its input.
pub type Cell = (String, usize);

/// Time in the tree to time in the base.
pub type Ratios = Vec<(Cell, f64)>;

/// Two libraries, and the program that compares them.
pub struct Match {
    program: PathBuf,
    base: PathBuf,
    tree: PathBuf,
    /// Functions that are not the same in both headers, so that they cannot be called alike.
    changed: Vec<String>,
}

/// What is wrong, or worth a line.
#[derive(Default)]
pub struct Verdict {
    pub slower: Vec<Finding>,
    /// Said to be slower by a machine that says the same of equal builds.
    pub doubtful: Vec<String>,
    /// In the tree only, or with another interface there.
    pub new: BTreeSet<String>,
}

/// A kernel and what is to be said of it.
pub struct Finding {
    pub kernel: String,
    pub line: String,
}

impl Finding {
    fn new(cell: &Cell, line: String) -> Finding {
        // Some kernels have several cases: `base64_decode lines`.
        let kernel = cell.0.split(' ').next().unwrap_or_default();
        Finding { kernel: kernel.to_owned(), line }
    }
}

/// Compares the tree with `base`. `accepted`: kernels that may be slower, beside those that commits since then name.
pub fn run(base: Option<&str>, accepted: &[String]) -> Result<()> {
    let kernels = kernels();
    if let Some(unknown) = accepted.iter().find(|name| !kernels.contains(*name)) {
        bail!("no kernel {unknown}; there are {}", kernels.join(", "));
    }
    let commit = build::base(base)?;
    supported()?;
    eprintln!("building revision {} and the working tree", &commit[..12]);
    let (base, tree) = (build::revision(&commit)?, build::tree()?);
    if base.bytes()? == tree.bytes()? {
        println!("the library is that of {}, byte for byte: no kernel is slower", &commit[..12]);
        return Ok(());
    }
    let game = Match::new(&base, &tree)?;
    let mut verdict = Verdict::default();
    for mask in MASKS {
        game.counts(mask, 0, &mut verdict)?;
    }
    for mask in MASKS {
        let (ratios, slower) = game.times(mask, 0, &mut verdict)?;
        println!("{}\n{}\n", title(mask, &commit), table(&ratios));
        game.accuse(mask, &slower, &mut verdict)?;
    }
    let accepted = [accepted, &build::accepted(&commit)].concat();
    report(&verdict, &accepted, &commit[..12])
}

/// Ends the process with 1 if something is slower for sure, and nobody has accepted it.
fn report(verdict: &Verdict, accepted: &[String], commit: &str) -> Result<()> {
    for kernel in &verdict.new {
        println!("new, or with another interface, and not compared: {kernel}");
    }
    for line in &verdict.doubtful {
        println!("no verdict: {line}; try again when the machine is less busy");
    }
    let (known, slower): (Vec<&Finding>, Vec<&Finding>) =
        verdict.slower.iter().partition(|finding| accepted.contains(&finding.kernel));
    for finding in &known {
        println!("accepted: {}", finding.line);
    }
    if !slower.is_empty() {
        for finding in slower {
            eprintln!("regression: {}", finding.line);
        }
        std::process::exit(1)
    }
    let rest = if known.is_empty() { "" } else { " but those that may be" };
    let measured = if verdict.doubtful.is_empty() { "" } else { " as far as could be measured" };
    println!("no kernel is slower than in {commit}{rest}{measured}");
    Ok(())
}

pub fn supported() -> Result<()> {
    let here = cfg!(all(target_os = "linux", target_arch = "x86_64"));
    ensure!(here, "bench --gate is for Linux on x86-64, where it can count instructions");
    Ok(())
}

fn title(mask: &str, commit: &str) -> String {
    let mask = if mask.is_empty() { "all CPU features" } else { mask };
    format!(
        "{mask}: time per call, working tree to {}; above {LIMIT} is a regression",
        &commit[..12]
    )
}

fn label(mask: &str) -> String {
    if mask.is_empty() { String::new() } else { format!(" ({mask})") }
}

pub fn name((kernel, size): &Cell) -> String {
    format!("{kernel} at {}", super::table::bytes(*size))
}

/// Every kernel that users can call.
fn kernels() -> Vec<String> {
    let families = kernels_manifest::FAMILIES.iter().filter(|f| !f.internal);
    families.flat_map(|f| f.kernels.iter().map(move |k| format!("{}_{}", f.name, k.op))).collect()
}

impl Match {
    pub fn new(base: &Library, tree: &Library) -> Result<Match> {
        let program = harness()?;
        let changed = changed(&base.header, &tree.header);
        Ok(Match { program, base: base.layouts.clone(), tree: tree.layouts.clone(), changed })
    }

    /// Instructions of each cell in both libraries; a rise is a regression.
    pub fn counts(&self, mask: &str, plant: u32, verdict: &mut Verdict) -> Result<()> {
        let (base, tree) = (self.count(&self.base, mask, 0)?, self.count(&self.tree, mask, plant)?);
        for (cell, &now) in &tree {
            let Some(&before) = base.get(cell) else {
                verdict.new.insert(cell.0.clone());
                continue;
            };
            if now as f64 > before as f64 * MORE {
                let (name, mask) = (name(cell), label(mask));
                let line = format!("{name}{mask} executes {now} instructions, not {before}");
                verdict.slower.push(Finding::new(cell, line));
            }
        }
        Ok(())
    }

    /// How many cells are counted.
    pub fn cells(&self) -> Result<usize> {
        Ok(self.count(&self.tree, "", 0)?.len())
    }

    fn count(&self, library: &Path, mask: &str, plant: u32) -> Result<BTreeMap<Cell, u64>> {
        let mut command = Command::new(&self.program);
        command.arg("count").arg(library).arg(plant.to_string()).env("WIDELANE_CPU", mask);
        let text = self.output(command)?;
        let mut counts = BTreeMap::new();
        for line in text.lines() {
            match line.split(',').collect::<Vec<_>>()[..] {
                [_, "absent"] => {}
                [kernel, size, count] => {
                    counts.insert((kernel.to_owned(), size.parse()?), count.parse()?);
                }
                _ => bail!("not a count: {line}"),
            }
        }
        Ok(counts)
    }

    /// The ratio of each cell, and the last of those that were above the limit in every repeat.
    pub fn times(&self, mask: &str, plant: u32, verdict: &mut Verdict) -> Result<(Ratios, Ratios)> {
        let first = self.time(mask, plant, &[], verdict)?;
        self.covers(&first, verdict)?;
        let mut slower = above(&self.settled(mask, plant, first.clone())?);
        for _ in 1..REPEATS {
            if !slower.is_empty() {
                let again = self.time(mask, plant, &cells(&slower), verdict)?;
                slower = above(&self.settled(mask, plant, again)?);
            }
        }
        Ok((first, slower))
    }

    /// What is neither clearly equal nor above the limit is the median of three measurements: the first sees 7% as less than
    /// 5% once in a hundred times for short calls, and every repeat would have to be spared that.
    fn settled(&self, mask: &str, plant: u32, mut ratios: Ratios) -> Result<Ratios> {
        let doubtful = ratios.iter().filter(|(_, ratio)| (STEADY..=LIMIT).contains(ratio));
        let doubtful: Ratios = doubtful.cloned().collect();
        if doubtful.is_empty() {
            return Ok(ratios);
        }
        let cells = cells(&doubtful);
        let again = [(); 2].map(|()| self.time(mask, plant, &cells, &mut Verdict::default()));
        let again = again.into_iter().collect::<Result<Vec<Ratios>>>()?.concat();
        for (cell, ratio) in &mut ratios {
            let more = again.iter().filter(|(other, _)| other == cell).map(|(_, ratio)| *ratio);
            let mut all: Vec<f64> = more.chain([*ratio]).collect();
            all.sort_by(f64::total_cmp);
            *ratio = all[all.len() / 2];
        }
        Ok(ratios)
    }

    /// Cells measured [`REPEATS`] times, each time in a new process.
    pub fn judge(&self, mask: &str, plant: u32, cells: &[Cell]) -> Result<Vec<(Cell, Vec<f64>)>> {
        let mut seen: Vec<(Cell, Vec<f64>)> = cells.iter().map(|c| (c.clone(), vec![])).collect();
        for _ in 0..REPEATS {
            let ratios = self.time(mask, plant, cells, &mut Verdict::default())?;
            for (cell, all) in &mut seen {
                all.extend(
                    ratios.iter().filter(|(other, _)| other == cell).map(|(_, ratio)| ratio),
                );
            }
        }
        Ok(seen)
    }

    /// Cells that were slower every time, unless the base is then found to differ from itself.
    fn accuse(&self, mask: &str, slower: &[(Cell, f64)], verdict: &mut Verdict) -> Result<()> {
        if slower.is_empty() {
            return Ok(());
        }
        let itself = Match {
            program: self.program.clone(),
            base: self.base.clone(),
            tree: self.base.clone(),
            changed: self.changed.clone(),
        };
        let cells = cells(slower);
        for ((cell, ratio), (_, control)) in slower.iter().zip(itself.judge(mask, 0, &cells)?) {
            let off = control.iter().map(|&r| r.max(1.0 / r)).fold(1.0, f64::max);
            let percent = |ratio: f64| (ratio - 1.0) * 100.0;
            let line = format!("{}{} is {:.1}% slower", name(cell), label(mask), percent(*ratio));
            match off <= STEADY {
                true => verdict.slower.push(Finding::new(cell, line)),
                false => verdict
                    .doubtful
                    .push(format!("{line}, and equal builds differ by {:.1}%", percent(off))),
            }
        }
        Ok(())
    }

    fn time(&self, mask: &str, plant: u32, only: &[Cell], verdict: &mut Verdict) -> Result<Ratios> {
        let mut command = pinned(&self.program);
        command.arg("compare").args([&self.base, &self.tree]).arg(plant.to_string());
        command.args(only.iter().map(|(kernel, size)| format!("{kernel}:{size}")));
        let text = self.output_of(command.env("WIDELANE_CPU", mask))?;
        let mut ratios = Vec::new();
        for line in text.lines() {
            match line.split(',').collect::<Vec<_>>()[..] {
                [kernel, "absent"] => {
                    verdict.new.insert(kernel.to_owned());
                }
                [kernel, size, _, _, ratio] => {
                    ratios.push(((kernel.to_owned(), size.parse()?), ratio.parse()?));
                }
                _ => bail!("not a comparison: {line}"),
            }
        }
        Ok(ratios)
    }

    /// A kernel that nobody compares would be free to get slower.
    fn covers(&self, ratios: &[(Cell, f64)], verdict: &Verdict) -> Result<()> {
        let known = |kernel: &String| {
            ratios.iter().any(|((name, _), _)| name == kernel) || verdict.new.contains(kernel)
        };
        match kernels().iter().find(|kernel| !known(kernel)) {
            Some(kernel) => bail!("benches/gate/src/cases.rs has no case {kernel}"),
            None => Ok(()),
        }
    }

    fn output(&self, mut command: Command) -> Result<String> {
        self.output_of(&mut command)
    }

    fn output_of(&self, command: &mut Command) -> Result<String> {
        let output = command
            .env("WIDELANE_GATE_CHANGED", self.changed.join(","))
            .output()
            .context("running the gate")?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn cells(ratios: &[(Cell, f64)]) -> Vec<Cell> {
    ratios.iter().map(|(cell, _)| cell.clone()).collect()
}

fn above(ratios: &[(Cell, f64)]) -> Ratios {
    ratios.iter().filter(|(_, ratio)| *ratio > LIMIT).cloned().collect()
}

/// Builds the program that does the measuring.
pub fn harness() -> Result<PathBuf> {
    peers::built("gate")
}

/// Functions that both headers declare, but not alike.
fn changed(base: &str, tree: &str) -> Vec<String> {
    let (base, tree) = (prototypes(base), prototypes(tree));
    let differs =
        |(name, text): &(&String, &String)| base.get(*name).is_some_and(|old| old != *text);
    tree.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// Name and text of each function, however it is broken into lines.
fn prototypes(header: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for part in header.split("\nWL_API ").skip(1) {
        let text = part.split(';').next().unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
        if let Some((before, _)) = text.split_once('(') {
            let name = before.rsplit([' ', '*']).next().unwrap_or_default();
            found.insert(name.to_owned(), text.clone());
        }
    }
    found
}

fn table(ratios: &[(Cell, f64)]) -> Table {
    let sizes: BTreeSet<usize> = ratios.iter().map(|((_, size), _)| *size).collect();
    let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
    for ((kernel, _), ratio) in ratios {
        match rows.last_mut() {
            Some((last, cells)) if last == kernel => cells.push(format!("{ratio:.3}")),
            _ => rows.push((kernel, vec![format!("{ratio:.3}")])),
        }
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(
        std::iter::once(String::new()).chain(sizes.iter().map(|&s| super::table::bytes(s))),
    );
    for (kernel, cells) in rows {
        table.add_row(std::iter::once(kernel.to_owned()).chain(cells));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::root;

    #[test]
    fn a_changed_interface_is_seen_and_a_changed_layout_is_not() {
        let old = "\nWL_API int wl_a(int x);\nWL_API const char *wl_b(\n    size_t i);\n";
        let new = "\nWL_API int wl_a(long x);\nWL_API const char *wl_b(size_t i);\nWL_API int wl_c(void);\n";
        assert_eq!(changed(old, new), ["wl_a"]);
        assert_eq!(prototypes(new).keys().collect::<Vec<_>>(), ["wl_a", "wl_b", "wl_c"]);
    }

    #[test]
    fn the_header_is_read_whole() {
        let header = root().join("crates/widelane-capi/include/widelane.h");
        let found = prototypes(&std::fs::read_to_string(header).unwrap());
        for kernel in kernels() {
            assert!(found.contains_key(&format!("wl_{kernel}")), "{kernel}");
        }
    }

    #[test]
    fn wrong_arguments_are_named() {
        let error = run(Some("no-such-revision"), &[]).unwrap_err().to_string();
        assert!(error.contains("no-such-revision"), "{error}");
        let error = run(None, &["vec_sun".into()]).unwrap_err().to_string();
        assert!(error.contains("vec_sun") && error.contains("vec_sum"), "{error}");
    }
}
