//! What was measured on which machine, kept in the tree: `benches/record/<target>/<date>/`.

use super::peers;
pub use super::peers::Row;
use super::{plot, short};
use crate::root::{Source, root};
use crate::toolchain;
use anyhow::{Context, Result, bail, ensure};
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

const ABOUT: &str = "about.txt";

/// Where today's goes, or, if it is a part, the newest record, to which it is added. Refuses sources that no commit has, since
/// nobody could measure them again; and a part where there is no whole one, or one that something else made.
pub fn place(part: bool) -> Result<PathBuf> {
    if Source::of(&root()).changed {
        bail!(
            "a record names the commit that was measured, and files differ from it: commit first"
        );
    }
    let target = toolchain::ask(Path::new("rustc"), &["-vV"])?;
    let target = target.lines().find_map(|line| line.strip_prefix("host: "));
    let target = target.context("rustc -vV names no host")?;
    let records = folder().join(target);
    if !part {
        return Ok(records.join(crate::review::today().to_string()));
    }
    let place = newest(&records).with_context(|| {
        format!("no record to add to in {}: make a whole one first", records.display())
    })?;
    same_machine(&fs::read_to_string(place.join(ABOUT))?, &about()?)?;
    Ok(place)
}

/// The folder of the last day below `records` that has a record.
fn newest(records: &Path) -> Option<PathBuf> {
    let days = fs::read_dir(records).ok()?.flatten().map(|entry| entry.path());
    days.filter(|day| day.join(ABOUT).is_file()).max()
}

/// Writes figures, pictures and what made them: of everything, or of some kernels or families into what there is.
pub fn write(place: &Path, kernels: &[String], rows: Vec<Row>) -> Result<()> {
    fs::create_dir_all(place).with_context(|| format!("creating {}", place.display()))?;
    let file = place.join(ABOUT);
    let (rows, about) = if kernels.is_empty() {
        (rows, about()?)
    } else {
        let about = with_part(&fs::read_to_string(&file)?, &about()?, &kernels.join(", "))?;
        (merged(parse(&place.join(FIGURES))?, rows), about)
    };
    fs::write(place.join(FIGURES), csv(&rows))?;
    fs::write(file, about)?;
    plot::families(&rows, place)?;
    println!("the record is in {}", place.display());
    Ok(())
}

/// Writes tables of short inputs into what there is: of everything, or of some kernels' families.
pub fn write_short(place: &Path, kernels: &[String], rows: &[Row]) -> Result<()> {
    let what = format!("short {}", kernels.join(", "));
    let file = place.join(ABOUT);
    let about = with_part(&fs::read_to_string(&file)?, &about()?, what.trim_end())?;
    short::write(rows, place)?;
    fs::write(file, about)?;
    println!("the tables are in {}", place.display());
    Ok(())
}

/// Figures of the kernels in `new` take the place of those in `old`; each language stays together, as a whole run has it.
fn merged(old: Vec<Row>, new: Vec<Row>) -> Vec<Row> {
    let is_new = |row: &Row| new.iter().any(|n| n.family == row.family && n.kernel == row.kernel);
    let mut rows: Vec<Row> = old.into_iter().filter(|row| !is_new(row)).collect();
    rows.extend(new);
    // Stable: the order within a language stays.
    rows.sort_by_key(|row| row.lang == "go");
    rows
}

/// Figures that stand in one file are compared with each other, so the same machine and compilers must have made them.
fn same_machine(old: &str, new: &str) -> Result<()> {
    for name in ["cpu", "kernel", "rust", "go"] {
        let (was, is) = (line(old, name), line(new, name));
        ensure!(
            was == is,
            "the record is of another {name}, so that nothing can be added to it: it has {was:?}, here is {is:?}"
        );
    }
    Ok(())
}

fn line<'a>(about: &'a str, name: &str) -> &'a str {
    let found = about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_default().trim()
}

