//! The fuzz functions of the Go module.

use super::{Finding, How, Outcome, PLANTED, process, shown};
use crate::root::{self, root};
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub struct Target {
    pub name: String,
    pub family: String,
    function: String,
    /// Of the package, below the module.
    folder: String,
}

/// How often a target is run whose end says nothing of an input.
const ATTEMPTS: usize = 3;

fn module() -> PathBuf {
    root().join("go-shim")
}

/// Every `func Fuzz...(f *testing.F)` of the module's tests.
pub fn all() -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    for file in root::files(&module())?.iter().filter(|f| f.ends_with("_test.go")) {
        let text = fs::read_to_string(module().join(file)).with_context(|| file.clone())?;
        let folder = Path::new(file).parent().unwrap_or(Path::new("")).display().to_string();
        let family = folder.rsplit('/').next().unwrap_or_default().to_owned();
        for function in functions(&text) {
            let name = format!("go-{family}-{function}");
            let (function, folder, family) = (function.to_owned(), folder.clone(), family.clone());
            targets.push(Target { name, family, function, folder });
        }
    }
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(targets)
}

fn functions(text: &str) -> impl Iterator<Item = &str> {
    let heads = text.lines().filter_map(|line| line.strip_prefix("func "));
    heads.filter_map(|head| head.split_once("(f *testing.F)").map(|(name, _)| name))
}

impl Target {
    /// One program for each package.
    fn program(&self) -> PathBuf {
        root().join("target/fuzz-go").join(format!("{}.test", self.folder.replace('/', "_")))
    }

    fn package(&self) -> PathBuf {
        module().join(&self.folder)
    }

    /// The package's tests, with the counters that Go's fuzzer reads.
    pub fn build(&self) -> Result<()> {
        fs::create_dir_all(root().join("target/fuzz-go"))?;
        let output = Command::new("go")
            .args(["test", "-c", "-fuzz=Fuzz", "-o"])
            .arg(self.program())
            .arg(".")
            .current_dir(self.package())
            .envs([("CGO_ENABLED", "0"), ("GOFLAGS", ""), ("GOPROXY", "off"), ("GOWORK", "off")])
            .output()
            .context("running go: is Go 1.25 or newer on PATH?")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("the tests of {} do not build\n{}", self.folder, said.trim());
        }
        Ok(())
    }

    /// An end that says nothing about an input is tried again: on a machine that stands still for seconds, Go's fuzzer
    /// takes its own late worker for one that hangs, or has no time left to run anything. Nothing is lost by it: an
    /// input that was written down is the first that the next attempt runs.
    pub fn run(&self, how: &How, bar: &ProgressBar) -> Result<Outcome> {
        let mut seconds = how.seconds;
        for _ in 1..ATTEMPTS {
            let (said, outcome) = self.attempt(seconds, how.planted, bar)?;
            if said.is_clear(&outcome) {
                return Ok(outcome);
            }
            seconds = seconds.max(20);
        }
        Ok(self.attempt(seconds, how.planted, bar)?.1)
    }

    /// Findings are written where Go looks for them, below the package's `testdata`; a planted one elsewhere.
    fn attempt(&self, seconds: u64, planted: bool, bar: &ProgressBar) -> Result<(Said, Outcome)> {
        let scratch = tempfile::tempdir()?;
        let seeds = Path::new("testdata/fuzz").join(&self.function);
        let folder = if planted { scratch.path().to_owned() } else { self.package() };
        if planted {
            copy(&self.package().join(&seeds), &folder.join(&seeds))?;
        }
        let cache = match planted {
            true => folder.join("cache"),
            false => root().join("target/fuzz-go/cache").join(&self.folder),
        };
        let mut command = Command::new(self.program());
        command.current_dir(&folder).args(["-test.run=^$", "-test.parallel=1"]);
        command.arg(format!("-test.fuzz=^{}$", self.function));
        command.arg(format!("-test.fuzztime={seconds}s"));
        // By default every input that reaches something new is made smaller for up to a minute, with nothing else done.
        command.arg("-test.fuzzminimizetime=100x");
        command.arg("-test.fuzzcachedir").arg(cache);
        if planted {
            command.env(PLANTED, "1");
        }
        let (mut said, mut outcome) = (Said::default(), Outcome::default());
        let status = process::watch(&mut command, seconds, |line| {
            said.line(line, &mut outcome);
            bar.set_message(line.trim().to_owned());
        })?;
        said.failed = !status.success();
        if said.failed && !said.only_late() {
            outcome.finding = Some(self.finding(&said, &folder, &status.to_string()));
        }
        Ok((said, outcome))
    }

    fn finding(&self, said: &Said, folder: &Path, status: &str) -> Finding {
        let file = said.file.as_ref().map(|f| shown(&folder.join(f)));
        let file = file.unwrap_or("no file was written".into());
        let input = file.file_name().unwrap_or_default().to_string_lossy();
        let replay = format!(
            "(cd go-shim && go test -run='^{}$/^{input}$' ./{})",
            self.function, self.folder
        );
        let what = said.what.clone();
        let what = what.unwrap_or_else(|| format!("{status}: {}", said.rest.join("; ")));
        Finding { what, file, replay }
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let Ok(entries) = fs::read_dir(from) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// What is worth keeping of the words of Go's fuzzer.
#[derive(Default)]
struct Said {
    what: Option<String>,
    file: Option<PathBuf>,
    late: bool,
    failed: bool,
    /// What it said beside its counts, for findings of a kind that is not known.
    rest: Vec<String>,
}

impl Said {
    /// Whether nothing went wrong but that the time was up: Go's fuzzer takes the end of its time for an error when it
    /// sees it before its workers do, and then says so without an input.
    fn only_late(&self) -> bool {
        self.late && self.what.is_none() && self.file.is_none()
    }

    /// Whether it ran and ended well, or ended with the line of a test or of a fault.
    fn is_clear(&self, outcome: &Outcome) -> bool {
        self.what.is_some() || outcome.executions > 0 && (!self.failed || self.only_late())
    }

    /// `fuzz: elapsed: 3s, execs: 325017 (108336/sec), new interesting: 11 (total: 202)`
    fn line(&mut self, line: &str, outcome: &mut Outcome) {
        let number = |rest: &str| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap_or(0)
        };
        let line = line.trim();
        if let Some((_, rest)) = line.split_once(", execs: ") {
            outcome.executions = number(rest);
            let fresh = rest.split_once("new interesting: ").map(|(_, rest)| number(rest));
            outcome.fresh = fresh.unwrap_or(outcome.fresh);
        } else if let Some(file) = line.strip_prefix("Failing input written to ") {
            self.file = Some(file.into());
        } else if line == "context deadline exceeded" {
            self.late = true;
        } else if self.what.is_none() && is_fault(line) {
            self.what = Some(line.to_owned());
        }
        if !line.is_empty() && !line.starts_with("fuzz: ") && self.rest.len() < 5 {
            self.rest.push(line.to_owned());
        }
    }
}

