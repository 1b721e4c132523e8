//! Runs the commands of a stage: output into the stage's log, a limit on time, tests counted.

use super::count::{self, Count};
use super::need::Absent;
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A command that takes longer hangs: the slowest of all, `dist`, takes a few minutes on two idle cores.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// A stage while it runs.
pub struct Run {
    /// The stage's name: stages of one kind share a function and read their row of the matrix by it.
    pub stage: &'static str,
    log: PathBuf,
    bar: ProgressBar,
    pub count: Count,
    /// Parts of the stage, or tests, that did not run, each with its reason.
    pub skipped: Vec<String>,
    /// How many signals the storms of `release` handle in all.
    pub signals: u64,
    /// Whether a developer waits for the answer: what takes long is left to `--all`.
    pub quick: bool,
}

impl Run {
    /// Starts with an empty log.
    pub fn new(stage: &'static str, log: PathBuf, bar: ProgressBar) -> Result<Run> {
        fs::write(&log, "").with_context(|| format!("writing {}", log.display()))?;
        let (count, skipped) = (Count::default(), Vec::new());
        Ok(Run { stage, log, bar, count, skipped, signals: 0, quick: false })
    }

    /// A command below the checkout.
    pub fn job(&mut self, program: impl AsRef<OsStr>) -> Job<'_> {
        Job {
            run: self,
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            dir: crate::root::root(),
        }
    }

    /// `cargo` of the pinned toolchain, with the committed lock file.
    pub fn cargo(&mut self, args: &[&str]) -> Job<'_> {
        self.job("cargo").args(args)
    }

    /// A line in the log.
    pub fn say(&mut self, line: &str) -> Result<()> {
        writeln!(self.open()?, "{line}").context("writing the log")
    }

    /// Something that the stage found out itself, without a command: counted like a test.
    pub fn passed(&mut self, what: &str) -> Result<()> {
        self.count.passed += 1;
        self.say(&format!("ok: {what}"))
    }

    /// Does `work` for every item, as many at once as there are processors. What they log and count is put together in the
    /// order of the items; all of them are done, and then the first failure is told.
    pub fn side_by_side<T: Sync>(
        &mut self,
        items: &[T],
        work: impl Fn(&mut Run, &T) -> Result<()> + Sync,
    ) -> Result<()> {
        let mut parts = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let log = self.log.with_extension(format!("{n}.log"));
            let mut part = Run::new(self.stage, log, self.bar.clone())?;
            (part.signals, part.quick) = (self.signals, self.quick);
            parts.push((part, item, Ok(())));
        }
        let queue = Mutex::new(parts.iter_mut());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, |n| n.get()) {
                scope.spawn(|| {
                    while let Some((part, item, outcome)) = next() {
                        *outcome = work(part, item);
                    }
                });
            }
        });
        let (parts, outcomes): (Vec<_>, Vec<_>) =
            parts.into_iter().map(|(part, _, outcome)| (part, outcome)).unzip();
        parts.into_iter().try_for_each(|part| self.absorb(part))?;
        outcomes.into_iter().collect()
    }

    /// Takes over what a part of this stage has logged and counted.
    fn absorb(&mut self, part: Run) -> Result<()> {
        self.open()?.write_all(&fs::read(&part.log)?).context("writing the log")?;
        fs::remove_file(&part.log).context("removing the log of a part")?;
        self.count += part.count;
        self.skipped.extend(part.skipped);
        Ok(())
    }

    fn open(&self) -> Result<File> {
        OpenOptions::new().append(true).open(&self.log).context("opening the log")
    }
}

/// A command that is about to run.
pub struct Job<'a> {
    run: &'a mut Run,
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    dir: PathBuf,
}

/// How a command ended, and all that it printed.
struct Ended {
    status: ExitStatus,
    output: String,
}

