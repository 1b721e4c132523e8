//! `cargo xtask api`: the Go module's exported names, as a committed list.
//!
//! A change of the surface is then a change of a file that is read in review, and a release is compared with the list of
//! the one before it. The list is written by a small Go program, which reads sources and compiles nothing.

use crate::root::root;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Below the checkout; a release tag has the list of that release.
pub const LIST: &str = "go-shim/api/current.txt";

/// Write the list of the Go module's exported names
#[derive(clap::Args)]
pub struct Args {
    /// Compare instead of writing; differences are printed and fail
    #[arg(long)]
    check: bool,
}

pub fn run(args: &Args) -> Result<()> {
    let now = surface(&root().join("go-shim"))?;
    if args.check {
        check_against(&root(), &now)?;
        println!("{} exported names, as {LIST} says", now.lines().count());
        return Ok(());
    }
    let path = root().join(LIST);
    fs::create_dir_all(path.parent().context("a file has a folder")?)?;
    fs::write(path, now).with_context(|| format!("writing {LIST}"))
}

/// Fails if the committed list is not the surface of the module in `checkout`.
pub fn check(checkout: &Path) -> Result<()> {
    check_against(checkout, &surface(&checkout.join("go-shim"))?)
}

fn check_against(checkout: &Path, now: &str) -> Result<()> {
    let listed = fs::read_to_string(checkout.join(LIST)).unwrap_or_default();
    let change = Change::between(&listed, now);
    if change.is_none() && listed == now {
        return Ok(());
    }
    bail!("{LIST} is not the module's surface, run `cargo xtask api`: {change}")
}

/// The exported names of the module in `module`, one a line.
pub fn surface(module: &Path) -> Result<String> {
    let go = std::env::var_os("GO").unwrap_or_else(|| "go".into());
    let output = Command::new(&go)
        .args(["run", "."])
        .arg(module)
        .current_dir(root().join("xtask/goapi"))
        .envs([("GOTOOLCHAIN", "local"), ("GOWORK", "off"), ("GOFLAGS", "")])
        .env_remove("GOOS")
        .env_remove("GOARCH")
        .output()
        .context(
            "no Go toolchain: install Go 1.25 or newer and put `go` on PATH, or name it in GO",
        )?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    let text = String::from_utf8(output.stdout)?;
    ensure!(!text.is_empty(), "{} exports nothing", module.display());
    Ok(text)
}

/// How one list differs from another.
#[derive(Debug)]
pub struct Change {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

impl Change {
    pub fn between(old: &str, new: &str) -> Change {
        let set = |text: &str| text.lines().map(str::to_string).collect::<BTreeSet<_>>();
        let (old, new) = (set(old), set(new));
        Change {
            added: new.difference(&old).cloned().collect(),
            removed: old.difference(&new).cloned().collect(),
        }
    }

    pub fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let added = self.added.iter().map(|line| format!("+ {line}"));
        let all: Vec<_> =
            added.chain(self.removed.iter().map(|line| format!("- {line}"))).collect();
        f.write_str(&all.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_list_is_current() {
        check(&root()).unwrap();
    }

    /// The planted changes: what users can see is seen, what they cannot is not.
    #[test]
    fn a_changed_surface_is_seen() {
        let scratch = tempfile::tempdir().unwrap();
        let module = scratch.path().join("m");
        fs::create_dir_all(module.join("p/internal/q")).unwrap();
        let write = |text: &str| fs::write(module.join("p/p.go"), text).unwrap();
        fs::write(module.join("go.mod"), "module example.org/m\n\ngo 1.25\n").unwrap();
        fs::write(module.join("p/internal/q/q.go"), "package q\n\nfunc Hidden() {}\n").unwrap();
        let base = "package p\n\ntype T struct{ A int }\n\nfunc F(x int) error { return nil }\n";
        write(base);
        let old = surface(&module).unwrap();
        assert_eq!(
            old,
            "pkg p, func F(int) error\npkg p, type T struct\npkg p, type T struct, A int\n"
        );
        let change = |text: &str| {
            write(text);
            let change = Change::between(&old, &surface(&module).unwrap());
            (change.added.len(), change.removed.len())
        };
        assert_eq!(change(&base.replace("x int", "y int")), (0, 0), "a parameter's name");
        assert_eq!(change(&format!("{base}\nfunc g() {{}}\n")), (0, 0), "a hidden function");
        assert_eq!(change(&base.replace("x int", "x int64")), (1, 1), "a parameter's type");
        assert_eq!(change(&base.replace("A int", "A, B int")), (1, 0), "a field");
        assert_eq!(change(&format!("{base}\nfunc (*T) M() {{}}\n")), (1, 0), "a method");
        // Under a tag that only some ports have, the line says which, and so differs.
        assert_eq!(change(&format!("//go:build !purego\n\n{base}")), (3, 3), "a build tag");
    }
}
