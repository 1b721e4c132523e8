//! `cargo xtask prove`: what of a kernel can be shown for all inputs, shown.
//!
//! The proofs are those of `crates/kernels-prove`, a program of its own: it has the doors of the kernels in it as Go
//! embeds them, and runs where an emulator takes it. Here they are started, watched, and remembered.

mod affine;
mod doors;
mod process;
mod state;

use crate::{compile, qemu, root::root, toolchain};
use anyhow::{Context, Result, bail};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use kernels_manifest::Arch;
use process::{Job, Program};
use state::State;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{process::Command, thread};

const PACKAGE: &str = "kernels-prove";

/// Prove kernels right by enumeration, each variant, after finding a planted fault
#[derive(clap::Args)]
pub struct Args {
    /// Proofs, or kernels, whose proofs are meant; all of them by default
    proofs: Vec<String>,
    /// Leave out the longest inputs, as CI does
    #[arg(long)]
    short: bool,
    /// Go on where a run of the same machine code was interrupted
    #[arg(long)]
    resume: bool,
    /// Prove the variants for this architecture, amd64 or arm64, in an emulator if need be
    #[arg(long, value_parser = crate::inspect::architecture)]
    arch: Option<Arch>,
    /// How many proofs run at once; by default one for each processor
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZero<usize>>,
    /// Only print the proofs
    #[arg(long)]
    list: bool,
}

/// A proof for one variant, or for one that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    /// `crc32_ieee_update.basis`.
    pub proof: String,
    pub variant: String,
    pub parts: usize,
    /// Whether this CPU has what the variant needs.
    here: bool,
}

impl Task {
    /// `crc32_ieee_update.basis\tpclmul\t12\there`.
    fn parse(line: &str) -> Option<Task> {
        let [proof, variant, parts, place] = line.split('\t').collect::<Vec<_>>()[..] else {
            return None;
        };
        let (proof, variant) = (proof.to_owned(), variant.to_owned());
        Some(Task { proof, variant, parts: parts.parse().ok()?, here: place == "here" })
    }

    fn planted(&self) -> bool {
        self.variant.starts_with("planted-")
    }

    fn kernel(&self) -> &str {
        self.proof.split('.').next().unwrap_or_default()
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.proof, self.variant)
    }
}

/// What became of a task.
enum Outcome {
    Holds {
        cases: u64,
    },
    /// With the line that says why.
    Fails(String),
}

pub fn run(args: &Args) -> Result<()> {
    // What does not exist is refused before anything is compiled, which takes a while.
    let arch = args.arch.unwrap_or(if cfg!(target_arch = "aarch64") {
        Arch::Aarch64
    } else {
        Arch::X86_64
    });
    known(&args.proofs)?;
    let program = build(arch)?;
    let (tasks, unproved) = listed(&program, args.short)?;
    let tasks = chosen(tasks, &args.proofs)?;
    if args.list {
        tasks.iter().for_each(|t| println!("{}", t.name()));
        affine::list(&args.proofs)
            .iter()
            .filter(|_| arch == Arch::X86_64)
            .for_each(|name| println!("{name}"));
        unproved.iter().for_each(|line| println!("unproved {line}"));
        return Ok(());
    }
    let state = State::load(&state_file(arch), &program, args.short, args.resume)?;
    let jobs = args.jobs.or(thread::available_parallelism().ok()).map_or(1, |n| n.get());
    let (here, elsewhere): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|t| t.here);
    let mut tally = match arch {
        Arch::X86_64 => affine::run(&args.proofs, args.short)?,
        Arch::Aarch64 => affine::Tally::default(),
    };
    tally.wrong += run_all(&here, &program, &state, jobs)?;
    elsewhere.iter().for_each(|t| println!("not run  {}: this CPU lacks what it needs", t.name()));
    unproved.iter().for_each(|line| println!("unproved {line}"));
    let planted = here.iter().filter(|t| t.planted()).count();
    let proofs = tally.proofs + here.len() - planted;
    let (planted, wrong) = (tally.planted + planted, tally.wrong);
    println!("\n{proofs} proofs, {planted} planted faults, {wrong} failures");
    if wrong > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn state_file(arch: Arch) -> PathBuf {
    root().join("target/xtask-prove").join(format!("{}.json", arch.go()))
}

