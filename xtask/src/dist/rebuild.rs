//! `cargo xtask verify DIR`: is this what the sources and the compilers make?
//!
//! First every file is compared with the two lists of digests in the folder, which finds damage at once. Then all of it
//! is built again, by the compilers and with the flags that the provenance names, in a copy of the sources elsewhere, and
//! every byte is compared: a folder whose lists were forged as well is found by that alone.

use super::origin::{Origin, at_commit, origin};
use super::plan::{self, Plan};
use super::record::{self, PROVENANCE, SUMS};
use super::scratch::{Scratch, remove_on_signal};
use super::statement::{Library, Statement};
use super::{Level, library};
use crate::generate;
use crate::matrix::{TARGETS, Target};
use crate::root::{self, Source, root};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Build a release again and compare every byte with a folder that `dist` made
#[derive(clap::Args)]
pub struct VerifyArgs {
    /// The folder, as `dist` made it
    dir: PathBuf,
}

/// Ends the process with 1 if a file differs, with 2 if a part could not be built again, which is said first.
pub fn verify(args: &VerifyArgs) -> Result<()> {
    let dir = fs::canonicalize(&args.dir).with_context(|| {
        format!("no folder {}: `cargo xtask dist` makes one", args.dir.display())
    })?;
    for name in [SUMS, PROVENANCE] {
        ensure!(
            dir.join(name).is_file(),
            "{} has no {name}: it is not what `cargo xtask dist` makes",
            args.dir.display()
        );
    }
    let listed = damage(&dir)?;
    if !listed.is_empty() {
        differ(&listed);
    }
    remove_on_signal()?;
    println!("every file is what {SUMS} and {PROVENANCE} say");
    let statement = read(&dir)?;
    match origin(&statement, &root())? {
        Origin::Here => {}
        Origin::Commit(commit) => return at_commit(&commit, &dir),
        Origin::Nowhere(lines) => differ(&lines),
    }
    // Said before anything is built: whoever lacks a compiler need not wait for what cannot be complete.
    let missing = missing(&statement)?;
    missing.iter().for_each(|line| println!("cannot be built again: {line}"));
    generate::check().context("the checkout's generated files")?;
    let again = again(&dir, &statement, &root())?;
    if !again.differences.is_empty() {
        differ(&again.differences);
    }
    println!("{} files built again are equal, byte for byte", again.files);
    let n = missing.len();
    ensure!(n == 0, "{n} parts could not be built again: the lines above say what each needs");
    Ok(())
}

/// A line for each part whose compiler this machine does not have.
fn missing(statement: &Statement) -> Result<Vec<String>> {
    let code = generate::missing_compilers().into_iter();
    let mut lines: Vec<String> = code
        .map(|(arch, by)| format!("machine code for {} in Go: made by {by}", arch.go()))
        .collect();
    let definition = &statement.predicate.build_definition;
    let level = definition.external_parameters.level.as_deref().map(Level::parse).transpose()?;
    for made in &definition.internal_parameters.libraries {
        let target = target(&made.target)?;
        if let Err(why) = plan_of(target, level, made) {
            lines.push(format!("{}: {why:#}", target.triple));
        }
    }
    Ok(lines)
}

fn differ(lines: &[String]) -> ! {
    lines.iter().for_each(|line| println!("{line}"));
    println!(
        "not what it should be: {}",
        if lines.len() == 1 { "1 file".into() } else { format!("{} files", lines.len()) }
    );
    std::process::exit(1)
}

fn read(dir: &Path) -> Result<Statement> {
    let text = fs::read(dir.join(PROVENANCE))?;
    let statement: Statement = serde_json::from_slice(&text)
        .with_context(|| format!("{PROVENANCE} is not the statement that `dist` writes"))?;
    ensure!(statement.is_known(), "{PROVENANCE} is a statement of another kind");
    Ok(statement)
}

