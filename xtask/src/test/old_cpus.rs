//! Stages that run x86-64 code on models of old CPUs, which stop at each instruction that they lack.

use super::golang;
use super::job::Run;
use super::rust as workspace;
use crate::root::root;
use anyhow::Result;
use std::fs;

/// The first has SSE4.2 and POPCNT, the second AVX2 and BMI; neither has anything of 512 bits. `check=off` keeps the
/// emulator from remarking on what it cannot emulate, none of which concerns kernels.
const MODELS: &[&str] = &["Nehalem,check=off", "Haswell,check=off"];

pub fn rust(run: &mut Run) -> Result<()> {
    for model in MODELS {
        let emulator = format!("qemu-x86_64-static -cpu {model}");
        workspace::facade(run)
            .args(["--features", "internals"])
            .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", &emulator)
            .env(workspace::EMULATOR, &emulator)
            .cargo_tests()?;
        planted_rust(run, model)?;
    }
    Ok(())
}

/// A program that calls a kernel for AVX-512 without asking the CPU: the model must stop it. With the kernel of the
/// portable crate the same program ends well, so it is the instruction that stops it and nothing else.
fn planted_rust(run: &mut Run, model: &str) -> Result<()> {
    let dir = root().join("target/xtask-test/planted");
    fs::create_dir_all(dir.join("src"))?;
    let crates = root().join("crates").display().to_string();
    fs::write(
        dir.join("Cargo.toml"),
        format!(
            "[package]\nname = \"planted\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
             kernels-generic = {{ path = '{crates}/kernels-generic' }}\n\
             kernels-x86-avx512 = {{ path = '{crates}/kernels-x86-avx512' }}\n"
        ),
    )?;
    fs::write(dir.join("src/main.rs"), include_str!("planted/unasked.rs"))?;
    run.cargo(&["build", "--release", "--offline"])
        .dir(&dir)
        .env("CARGO_TARGET_DIR", dir.join("target"))
        .prepare()?;
    let program = dir.join("target/release/planted");
    let qemu = ["-cpu", model];
    run.job("qemu-x86_64-static").args(qemu).args([&program]).args(["generic"]).check()?;
    run.job("qemu-x86_64-static")
        .args(qemu)
        .args([&program])
        .args(["avx512"])
        .finds(&format!("a kernel for AVX-512 that runs unasked on {model}"), &["SIGILL"])
}

pub fn go(run: &mut Run) -> Result<()> {
    let mut binaries = golang::binaries(run, "amd64")?;
    // Which instructions are met does not depend on what the runtime does meanwhile.
    binaries.retain(|binary| !golang::is_torture(&binary.package));
    golang::longest_first(&mut binaries);
    for model in MODELS {
        run.side_by_side(&binaries, |run, binary| {
            let emulator = ["qemu-x86_64-static", "-cpu", model];
            golang::run_binary(run, binary, &emulator).go_tests().map(drop)
        })?;
    }
    planted_go(run)
}

/// The same fault in Go: a test, laid over the package, that calls a variant without asking its flag.
fn planted_go(run: &mut Run) -> Result<()> {
    let dir = root().join("target/xtask-test/planted");
    fs::create_dir_all(&dir)?;
    let overlay = dir.join("overlay.json");
    let place = root().join("go-shim/vec/planted_test.go").display().to_string();
    let fault = root().join("xtask/src/test/planted/unasked_test.go").display().to_string();
    fs::write(&overlay, serde_json::json!({ "Replace": { place: fault } }).to_string())?;
    let program = dir.join("vec.test");
    let link = golang::on_path(run).args(["test", "-c", "-overlay"]).args([&overlay]);
    link.args(["-o"]).args([&program]).args(["./vec"]).env("GOARCH", "amd64").prepare()?;
    for model in MODELS {
        let on_model = ["-cpu", model];
        let asked = run.job("qemu-x86_64-static").args(on_model).args([&program]);
        asked.args(["-test.run=^TestPlantedAsked$"]).check()?;
        let unasked = run.job("qemu-x86_64-static").args(on_model).args([&program]);
        let fault = format!("a Go call of AVX-512 that runs unasked on {model}");
        unasked.args(["-test.run=^TestPlantedUnasked$"]).finds(&fault, &["SIGILL"])?;
    }
    Ok(())
}
