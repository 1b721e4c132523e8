//! Runs the harnesses of `benches/`, which measure every kernel beside its peers.

use crate::root::root;
use crate::toolchain;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One line of the harnesses' output.
pub struct Row {
    pub lang: String,
    pub family: String,
    pub kernel: String,
    pub implementation: String,
    pub size: usize,
    /// Nanoseconds per call.
    pub ns: f64,
    /// How many times as long as ours.
    pub ratio: f64,
}

/// Every kernel that is measured, as `vec_sum`.
pub fn kernels() -> Vec<(&'static str, String)> {
    let families = kernels_manifest::FAMILIES.iter().filter(|f| !f.internal);
    families
        .flat_map(|f| f.kernels.iter().map(|k| (f.name, format!("{}_{}", f.name, k.op))))
        .collect()
}

/// Names on the command line are families or kernels.
pub fn check(wanted: &[String]) -> Result<()> {
    let known = kernels();
    let unknown = wanted.iter().find(|w| !known.iter().any(|(f, k)| f == w || k == *w));
    match unknown {
        Some(unknown) => {
            let mut names: Vec<&str> = known.iter().map(|(f, _)| *f).collect();
            names.dedup();
            names.extend(known.iter().map(|(_, k)| k.as_str()));
            bail!("no family or kernel {unknown}; there are {}", names.join(", "))
        }
        None => Ok(()),
    }
}

/// The figures of one language, which must be there for every kernel that is wanted.
fn complete(wanted: &[String], rows: Vec<Row>, folder: &str) -> Result<Vec<Row>> {
    for (family, kernel) in kernels() {
        let is_wanted = wanted.is_empty() || wanted.iter().any(|w| w == family || *w == kernel);
        let measured = rows.iter().any(|r| format!("{}_{}", r.family, r.kernel) == kernel);
        if is_wanted && !measured {
            bail!("{folder} has no benchmark of {kernel}");
        }
    }
    Ok(rows)
}

/// With `short`, every length of a short input, not the usual sizes.
pub fn rust(kernels: &[String], short: bool) -> Result<Vec<Row>> {
    let mut command = pinned(&built("benches")?);
    command.args(short.then_some(SHORT)).args(kernels);
    complete(kernels, collect(command)?, "benches/src")
}

pub fn go(kernels: &[String], short: bool, emmansun: Option<&Path>) -> Result<Vec<Row>> {
    let mut command = pinned(&go_program(emmansun)?);
    command.args(short.then_some(SHORT)).args(kernels).env("GOMAXPROCS", "1");
    complete(kernels, collect(command)?, "benches/go")
}

const SHORT: &str = "--short";

/// Builds a package of the workspace `benches/`, and gives its program.
pub fn built(package: &str) -> Result<PathBuf> {
    let folder = root().join("benches");
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--release", "--package", package])
        .current_dir(&folder)
        .status()
        .context(toolchain::NO_CARGO)?;
    ensure!(status.success(), "package {package} of benches/ does not build");
    Ok(folder.join("target/release").join(package))
}

fn go_program(emmansun: Option<&Path>) -> Result<PathBuf> {
    let dir = root().join("benches/go");
    let binary = root().join("target/bench-go");
    let mut build = Command::new("go");
    build.arg("build").arg("-o").arg(&binary).current_dir(&dir).env("GOWORK", "off");
    if let Some(checkout) = emmansun {
        build.args(["-tags", "emmansun", "-mod=mod", "-modfile"]).arg(with_peer(&dir, checkout)?);
    }
    if !build
        .arg(".")
        .status()
        .context("no go on PATH: get Go 1.25 or newer, https://go.dev/dl")?
        .success()
    {
        bail!("benches/go does not build");
    }
    Ok(binary)
}

/// A go.mod that also knows a peer which no module proxy needs to have.
fn with_peer(dir: &Path, checkout: &Path) -> Result<PathBuf> {
    let checkout = fs::canonicalize(checkout)
        .with_context(|| format!("no checkout of emmansun/base64 at {}", checkout.display()))?;
    let modfile = root().join("target/bench-go.mod");
    let replaced = fs::read_to_string(dir.join("go.mod"))?
        .replace("../../go-shim", &root().join("go-shim").display().to_string());
    let peer = checkout.display();
    let extra = format!(
        "\nrequire github.com/emmansun/base64 v0.0.0\nreplace github.com/emmansun/base64 => {peer}\n"
    );
    fs::write(&modfile, replaced + &extra)?;
    fs::copy(dir.join("go.sum"), modfile.with_extension("sum"))?;
    Ok(modfile)
}

/// The program on the last core, which the system's own work tends to leave alone, where the machine can pin.
pub fn pinned(program: &Path) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    if Command::new("taskset").arg("--version").output().is_err() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.arg("-c").arg((cores - 1).to_string()).arg(program);
    command
}

/// Runs a harness and reads its rows, with a line of progress for each kernel.
fn collect(mut command: Command) -> Result<Vec<Row>> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("starting the benchmark")?;
    let progress = indicatif::ProgressBar::new_spinner();
    let mut rows = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("stdout is piped")).lines() {
        let row = parse(&line?)?;
        progress.set_message(format!("{} {} {} {} B", row.lang, row.family, row.kernel, row.size));
        progress.tick();
        rows.push(row);
    }
    progress.finish_and_clear();
    if !child.wait()?.success() {
        bail!("the benchmark failed");
    }
    Ok(rows)
}

pub fn parse(line: &str) -> Result<Row> {
    let fields: Vec<&str> = line.split(',').collect();
    let [lang, family, kernel, implementation, size, ns, ratio] = fields[..] else {
        bail!("not a row of results: {line}");
    };
    Ok(Row {
        lang: lang.into(),
        family: family.into(),
        kernel: kernel.into(),
        implementation: implementation.into(),
        size: size.parse()?,
        ns: ns.parse()?,
        ratio: ratio.parse()?,
    })
}