/// What disagrees within the folder, a line for each file.
///
/// Two lists tell which file is at fault: one that both contradict is itself, and a list that stands alone against the
/// file and the other list is wrong.
pub fn damage(dir: &Path) -> Result<Vec<String>> {
    let files: BTreeMap<String, String> = record::digests(dir)?.into_iter().collect();
    let sums = listed(&fs::read_to_string(dir.join(SUMS)).unwrap_or_default());
    let Some(sums) = sums else { return Ok(vec![format!("{SUMS}: not in the form of sha256sum")]) };
    let subjects = match read(dir) {
        Ok(statement) => subjects(statement),
        Err(_) => return Ok(vec![format!("{PROVENANCE}: cannot be read")]),
    };
    let mut lines = BTreeSet::new();
    let names: BTreeSet<&String> = files.keys().chain(sums.keys()).chain(subjects.keys()).collect();
    for name in names.into_iter().filter(|name| *name != SUMS) {
        let (file, sum, subject) = (files.get(name), sums.get(name), subjects.get(name));
        if name == PROVENANCE {
            // It cannot name itself, so only one list does, and nothing here tells which of the two was changed.
            if file != sum {
                lines.insert(format!("{name} or {SUMS}: they do not agree"));
            }
        } else if file == sum && file == subject {
            continue;
        } else if file == subject {
            lines.insert(format!("{SUMS}: wrong about {name}"));
        } else if file == sum {
            lines.insert(format!("{PROVENANCE}: wrong about {name}"));
        } else if file.is_none() {
            lines.insert(format!("{name}: missing"));
        } else if sum.is_none() {
            lines.insert(format!("{name}: nothing lists it"));
        } else {
            lines.insert(format!("{name}: changed"));
        }
    }
    let fresh: Vec<_> = sums.into_iter().collect();
    if record::sums(&fresh).as_bytes() != fs::read(dir.join(SUMS))? {
        lines.insert(format!("{SUMS}: not as `dist` writes it"));
    }
    Ok(lines.into_iter().collect())
}

/// The lines of `SHA256SUMS`: path and digest.
fn listed(text: &str) -> Option<BTreeMap<String, String>> {
    let line = |line: &str| line.split_once("  ").map(|(sum, path)| (path.into(), sum.into()));
    text.lines().map(line).collect()
}

fn subjects(statement: Statement) -> BTreeMap<String, String> {
    let subjects = statement.subject.into_iter();
    subjects.filter_map(|s| Some((s.name, s.digest.sha256?))).collect()
}

/// What building again came to.
pub struct Again {
    /// How many files were built and compared.
    pub files: usize,
    /// A line for each file that differs.
    pub differences: Vec<String>,
    /// A line for each library that could not be built.
    pub missing: Vec<String>,
}

/// Builds what `dir` holds from a copy of `checkout`, and compares.
fn again(dir: &Path, statement: &Statement, checkout: &Path) -> Result<Again> {
    let scratch = Scratch::temporary()?;
    let copy = scratch.path().join("another/place");
    root::copy(checkout, &copy)?;
    let definition = &statement.predicate.build_definition;
    let level = definition.external_parameters.level.as_deref().map(Level::parse).transpose()?;
    let mut missing = Vec::new();
    let mut planned = Vec::new();
    for made in &definition.internal_parameters.libraries {
        let target = target(&made.target)?;
        match plan_of(target, level, made) {
            Ok(plan) => planned.push((target, Ok(plan))),
            Err(why) => missing.push((target, format!("{}: {why:#}", target.triple))),
        }
    }
    let fresh = scratch.path().join("fresh");
    let built = super::build(&copy, planned, &fresh)?;
    if let Some((target, why)) = built.failed.first() {
        bail!("{} cannot be built again: {why}", target.triple);
    }
    // What cannot be built stays as it is, so that the records over everything can still be compared.
    for (target, _) in &missing {
        crate::root::copy(&dir.join(target.triple), &fresh.join(target.triple))?;
    }
    let source =
        Source { commit: statement.commit().0.map(str::to_string), changed: statement.commit().1 };
    let libraries = definition.internal_parameters.libraries.clone();
    record::write(&copy, &source, level.map(Level::name), libraries, &fresh)?;
    let given: BTreeMap<_, _> = record::digests(dir)?.into_iter().collect();
    let ours: BTreeMap<_, _> = record::digests(&fresh)?.into_iter().collect();
    let left_alone = |name: &str| missing.iter().any(|(t, _)| name.starts_with(t.triple));
    Ok(Again {
        files: ours.keys().filter(|name| !left_alone(name)).count(),
        differences: compare(&given, &ours),
        missing: missing.into_iter().map(|(_, why)| why).collect(),
    })
}

fn target(triple: &str) -> Result<Target> {
    let found = TARGETS.iter().find(|t| t.triple == triple);
    found
        .copied()
        .with_context(|| format!("{PROVENANCE} names a target {triple:?}, which is not ours"))
}

