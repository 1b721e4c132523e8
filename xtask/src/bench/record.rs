//! What was measured on which machine, kept in the tree: `benches/record/<target>/<date>/`.

use super::peers;
pub use super::peers::Row;
use super::plot;
use crate::root::{Source, root};
use crate::toolchain;
use anyhow::{Context, Result, bail};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HEADER: &str = "lang,family,kernel,implementation,bytes,ns,ratio\n";
pub const FIGURES: &str = "figures.csv";

/// Where records are.
pub fn folder() -> PathBuf {
    root().join("benches/record")
}

/// Where today's goes. Refuses sources that no commit has, since nobody could measure them again.
pub fn place() -> Result<PathBuf> {
    if Source::of(&root()).changed {
        bail!(
            "a record names the commit that was measured, and files differ from it: commit first"
        );
    }
    let target = toolchain::ask(Path::new("rustc"), &["-vV"])?;
    let target = target.lines().find_map(|line| line.strip_prefix("host: "));
    let target = target.context("rustc -vV names no host")?;
    Ok(folder().join(target).join(crate::review::today().to_string()))
}

/// Writes figures, pictures and what made them.
pub fn write(place: &Path, rows: &[Row]) -> Result<()> {
    fs::create_dir_all(place).with_context(|| format!("creating {}", place.display()))?;
    fs::write(place.join(FIGURES), csv(rows))?;
    fs::write(place.join("about.txt"), about()?)?;
    plot::families(rows, place)?;
    println!("the record is in {}", place.display());
    Ok(())
}

pub fn csv(rows: &[Row]) -> String {
    let mut out = HEADER.to_owned();
    for r in rows {
        let Row { lang, family, kernel, implementation, size, ns, ratio } = r;
        let _ =
            writeln!(out, "{lang},{family},{kernel},{implementation},{size},{ns:.3},{ratio:.4}");
    }
    out
}

/// The figures of a record, as `x86_64-unknown-linux-gnu/2026-11-21`.
pub fn read(name: &str) -> Result<Vec<Row>> {
    let file = folder().join(name).join(FIGURES);
    let text =
        fs::read_to_string(&file).with_context(|| format!("no record {}", file.display()))?;
    let text = text
        .strip_prefix(HEADER)
        .with_context(|| format!("{} has another form", file.display()))?;
    text.lines().map(peers::parse).collect()
}

/// Machine and versions, for whoever measures again.
fn about() -> Result<String> {
    let commit = Source::of(&root()).commit.context("no commit")?;
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    Ok(format!(
        "commit   {commit}\ncpu      {}, {cores} cores\nkernel   {}\nrust     {}\ngo       {}\npeers    {}\n\n\
         figures.csv: medians of interleaved bursts of processor time, pinned to one core; ns per call, and how many times\n\
         as long as ours. Sizes are bytes of input; of base64, bytes of binary data.\n",
        cpu(),
        first_line("uname", &["-sr"]),
        toolchain::version(Path::new("rustc"))?,
        first_line("go", &["version"]),
        peers()?.join(", "),
    ))
}

/// As the system calls it; on Linux with family and model, since names of virtual machines say little.
fn cpu() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    match (field("model name"), field("cpu family"), field("model")) {
        (Some(name), Some(family), Some(model)) => format!("{name}, family {family} model {model}"),
        _ => first_line("sysctl", &["-n", "machdep.cpu.brand_string"]),
    }
}

fn first_line(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().ok().filter(|o| o.status.success());
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// Name and version of each peer, as the lock files have them.
fn peers() -> Result<Vec<String>> {
    let manifest = fs::read_to_string(root().join("benches/Cargo.toml"))?;
    let lock = fs::read_to_string(root().join("benches/Cargo.lock"))?;
    let (_, dependencies) = manifest.split_once("[dependencies]\n").context("no dependencies")?;
    let dependencies = dependencies.split("\n\n").next().unwrap_or_default();
    let names =
        dependencies.lines().filter(|line| !line.contains("path =") && !line.starts_with("libc"));
    let mut peers = Vec::new();
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        let package = format!("name = \"{name}\"\nversion = \"");
        let (_, rest) =
            lock.split_once(&package).with_context(|| format!("{name} is not locked"))?;
        peers.push(format!("{name} {}", rest.split('"').next().unwrap_or_default()));
    }
    let modules = fs::read_to_string(root().join("benches/go/go.mod"))?;
    let modules = modules.lines().map(str::trim).filter(|line| {
        line.starts_with("github.com/")
            && !line.contains("widelane")
            && !line.contains("// indirect")
    });
    peers.extend(modules.map(str::to_owned));
    Ok(peers)
}
