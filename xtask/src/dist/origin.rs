//! Where the sources of a release are: in this checkout, or in a commit of its repository.

use super::inputs;
use super::record::PROVENANCE;
use super::scratch::Scratch;
use super::statement::Statement;
use crate::root::{NO_GIT, Source, root};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Where the sources are.
pub enum Origin {
    /// In the checkout as it is.
    Here,
    /// In a commit of its repository.
    Commit(String),
    /// Not even in the commit that the statement names: a line for each file.
    Nowhere(Vec<String>),
}

/// Finds the sources by their digests; else by the commit.
pub fn origin(statement: &Statement, checkout: &Path) -> Result<Origin> {
    let theirs: BTreeMap<&str, &str> = statement.sources().collect();
    let ours = inputs::sources(checkout)?;
    let differ: Vec<&str> = theirs
        .iter()
        .filter(|(name, sum)| ours.get(**name).map(String::as_str) != Some(**sum))
        .map(|(name, _)| *name)
        .chain(ours.keys().map(String::as_str).filter(|name| !theirs.contains_key(name)))
        .collect();
    let here = Source::of(checkout);
    let (commit, changed) = statement.commit();
    let same_commit = here.commit.is_none() || here.commit.as_deref() == commit;
    if differ.is_empty() && (same_commit || changed) {
        return Ok(Origin::Here);
    }
    if changed || commit.is_none() {
        bail!(
            "made from files that no commit has: {} differ here, {} among them; check out the same files",
            differ.len(),
            differ.first().unwrap_or(&"none")
        );
    }
    let commit = commit.unwrap_or_default();
    // Another clone of the same commit would say the same.
    if here.commit.as_deref() == Some(commit) && !here.changed {
        let line =
            |name: &&str| format!("{name}: commit {commit} has another than {PROVENANCE} names");
        return Ok(Origin::Nowhere(differ.iter().map(line).collect()));
    }
    let known = git(checkout).args(["cat-file", "-e", &format!("{commit}^{{commit}}")]).output();
    if !known.context(NO_GIT)?.status.success() {
        bail!(
            "made from commit {commit}, which is not in this repository: run `git fetch` and try again"
        );
    }
    Ok(Origin::Commit(commit.to_string()))
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder);
    command
}

/// Leaves the work to that commit's own tools, in a clone.
pub fn at_commit(commit: &str, dir: &Path) -> Result<()> {
    let scratch = Scratch::temporary()?;
    let clone = scratch.path().join("widelane");
    println!("made from commit {commit}: building that commit's tools first");
    let mut steps = [git(&root()), git(&clone), Command::new("cargo")];
    steps[0].args(["clone", "--quiet", "--no-checkout", "--shared", "."]).arg(&clone);
    steps[1].args(["checkout", "--quiet", "--detach", commit]);
    steps[2]
        .current_dir(&clone)
        // The proxy of rustup must choose by the clone's own pin.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .args(["xtask", "verify"])
        .arg(dir);
    let mut code = 2;
    for step in &mut steps {
        let status =
            step.status().context("git and cargo must be on PATH to build another commit")?;
        code = status.code().unwrap_or(2);
        if code != 0 {
            break;
        }
    }
    // Exiting skips what would remove the clone.
    drop(scratch);
    std::process::exit(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::record::sha256_of;
    use std::fs;

    /// A repository of one commit, and the statement of a release made from it.
    fn scene() -> (tempfile::TempDir, serde_json::Value) {
        let scene = tempfile::tempdir().unwrap();
        let lock = scene.path().join("Cargo.lock");
        fs::write(&lock, "version = 4").unwrap();
        let run = |args: &[&str]| {
            let name = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
            assert!(git(scene.path()).args(name).args(args).status().unwrap().success());
        };
        run(&["init", "--quiet"]);
        run(&["add", "."]);
        run(&["commit", "--quiet", "-m", "x"]);
        let text = include_str!("../../tests/elsewhere.json");
        let mut statement: serde_json::Value = serde_json::from_str(text).unwrap();
        let materials = &mut statement["predicate"]["buildDefinition"]["resolvedDependencies"];
        let commit = Source::of(scene.path()).commit.unwrap();
        materials[0]["digest"]["gitCommit"] = commit.into();
        let source = serde_json::json!({
            "name": "Cargo.lock",
            "digest": { "sha256": sha256_of(&lock).unwrap() },
        });
        materials.as_array_mut().unwrap().push(source);
        (scene, statement)
    }

    fn of(scene: &Path, statement: serde_json::Value) -> Result<Origin> {
        origin(&serde_json::from_value(statement).unwrap(), scene)
    }

    #[test]
    fn the_same_files_are_here() {
        let (scene, statement) = scene();
        assert!(matches!(of(scene.path(), statement), Ok(Origin::Here)));
    }

    #[test]
    fn a_changed_checkout_leaves_it_to_the_commit() {
        let (scene, statement) = scene();
        fs::write(scene.path().join("Cargo.lock"), "version = 5").unwrap();
        let commit = Source::of(scene.path()).commit;
        let found = of(scene.path(), statement).unwrap();
        assert!(matches!(found, Origin::Commit(c) if Some(&c) == commit.as_ref()));
    }

    /// Without this, a clone of the commit would make a clone, and so on.
    #[test]
    fn files_that_the_named_commit_does_not_have_are_nowhere() {
        let (scene, mut statement) = scene();
        let materials = &mut statement["predicate"]["buildDefinition"]["resolvedDependencies"];
        materials[1]["digest"]["sha256"] = "0".repeat(64).into();
        let Origin::Nowhere(lines) = of(scene.path(), statement).unwrap() else { panic!() };
        assert!(lines.len() == 1 && lines[0].starts_with("Cargo.lock: commit "), "{lines:?}");
    }
}
