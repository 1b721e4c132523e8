//! Runs the tests that this machine can run, and lists what it skipped and why.
//!
//! The stages stand in `table.rs`, and so does which of them a developer waits for. Each writes a log of its own; the
//! log of a stage that fails is printed whole. The last line counts tests, so that a run in which nothing ran cannot
//! look like a good one.

mod calls;
mod count;
mod evidence;
mod fuzzing;
mod golang;
mod install;
mod job;
mod need;
mod old_cpus;
mod ports;
mod product;
mod proving;
mod readme;
mod release;
mod rust;
mod shard;
mod stage;
mod table;
mod unsafety;
mod wine;

use crate::root::root;
use anyhow::{Context, Result, bail};
use comfy_table::{Table, presets};
use count::Count;
use indicatif::{ProgressBar, ProgressStyle};
use job::Run;
use need::Absent;
use shard::Shard;
use stage::{Outcome, Stage};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Run the tests: those that answer within minutes, or all that this machine can run
#[derive(clap::Args)]
pub struct Args {
    /// Run every stage: other CPUs, architectures and Go versions, and what ships
    #[arg(long)]
    all: bool,
    /// Run every stage, and fail when anything was skipped
    #[arg(long)]
    strict: bool,
    /// Show the stages, what each proves and what it still needs here
    #[arg(long)]
    list: bool,
    /// Run only the stages whose name is this, or begins with it and a hyphen; may be given several times
    #[arg(long, value_name = "STAGE")]
    only: Vec<String>,
    /// Run only the K-th of N parts of the stages, on one machine each
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Run the gates of a release instead: longer, and in every setting of Go's runtime
    #[arg(long)]
    release_gates: bool,
    /// How many signals the storms of --release-gates handle in all
    #[arg(long, value_name = "N", default_value_t = 10_000_000, requires = "release_gates")]
    signals: u64,
}

impl Args {
    /// Whether nothing more was asked for than an answer within minutes.
    fn is_quick(&self) -> bool {
        let more = self.all || self.strict || self.list || self.release_gates;
        !more && self.only.is_empty()
    }
}

/// Ends the process: after the last line, which counts, nothing may follow.
pub fn run(args: &Args) -> Result<()> {
    let stages = chosen(args)?;
    if args.list {
        println!("{}", list(&stages));
        return Ok(());
    }
    fs::create_dir_all(logs())?;
    let exe = env::current_exe()?;
    fs::copy(&exe, own_copy()).context("copying xtask aside")?;
    let report = run_all(&stages, args)?;
    report.print();
    std::process::exit(if report.is_good(args.strict) { 0 } else { 1 });
}

/// Where the logs are.
fn logs() -> PathBuf {
    root().join("target/xtask-test")
}

/// This program under a name that cargo does not build: stages that build everything would replace it.
fn own_copy() -> PathBuf {
    logs().join(format!("xtask{}", env::consts::EXE_SUFFIX))
}

fn chosen(args: &Args) -> Result<Vec<&'static Stage>> {
    let stages = if args.release_gates { release::STAGES } else { table::STAGES };
    let picks = |only: &str, stage: &Stage| {
        stage.name.strip_prefix(only).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    for only in &args.only {
        if !stages.iter().any(|s| picks(only, s)) {
            bail!("no stage is called {only}; `cargo xtask test --list` shows them");
        }
    }
    let wanted = |s: &&Stage| match &args.only[..] {
        [] => !args.is_quick() || table::QUICK.contains(&s.name),
        only => only.iter().any(|o| picks(o, s)),
    };
    let stages: Vec<_> = stages.iter().filter(wanted).collect();
    Ok(match &args.shard {
        Some(shard) => shard.of(stages),
        None => stages,
    })
}

fn list(stages: &[&Stage]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["stage", "when", "proves", "here"]);
    for stage in stages {
        let when = when(stage);
        let here = obstacle(stage).unwrap_or("ready".into());
        table.add_row([stage.name, when, stage.proves, &here]);
    }
    table
}

/// The option that makes a stage run.
fn when(stage: &Stage) -> &'static str {
    if table::QUICK.contains(&stage.name) {
        "always"
    } else if table::STAGES.iter().any(|s| s.name == stage.name) {
        "--all"
    } else {
        "--release-gates"
    }
}

/// Why a stage cannot run here.
fn obstacle(stage: &Stage) -> Option<String> {
    if !stage.host.is_this() {
        return Some(format!("for {} only", stage.host.name()));
    }
    stage.needs.iter().find(|n| !(n.found)()).map(|n| n.missing())
}

/// What became of all stages.
#[derive(Default)]
struct Report {
    count: Count,
    /// Name and reason, of stages and of parts of them.
    skipped: Vec<String>,
    /// Stages for machines of another kind.
    elsewhere: Vec<String>,
    failed: Vec<String>,
}