/// `crc32_test.go:294: ...`, or the first line of a panic or of a fault.
fn is_fault(line: &str) -> bool {
    line.contains("_test.go:") || line.starts_with("panic: ") || line.starts_with("fatal error: ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzz_functions_are_found() {
        let text = "package x\n\nfunc FuzzA(f *testing.F) {\n}\nfunc TestB(t *testing.T) {\n}\n";
        assert_eq!(functions(text).collect::<Vec<_>>(), ["FuzzA"]);
    }

    #[test]
    fn time_that_is_up_is_no_finding() {
        let mut said = Said::default();
        said.line("--- FAIL: FuzzSum (2.05s)", &mut Outcome::default());
        said.line("    context deadline exceeded", &mut Outcome::default());
        assert!(said.only_late());
        said.line("        vec_test.go:150: avx2: 1, want 2", &mut Outcome::default());
        assert!(!said.only_late());
    }

    #[test]
    fn an_end_without_a_word_on_an_input_is_not_clear() {
        let mut outcome = Outcome { executions: 1, ..Outcome::default() };
        let mut said = Said { failed: true, ..Said::default() };
        said.line("fuzzing process hung or terminated unexpectedly: exit status 2", &mut outcome);
        said.line("Failing input written to testdata/fuzz/FuzzSum/1", &mut outcome);
        assert!(!said.is_clear(&outcome));
        said.line("        vec_test.go:150: avx2: 1, want 2", &mut outcome);
        assert!(said.is_clear(&outcome));
        assert!(Said::default().is_clear(&outcome));
        assert!(!Said::default().is_clear(&Outcome::default()), "it ran nothing");
    }

    #[test]
    fn the_words_of_a_finding_are_understood() {
        let (mut said, mut outcome) = (Said::default(), Outcome::default());
        for line in [
            "fuzz: elapsed: 3s, execs: 325017 (108336/sec), new interesting: 11 (total: 202)",
            "--- FAIL: FuzzSum (0.05s)",
            "        vec_test.go:150: avx2: 1, want 2",
            "    Failing input written to testdata/fuzz/FuzzSum/582528ddfad69eb5",
        ] {
            said.line(line, &mut outcome);
        }
        assert_eq!((outcome.executions, outcome.fresh), (325_017, 11));
        assert_eq!(said.what.unwrap(), "vec_test.go:150: avx2: 1, want 2");
        assert_eq!(said.file.unwrap(), Path::new("testdata/fuzz/FuzzSum/582528ddfad69eb5"));
    }
}
