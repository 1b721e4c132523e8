//! What a stranger is told about the product: what may be in it, that it can be built again, that it can be switched off.

use super::install;
use super::job::{Job, Run};
use crate::root::{self, WORKSPACES, root};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Licences, duplicates and sources; a licence taken from the list must be missed.
pub fn deny(run: &mut Run) -> Result<()> {
    const WHICH: &[&str] = &["bans", "licenses", "sources"];
    let program = install::tool(run, &install::CARGO_DENY)?;
    for manifest in WORKSPACES {
        deny_with(run, &program, manifest, &root().join("deny.toml"), WHICH).check()?;
    }
    let scratch = tempfile::tempdir()?;
    let strict = scratch.path().join("deny.toml");
    let text = fs::read_to_string(root().join("deny.toml"))?;
    let without = text.replace("\"MIT\", ", "");
    ensure!(without != text, "deny.toml allows MIT in other words");
    fs::write(&strict, without)?;
    deny_with(run, &program, WORKSPACES[0], &strict, WHICH)
        .finds("a licence that is not allowed", &["licenses FAILED"])
}

/// A version with a known advisory, which must be found: a database that is empty finds none.
const KNOWN: &str = "time = \"=0.1.43\"";

/// RustSec's advisories, and versions that were yanked, as of today.
pub fn advisories(run: &mut Run) -> Result<()> {
    let program = install::tool(run, &install::CARGO_DENY)?;
    let config = root().join("deny.toml");
    for manifest in WORKSPACES {
        deny_with(run, &program, manifest, &config, &["advisories"]).check()?;
    }
    let scratch = tempfile::tempdir()?;
    let manifest = scratch.path().join("Cargo.toml");
    fs::create_dir(scratch.path().join("src"))?;
    fs::write(scratch.path().join("src/lib.rs"), "")?;
    let package = "[package]\nname = \"planted\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    fs::write(&manifest, format!("{package}\n[dependencies]\n{KNOWN}\n"))?;
    run.cargo(&["generate-lockfile", "--manifest-path"]).args([&manifest]).prepare()?;
    deny_with(run, &program, &manifest, &config, &["advisories"])
        .finds("a crate with an advisory", &["RUSTSEC-2020-0071"])
}

fn deny_with<'a>(
    run: &'a mut Run,
    program: &Path,
    manifest: impl AsRef<OsStr>,
    config: &Path,
    which: &[&str],
) -> Job<'a> {
    let job = run.job(program).args(["--locked", "--manifest-path"]).args([manifest]);
    let job = job.args(["--config"]).args([config]).args(["check", "--hide-inclusion-graph"]);
    job.args(which)
}

/// What the documents tell those to use who want the bytes that we have.
const REPRODUCIBLE: &[&str] = &["build", "-trimpath", "-buildvcs=false", "-ldflags=-buildid="];

/// The command from two folders, the second with an empty build cache: else the compiler would not run again. Without
/// `-trimpath` the two must differ, or the comparison shows nothing.
pub fn go_reproducible(run: &mut Run) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let places = ["first", "quite/another/place"].map(|name| scratch.path().join(name));
    for place in &places {
        root::copy(&root().join("go-shim"), place)?;
    }
    let cache = scratch.path().join("cache");
    let mut build = |place: &Path, args: &[&str], fresh: bool| -> Result<Vec<u8>> {
        let out = scratch.path().join("program");
        let mut job = run.job("go").dir(place).args(args).args(["-o"]).args([&out]);
        job = job.args(["./cmd/widelane"]).env("CGO_ENABLED", "0").env("GOFLAGS", "");
        if fresh {
            job = job.env("GOCACHE", &cache);
        }
        job.env("GOWORK", "off").env("GOTOOLCHAIN", "local").check()?;
        Ok(fs::read(out)?)
    };
    let first = build(&places[0], REPRODUCIBLE, false)?;
    let second = build(&places[1], REPRODUCIBLE, true)?;
    ensure!(first == second, "the programs of two folders differ");
    let with_paths: Vec<&str> =
        REPRODUCIBLE.iter().copied().filter(|a| *a != "-trimpath").collect();
    let first = build(&places[0], &with_paths, false)?;
    let second = build(&places[1], &with_paths, false)?;
    ensure!(first != second, "planted fault not found: paths in the programs");
    run.passed("planted fault found: programs that hold the path of their sources")
}

