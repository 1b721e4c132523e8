//! The C program of `widelane-capi/tests/smoke.c` against what `dist` made, linked both ways and run.

use super::record::sha256_of;
use crate::matrix::{Os, TARGETS, Target};
use crate::root::root;
use anyhow::{Context, Result, bail, ensure};
use kernels_manifest::{FAMILIES, Isa};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a program for another machine is started: `qemu-aarch64-static -L /usr/aarch64-linux-gnu`.
pub type Runner<'a> = &'a [&'a str];

/// Compiles, links and runs the program for the Linux target `triple` with the libraries in `dist`. Returns which
/// variant served each kernel.
pub fn smoke(dist: &Path, triple: &str, runner: Runner<'_>) -> Result<String> {
    let Some(target) = TARGETS.iter().find(|t| t.triple == triple) else {
        bail!("no target {triple}");
    };
    ensure!(target.os == Os::Linux, "programs for {triple} are not run here");
    let folder = dist.join(triple);
    ensure!(
        folder.is_dir(),
        "{} has no library for {triple}: run `cargo xtask dist`",
        dist.display()
    );
    let scratch = tempfile::tempdir()?;
    let mut outputs = Vec::new();
    for link in [Link::Static, Link::Shared] {
        let program = compile(target, &folder, link, scratch.path())?;
        outputs.push(run(&program, runner, "")?);
        let masked = run(&program, runner, "all=off")?;
        let portable =
            target.arch != kernels_manifest::Arch::X86_64 || masked.contains("vec_sum generic");
        ensure!(portable, "WIDELANE_CPU=all=off leaves {masked}");
        let masked = run(&program, runner, "avx512=off")?;
        let left = for_avx512().find(|served| masked.lines().any(|line| line.contains(served)));
        ensure!(left.is_none(), "WIDELANE_CPU=avx512=off leaves {masked}");
    }
    ensure!(outputs[0] == outputs[1], "the static and the shared library serve differently");
    Ok(outputs.swap_remove(0))
}

/// How the program says that a variant for AVX-512 serves.
fn for_avx512() -> impl Iterator<Item = String> {
    FAMILIES.iter().flat_map(|family| {
        family.kernels.iter().flat_map(move |kernel| {
            let wide = kernel.variants.iter().filter(|v| v.isa == Isa::X86Avx512);
            wide.map(move |v| format!("{}_{} {}", family.name, kernel.op, v.suffix))
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Static,
    Shared,
}

fn compile(target: &Target, dist: &Path, link: Link, to: &Path) -> Result<PathBuf> {
    let lib = dist.join("lib");
    let program = to.join(if link == Link::Static { "static" } else { "shared" });
    let mut command = compiler(target)?.to_command();
    command
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"])
        .arg(dist.join("include"))
        .arg(root().join("crates/widelane-capi/tests/smoke.c"))
        .arg("-o")
        .arg(&program);
    match link {
        Link::Static => command.arg(lib.join("libwidelane.a")),
        Link::Shared => {
            let found = format!("-Wl,-rpath,{}", lib.display());
            command.arg("-L").arg(&lib).args(["-lwidelane", &found])
        }
    };
    let output = command.output().context("starting the C compiler")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    // The linker must have taken the library that was meant, and by the name that the loader will look for.
    let needs = contains(&fs::read(&program)?, target.os.shared().0.as_bytes());
    ensure!(
        needs == (link == Link::Shared),
        "linked with the other library: {}",
        sha256_of(&program)?
    );
    Ok(program)
}

/// The C compiler for a target, as the crate `cc` finds it.
fn compiler(target: &Target) -> Result<cc::Tool> {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    cc::Build::new()
        .cargo_metadata(false)
        .host(&host)
        .target(target.triple)
        .opt_level(2)
        .try_get_compiler()
        .with_context(|| format!("no C compiler for {}", target.triple))
}

fn run(program: &Path, runner: Runner<'_>, mask: &str) -> Result<String> {
    let mut command = match runner {
        [] => Command::new(program),
        [emulator, args @ ..] => {
            let mut command = Command::new(emulator);
            command.args(args).arg(program);
            command
        }
    };
    let output = command.env("WIDELANE_CPU", mask).output().context("starting the program")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success() && text.ends_with("\n0 failures\n"), "mask {mask:?}: {text}");
    Ok(text)
}

fn contains(data: &[u8], text: &[u8]) -> bool {
    data.windows(text.len()).any(|window| window == text)
}
