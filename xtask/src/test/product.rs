//! What ships, as its users meet it: C programs and Go programs outside the checkout.

use super::job::Run;
use super::need;
use super::own_copy;
use super::rust::own;
use crate::dist::{self, consumer, smoke};
use crate::root::root;
use anyhow::{Result, ensure};
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

fn out() -> PathBuf {
    root().join("target/xtask-test/dist")
}

/// Every target; then C programs that link with both kinds of library, and a Go program in a module of its own that gets
/// ours from the file tree, builds it for every port and runs it.
pub fn dist(run: &mut Run) -> Result<()> {
    interrupted(run)?;
    let made = own(run, &["dist"]).args([PathBuf::from("--out"), out()]);
    made.check()?;
    let native = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let served = smoke::smoke(&out(), &native, &[])?;
    run.passed(&format!("the C program, linked statically and dynamically:\n{served}"))?;
    if (need::AARCH64_PROGRAMS.found)() {
        let runner = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"];
        let served = smoke::smoke(&out(), "aarch64-unknown-linux-gnu", &runner)?;
        run.passed(&format!("the same for arm64:\n{served}"))?;
    } else {
        run.skipped.push(format!("C for arm64: {}", need::AARCH64_PROGRAMS.missing()));
    }
    let ports = consumer::consume(&out(), "go")?;
    run.passed(&format!("go get from the file tree, built for {ports} ports"))
}

/// A run that is ended in the middle leaves the folder of an earlier one as it was, and nothing beside it.
fn interrupted(run: &mut Run) -> Result<()> {
    let scene = tempfile::tempdir()?;
    let out = scene.path().join("dist");
    fs::create_dir(&out)?;
    fs::write(out.join("SHA256SUMS"), "an earlier run's")?;
    let said = scene.path().join("said");
    let mut child = Command::new(own_copy())
        .args(["dist", "--target", "x86_64-unknown-linux-gnu", "--out"])
        .arg(&out)
        .stdout(Stdio::null())
        .stderr(File::create(&said)?)
        .spawn()?;
    let building = || -> Result<bool> {
        let mut names = fs::read_dir(scene.path())?.flatten().map(|e| e.path());
        Ok(names.any(|path| path.join("fresh").is_dir()))
    };
    while !building()? {
        let ended = child.try_wait()?;
        ensure!(ended.is_none(), "dist ended early: {}", fs::read_to_string(&said)?);
        thread::sleep(Duration::from_millis(20));
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
    let code = child.wait()?.code();
    let line = fs::read_to_string(&said)?;
    ensure!(code == Some(130), "a run that was ended: {code:?}, {line}");
    fs::remove_file(&said)?;
    let left = fs::read_dir(scene.path())?.count();
    let same = fs::read(out.join("SHA256SUMS"))? == b"an earlier run's";
    ensure!(
        left == 1 && same && fs::read_dir(&out)?.count() == 1,
        "a run that was ended left more"
    );
    run.passed("a run that was ended in the middle left everything as it was")
}

/// The same bytes from two folders, by way of `verify`; and one byte changed in each file, and a forged folder, are found.
pub fn reproducible(run: &mut Run) -> Result<()> {
    let (equal, faults) = dist::proved(&["x86_64-unknown-linux-gnu"])?;
    run.passed(&format!("planted faults found: {faults}, each put down to its file"))?;
    run.passed(&format!("{equal} files built again in another folder are equal"))
}
