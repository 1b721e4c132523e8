//! `cargo xtask review`: what each kernel is worth and what it costs, and which are due to be looked at again.

use crate::bench::record;
use crate::inspect;
use crate::machine::{self, Machine};
use crate::root::root;
use anyhow::{Context, Result};
use comfy_table::{Table, presets};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use kernels_manifest::{FAMILIES, Family, Kernel, RECORD, REVIEW_MONTHS, WORTH};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Show what each kernel is worth and what it costs; fail if a review is overdue
#[derive(clap::Args)]
pub struct Args {
    /// As if it were this day, YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
}

/// Bytes of input at which speed-ups are stated.
const SIZE: usize = 64 << 10;

pub fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Every kernel that users can call.
fn kernels() -> impl Iterator<Item = (&'static Family, &'static Kernel)> {
    FAMILIES.iter().filter(|f| !f.internal).flat_map(|f| f.kernels.iter().map(move |k| (f, k)))
}

pub fn run(args: &Args) -> Result<()> {
    let today = args.today.unwrap_or_else(today);
    let measured = Measured::read()?;
    println!("{}\n", worth(&measured)?);
    println!("{}\n", code()?);
    println!("{}\n", upkeep()?);
    for line in candidates(&measured)? {
        println!("{line}");
    }
    for line in changed()? {
        println!("{line}");
    }
    let mut wrong = measured.differs()?;
    wrong.extend(overdue(today)?);
    if wrong.is_empty() {
        println!("no review is overdue on {today}");
        return Ok(());
    }
    for line in &wrong {
        eprintln!("error: {line}");
    }
    std::process::exit(1)
}

/// The figures of the record that the table names.
struct Measured(Vec<record::Row>);

impl Measured {
    fn read() -> Result<Measured> {
        record::read(RECORD).map(Measured)
    }

    /// How many times as fast as `other` ours is.
    fn speedup(
        &self,
        lang: &str,
        family: &Family,
        kernel: &Kernel,
        other: impl Fn(&str) -> bool,
    ) -> Result<f64> {
        let row = self.0.iter().find(|r| {
            (r.lang.as_str(), r.family.as_str(), r.kernel.as_str())
                == (lang, family.name, kernel.op)
                && r.size == SIZE
                && other(&r.implementation)
        });
        let row = row.with_context(|| {
            format!(
                "record {RECORD} has no {lang} figure of {}_{}: `cargo xtask bench --record`, then name the new record in \
                 crates/kernels-manifest",
                family.name, kernel.op
            )
        })?;
        Ok(row.ratio)
    }

    /// The portable kernel is measured from Rust.
    fn portable(&self, family: &Family, kernel: &Kernel) -> Result<f64> {
        self.speedup("rust", family, kernel, |name| name == "portable")
    }

    /// Go's own way is what stands first behind ours there: the standard library, or the loop that one would write.
    fn go(&self, family: &Family, kernel: &Kernel) -> Result<f64> {
        self.speedup("go", family, kernel, |name| name != "widelane")
    }

    /// Rows that say something else than the record.
    fn differs(&self) -> Result<Vec<String>> {
        let mut wrong = Vec::new();
        for (family, kernel) in kernels() {
            let measured = self.go(family, kernel)?;
            if (measured - f64::from(kernel.speedup)).abs() > 0.01 {
                wrong.push(format!(
                    "{}_{}: the table says {} times as fast as Go's own way, record {RECORD} says {measured:.2}",
                    family.name, kernel.op, kernel.speedup
                ));
            }
        }
        Ok(wrong)
    }
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()));
    table.set_header(header);
    table
}

/// Why each is there.
fn worth(measured: &Measured) -> Result<String> {
    let mut table =
        table(["kernel", "since", "reviewed", "due", "x portable", "x Go's own", "kept because"]);
    for (family, kernel) in kernels() {
        table.add_row([
            format!("{}_{}", family.name, kernel.op),
            kernel.since.into(),
            kernel.reviewed.into(),
            due(kernel)?.to_string(),
            format!("{:.2}", measured.portable(family, kernel)?),
            format!("{:.2}", measured.go(family, kernel)?),
            kernel.kept.into(),
        ]);
    }
    let note = format!("speed-ups at {} KiB, from benches/record/{RECORD}", SIZE >> 10);
    Ok(format!("{}\n\n{note}", table.trim_fmt()))
}

/// What was compiled for each variant.
fn code() -> Result<String> {
    let mut table = table(["kernel", "variant", "arch", "code", "constants", "instructions"]);
    for arch in crate::generate::NATIVE.iter().copied() {
        let machine = Machine::load(arch)?;
        for row in machine::rows(arch).filter(|row| !row.family.internal) {
            let figures = inspect::figures(&machine, &row)?;
            table.add_row([
                format!("{}_{}", row.family.name, row.kernel.op),
                row.variant.suffix.into(),
                arch.go().into(),
                figures.code.to_string(),
                figures.constants.to_string(),
                figures.lines.len().to_string(),
            ]);
        }
    }
    Ok(format!("{}\n\ncode and constants in bytes", table.trim_fmt()))
}

