//! Runs the program that proves, a process for each variant of each proof: a kernel that faults takes nothing else along.

use super::{Outcome, Task, state::State};
use crate::dist::record::sha256_of;
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// The program, and what runs it if this machine does not.
pub struct Program {
    path: PathBuf,
    emulator: Option<&'static str>,
    /// Of the program's bytes: what was proved holds for these.
    pub digest: String,
}

impl Program {
    pub fn new(path: PathBuf, emulator: Option<&'static str>) -> Result<Program> {
        let digest = sha256_of(&path)?;
        Ok(Program { path, emulator, digest })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn command(&self) -> Command {
        let mut command = match self.emulator {
            None => Command::new(&self.path),
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg(&self.path);
                command
            }
        };
        command.stdin(Stdio::null());
        command
    }

    /// The lines of its list.
    pub fn list(&self, short: bool) -> Result<Vec<String>> {
        let mut command = self.command();
        let output = command.arg("list").args(short.then_some("--short")).output();
        let output = output.with_context(|| format!("starting {}", self.path.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("{}", said.trim().trim_start_matches("error: "));
        }
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
    }
}

/// One task of the program.
pub struct Job<'a> {
    pub program: &'a Program,
    pub task: &'a Task,
    pub state: &'a State,
}

impl Job<'_> {
    /// Runs the parts that are not done, and keeps what each comes to.
    pub fn run(&self, bar: &ProgressBar) -> Result<Outcome> {
        let name = self.task.name();
        let mut done = self.state.done(&name);
        bar.set_position(done.len() as u64);
        if done.len() < self.task.parts {
            let (line, status) = self.parts(done.len(), |cases| {
                done.push(cases);
                bar.inc(1);
                self.state.keep(&name, &done)
            })?;
            if let Some(why) = line {
                return Ok(Outcome::Fails(why));
            }
            if done.len() != self.task.parts {
                bail!(
                    "{name}: did {} of {} parts and ended with {status}",
                    done.len(),
                    self.task.parts
                );
            }
        }
        Ok(Outcome::Holds { cases: done.iter().sum() })
    }

    /// The process: cases of each part to `part`. Returns why it ended badly, if it did, and how it ended.
    fn parts(
        &self,
        from: usize,
        mut part: impl FnMut(u64) -> Result<()>,
    ) -> Result<(Option<String>, String)> {
        let mut command = self.program.command();
        command.args(["run", &self.task.proof, &self.task.variant, &from.to_string()]);
        command.args(self.state.short.then_some("--short"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        let mut errors = child.stderr.take().expect("it is piped");
        let said = thread::spawn(move || {
            let mut said = Vec::new();
            errors.read_to_end(&mut said).map(|_| String::from_utf8_lossy(&said).into_owned())
        });
        for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
            let line = line?;
            let cases = line.split_once('\t').and_then(|(_, cases)| cases.parse().ok());
            part(cases.with_context(|| format!("{}: {line:?}", self.task.name()))?)?;
        }
        let said = said.join().expect("no panic")?;
        let status = child.wait()?;
        let why = (!status.success()).then(|| reason(&said).unwrap_or(status.to_string()));
        Ok((why, status.to_string()))
    }
}

/// The line of a panic, or of a fault on a guard page.
fn reason(said: &str) -> Option<String> {
    let mut lines = said.lines();
    let fault =
        said.lines().find(|l| l.contains(" touched 0x") || l.contains("outside any kernel"));
    let panic = || lines.find(|l| l.contains("panicked at")).and_then(|_| lines.next());
    fault.or_else(panic).or(said.lines().last()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_says_why_is_found() {
        let panic =
            "\nthread 'main' panicked at src/a.rs:1:2:\nvec_sum avx2: 1, not 2\nnote: run with\n";
        assert_eq!(reason(panic).unwrap(), "vec_sum avx2: 1, not 2");
        assert_eq!(
            reason("avx2 touched 0x7f00 at length 3\n").unwrap(),
            "avx2 touched 0x7f00 at length 3"
        );
        assert_eq!(reason("error: no such proof\n").unwrap(), "error: no such proof");
        assert_eq!(reason(""), None);
    }
}
