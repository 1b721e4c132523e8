//! What ships, as its users meet it: C programs and Go programs outside the checkout.

use super::job::Run;
use super::need;
use super::rust::own;
use crate::dist::{self, consumer, smoke};
use crate::root::root;
use anyhow::Result;
use std::path::PathBuf;

fn out() -> PathBuf {
    root().join("target/xtask-test/dist")
}

/// Every target; then C programs that link with both kinds of library, and a Go program in a module of its own that gets
/// ours from the file tree, builds it for every port and runs it.
pub fn dist(run: &mut Run) -> Result<()> {
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

/// The same bytes from two folders, by way of `verify`; and one byte changed in each file, and a forged folder, are found.
pub fn reproducible(run: &mut Run) -> Result<()> {
    let (equal, faults) = dist::proved(&["x86_64-unknown-linux-gnu"])?;
    run.passed(&format!("planted faults found: {faults}, each put down to its file"))?;
    run.passed(&format!("{equal} files built again in another folder are equal"))
}
