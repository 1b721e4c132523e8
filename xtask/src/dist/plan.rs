//! Which compiler and which linker make a target, looked for before anything is built.

use super::Level;
use crate::matrix::{Os, Target};
use crate::toolchain::{self, Version};
use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a target will be made.
#[derive(Clone, Debug)]
pub struct Plan {
    pub target: Target,
    pub rustc: PathBuf,
    pub version: Version,
    pub core: Core,
    pub linker: Linker,
    pub level: Option<Level>,
}

/// Where the target's `core` comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Core {
    /// Installed beside the compiler: what Rust promises to support.
    Installed,
    /// Compiled here from the compiler's own sources, which needs its unstable flags.
    Source,
}

/// A linker that makes a shared library of any format.
#[derive(Clone, Debug)]
pub struct Linker {
    pub program: PathBuf,
    /// Whether the format is told by a flag, as `rust-lld` wants it, or is in the program's name.
    flavor: bool,
    pub version: String,
}

impl Linker {
    pub fn command(&self, os: Os) -> Command {
        let mut command = Command::new(&self.program);
        if self.flavor {
            command.args(["-flavor", flavor(os)]);
        }
        command
    }
}

const fn flavor(os: Os) -> &'static str {
    match os {
        Os::Linux | Os::FreeBsd => "gnu",
        Os::Darwin => "darwin",
        Os::Windows => "link",
    }
}

/// The plan for a target, or one sentence on what is missing and how to get it.
pub fn plan(target: Target, level: Option<Level>) -> Result<Plan> {
    let (rustc, core) = compiler(target.triple)?;
    let version = toolchain::version(&rustc)?;
    let linker = linker(target.os)?;
    Ok(Plan { target, rustc, version, core, linker, level })
}

/// The first compiler that has the target installed; else the first that has the sources to make it.
pub fn compiler(triple: &str) -> Result<(PathBuf, Core)> {
    let compilers = toolchain::compilers();
    if compilers.is_empty() {
        bail!("no rustc on PATH: install rustup from https://rustup.rs");
    }
    let first = |has: &dyn Fn(&Path) -> bool| compilers.iter().find(|rustc| has(rustc)).cloned();
    if let Some(rustc) = first(&|rustc| toolchain::has_target(rustc, triple)) {
        return Ok((rustc, Core::Installed));
    }
    if let Some(rustc) = first(&|rustc| has_source(rustc) && knows(rustc, triple)) {
        return Ok((rustc, Core::Source));
    }
    bail!(
        "no rustc here has its `core`: run `rustup target add {triple}` in the checkout, \
         or `rustup component add rust-src`, or on Debian `apt install rustc-web rust-web-src`"
    )
}

fn has_source(rustc: &Path) -> bool {
    sysroot(rustc)
        .is_some_and(|root| root.join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file())
}

fn knows(rustc: &Path, triple: &str) -> bool {
    toolchain::ask(rustc, &["--print", "target-list"])
        .is_ok_and(|list| list.lines().any(|line| line == triple))
}

pub fn sysroot(rustc: &Path) -> Option<PathBuf> {
    toolchain::ask(rustc, &["--print", "sysroot"]).ok().map(|text| PathBuf::from(text.trim()))
}

/// The linker that came with a compiler, else LLVM's from `PATH`.
pub fn linker(os: Os) -> Result<Linker> {
    let name = match os {
        Os::Linux | Os::FreeBsd => "ld.lld",
        Os::Darwin => "ld64.lld",
        Os::Windows => "lld-link",
    };
    let found = bundled("rust-lld").map(|p| (p, true)).chain(on_path(name).map(|p| (p, false)));
    for (program, flavor) in found {
        let linker = Linker { program, flavor, version: String::new() };
        if let Some(version) = version(&linker, os) {
            return Ok(Linker { version, ..linker });
        }
    }
    bail!(
        "no {name}: it comes with rustup's toolchains as rust-lld, and on Debian with `apt install lld`"
    )
}

/// A program that edits objects: the one that came with a compiler, else LLVM's from `PATH`.
pub fn objcopy() -> Result<PathBuf> {
    bundled("rust-objcopy").chain(on_path("llvm-objcopy")).next().context(
        "no llvm-objcopy: it comes with rustup's toolchains as rust-objcopy, and on Debian with `apt install llvm`",
    )
}

/// A program that came with a compiler on `PATH`.
fn bundled(name: &str) -> impl Iterator<Item = PathBuf> {
    let path = move |rustc: PathBuf| {
        let host = toolchain::ask(&rustc, &["--print", "host-tuple"]).ok()?;
        let folder = sysroot(&rustc)?.join("lib/rustlib").join(host.trim()).join("bin");
        Some(folder.join(name)).filter(|program| program.is_file())
    };
    toolchain::compilers().into_iter().filter_map(path)
}

fn on_path(name: &str) -> impl Iterator<Item = PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let programs: Vec<_> = env::split_paths(&folders).map(|folder| folder.join(name)).collect();
    programs.into_iter().filter(|program| program.is_file())
}

/// `LLD 22.1.2`, without where it was built.
fn version(linker: &Linker, os: Os) -> Option<String> {
    let output = linker.command(os).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<&str> = text.split_whitespace().skip_while(|w| *w != "LLD").take(2).collect();
    (words.len() == 2).then(|| words.join(" "))
}
