//! Stages of the Go module.

use super::job::{Job, Run};
use super::rust::EMULATOR;
use super::stage::Host;
use super::{install, need};
use crate::matrix::go::{LEVELS, PORTABLE_TAGS, RELEASES};
use crate::root::root;
use anyhow::{Context, Result, bail};
use kernels_manifest::{Arch, FAMILIES, Feature};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The toolchain of this minor version: on PATH, or in a Python environment below `target/go`.
pub fn toolchain(minor: &str) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = need::program("go").into_iter().collect();
    found.extend(install::programs("go"));
    let go = found.into_iter().find(|go| is_release(go, minor))?;
    // What pip installs as `go` is a small program that starts the real one.
    let goroot = need::first_line(&go, &["env", "GOROOT"])?;
    Some(Path::new(&goroot).join("bin/go"))
}

fn is_release(go: &Path, minor: &str) -> bool {
    let version = need::first_line(go, &["env", "GOVERSION"]);
    version.is_some_and(|v| v.starts_with(&format!("go{minor}.")))
}

/// A go command in the module, shut off from everything outside: no network, no other toolchain, no cgo.
pub fn go<'a>(run: &'a mut Run, go: &Path) -> Job<'a> {
    run.job(go)
        .dir(root().join("go-shim"))
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
}

pub fn on_path(run: &mut Run) -> Job<'_> {
    go(run, Path::new("go"))
}

pub fn gofmt(run: &mut Run) -> Result<()> {
    run.job("gofmt").args(["-l", "go-shim", "xtask/goapi"]).silent()
}

/// `go test -json` with a limit that leaves a trace of every goroutine when something hangs.
fn test<'a>(run: &'a mut Run, toolchain: &Path) -> Job<'a> {
    go(run, toolchain).args(["test", "-json", "-count=1", "-timeout=20m"])
}

/// The test that builds for the race detector, which needs cgo: stage `go-race` runs it.
const RACE: &str = "TestRaceDetector";

/// All tests, torture included. With kernels and on this machine nothing else has a reason to be skipped, but what takes
/// long where somebody waits.
pub fn native(run: &mut Run) -> Result<()> {
    // The torture takes longest and comes first: the other packages are done meanwhile.
    let packages = [TORTURE, "./..."];
    if run.quick {
        let job = test(run, Path::new("go")).args(["-short"]).args(packages);
        return job.go_tests().map(drop);
    }
    let mut skipped = test(run, Path::new("go")).args(packages).go_tests()?;
    skipped.retain(|test| !test.ends_with(RACE));
    if !skipped.is_empty() {
        bail!("skipped, though nothing is missing here: {}", skipped.join(", "));
    }
    Ok(())
}

/// The packages whose tests are about results. The torture is about Go's runtime and takes a minute: it runs natively,
/// with other versions of Go, and on arm64.
fn results(run: &mut Run) -> Result<Vec<String>> {
    let list = on_path(run).args(["list", "./..."]).prepare()?;
    Ok(list.lines().filter(|package| !is_torture(package)).map(str::to_owned).collect())
}

/// The tests of what Go's runtime does to kernels, and the packages below theirs.
pub fn is_torture(package: &str) -> bool {
    package.contains(&TORTURE[1..])
}

/// Their package, seen from the module.
const TORTURE: &str = "./internal/torture";

/// `GOAMD64=v2` to `v4`: the flags that a level guarantees are constants in these builds. `v1` is every other stage.
pub fn levels(run: &mut Run) -> Result<()> {
    let packages = results(run)?;
    let levels = LEVELS.iter().find(|l| l.variable == "GOAMD64").context("no levels of amd64")?;
    for level in &levels.values[1..] {
        let job = test(run, Path::new("go")).args(["-short"]).args(&packages);
        job.env("GOAMD64", level).go_tests()?;
    }
    Ok(())
}

pub fn portable_tags(run: &mut Run) -> Result<()> {
    let packages = results(run)?;
    for tag in PORTABLE_TAGS {
        let job = test(run, Path::new("go")).args(["-short", "-tags", tag]).args(&packages);
        job.go_tests()?;
    }
    Ok(())
}

/// The race detector needs the C library; the portable path serves, so that it sees every access. A deliberate race on
/// a kernel's buffer must be reported.
pub fn race(run: &mut Run) -> Result<()> {
    let packages = results(run)?;
    let all = test(run, Path::new("go")).args(["-short", "-race"]).args(packages);
    all.env("CGO_ENABLED", "1").go_tests()?;
    let planted = test(run, Path::new("go")).args(["-run", RACE, TORTURE]);
    let skipped = planted.env("CGO_ENABLED", "1").go_tests()?;
    if !skipped.is_empty() {
        bail!("{RACE} did not look for its planted race");
    }
    Ok(())
}

/// Optimisations off, and pointer arithmetic checked.
pub fn unoptimised(run: &mut Run) -> Result<()> {
    let packages = results(run)?;
    let job = test(run, Path::new("go")).args(["-short", "-gcflags=all=-N -l -d=checkptr=1"]);
    job.args(packages).go_tests().map(drop)
}

