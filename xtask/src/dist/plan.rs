//! Which compiler and which linker make a target, looked for before anything is built.

use super::Level;
use super::statement::Library;
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

impl Core {
    /// As the provenance says it.
    pub const fn describe(self) -> &'static str {
        match self {
            Core::Installed => "installed",
            Core::Source => "built from the compiler's sources, -Zbuild-std=core",
        }
    }
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

/// The plan that a library was made by, or one sentence on what is missing for that.
pub fn plan_again(target: Target, level: Option<Level>, made: &Library) -> Result<Plan> {
    let found = compilers(target.triple).into_iter().find_map(|(rustc, core)| {
        let version = toolchain::version(&rustc).ok()?;
        let same = version.to_string() == made.compiler && core.describe() == made.core;
        same.then_some((rustc, core, version))
    });
    let Some((rustc, core, version)) = found else {
        bail!(
            "made by {}, `core` {}; this machine does not have it: {}",
            made.compiler,
            made.core,
            how_to_get(target.triple, &made.compiler)
        );
    };
    let linker = linkers(target.os).into_iter().find(|linker| linker.version == made.linker);
    let linker = linker.with_context(|| {
        format!(
            "linked by {}; this machine does not have it: it comes with that rustc's rustup toolchain as rust-lld",
            made.linker
        )
    })?;
    Ok(Plan { target, rustc, version, core, linker, level })
}

/// How to get a compiler of which only the display of its version is known.
fn how_to_get(triple: &str, compiler: &str) -> String {
    match toolchain::Version::parse(compiler) {
        Some(Version { release, .. }) => format!(
            "run `rustup toolchain install {release} --target {triple}`, or on Debian `apt install rustc-web \
             rust-web-src` if that is version {release}, and put its folder on PATH"
        ),
        None => format!("{compiler:?} is not a version of rustc"),
    }
}

/// Every compiler that can make the target, and how: first those that have it installed, then those that have the
/// sources to make it.
fn compilers(triple: &str) -> Vec<(PathBuf, Core)> {
    let all = toolchain::compilers();
    let installed = all.iter().filter(|rustc| toolchain::has_target(rustc, triple));
    let installed = installed.map(|rustc| (rustc.clone(), Core::Installed));
    let source = all.iter().filter(|rustc| has_source(rustc) && knows(rustc, triple));
    installed.chain(source.map(|rustc| (rustc.clone(), Core::Source))).collect()
}

/// The first of them.
pub fn compiler(triple: &str) -> Result<(PathBuf, Core)> {
    if toolchain::compilers().is_empty() {
        bail!("no rustc on PATH: install rustup from https://rustup.rs");
    }
    compilers(triple).into_iter().next().with_context(|| {
        format!(
            "no rustc here has its `core`: run `rustup target add {triple}` in the checkout, \
             or `rustup component add rust-src`, or on Debian `apt install rustc-web rust-web-src`"
        )
    })
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
    linkers(os).into_iter().next().with_context(|| {
        format!(
            "no {}: it comes with rustup's toolchains as rust-lld, and on Debian with `apt install lld`",
            linker_name(os)
        )
    })
}

/// Every linker for the system's format, best first.
fn linkers(os: Os) -> Vec<Linker> {
    let found = bundled("rust-lld").map(|p| (p, true));
    let found = found.chain(on_path(linker_name(os)).map(|p| (p, false)));
    let known = found.filter_map(|(program, flavor)| {
        let linker = Linker { program, flavor, version: String::new() };
        let version = version(&linker, os)?;
        Some(Linker { version, ..linker })
    });
    known.collect()
}

const fn linker_name(os: Os) -> &'static str {
    match os {
        Os::Linux | Os::FreeBsd => "ld.lld",
        Os::Darwin => "ld64.lld",
        Os::Windows => "lld-link",
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::TARGETS;

    #[test]
    fn a_missing_compiler_is_named_with_how_to_get_it() {
        let native = TARGETS.iter().find(|t| t.triple == "x86_64-unknown-linux-gnu").unwrap();
        let plan = plan(*native, None).unwrap();
        let mut made = super::super::record::library_of(&plan);
        assert_eq!(plan_again(*native, None, &made).unwrap().rustc, plan.rustc);
        made.linker = "LLD 1.2.3".into();
        let error = plan_again(*native, None, &made).unwrap_err().to_string();
        assert!(error.contains("LLD 1.2.3"), "{error}");
        made.compiler = "rustc 1.2.3 commit 4d LLVM 5.6".into();
        let error = plan_again(*native, None, &made).unwrap_err().to_string();
        for word in
            ["rustc 1.2.3 commit 4d LLVM 5.6", "rustup toolchain install 1.2.3", native.triple]
        {
            assert!(error.contains(word) && !error.contains('\n'), "{error}");
        }
    }
}
