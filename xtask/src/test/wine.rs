//! Windows programs on Linux.

use super::job::{Job, Run};
use super::need;
use crate::dist;
use crate::matrix::Os;
use crate::root::root;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What wine takes for drive C and the registry: 700 MB of its own libraries, made in 8 s and kept.
fn prefix() -> PathBuf {
    root().join("target/xtask-test/wine")
}

pub fn environment(job: Job<'_>) -> Job<'_> {
    // Go's tests need neither .NET nor a browser, which wine would ask for.
    job.env("WINEPREFIX", prefix())
        .env("WINEDEBUG", "-all")
        .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
}

/// A prefix in which Go programs start.
pub fn prepare(run: &mut Run) -> Result<()> {
    let system = prefix().join("drive_c/windows/system32");
    if !system.join("kernel32.dll").is_file() {
        fs::create_dir_all(prefix().parent().expect("it lies below the checkout"))?;
        let wine = need::wine().context("wine was there a moment ago")?;
        environment(run.job(wine)).args(["wineboot", "--init"]).prepare()?;
    }
    let random = system.join("bcryptprimitives.dll");
    if !random.is_file() {
        forwarder(run, &random)?;
    }
    Ok(())
}

/// Go asks `ProcessPrng` of bcryptprimitives.dll for random numbers, which wine has from version 8.9 on. Older ones
/// have the same under the name that advapi32.dll has always had: a library without code, whose one export is that.
fn forwarder(run: &mut Run, to: &Path) -> Result<()> {
    let linker = dist::plan::linker(Os::Windows)?.command(Os::Windows);
    let dir = root().join("target/xtask-test/wine-forwarder");
    fs::create_dir_all(&dir)?;
    // The linker wants a file to link, so it gets an archive of none.
    fs::write(dir.join("nothing.lib"), "!<arch>\n")?;
    let job = run.job(linker.get_program()).args(linker.get_args()).dir(&dir);
    job.args(["/dll", "/noentry", "/machine:x64", "/Brepro", "/wholearchive:nothing.lib"])
        .args(["/export:ProcessPrng=advapi32.SystemFunction036"])
        .args([format!("/out:{}", to.display())])
        .prepare()
        .map(drop)
}
