//! `cargo xtask bench asmcall`: what a call of a Rust function costs from Go, in each way that there is.

use super::peers;
use crate::root::root;
use anyhow::{Context, Result, bail, ensure};
use std::path::Path;
use std::process::Command;

/// What stands on the command line in a kernel's place.
pub const NAME: &str = "asmcall";

pub fn run() -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "bench {NAME} loads shared libraries as Linux does");
    let module = root().join("tests/asmcall");
    let library = root().join("target/bench-asmcall.so");
    let source = module.join("native/echo.rs");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "--crate-type=cdylib", "-O", "-o"]).arg(&library).arg(source);
    well(&mut rustc, "native/echo.rs does not compile")?;
    // Each release has its own price of cgo, so every row comes from one program, built with it.
    let program = root().join("target/bench-asmcall");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&program).arg("./speed").current_dir(&module);
    go.env("CGO_ENABLED", "1").env("GOWORK", "off");
    well(
        &mut go,
        "tests/asmcall/speed does not build; it needs Go, a C compiler and a module proxy",
    )?;
    measure(&program, &library)
}

fn measure(program: &Path, library: &Path) -> Result<()> {
    well(peers::pinned(program).arg(library), "the benchmark failed")
}

fn well(command: &mut Command, else_: &str) -> Result<()> {
    let name = command.get_program().display().to_string();
    if !command.status().with_context(|| format!("running {name}"))?.success() {
        bail!("{else_}");
    }
    Ok(())
}