fn run_all(stages: &[&Stage], args: &Args) -> Result<Report> {
    let mut report = Report::default();
    let width = stages.iter().map(|s| s.name.len()).max().unwrap_or(0);
    for stage in stages {
        if !stage.host.is_this() {
            report.elsewhere.push(format!("{}: for {} only", stage.name, stage.host.name()));
            continue;
        }
        let bar = spinner(stage);
        let start = Instant::now();
        let log = logs().join(format!("{}.log", stage.name));
        let mut run = Run::new(stage.name, log.clone(), bar.clone())?;
        run.signals = args.signals;
        run.quick = args.is_quick();
        let outcome = outcome(stage, &mut run);
        bar.finish_and_clear();
        let line = format!("{:width$}  {:>6.1} s", stage.name, start.elapsed().as_secs_f64());
        report.add(stage, outcome, &run, &line, &fs::read_to_string(log)?);
    }
    Ok(report)
}

fn spinner(stage: &Stage) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {elapsed} {spinner} {wide_msg}");
    let bar = ProgressBar::new_spinner().with_prefix(stage.name);
    bar.set_style(style.expect("the template is well formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn outcome(stage: &Stage, run: &mut Run) -> Outcome {
    if let Some(reason) = obstacle(stage) {
        return Outcome::Skipped(reason);
    }
    match (stage.run)(run) {
        Ok(()) if run.count.passed == 0 => Outcome::Failed("not one test ran".to_owned()),
        Ok(()) => Outcome::Passed,
        Err(e) => match e.downcast::<Absent>() {
            Ok(absent) => Outcome::Skipped(absent.to_string()),
            Err(e) => Outcome::Failed(format!("{e:#}")),
        },
    }
}

impl Report {
    fn add(&mut self, stage: &Stage, outcome: Outcome, run: &Run, line: &str, log: &str) {
        self.count += run.count;
        self.skipped.extend(run.skipped.iter().map(|why| format!("{}: {why}", stage.name)));
        match outcome {
            Outcome::Passed => println!("{line}  ok       {}", tests(run.count)),
            Outcome::Skipped(why) => {
                println!("{line}  skipped  {why}");
                self.count.skipped += 1;
                self.skipped.push(format!("{}: {why}", stage.name));
            }
            Outcome::Failed(why) => {
                println!("{line}  FAILED   {why}");
                println!("--- log of {}\n{log}--- end of the log of {}", stage.name, stage.name);
                // A command that failed without a test that failed.
                self.count.failed += u64::from(run.count.failed == 0);
                self.failed.push(format!("{}: {why}", stage.name));
            }
        }
    }

    fn is_good(&self, strict: bool) -> bool {
        self.count.failed == 0 && self.count.passed > 0 && (!strict || self.skipped.is_empty())
    }

    /// The lists, then the line that counts.
    fn print(&self) {
        for (title, lines) in [
            ("Not for this machine:", &self.elsewhere),
            ("Skipped:", &self.skipped),
            ("Failed:", &self.failed),
        ] {
            if !lines.is_empty() {
                println!("\n{title}");
                lines.iter().for_each(|l| println!("  {l}"));
            }
        }
        let Count { passed, failed, skipped } = self.count;
        println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    }
}

fn tests(count: Count) -> String {
    match count {
        Count { passed, skipped: 0, .. } => format!("{passed} tests"),
        Count { passed, skipped, .. } => format!("{passed} tests, {skipped} skipped"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn args(only: &[&str]) -> Args {
        let only = only.iter().map(|s| s.to_string()).collect();
        Args {
            all: true,
            strict: false,
            list: false,
            only,
            shard: None,
            release_gates: false,
            signals: 0,
        }
    }

    #[test]
    fn names_are_unique() {
        let names: HashSet<_> = table::STAGES.iter().map(|s| s.name).collect();
        assert_eq!(names.len(), table::STAGES.len());
    }

    #[test]
    fn readers_find_every_stage_in_the_documentation() {
        let text = fs::read_to_string(root().join("docs/testing.md")).unwrap();
        let (_, stages) = text.split_once("\n## Stages\n").unwrap();
        for stage in table::STAGES {
            assert!(stages.contains(&format!("`{}`", stage.name)), "{}", stage.name);
        }
    }

    #[test]
    fn only_takes_a_name_or_its_first_words() {
        assert_eq!(chosen(&args(&["go-race"])).unwrap().len(), 1);
        assert!(chosen(&args(&["go"])).unwrap().len() > 5);
        assert!(chosen(&args(&["g"])).is_err());
        assert_eq!(chosen(&args(&[])).unwrap().len(), table::STAGES.len());
    }

    #[test]
    fn without_all_only_the_quick_stages_run() {
        let quick = chosen(&Args { all: false, ..args(&[]) }).unwrap();
        assert_eq!(quick.len(), table::QUICK.len(), "a quick stage that does not exist");
        assert_eq!(
            chosen(&Args { all: false, strict: true, ..args(&[]) }).unwrap().len(),
            table::STAGES.len()
        );
        assert_eq!(chosen(&Args { all: false, ..args(&["go-race"]) }).unwrap().len(), 1);
    }

    #[test]
    fn a_skip_is_bad_only_when_strict_and_nothing_is_never_good() {
        let mut report = Report::default();
        assert!(!report.is_good(false));
        report.count.passed = 1;
        assert!(report.is_good(true));
        report.skipped.push("x".into());
        assert!(report.is_good(false) && !report.is_good(true));
        report.count.failed = 1;
        assert!(!report.is_good(false));
    }
}