/// The tests with the release that the stage is named after, and `go vet` of it. Its linker has rules of its own for
/// assembly, so the other systems and the other architecture with kernels are linked too, and tortured.
pub fn release(run: &mut Run) -> Result<()> {
    let release = RELEASES.iter().find(|r| r.stage == run.stage);
    let release = release.with_context(|| format!("no release of Go for {}", run.stage))?;
    let go = install::go(run, release)?;
    for (os, arch) in [("linux", "arm64"), ("windows", "amd64"), ("darwin", "arm64")] {
        let build = self::go(run, &go).args(["build", "./..."]);
        build.env("GOOS", os).env("GOARCH", arch).check()?;
    }
    self::go(run, &go).args(["vet", "./..."]).check()?;
    test(run, &go).args(["-short", "./..."]).go_tests()?;
    // With the toolchain on PATH, stage `go-arm64` runs all of it.
    if !Host::LinuxX86.is_this() || is_release(Path::new("go"), release.minor) {
        return Ok(());
    }
    if !(need::QEMU_AARCH64.found)() {
        run.skipped.push(format!("as an arm64 program: {}", need::QEMU_AARCH64.missing()));
        return Ok(());
    }
    let binary = torture_binary(run, &go, release.minor, "arm64")?;
    let linked = run_binary(run, &binary, &["qemu-aarch64-static"]).args([LINKED]);
    linked.go_tests().map(drop)
}

/// What of the torture depends on how a release assembles, links and unwinds.
const LINKED: &str = "-test.run=^(TestConventions|TestNilFault|TestProfile|TestStorm)";

/// The torture's test binary, made by a toolchain.
pub fn torture_binary(run: &mut Run, go: &Path, minor: &str, arch: &str) -> Result<Binary> {
    let path = root().join(format!("target/xtask-test/go/torture-{minor}-{arch}.test"));
    let link = self::go(run, go).args(["test", "-c", "-o"]).args([&path]);
    link.args([TORTURE]).env("GOARCH", arch).prepare()?;
    let dir = root().join("go-shim/internal/torture");
    Ok(Binary { package: "torture".to_owned(), path, dir })
}

/// A test binary, and the folder that its test expects to run in.
pub struct Binary {
    pub package: String,
    pub path: PathBuf,
    pub dir: PathBuf,
}

/// Those for Linux.
pub fn binaries(run: &mut Run, arch: &str) -> Result<Vec<Binary>> {
    binaries_for(run, "linux", arch)
}

/// Links the tests of every package that has some, once for many runs.
pub fn binaries_for(run: &mut Run, os: &str, arch: &str) -> Result<Vec<Binary>> {
    const WITH_TESTS: &str = "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}";
    let list = on_path(run).args(["list", "-f", WITH_TESTS, "./..."]);
    let list = list.env("GOOS", os).env("GOARCH", arch).prepare()?;
    let out = root().join("target/xtask-test/go").join(format!("{os}_{arch}"));
    let suffix = if os == "windows" { ".exe" } else { "" };
    let mut binaries = Vec::new();
    for line in list.lines() {
        let Some((package, dir)) = line.split_once(' ') else { continue };
        let path = out.join(format!("{}.test{suffix}", package.replace('/', "_")));
        let job = on_path(run).args(["test", "-c", "-o"]).args([&path]).args([package]);
        job.env("GOOS", os).env("GOARCH", arch).prepare()?;
        binaries.push(Binary { package: package.to_owned(), path, dir: dir.into() });
    }
    Ok(binaries)
}

/// Puts first what side by side would otherwise be waited for in the end.
pub fn longest_first(binaries: &mut [Binary]) {
    let long = ["/internal/torture", "/cmd/", "/encoding/"];
    let rank = |b: &Binary| long.iter().position(|part| b.package.contains(part));
    binaries.sort_by_key(|binary| rank(binary).unwrap_or(long.len()));
}

/// A test binary under an emulator or none, without the tests that take long.
pub fn run_binary<'a>(run: &'a mut Run, binary: &Binary, emulator: &[&str]) -> Job<'a> {
    run.job("go")
        .dir(&binary.dir)
        .args(["tool", "test2json", "-t", "-p", &binary.package])
        .args(emulator)
        .args([&binary.path])
        .args(["-test.v=test2json", "-test.short", "-test.timeout=10m"])
        .env("GOTOOLCHAIN", "local")
        // Tests that start programs of this machine start them under the same emulator.
        .env(EMULATOR, emulator.join(" "))
}

/// The names that `GODEBUG=cpu.NAME=off` takes here and that change which variant of some kernel serves, Go's umbrella
/// names with them.
fn godebug_names() -> Vec<&'static str> {
    let arch = if cfg!(target_arch = "x86_64") { Arch::X86_64 } else { Arch::Aarch64 };
    let kernels = FAMILIES.iter().flat_map(|f| f.kernels);
    let asked: HashSet<Feature> =
        kernels.flat_map(|k| k.variants).flat_map(|v| v.features).copied().collect();
    let matters = |f: &Feature| asked.contains(f) || asked.iter().any(|a| a.implied().contains(f));
    let mut names = vec!["all"];
    if arch == Arch::X86_64 {
        names.push("avx512");
    }
    names.extend(
        Feature::ALL.iter().filter(|f| f.arch() == arch && matters(f)).map(|f| f.godebug()),
    );
    names
}

/// What the runtime does to kernels, what the command prints and how asmcall calls does not depend on which variant serves:
/// the tests of these take long and run once, without any feature.
fn is_about_dispatch(binary: &Binary) -> bool {
    let others = ["/cmd/", "/asmcall", "/cgocall"];
    !is_torture(&binary.package) && !others.iter().any(|other| binary.package.contains(other))
}

/// Every test once without each feature, and once without any.
pub fn godebug(run: &mut Run) -> Result<()> {
    let arch = if cfg!(target_arch = "x86_64") { "amd64" } else { "arm64" };
    let mut binaries = binaries(run, arch)?;
    longest_first(&mut binaries);
    for name in godebug_names() {
        let concerned: Vec<_> =
            binaries.iter().filter(|b| name == "all" || is_about_dispatch(b)).collect();
        run.side_by_side(&concerned, |run, binary| {
            let job = run_binary(run, binary, &[]).env("GODEBUG", format!("cpu.{name}=off"));
            job.go_tests().map(drop)
        })?;
    }
    Ok(())
}