impl Job<'_> {
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.env.push((key.to_owned(), value.as_ref().to_owned()));
        self
    }

    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.dir = dir.as_ref().to_owned();
        self
    }

    /// Must end well, but proves nothing by itself: a build for what follows.
    pub fn prepare(mut self) -> Result<String> {
        let ended = self.end()?;
        self.well(&ended)?;
        Ok(ended.output)
    }

    /// Must end well. Counts as one test; gives what it printed.
    pub fn check(mut self) -> Result<String> {
        let ended = self.end()?;
        self.well(&ended)?;
        self.run.count.passed += 1;
        Ok(ended.output)
    }

    /// Must end well, or what it was to bring is absent: `how` says what a person can do.
    pub fn brings(mut self, how: &str) -> Result<()> {
        let ended = self.end()?;
        if !ended.status.success() {
            let said = ended.output.lines().rfind(|l| !l.trim().is_empty()).unwrap_or("no word");
            return Err(Absent(format!("{}: {}; {how}", self.line(), said.trim())).into());
        }
        Ok(())
    }

    /// Must end well without a word, as formatters do that list what they would change.
    pub fn silent(mut self) -> Result<()> {
        let ended = self.end()?;
        self.well(&ended)?;
        if !ended.output.is_empty() {
            bail!("{}: has something to say", self.line());
        }
        self.run.count.passed += 1;
        Ok(())
    }

    /// A planted fault: must end badly and say each of `words`. Counts as one test.
    pub fn finds(mut self, fault: &str, words: &[&str]) -> Result<()> {
        let ended = self.end()?;
        if ended.status.success() {
            bail!("planted fault not found, {fault}: {} ended well", self.line());
        }
        // A process that dies of a signal says nothing itself.
        let said = format!("{}\n{}", ended.output, ended.status);
        if let Some(word) = words.iter().find(|&&w| !said.contains(w)) {
            bail!("planted fault not found, {fault}: {} did not say {word:?}", self.line());
        }
        self.run.passed(&format!("planted fault found: {fault}"))
    }

    /// `cargo test`: must end well and have run a test.
    pub fn cargo_tests(mut self) -> Result<()> {
        let ended = self.end()?;
        let count = count::cargo(&ended.output);
        self.run.count += count;
        if count.skipped > 0 {
            self.run.skipped.push(format!("{} marked #[ignore] in {}", count.skipped, self.line()));
        }
        self.well(&ended)?;
        self.some(count)
    }

    /// `go test -json`: must end well and have run a test. Gives the names of those that were skipped.
    pub fn go_tests(mut self) -> Result<Vec<String>> {
        let json = self.run.log.with_extension("json");
        fs::write(&json, "")?;
        let ended = self.end_into(&json)?;
        let tests = count::go(&ended.output);
        fs::remove_file(&json)?;
        self.run.say(&tests.text)?;
        self.run.count += tests.count;
        self.well(&ended)?;
        self.some(tests.count)?;
        Ok(tests.skipped)
    }

    fn well(&self, ended: &Ended) -> Result<()> {
        if !ended.status.success() {
            bail!("{}: {}", self.line(), ended.status);
        }
        Ok(())
    }

    /// A suite that ran nothing is green by accident.
    fn some(&self, count: Count) -> Result<()> {
        if count.passed == 0 {
            bail!("{}: not one test ran", self.line());
        }
        Ok(())
    }

    fn end(&mut self) -> Result<Ended> {
        let log = self.run.log.clone();
        self.end_into(&log)
    }

    fn end_into(&mut self, out: &Path) -> Result<Ended> {
        let line = self.line();
        self.run.say(&format!("$ {line}"))?;
        self.run.bar.set_message(line);
        let before = fs::metadata(out)?.len() as usize;
        let file = OpenOptions::new().append(true).open(out)?;
        let status = self.spawn(file)?;
        let bytes = fs::read(out)?;
        Ok(Ended { status, output: String::from_utf8_lossy(&bytes[before..]).into_owned() })
    }

    fn spawn(&mut self, out: File) -> Result<ExitStatus> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.dir).stdin(Stdio::null());
        command.stdout(out.try_clone()?).stderr(out);
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        // A group of its own, so that the limit also ends what the command has started.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().with_context(|| self.line())?;
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if start.elapsed() > LIMIT {
                end_group(child.id());
                child.kill()?;
                child.wait()?;
                bail!("{}: no end after {} minutes", self.line(), LIMIT.as_secs() / 60);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The command as one would type it below the checkout.
    fn line(&self) -> String {
        let env = self.env.iter().map(|(k, v)| format!("{k}={}", quoted(&v.to_string_lossy())));
        let program = Path::new(&self.program).file_name().unwrap_or(&self.program);
        let words = std::iter::once(program).chain(self.args.iter().map(OsString::as_os_str));
        let words = words.map(|w| quoted(&w.to_string_lossy()));
        env.chain(words).collect::<Vec<_>>().join(" ")
    }
}

