//! Package asmcall beside real callees, and on arm64.

use super::job::{Job, Run};
use super::{golang, need};
use crate::root::root;
use anyhow::{Result, ensure};
use std::path::Path;

/// How long the storm of calls rages: the stages of the Go module have a second each.
const STORM: &str = "10s";

/// C, Rust, libc, zlib and our own shared library, loaded without cgo and with it; the storm; and arm64, where calls need
/// the C library's threads, so that stage `go-arm64` tests refusals only.
pub fn partners(run: &mut Run) -> Result<()> {
    let module = root().join("tests/asmcall");
    let download = run.job("go").dir(&module).args(["mod", "download"]).env("GOWORK", "off");
    download.brings("the Go module proxy must be reachable once")?;
    run.cargo(&["build", "--locked", "--release", "-p", "widelane-capi"]).prepare()?;
    let library = root().join("target/release/libwidelane.so");
    for cgo in ["0", "1"] {
        golang::on_path(run).dir(&module).args(["vet", "./..."]).env("CGO_ENABLED", cgo).check()?;
        let job = golang::on_path(run).dir(&module).args(["test", "-json", "-count=1", "./..."]);
        let job = job.env("CGO_ENABLED", cgo).env("WIDELANE_TEST_LIBRARY", &library);
        let skipped = job.go_tests()?;
        ensure!(skipped.is_empty(), "a partner was not called: {}", skipped.join(", "));
    }
    let storm = ["test", "-json", "-count=1", "-run", "^TestStorm$", "./asmcall"];
    golang::on_path(run).args(storm).env("WIDELANE_TEST_STORM", STORM).go_tests()?;
    sanitizers(run)?;
    arm64(run)
}

/// Under sanitizers every call goes over cgo; a test in these builds sees that none goes another way.
fn sanitizers(run: &mut Run) -> Result<()> {
    sanitizer(run, "-asan", "gcc")?; // Go refuses a compiler by the name of cc
    if !(need::MSAN.found)() {
        run.skipped.push(format!("under -msan: {}", need::MSAN.missing()));
        return Ok(());
    }
    sanitizer(run, "-msan", "clang")
}

fn sanitizer(run: &mut Run, flag: &str, compiler: &str) -> Result<()> {
    sanitized(run, compiler).args(["vet", flag, "./asmcall", "./cgocall"]).check()?;
    let test = ["test", "-json", "-count=1", flag, "./asmcall", "./cgocall"];
    sanitized(run, compiler).args(test).go_tests().map(drop)
}

fn sanitized<'a>(run: &'a mut Run, compiler: &str) -> Job<'a> {
    golang::on_path(run).env("CGO_ENABLED", "1").env("CC", compiler)
}

/// Linked statically: this emulator hangs in the dynamic loader of any Go program with cgo.
fn arm64(run: &mut Run) -> Result<()> {
    const EMULATOR: &str = "qemu-aarch64-static";
    for package in ["asmcall", "cgocall"] {
        let path = root().join("target/xtask-test/go").join(format!("cgo_arm64_{package}.test"));
        golang::on_path(run)
            .args(["test", "-c", "-ldflags=-linkmode external -extldflags -static", "-o"])
            .args([&path])
            .args([format!("./{package}")])
            .env("GOARCH", "arm64")
            .env("GOOS", "linux")
            .env("CGO_ENABLED", "1")
            .env("CC", "aarch64-linux-gnu-gcc")
            .prepare()?;
        let dir = Path::new("go-shim").join(package);
        let binary = golang::Binary { package: package.to_owned(), path, dir: root().join(dir) };
        golang::run_binary(run, &binary, &[EMULATOR]).go_tests()?;
    }
    Ok(())
}