/// The plan that made a library; its flags must be what this checkout would give.
fn plan_of(target: Target, level: Option<Level>, made: &Library) -> Result<Plan> {
    let plan = plan::plan_again(target, level, made)?;
    ensure!(library::flags(&plan) == made.flags, "made with the flags {}", made.flags.join(" "));
    Ok(plan)
}

fn compare(given: &BTreeMap<String, String>, ours: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = given.keys().chain(ours.keys()).collect();
    let line = |name: &String| match (given.get(name), ours.get(name)) {
        (Some(a), Some(b)) if a == b => None,
        (Some(_), Some(_)) => Some(format!("{name}: differs from what the sources make")),
        (None, _) => Some(format!("{name}: missing")),
        (_, None) => Some(format!("{name}: the sources do not make it")),
    };
    names.into_iter().filter_map(line).collect()
}

/// Gate H: makes `names`, builds them again elsewhere and compares; then plants faults that must be found. Returns how
/// many files were equal and how many faults were found.
pub fn proved(names: &[&str]) -> Result<(usize, usize)> {
    let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    let scratch = tempfile::tempdir()?;
    let dir = scratch.path().join("dist");
    let made = super::make(&root(), &Source::of(&root()), &super::targets(&names)?, None, &dir)?;
    if let Some((target, why)) = made.failed.first() {
        bail!("{}: {why}", target.triple);
    }
    let sound = damage(&dir)?;
    ensure!(sound.is_empty(), "found in a fresh folder: {}", sound.join("; "));
    let faults = changed_bytes(&dir)?;
    let forged = forge(&dir)?;
    let statement = read(&dir)?;
    ensure!(matches!(origin(&statement, &root())?, Origin::Here), "the sources are elsewhere");
    let again = again(&dir, &statement, &root())?;
    ensure!(again.missing.is_empty(), "{}", again.missing.join("; "));
    let found: BTreeSet<&str> =
        again.differences.iter().filter_map(|line| Some(line.split_once(':')?.0)).collect();
    ensure!(
        found == BTreeSet::from([forged, PROVENANCE, SUMS]),
        "a forged {forged} shows as {:?}",
        again.differences
    );
    Ok((again.files - found.len(), faults + 1))
}

/// Changes one byte of each file in turn; each change must be found and put down to that file, or to the link to it.
fn changed_bytes(dir: &Path) -> Result<usize> {
    let files = record::digests(dir)?;
    for (name, _) in &files {
        let path = dir.join(name);
        let bytes = fs::read(&path)?;
        let mut wrong = bytes.clone();
        let middle = wrong.len() / 2;
        wrong[middle] ^= 1;
        fs::write(&path, wrong)?;
        let lines = damage(dir)?;
        fs::write(&path, bytes)?;
        ensure!(blamed(dir, &lines, name), "a changed byte of {name} shows as {lines:?}");
    }
    Ok(files.len())
}

/// Whether every line is about this file, or about another name of it; the two lists may share the blame.
fn blamed(dir: &Path, lines: &[String], name: &str) -> bool {
    let wanted = fs::canonicalize(dir.join(name)).ok();
    let is_it = |line: &String| {
        let files = line.split_once(": ").map_or("", |(files, _)| files);
        files.split(" or ").any(|file| fs::canonicalize(dir.join(file)).ok() == wanted)
    };
    lines.iter().any(|line| line.contains(name)) && lines.iter().all(is_it)
}

/// Changes a file, and the digests of it in both lists: a folder that agrees with itself. Returns the file.
fn forge(dir: &Path) -> Result<&'static str> {
    const FILE: &str = "LICENSE-MIT";
    let old = record::sha256_of(&dir.join(FILE))?;
    let text = fs::read_to_string(dir.join(FILE))?;
    fs::write(dir.join(FILE), text.replacen("without restriction", "with restriction", 1))?;
    let new = record::sha256_of(&dir.join(FILE))?;
    ensure!(old != new, "{FILE} has other words");
    let mut statement = read(dir)?;
    for subject in statement.subject.iter_mut().filter(|s| s.name == FILE) {
        subject.digest.sha256 = Some(new.clone());
    }
    fs::write(dir.join(PROVENANCE), serde_json::to_string_pretty(&statement)? + "\n")?;
    fs::remove_file(dir.join(SUMS))?;
    fs::write(dir.join(SUMS), record::sums(&record::digests(dir)?))?;
    ensure!(damage(dir)?.is_empty(), "the forged folder does not agree with itself");
    Ok(FILE)
}