fn quoted(word: &str) -> String {
    if word.contains([' ', '"', '$', '*', ';']) || word.is_empty() {
        format!("'{word}'")
    } else {
        word.to_owned()
    }
}

/// Ends a process group; a failure means that it is gone already.
#[cfg(unix)]
fn end_group(id: u32) {
    _ = Command::new("kill").args(["-KILL", &format!("-{id}")]).status();
}

#[cfg(not(unix))]
fn end_group(_: u32) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn run(dir: &tempfile::TempDir) -> Run {
        Run::new("stage", dir.path().join("log"), ProgressBar::hidden()).unwrap()
    }

    #[test]
    fn a_check_counts_and_gives_its_output() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = run(&dir);
        let out = run.job("sh").args(["-c", "echo one; echo two >&2"]).check().unwrap();
        assert_eq!(out, "one\ntwo\n");
        assert_eq!(run.count.passed, 1);
        let log = fs::read_to_string(dir.path().join("log")).unwrap();
        assert!(log.contains("one\n") && log.starts_with("$ sh -c"), "{log}");
    }

    #[test]
    fn parts_are_put_together_in_order_and_a_failure_stops_none() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = run(&dir);
        let waits = ["0.2", "0", "fails", "0.1"];
        let e = run.side_by_side(&waits, |run, wait| {
            run.job("sh").args(["-c", &format!("sleep {wait} && echo after {wait}")]).check()?;
            Ok(())
        });
        assert!(e.unwrap_err().to_string().contains("sleep fails"));
        assert_eq!(run.count.passed, 3);
        let log = fs::read_to_string(dir.path().join("log")).unwrap();
        let after: Vec<_> = log.lines().filter_map(|line| line.strip_prefix("after ")).collect();
        assert_eq!(after, ["0.2", "0", "0.1"]);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "logs of parts stay");
    }

    #[test]
    fn a_bad_end_is_an_error_that_names_the_command() {
        let dir = tempfile::tempdir().unwrap();
        let e = run(&dir).job("sh").args(["-c", "exit 3"]).check().unwrap_err();
        assert!(e.to_string().contains("sh -c 'exit 3'"), "{e}");
    }

    #[test]
    fn a_test_command_without_tests_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let e = run(&dir).job("true").cargo_tests().unwrap_err();
        assert!(e.to_string().contains("not one test"), "{e}");
    }

    #[test]
    fn a_planted_fault_must_be_found_for_its_reason() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = run(&dir);
        assert!(run.job("true").finds("x", &[]).is_err());
        assert!(run.job("sh").args(["-c", "echo a; exit 1"]).finds("x", &["b"]).is_err());
        run.job("sh").args(["-c", "echo a; exit 1"]).finds("x", &["a"]).unwrap();
        run.job("sh").args(["-c", "kill -ILL $$"]).finds("x", &["SIGILL"]).unwrap();
        assert_eq!(run.count.passed, 2);
    }

    #[test]
    fn what_cannot_be_brought_is_absent_and_no_failure() {
        let dir = tempfile::tempdir().unwrap();
        let mut run = run(&dir);
        run.job("true").brings("do it").unwrap();
        let e = run.job("sh").args(["-c", "echo no network; exit 1"]).brings("do it").unwrap_err();
        let absent = e.downcast::<Absent>().unwrap().to_string();
        assert!(absent.ends_with("no network; do it"), "{absent}");
        assert_eq!(run.count.passed, 0);
    }

    #[test]
    fn a_formatter_that_lists_files_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert!(run(&dir).job("echo").args(["vec.go"]).silent().is_err());
    }
}
