//! The targets of `fuzz/`, which are libFuzzer's.

use super::{Finding, How, Outcome, PLANTED, process, shown};
use crate::root::root;
use crate::toolchain::{self, triple};
use anyhow::{Context, Result, bail, ensure};
use indicatif::ProgressBar;
use kernels_manifest::Arch;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Edges are counted, and what is compared is told to the fuzzer. Machine code of kernels is made from Rust, so it is
/// followed too.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
];

/// Seconds after which one input counts as hanging. It takes microseconds, but the clock runs on while the machine stands
/// still.
const HANGS: &str = "-timeout=100";

pub struct Target {
    pub name: String,
    pub family: String,
}

fn folder() -> PathBuf {
    root().join("fuzz")
}

/// One for each file.
pub fn all() -> Result<Vec<Target>> {
    let mut families = Vec::new();
    for entry in fs::read_dir(folder().join("fuzz_targets")).context("fuzz/fuzz_targets")? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|s| s.to_str()).context("a name is not text")?;
        families.push(stem.to_owned());
    }
    families.sort();
    Ok(families.into_iter().map(|f| Target { name: format!("rust-{f}"), family: f }).collect())
}

fn target() -> &'static str {
    if cfg!(target_arch = "x86_64") { triple(Arch::X86_64) } else { triple(Arch::Aarch64) }
}

/// Builds all of them. The target is named so that the flags stay away from build scripts and macros.
pub fn build() -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "the targets in Rust are built on Linux");
    let output = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--release", "--bins", "--target", target()])
        .current_dir(folder())
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"))
        .output()
        .context(toolchain::NO_CARGO)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "fuzz/ does not build; it wants a C++ compiler, `apt-get install g++`\n{}",
            said.trim()
        );
    }
    Ok(())
}

impl Target {
    fn program(&self) -> PathBuf {
        folder().join("target").join(target()).join("release").join(&self.family)
    }

    /// From the committed seeds and what earlier runs have found worth keeping, or, with a planted fault, from the
    /// seeds alone.
    pub fn run(&self, how: &How, bar: &ProgressBar) -> Result<Outcome> {
        let scratch = tempfile::tempdir()?;
        let top = if how.planted { scratch.path().to_owned() } else { folder() };
        let corpus = top.join("corpus").join(&self.family);
        let artifacts = top.join("artifacts").join(&self.family);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&artifacts)?;
        let mut command = Command::new(self.program());
        command.args([&format!("-max_total_time={}", how.seconds), HANGS, "-print_final_stats=1"]);
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.arg(&corpus);
        let seeds = folder().join("seeds").join(&self.family);
        if seeds.is_dir() {
            command.arg(seeds);
        }
        if how.planted {
            command.env(PLANTED, "1");
        }
        let (mut said, mut outcome) = (Said::default(), Outcome::default());
        let status = process::watch(&mut command, how.seconds, |line| {
            said.line(line, &mut outcome);
            bar.set_message(line.to_owned());
        })?;
        if !status.success() {
            let file = said.file.clone().unwrap_or_else(|| "no file was written".into());
            let replay =
                format!("cargo xtask fuzz {} --replay {}", self.name, shown(&file).display());
            let what = said.what.unwrap_or_else(|| status.to_string());
            outcome.finding = Some(Finding { what, file: shown(&file), replay });
        }
        Ok(outcome)
    }

    /// What goes wrong with this input, if anything does.
    pub fn replay(&self, file: &Path) -> Result<Option<String>> {
        let mut said = Said::default();
        let mut command = Command::new(self.program());
        let status = process::watch(command.arg(HANGS).arg(file), 60, |line| {
            said.line(line, &mut Outcome::default());
        })?;
        let what = said.what.unwrap_or_else(|| status.to_string());
        Ok((!status.success()).then_some(what))
    }
}

/// What is worth keeping of libFuzzer's words.
#[derive(Default)]
struct Said {
    /// The assertion's own line, or the line of a guard page.
    what: Option<String>,
    file: Option<PathBuf>,
    panicked: bool,
}

impl Said {
    fn line(&mut self, line: &str, outcome: &mut Outcome) {
        let number = |text: &str| text.trim().parse().unwrap_or(0);
        if let Some(n) = line.strip_prefix("stat::number_of_executed_units:") {
            outcome.executions = number(n);
        } else if let Some(n) = line.strip_prefix("stat::new_units_added:") {
            outcome.fresh = number(n);
        } else if let Some((_, file)) = line.split_once("Test unit written to ") {
            self.file = Some(file.into());
        } else if self.what.is_none() && (self.panicked || is_fault(line)) {
            self.what = Some(line.to_owned());
        }
        self.panicked = line.contains("panicked at");
    }
}

fn is_fault(line: &str) -> bool {
    line.contains(" touched 0x") || line.contains("ERROR: libFuzzer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_crash_are_understood() {
        let (mut said, mut outcome) = (Said::default(), Outcome::default());
        for line in [
            "#2 INITED cov: 3",
            "thread '<unnamed>' panicked at src/lib.rs:33:9:",
            "assertion `left == right` failed: avx2 differs",
            "  left: 1",
            "==19197== ERROR: libFuzzer: deadly signal",
            "artifact_prefix='/a/'; Test unit written to /a/crash-1",
            "stat::number_of_executed_units: 4711",
            "stat::new_units_added:          12",
        ] {
            said.line(line, &mut outcome);
        }
        assert_eq!(said.what.unwrap(), "assertion `left == right` failed: avx2 differs");
        assert_eq!(said.file.unwrap(), Path::new("/a/crash-1"));
        assert_eq!((outcome.executions, outcome.fresh), (4711, 12));
    }
}
