//! `cargo xtask bench`: every kernel beside its peers, from Rust and from Go, each language in one process.

use crate::root::root;
use anyhow::{Context, Result, bail};
use comfy_table::{CellAlignment, Table, presets};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Measure every kernel beside its peers, from Rust and from Go
#[derive(clap::Args)]
pub struct Args {
    /// Families to measure; all of them by default
    families: Vec<String>,
    /// Only one side
    #[arg(long, value_enum)]
    lang: Option<Lang>,
    /// Also write the raw figures: lang,family,kernel,implementation,bytes,ns,ratio
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// A checkout of emmansun/base64 to measure beside; without it that peer is left out
    #[arg(long, value_name = "DIR")]
    emmansun: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Lang {
    Rust,
    Go,
}

/// One line of the harnesses' output.
struct Row {
    lang: String,
    family: String,
    kernel: String,
    implementation: String,
    size: usize,
    ns: f64,
    ratio: f64,
}

pub fn run(args: &Args) -> Result<()> {
    check_families(&args.families)?;
    let mut rows = Vec::new();
    if args.lang != Some(Lang::Go) {
        rows.extend(collect(rust(&args.families)?)?);
    }
    if args.lang != Some(Lang::Rust) {
        rows.extend(collect(go(&args.families, args.emmansun.as_deref())?)?);
    }
    print!("{}", tables(&rows));
    if let Some(path) = &args.csv {
        write_csv(path, &rows).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

fn check_families(wanted: &[String]) -> Result<()> {
    let known: Vec<&str> =
        kernels_manifest::FAMILIES.iter().filter(|f| !f.internal).map(|f| f.name).collect();
    match wanted.iter().find(|w| !known.contains(&w.as_str())) {
        Some(unknown) => bail!("no family {unknown}; there are {}", known.join(", ")),
        None => Ok(()),
    }
}

fn rust(families: &[String]) -> Result<Command> {
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--release"])
        .current_dir(root().join("benches"))
        .status()
        .context("running cargo")?;
    if !status.success() {
        bail!("benches/ does not build");
    }
    let mut command = pinned(&root().join("benches/target/release/benches"));
    command.args(families);
    Ok(command)
}

fn go(families: &[String], emmansun: Option<&Path>) -> Result<Command> {
    let dir = root().join("benches/go");
    let binary = root().join("target/bench-go");
    let mut build = Command::new("go");
    build.arg("build").arg("-o").arg(&binary).current_dir(&dir).env("GOWORK", "off");
    if let Some(checkout) = emmansun {
        build.args(["-tags", "emmansun", "-mod=mod", "-modfile"]).arg(with_peer(&dir, checkout)?);
    }
    if !build.arg(".").status().context("running go")?.success() {
        bail!("benches/go does not build");
    }
    let mut command = pinned(&binary);
    command.args(families).env("GOMAXPROCS", "1");
    Ok(command)
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
fn pinned(program: &Path) -> Command {
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

fn parse(line: &str) -> Result<Row> {
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

/// One table for each language and kernel: sizes across; GB/s, and for peers in brackets how many times faster ours is.
fn tables(rows: &[Row]) -> String {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        let title = format!("{} {} {}", row.lang, row.family, row.kernel);
        match groups.last_mut() {
            Some((last, members)) if *last == title => members.push(row),
            _ => groups.push((title, vec![row])),
        }
    }
    groups.iter().map(|(title, rows)| format!("{title}\n{}\n\n", table(rows))).collect()
}

fn table(rows: &[&Row]) -> Table {
    let mut sizes = BTreeMap::new();
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        sizes.insert(row.size, ());
        if !names.contains(&row.implementation.as_str()) {
            names.push(&row.implementation);
        }
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(
        std::iter::once("GB/s (ours is x times as fast)".to_string())
            .chain(sizes.keys().map(|&s| bytes(s))),
    );
    for name in names {
        let cells = rows.iter().filter(|r| r.implementation == name).map(|r| {
            let speed = r.size as f64 / r.ns;
            if r.ratio == 1.0 {
                format!("{speed:.3}")
            } else {
                format!("{speed:.3} ({:.2}x)", r.ratio)
            }
        });
        table.add_row(std::iter::once(name.to_string()).chain(cells));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn bytes(n: usize) -> String {
    match n {
        0x100000.. => format!("{} MiB", n >> 20),
        0x400.. => format!("{} KiB", n >> 10),
        _ => format!("{n} B"),
    }
}

fn write_csv(path: &Path, rows: &[Row]) -> Result<()> {
    let mut out = fs::File::create(path)?;
    writeln!(out, "lang,family,kernel,implementation,bytes,ns,ratio")?;
    for r in rows {
        writeln!(
            out,
            "{},{},{},{},{},{:.3},{:.4}",
            r.lang, r.family, r.kernel, r.implementation, r.size, r.ns, r.ratio
        )?;
    }
    Ok(())
}