/// Refuses names that begin with no kernel's.
fn known(wanted: &[String]) -> Result<()> {
    let rows =
        kernels_manifest::FAMILIES.iter().flat_map(|f| f.kernels.iter().map(move |k| (f, k)));
    let kernels: Vec<String> = rows.map(|(f, k)| format!("{}_{}", f.name, k.op)).collect();
    let begins = |w: &String| kernels.iter().any(|k| w.split('.').next() == Some(k));
    match wanted.iter().find(|w| !begins(w)) {
        Some(unknown) => bail!("nothing to prove is called {unknown}; `cargo xtask prove --list`"),
        None => Ok(()),
    }
}

fn chosen(all: Vec<Task>, wanted: &[String]) -> Result<Vec<Task>> {
    let is = |t: &Task, w: &String| t.proof == *w || t.kernel() == w;
    let known = |w: &String| affine::is_called(w) || all.iter().any(|t| is(t, w));
    if let Some(unknown) = wanted.iter().find(|w| !known(w)) {
        bail!("nothing to prove is called {unknown}; `cargo xtask prove --list`");
    }
    Ok(all.into_iter().filter(|t| wanted.is_empty() || wanted.iter().any(|w| is(t, w))).collect())
}

/// Between a kernel and the reason why nothing is proved of it, in a line of the program's list.
const UNPROVED: &str = "\tunproved\t";

/// On Linux on x86-64 with the flags of the embedded machine code; elsewhere as any other program of the workspace.
fn build(arch: Arch) -> Result<Program> {
    match arch {
        Arch::X86_64 if cfg!(all(target_os = "linux", target_arch = "x86_64")) => {
            let program = compile::program(PACKAGE, &toolchain::find(arch)?)?;
            let path = program.clone();
            let program = Program::new(program, None)?;
            let unproved = program.list(true)?.into_iter();
            let unproved = unproved.filter_map(|l| Some(l.split_once(UNPROVED)?.0.to_owned()));
            doors::compare(&path, &unproved.collect::<Vec<_>>())?;
            Ok(program)
        }
        Arch::Aarch64 if cfg!(target_arch = "x86_64") => {
            let setting = qemu::setting()?;
            let mut command = cargo();
            command.args(&setting.args).envs(setting.env);
            let folder = root().join("target/arm64-tests").join(toolchain::triple(arch));
            quietly(command)?;
            Program::new(folder.join("release").join(PACKAGE), Some(qemu::EMULATOR))
        }
        _ if (arch == Arch::Aarch64) == cfg!(target_arch = "aarch64") => {
            quietly(cargo())?;
            let name = format!("{PACKAGE}{}", std::env::consts::EXE_SUFFIX);
            Program::new(root().join("target/release").join(name), None)
        }
        _ => bail!("nothing runs programs for {} here; leave --arch out", arch.go()),
    }
}

fn cargo() -> Command {
    let mut command = Command::new("cargo");
    command.args(["build", "--quiet", "--locked", "--release", "--package", PACKAGE]);
    command.current_dir(root());
    command
}