/// Lines that somebody has to keep.
fn upkeep() -> Result<String> {
    let header =
        ["family", "portable", "x86", "arm64", "checks", "Rust API", "Go by hand", "Go generated"];
    let mut table = table(header);
    for family in FAMILIES.iter().filter(|f| !f.internal) {
        let rust = |name: &str| lines(&sources(name, family.name));
        let go = files(&root().join("go-shim").join(family.go_path))?;
        let named =
            |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let generated = |path: &&PathBuf| named(path).starts_with('z');
        let by_hand =
            |path: &&PathBuf| !named(path).starts_with('z') && !named(path).ends_with("_test.go");
        let counts = [
            rust("kernels-generic")?,
            rust("kernels-x86-avx2")? + rust("kernels-x86-avx512")?,
            rust("kernels-aarch64-neon")?,
            rust("kernels-check")?,
            rust("widelane")?,
            lines(&go.iter().filter(by_hand).cloned().collect::<Vec<_>>())?,
            lines(&go.iter().filter(generated).cloned().collect::<Vec<_>>())?,
        ];
        table.add_row(std::iter::once(family.name.to_owned()).chain(counts.map(|n| n.to_string())));
    }
    Ok(format!(
        "{}\n\nlines with code, without comments and blank ones, inline tests included",
        table.trim_fmt()
    ))
}

/// The file of a family in a crate, and those of the folder beside it.
fn sources(package: &str, family: &str) -> Vec<PathBuf> {
    let source = root().join("crates").join(package).join("src");
    let mut found = vec![source.join(format!("{family}.rs"))];
    found.extend(files(&source.join(family)).unwrap_or_default());
    found.retain(|path| path.exists());
    found
}

/// Files of a folder, not of those in it.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

fn lines(files: &[PathBuf]) -> Result<usize> {
    let mut sum = 0;
    for file in files {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        sum +=
            text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("//")).count();
    }
    Ok(sum)
}

/// Kernels that are hardly worth their place, each with the reason why it has it.
fn candidates(measured: &Measured) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (family, kernel) in kernels() {
        let sides = [
            (measured.portable(family, kernel)?, "the portable kernel"),
            (f64::from(kernel.speedup), "Go's own way"),
        ];
        let slow = sides.iter().filter(|(speedup, _)| *speedup < f64::from(WORTH));
        let slow = slow.map(|(speedup, other)| format!("{speedup:.2} times as fast as {other}"));
        let slow = slow.collect::<Vec<_>>().join(" and ");
        if !slow.is_empty() {
            let (why, reason) = match kernel.kept {
                "" => ("candidate for removal", "no reason stands in its row"),
                reason => ("kept", reason),
            };
            found.push(format!("{why}: {}_{}, {slow}: {reason}", family.name, kernel.op));
        }
    }
    Ok(found)
}

/// Kernels whose files differ from what was reviewed.
fn changed() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (family, kernel) in kernels() {
        let reviewed = day(kernel)?;
        let crates = kernel.variants.iter().map(|v| v.isa.crate_name());
        let mut files: Vec<PathBuf> = crates.flat_map(|name| sources(name, family.name)).collect();
        files.dedup();
        for file in files {
            let name = file.strip_prefix(root())?.display().to_string();
            if let Some(when) = last_change(&name)?.filter(|when| *when > reviewed) {
                found.push(format!(
                    "due again: {}_{} was reviewed on {reviewed}, and {name} changed on {when}",
                    family.name, kernel.op
                ));
            }
        }
    }
    found.dedup();
    Ok(found)
}

/// The day of a file's last commit, in its committer's calendar; today if it differs from that; none outside of git.
fn last_change(file: &str) -> Result<Option<Date>> {
    let git = |args: &[&str]| -> Result<Option<String>> {
        let output =
            Command::new("git").arg("-C").arg(root()).args(args).arg("--").arg(file).output();
        let output = output.context("running git")?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok((output.status.success() && !text.is_empty()).then_some(text))
    };
    if git(&["status", "--porcelain"])?.is_some() {
        return Ok(Some(today()));
    }
    git(&["log", "-1", "--format=%cs"])?.map(|day| Ok(day.parse()?)).transpose()
}

fn day(kernel: &Kernel) -> Result<Date> {
    let parsed = kernel.reviewed.parse();
    parsed.with_context(|| format!("{}: reviewed is no day: {}", kernel.op, kernel.reviewed))
}

/// The day on which a review is too old.
fn due(kernel: &Kernel) -> Result<Date> {
    Ok(day(kernel)?.checked_add(REVIEW_MONTHS.months())?)
}

fn overdue(today: Date) -> Result<Vec<String>> {
    let mut late = Vec::new();
    for (family, kernel) in kernels() {
        let due = due(kernel)?;
        if today > due {
            late.push(format!(
                "{}_{} was last reviewed on {}, due on {due}: see CONTRIBUTING.md, Review dates",
                family.name, kernel.op, kernel.reviewed
            ));
        }
    }
    Ok(late)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_holds_for_its_months_and_not_a_day_longer() {
        for (family, kernel) in kernels() {
            let late = overdue(due(kernel).unwrap()).unwrap();
            let name = format!("{}_{} ", family.name, kernel.op);
            assert!(late.iter().all(|line| !line.starts_with(&name)));
        }
        let last = kernels().map(|(_, k)| due(k).unwrap()).max().unwrap();
        assert_eq!(overdue(last.tomorrow().unwrap()).unwrap().len(), kernels().count());
    }

    #[test]
    fn every_kernel_has_sources_in_each_of_its_crates() {
        for (family, kernel) in kernels() {
            for variant in kernel.variants {
                assert!(!sources(variant.isa.crate_name(), family.name).is_empty());
            }
        }
    }

    #[test]
    fn what_is_slow_has_its_reason() {
        let found = candidates(&Measured::read().unwrap()).unwrap();
        assert!(found.iter().all(|line| line.starts_with("kept: ")), "{found:?}");
    }
}