/// What `widelane cpu --json` says, as far as it is needed here.
#[derive(Deserialize)]
struct Machine {
    features: Vec<Feature>,
    kernels: Vec<Kernel>,
}

#[derive(Deserialize)]
struct Feature {
    name: String,
    used: bool,
}

#[derive(Deserialize)]
struct Kernel {
    name: String,
    serving: String,
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct Variant {
    name: String,
    needs: Vec<String>,
}

impl Machine {
    /// Kernels whose serving variant needs a feature that begins so.
    fn served_by(&self, feature: &str) -> Vec<&str> {
        let needs = |k: &&Kernel| {
            let serving = k.variants.iter().find(|v| v.name == k.serving);
            serving.is_some_and(|v| v.needs.iter().any(|n| n.starts_with(feature)))
        };
        self.kernels.iter().filter(needs).map(|k| k.name.as_str()).collect()
    }

    fn only_portable(&self) -> Result<()> {
        ensure!(!self.kernels.is_empty(), "no kernel is listed");
        match self.kernels.iter().find(|k| k.serving != "generic") {
            Some(k) => bail!("{} is served by {}", k.name, k.serving),
            None => Ok(()),
        }
    }
}

/// Each way that SECURITY.md gives to take kernels out of service in a Go program. Those for Rust and C are in the
/// facade's tests of forced levels, and in the C program of stage `dist`.
pub fn switches(run: &mut Run) -> Result<()> {
    let program = root().join("target/xtask-test/widelane-switches");
    let build = |run: &mut Run, tags: &str| -> Result<()> {
        let job = run.job("go").dir(root().join("go-shim")).args(["build", "-tags", tags, "-o"]);
        let job = job.args([&program]).args(["./cmd/widelane"]).env("GOTOOLCHAIN", "local");
        job.env("GOAMD64", "v1").env("CGO_ENABLED", "0").prepare().map(drop)
    };
    build(run, "")?;
    let wide = machine(run, &program, "")?.served_by("avx512").len();
    ensure!(wide > 0, "no kernel of this machine is for AVX-512, so nothing shows");
    let masked = machine(run, &program, "cpu.avx512=off")?;
    let left = masked.served_by("avx512");
    ensure!(left.is_empty(), "GODEBUG=cpu.avx512=off leaves {left:?}");
    let used = masked.features.iter().find(|f| f.used && f.name.starts_with("avx512"));
    ensure!(used.is_none(), "GODEBUG=cpu.avx512=off leaves a feature");
    ensure!(!masked.served_by("avx2").is_empty(), "GODEBUG=cpu.avx512=off takes AVX2 too");
    machine(run, &program, "cpu.all=off")?.only_portable()?;
    build(run, "purego")?;
    let pure = machine(run, &program, "")?;
    pure.only_portable()?;
    ensure!(pure.features.is_empty(), "the tag purego leaves features");
    let found = format!("{wide} kernels for AVX-512 serve, and none when they are switched off");
    run.passed(&found)
}

fn machine(run: &mut Run, program: &PathBuf, godebug: &str) -> Result<Machine> {
    let said = run.job(program).args(["cpu", "--json"]).env("GODEBUG", godebug).check()?;
    // Go's runtime may have said something on standard error first.
    let json = said.find('{').map_or("", |at| &said[at..]);
    serde_json::from_str(json).with_context(|| format!("GODEBUG={godebug}: {said}"))
}
