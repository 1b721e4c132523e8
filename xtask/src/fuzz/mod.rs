//! `cargo xtask fuzz`: every fuzz target of Rust and of Go, each with its planted fault first.
//!
//! The Rust targets are libFuzzer's, built by plain cargo on the pinned compiler: `cargo fuzz` does no more than set the
//! flags of `rust::FLAGS`, and installing it takes longer than a run. It works on `fuzz/` all the same.

mod golang;
mod process;
mod rust;

use crate::root::root;
use anyhow::{Context, Result, bail};
use comfy_table::{CellAlignment, Table, presets};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// Fuzz every family from Rust and from Go, after finding a planted fault
#[derive(clap::Args)]
pub struct Args {
    /// Targets, or families, whose targets are meant; all of them by default
    targets: Vec<String>,
    /// How long to fuzz each target
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    seconds: u64,
    /// How many targets run at once; by default one for each processor
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZero<usize>>,
    /// Only print the targets
    #[arg(long)]
    list: bool,
    /// Run the one target on this input, a finding or a seed, instead of fuzzing
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
}

/// Set where a target is to plant its fault.
const PLANTED: &str = "WIDELANE_FUZZ_PLANTED";
/// What a planted fault may take to be found: a second or two on an idle core.
const PLANTED_SECONDS: u64 = 60;

/// Something to fuzz.
pub enum Target {
    Rust(rust::Target),
    Go(golang::Target),
}

impl Target {
    fn name(&self) -> &str {
        match self {
            Target::Rust(t) => &t.name,
            Target::Go(t) => &t.name,
        }
    }

    fn family(&self) -> &str {
        match self {
            Target::Rust(t) => &t.family,
            Target::Go(t) => &t.family,
        }
    }

    fn run(&self, how: &How, progress: &ProgressBar) -> Result<Outcome> {
        match self {
            Target::Rust(t) => t.run(how, progress),
            Target::Go(t) => t.run(how, progress),
        }
    }
}

/// One run of a target.
pub struct How {
    pub seconds: u64,
    /// With the wrong variant, away from the checkout: what it finds is not kept.
    pub planted: bool,
}

/// What a run of a target came to.
#[derive(Default)]
pub struct Outcome {
    pub executions: u64,
    /// Inputs that reached something new.
    pub fresh: u64,
    pub finding: Option<Finding>,
}

pub struct Finding {
    /// The line that says what is wrong.
    pub what: String,
    pub file: PathBuf,
    pub replay: String,
}

pub fn run(args: &Args) -> Result<()> {
    let targets = chosen(all()?, &args.targets)?;
    if args.list {
        targets.iter().for_each(|t| println!("{}", t.name()));
        return Ok(());
    }
    if let Some(file) = &args.replay {
        return replay(&targets, file);
    }
    build(&targets)?;
    let jobs = args.jobs.or(thread::available_parallelism().ok()).map_or(1, |n| n.get());
    let rows = run_all(&targets, args.seconds, jobs)?;
    println!("\n{}", table(&rows));
    let findings: Vec<_> =
        rows.iter().filter_map(|r| Some((r.name, r.outcome.finding.as_ref()?))).collect();
    for (name, finding) in &findings {
        println!("\nFOUND by {name}: {}\n  input   {}", finding.what, finding.file.display());
        println!("  replay  {}", finding.replay);
    }
    println!("\n{} targets fuzzed, {} findings", rows.len(), findings.len());
    if !findings.is_empty() {
        std::process::exit(1);
    }
    Ok(())
}

fn all() -> Result<Vec<Target>> {
    let rust = rust::all()?.into_iter().map(Target::Rust);
    Ok(rust.chain(golang::all()?.into_iter().map(Target::Go)).collect())
}

fn chosen(all: Vec<Target>, wanted: &[String]) -> Result<Vec<Target>> {
    let is = |t: &Target, w: &String| t.name() == w || t.family() == w;
    if let Some(unknown) = wanted.iter().find(|w| !all.iter().any(|t| is(t, w))) {
        bail!("nothing to fuzz is called {unknown}; `cargo xtask fuzz --list` shows the targets");
    }
    let meant = |t: &Target| wanted.is_empty() || wanted.iter().any(|w| is(t, w));
    Ok(all.into_iter().filter(meant).collect())
}

fn build(targets: &[Target]) -> Result<()> {
    let progress = ProgressBar::new_spinner().with_message("building the fuzz targets");
    progress.enable_steady_tick(Duration::from_millis(200));
    if targets.iter().any(|t| matches!(t, Target::Rust(_))) {
        rust::build()?;
    }
    for target in targets {
        if let Target::Go(target) = target {
            target.build()?;
        }
    }
    progress.finish_and_clear();
    Ok(())
}

