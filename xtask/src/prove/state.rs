//! What is proved already: parts that are done, for the program that did them.

use super::process::Program;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

pub struct State {
    file: PathBuf,
    pub short: bool,
    kept: Mutex<Kept>,
}

#[derive(Serialize, Deserialize, Default)]
struct Kept {
    /// SHA-256 of the program: another compiler, or another kernel, and nothing is proved any more.
    program: String,
    short: bool,
    /// Cases of each part that is done, by proof and variant.
    done: BTreeMap<String, Vec<u64>>,
}

impl State {
    /// Empty, but for what was done by the same program in the same way, where a run is to go on.
    pub fn load(file: &Path, program: &Program, short: bool, resume: bool) -> Result<State> {
        let text = fs::read_to_string(file).ok().filter(|_| resume);
        // What cannot be read is as if it was not there: nothing is lost but time.
        let kept: Option<Kept> = text.and_then(|text| serde_json::from_str(&text).ok());
        let fresh = Kept { program: program.digest.clone(), short, done: BTreeMap::new() };
        let kept = kept.filter(|k| k.program == program.digest && k.short == short);
        let folder = file.parent().context("a file has a folder")?;
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(State { file: file.to_owned(), short, kept: Mutex::new(kept.unwrap_or(fresh)) })
    }

    /// Cases of the parts of this name that are done.
    pub fn done(&self, name: &str) -> Vec<u64> {
        self.kept.lock().expect("no panic").done.get(name).cloned().unwrap_or_default()
    }

    pub fn keep(&self, name: &str, done: &[u64]) -> Result<()> {
        let mut kept = self.kept.lock().expect("no panic");
        kept.done.insert(name.to_owned(), done.to_owned());
        // By way of another file, so that an interruption leaves the one or the other.
        let fresh = self.file.with_extension("new");
        let written = fs::write(&fresh, serde_json::to_string_pretty(&*kept)?);
        written.and_then(|()| fs::rename(&fresh, &self.file)).context("keeping what is proved")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_program_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/x.json");
        let program = |text: &str| {
            let path = folder.path().join(text);
            fs::write(&path, text).unwrap();
            Program::new(path, None).unwrap()
        };
        let (a, b) = (program("a"), program("b"));
        let state = State::load(&file, &a, true, false).unwrap();
        state.keep("x", &[3, 4]).unwrap();
        let done = |program, short, resume| {
            State::load(&file, program, short, resume).unwrap().done("x").len()
        };
        assert_eq!(done(&a, true, true), 2);
        assert_eq!(done(&a, true, false), 0);
        assert_eq!(done(&a, false, true), 0);
        assert_eq!(done(&b, true, true), 0);
        fs::write(&file, "{").unwrap();
        assert_eq!(done(&a, true, true), 0);
    }
}
