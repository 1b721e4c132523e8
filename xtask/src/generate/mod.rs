//! Writes the committed files that derive from the table, or checks that they are current.
//!
//! First the sources, which a kernel is compiled with; then the machine code, which has passed the gate and the proof.
//! Each writer returns whole files, and no file of either step is written before every writer of it has succeeded.

mod capi;
mod docs;
mod doors;
mod facade;
pub mod go;
mod signature;
mod text;
mod workflow;

use crate::{
    golang::Go,
    machine::Machine,
    root::root,
    toolchain::{self, Toolchain, Version},
};
use anyhow::{Context, Result, bail};
use go::native::Proved;
use kernels_manifest::Arch;
use std::{collections::HashMap, fs, path::Path};

/// Write the files that derive from the table of kernels
#[derive(clap::Args)]
pub struct Args {
    /// Compare instead of writing; differences are printed and fail
    #[arg(long)]
    check: bool,
}

/// A generated file: where it lies below the checkout, and all of its text.
#[derive(Clone)]
pub struct File {
    pub path: String,
    pub text: String,
}

/// Architectures whose machine code travels into Go.
pub const NATIVE: &[Arch] = &[Arch::X86_64, Arch::Aarch64];

/// Fails if a generated file is not what the table says.
pub fn check() -> Result<()> {
    run(&Args { check: true })
}

/// The compilers that the committed machine code names and this machine does not have, each with what it made.
pub fn missing_compilers() -> Vec<(Arch, Version)> {
    let committed = NATIVE.iter().filter_map(|&arch| Some((arch, committed(&root(), arch)?)));
    committed.filter(|(arch, by)| toolchain::find_exactly(*arch, by).is_none()).collect()
}

pub fn run(args: &Args) -> Result<()> {
    let go = Go::find()?;
    // Before anything is written: who lacks a compiler is not left with half of the files.
    let toolchains: Vec<_> =
        NATIVE.iter().map(|&arch| Ok((arch, toolchain(args, arch)?))).collect::<Result<_>>()?;
    let sources = [
        doors::files()?,
        facade::files()?,
        capi::files()?,
        docs::files()?,
        workflow::files(),
        go::sources(&go)?,
    ];
    settle(args, &sources.concat())?;
    let (mut files, mut reports) = (Vec::new(), Vec::new());
    for (arch, toolchain) in toolchains {
        let Some(toolchain) = toolchain else { continue };
        let proved = go::native::assembly(&go, &Machine::compile(toolchain)?)?;
        let texts = proved.files.iter();
        files.extend(texts.map(|(family, text)| go::native_file(family, arch, text)));
        reports.push((arch, proved));
    }
    settle(args, &files)?;
    reports.iter().for_each(|(arch, proved)| report(*arch, proved));
    Ok(())
}

/// Which compiler makes the machine code of an architecture. A comparison needs the one that made the committed files;
/// without it there is none, and a line says so.
fn toolchain(args: &Args, arch: Arch) -> Result<Option<Toolchain>> {
    let committed = committed(&root(), arch).filter(|_| args.check);
    let Some(version) = committed else { return Ok(Some(toolchain::find(arch)?)) };
    let found = toolchain::find_exactly(arch, &version);
    if found.is_none() {
        println!(
            "{}: not compared: the machine code was made by {version}, which is not on this machine",
            arch.go()
        );
    }
    Ok(found)
}

/// One line on the machine code of an architecture.
fn report(arch: Arch, proved: &Proved) {
    let kernels = proved.kernels.values();
    let instructions: usize = kernels.clone().map(|k| k.instructions).sum();
    let rewritten: usize = kernels.map(|k| k.rewritten.len()).sum();
    println!(
        "{}: {} kernels proved, {} instructions as compiled, {rewritten} rewritten",
        arch.go(),
        proved.kernels.len(),
        instructions - rewritten
    );
}

/// The compiler that the committed machine code of an architecture names.
pub fn committed(checkout: &Path, arch: Arch) -> Option<Version> {
    kernels_manifest::FAMILIES.iter().find_map(|family| {
        let text = fs::read_to_string(checkout.join(go::assembly_path(family, arch))).ok()?;
        text.lines().find_map(|line| Version::parse(line.strip_prefix(go::BY)?))
    })
}

/// Writes what differs, or complains of it.
fn settle(args: &Args, files: &[File]) -> Result<()> {
    let mut stale = String::new();
    for file in files {
        let path = root().join(&file.path);
        let old = fs::read_to_string(&path).unwrap_or_default();
        if old == file.text {
            continue;
        }
        if args.check {
            stale += &format!("\n  {}: {}", file.path, difference(&old, &file.text));
        } else {
            fs::create_dir_all(path.parent().expect("a file has a folder"))?;
            fs::write(&path, &file.text).with_context(|| format!("writing {}", file.path))?;
        }
    }
    if !stale.is_empty() {
        bail!("not what the table and the kernels say, run `cargo xtask gen`:{stale}");
    }
    Ok(())
}

/// How much of a file differs, and where first.
fn difference(old: &str, new: &str) -> String {
    if old.is_empty() {
        return "missing".into();
    }
    let mut count: HashMap<&str, i64> = HashMap::new();
    new.lines().for_each(|line| *count.entry(line).or_default() += 1);
    old.lines().for_each(|line| *count.entry(line).or_default() -= 1);
    let added: i64 = count.values().filter(|n| **n > 0).sum();
    let removed: i64 = -count.values().filter(|n| **n < 0).sum::<i64>();
    let first = old.lines().zip(new.lines()).position(|(a, b)| a != b);
    let first = first.unwrap_or_else(|| old.lines().count().min(new.lines().count()));
    let line = |text: &str| text.lines().nth(first).unwrap_or("(end)").trim().to_owned();
    format!(
        "{added} lines to add, {removed} to remove; line {} is `{}`, not `{}`",
        first + 1,
        line(old),
        line(new)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The planted fault of `gen --check`: one byte of a committed file is not what the writers give.
    #[test]
    fn a_changed_byte_is_found() {
        let path = "docs/zkernels.md";
        let text = fs::read_to_string(root().join(path)).expect("it is committed");
        let settled =
            |text: String| settle(&Args { check: true }, &[File { path: path.into(), text }]);
        settled(text.clone()).expect("nothing differs");
        let error = settled(text.replacen('K', "k", 1)).expect_err("a byte differs").to_string();
        assert!(error.contains(path), "{error}");
    }

    #[test]
    fn differences_are_counted_and_shown() {
        let text = difference("a\nb\nc\n", "a\nx\nc\nd\n");
        assert_eq!(text, "2 lines to add, 1 to remove; line 2 is `b`, not `x`");
        assert_eq!(difference("", "a\n"), "missing");
    }
}