fn replay(targets: &[Target], file: &std::path::Path) -> Result<()> {
    let [Target::Rust(target)] = targets else {
        bail!(
            "--replay wants the name of one target in Rust; `go test -run` replays Go's findings"
        );
    };
    if !file.is_file() {
        bail!("no file {}", file.display());
    }
    rust::build()?;
    let said = target.replay(file)?;
    match said {
        None => println!("{}: {} passes", target.name, file.display()),
        Some(what) => {
            println!("{}: {what}", target.name);
            std::process::exit(1);
        }
    }
    Ok(())
}

/// A target after its runs.
struct Row<'a> {
    name: &'a str,
    planted: u64,
    outcome: Outcome,
}

/// Several at once; a target that does not find its planted fault is an error, for then it finds nothing.
fn run_all(targets: &[Target], seconds: u64, jobs: usize) -> Result<Vec<Row<'_>>> {
    let bars = MultiProgress::new();
    let (next, rows) = (Mutex::new(targets.iter()), Mutex::new(Vec::new()));
    let work = || -> Result<()> {
        loop {
            let Some(target) = next.lock().expect("no panic").next() else { return Ok(()) };
            let bar = bars.add(spinner(target.name()));
            let row = fuzz(target, seconds, &bar).with_context(|| target.name().to_owned());
            bar.finish_and_clear();
            rows.lock().expect("no panic").push(row?);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|w| w.join().expect("no panic"))
    })?;
    let mut rows = rows.into_inner().expect("no panic");
    rows.sort_by_key(|row: &Row| targets.iter().position(|t| t.name() == row.name));
    Ok(rows)
}

fn spinner(name: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {elapsed} {spinner} {wide_msg}");
    let bar = ProgressBar::new_spinner().with_prefix(name.to_owned());
    bar.set_style(style.expect("the template is well formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn fuzz<'a>(target: &'a Target, seconds: u64, bar: &ProgressBar) -> Result<Row<'a>> {
    let planted = target.run(&How { seconds: PLANTED_SECONDS, planted: true }, bar)?;
    match &planted.finding {
        None => bail!("did not find its planted fault in {} executions", planted.executions),
        Some(finding) if !finding.what.contains("planted") => bail!(
            "found something else than its planted fault: {}; run without planting to keep it",
            finding.what
        ),
        Some(_) => {}
    }
    let outcome = target.run(&How { seconds, planted: false }, bar)?;
    if outcome.executions == 0 && outcome.finding.is_none() {
        bail!("ran nothing");
    }
    Ok(Row { name: target.name(), planted: planted.executions, outcome })
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["target", "planted fault found after", "executions", "new inputs", "result"]);
    for row in rows {
        let Outcome { executions, fresh, finding } = &row.outcome;
        let result = if finding.is_some() { "FOUND" } else { "ok" };
        let cells = [row.planted.to_string(), executions.to_string(), fresh.to_string()];
        let [planted, executions, fresh] = cells;
        table.add_row([row.name.to_owned(), planted, executions, fresh, result.to_owned()]);
    }
    for column in 1..4 {
        let column = table.column_mut(column).expect("the header has five");
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Path relative to the checkout, as one would type it there.
fn shown(path: &std::path::Path) -> PathBuf {
    path.strip_prefix(root()).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernels_manifest::FAMILIES;

    #[test]
    fn every_family_is_fuzzed_from_rust_and_from_go() {
        let all = all().unwrap();
        for family in FAMILIES.iter().filter(|f| !f.internal) {
            let of = |t: &&Target| t.family() == family.name;
            assert!(all.iter().filter(of).any(|t| matches!(t, Target::Rust(_))), "{}", family.name);
            assert!(all.iter().filter(of).any(|t| matches!(t, Target::Go(_))), "{}", family.name);
        }
    }

    #[test]
    fn a_target_or_a_family_is_chosen_and_nothing_else() {
        let names = |wanted: &[&str]| {
            let wanted: Vec<_> = wanted.iter().map(|w| w.to_string()).collect();
            chosen(all().unwrap(), &wanted).map(|t| t.len())
        };
        assert_eq!(names(&["rust-vec"]).unwrap(), 1);
        assert!(names(&["vec"]).unwrap() >= 2);
        assert!(names(&["vectors"]).unwrap_err().to_string().contains("vectors"));
    }
}