/// `old` with a line that says of which commit the figures of `kernels` are, and the peers that there are by now.
fn with_part(old: &str, new: &str, kernels: &str) -> Result<String> {
    let (part, own) = (format!("{}: {kernels}", line(new, "commit")), format!(": {kernels}"));
    let (head, tail) = old.split_once("\ncpu ").context("about.txt has another form")?;
    let commits = head.lines().filter(|line| !line.ends_with(&own)).collect::<Vec<_>>().join("\n");
    let tail = tail.replacen(line(old, "peers"), line(new, "peers"), 1);
    // What the files are is said as the newest of them have it.
    let machine = tail.split_once("\n\n").map_or(&*tail, |(machine, _)| machine);
    let files = new.split_once("\n\n").context("about.txt has another form")?.1;
    Ok(format!("{commits}\n         {part}\ncpu {machine}\n\n{files}"))
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
    parse(&folder().join(name).join(FIGURES))
}

fn parse(file: &Path) -> Result<Vec<Row>> {
    let text = fs::read_to_string(file).with_context(|| format!("no record {}", file.display()))?;
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
         as long as ours. Sizes are bytes of input; of base64, bytes of binary data.\n\
         short-FAMILY.csv: every length to 256 bytes, ns per call: the fastest of nine passes, each the median of 15 bursts.\n",
        cpu(),
        first_line("uname", &["-sr"]),
        toolchain::version(Path::new("rustc"))?,
        first_line("go", &["version"]),
        peers()?.join(", "),
    ))
}

/// As the system calls it; on Linux with family and model, since names of virtual machines say little. On arm64 Linux has
/// numbers only: 0x41 and 0xd4f are Arm's Neoverse V2.
fn cpu() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    if let (Some(who), Some(part)) = (field("CPU implementer"), field("CPU part")) {
        return format!("arm64, implementer {who} part {part}");
    }
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
    let names = dependencies.lines().filter(|line| !line.contains("path ="));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let mut peers = Vec::new();
    for name in names.filter(|name| !["libc", "libloading"].contains(name)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = "commit   1a\ncpu      Zen, 2 cores\nkernel   Linux 6\nrust     rustc 1.95\ngo       go 1.26\n\
                         peers    memchr 2.8\n\nfigures.csv: medians\n";

    fn row(lang: &str, kernel: &str, ns: f64) -> Row {
        let (lang, kernel) = (lang.to_owned(), kernel.to_owned());
        Row {
            lang,
            family: "vec".into(),
            kernel,
            implementation: "widelane".into(),
            size: 64,
            ns,
            ratio: 1.0,
        }
    }

    #[test]
    fn a_part_takes_the_place_of_the_same_kernels() {
        let old = vec![row("rust", "sum", 1.0), row("rust", "add", 2.0), row("go", "sum", 3.0)];
        let new = vec![row("rust", "sum", 4.0), row("go", "sum", 5.0)];
        let rows = merged(old, new);
        let shown: Vec<_> =
            rows.iter().map(|r| (r.lang.as_str(), r.kernel.as_str(), r.ns)).collect();
        assert_eq!(shown, [("rust", "add", 2.0), ("rust", "sum", 4.0), ("go", "sum", 5.0)]);
    }

    #[test]
    fn a_part_names_its_own_commit_once() {
        let new = ABOUT.replace("1a", "2b").replace("memchr 2.8", "memchr 2.8, hex 0.4");
        let once = with_part(ABOUT, &new, "vec").unwrap();
        assert!(
            once.starts_with("commit   1a\n         2b: vec\ncpu      Zen, 2 cores\n"),
            "{once}"
        );
        assert!(once.contains("\npeers    memchr 2.8, hex 0.4\n\nfigures.csv"), "{once}");
        let twice = with_part(&once, &new.replace("2b", "3c"), "vec").unwrap();
        assert_eq!(twice, once.replace("2b", "3c"));
    }

    #[test]
    fn another_machine_adds_nothing() {
        same_machine(ABOUT, &ABOUT.replace("1a", "2b")).unwrap();
        let error = same_machine(ABOUT, &ABOUT.replace("Zen", "Golden Cove")).unwrap_err();
        assert!(error.to_string().contains("another cpu"), "{error}");
    }
}