fn quietly(mut command: Command) -> Result<()> {
    let progress = ProgressBar::new_spinner().with_message(format!("compiling {PACKAGE}"));
    progress.enable_steady_tick(Duration::from_millis(200));
    let output = command.output().context(toolchain::NO_CARGO)?;
    progress.finish_and_clear();
    if !output.status.success() {
        bail!("{PACKAGE} does not build\n{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// Everything to prove, and the kernels of which nothing is, with the reasons.
fn listed(program: &Program, short: bool) -> Result<(Vec<Task>, Vec<String>)> {
    let lines = program.list(short)?;
    let tasks = lines.iter().filter_map(|line| Task::parse(line)).collect();
    let unproved = lines.iter().filter(|l| l.contains(UNPROVED));
    Ok((tasks, unproved.map(|l| l.replace(UNPROVED, ": ")).collect()))
}

/// Several at once; the number of those that came out wrong. A wrong variant that passes is wrong too: its proof shows
/// nothing.
fn run_all(tasks: &[Task], program: &Program, state: &State, jobs: usize) -> Result<usize> {
    let bars = MultiProgress::new();
    // Planted faults first: they take little time, and without them the rest means nothing.
    let (planted, real): (Vec<_>, Vec<_>) = tasks.iter().partition(|t| t.planted());
    let (next, wrong) = (Mutex::new(planted.into_iter().chain(real)), Mutex::new(0));
    let work = || -> Result<()> {
        loop {
            let Some(task) = next.lock().expect("no panic").next() else { return Ok(()) };
            let bar = bars.add(bar(task));
            let start = Instant::now();
            let outcome = Job { program, task, state }.run(&bar)?;
            bar.finish_and_clear();
            let (line, bad) = line(task, &outcome, start.elapsed(), program.path());
            bars.suspend(|| println!("{line}"));
            *wrong.lock().expect("no panic") += usize::from(bad);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|w| w.join().expect("no panic"))
    })?;
    Ok(wrong.into_inner().expect("no panic"))
}

fn bar(task: &Task) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {elapsed} {bar:20} {pos}/{len} {msg}");
    let bar = ProgressBar::new(task.parts as u64).with_prefix(task.name());
    bar.set_style(style.expect("the template is well formed"));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// What is said of a task, and whether it came out wrong.
fn line(task: &Task, outcome: &Outcome, time: Duration, program: &Path) -> (String, bool) {
    let name = task.name();
    match outcome {
        Outcome::Holds { .. } if task.planted() => {
            (format!("MISSED   {name}: the proof passes a wrong kernel"), true)
        }
        Outcome::Holds { cases } => {
            let word = if task.proof.ends_with(".sample") { "sampled " } else { "proved  " };
            (format!("{word} {name}: {cases} cases, {:.1} s", time.as_secs_f64()), false)
        }
        Outcome::Fails(why) if task.planted() && why.contains("planted") => {
            (format!("found    {why}"), false)
        }
        Outcome::Fails(why) => {
            let again = program.strip_prefix(root()).unwrap_or(program).display();
            (format!("FAILED   {name}: {why}\n  again    {again} run {name} 0"), true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(variant: &str) -> Task {
        Task::parse(&format!("vec_sum.bits\t{variant}\t4\there")).unwrap()
    }

    #[test]
    fn lines_of_the_list_are_understood() {
        assert_eq!(task("avx2").name(), "vec_sum.bits avx2");
        assert_eq!((task("avx2").kernel(), task("avx2").parts), ("vec_sum", 4));
        assert!(!Task::parse("vec_sum.bits\tavx2\t4\telsewhere").unwrap().here);
        assert_eq!(Task::parse("vec_sum\tunproved\twhy"), None);
    }

    #[test]
    fn proofs_and_kernels_are_chosen_and_nothing_else() {
        let all = || vec![task("avx2"), task("planted-bit")];
        assert_eq!(chosen(all(), &["vec_sum".into()]).unwrap().len(), 2);
        assert_eq!(chosen(all(), &["vec_sum.bits".into()]).unwrap().len(), 2);
        assert!(chosen(all(), &["vec_sum.bit".into()]).is_err());
        assert!(known(&["vec_sum.bits".into(), "crc32_ieee_update".into()]).is_ok());
        assert!(known(&["vec_som".into()]).unwrap_err().to_string().contains("vec_som"));
    }

    #[test]
    fn a_wrong_kernel_must_fail_and_for_its_own_reason() {
        let bad = |variant: &str, outcome| {
            line(&task(variant), &outcome, Duration::ZERO, Path::new("p")).1
        };
        assert!(!bad("avx2", Outcome::Holds { cases: 1 }));
        assert!(bad("avx2", Outcome::Fails("vec_sum avx2: 1, not 2".into())));
        assert!(bad("planted-bit", Outcome::Holds { cases: 1 }));
        assert!(!bad("planted-bit", Outcome::Fails("vec_sum planted-bit: 1, not 2".into())));
        assert!(bad("planted-bit", Outcome::Fails("signal 11 at 0x0, outside any kernel".into())));
    }
}
