//! Makes what ships: the C library for every target, the Go module as a proxy serves it, and the records of both.
//!
//! Everything is made beside the destination and moved there in the end, so that there is never half of it. Two runs
//! give the same bytes, in whatever folder they run.

pub mod consumer;
mod inputs;
mod library;
mod module;
mod origin;
pub mod plan;
mod rebuild;
pub mod record;
mod sbom;
mod scratch;
pub mod smoke;
mod statement;
mod verify;

pub use rebuild::{VerifyArgs, proved, verify};
pub use verify::declared;

use crate::generate;
use crate::matrix::{TARGETS, Target};
use crate::root::{Source, root};
use anyhow::{Context, Result, bail, ensure};
use comfy_table::Table;
use indicatif::{ProgressBar, ProgressStyle};
use kernels_manifest::Arch;
use plan::{Core, Plan};
use scratch::Scratch;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Make the C libraries, the Go module as a proxy serves it, checksums and provenance
#[derive(clap::Args)]
pub struct Args {
    /// Build for this target only; may be given several times. Without it, for all
    #[arg(long)]
    target: Vec<String>,
    /// The x86-64 level that every CPU will have: v1, v2, v3, v4. Default v1
    #[arg(long)]
    level: Option<String>,
    /// Where to put everything; what is there is replaced. Default `dist` in the checkout
    #[arg(long)]
    out: Option<PathBuf>,
}

/// An x86-64 level as the floor of a build.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Level(u8);

impl Level {
    fn parse(text: &str) -> Result<Level> {
        let number = text.strip_prefix('v').and_then(|n| n.parse().ok());
        match number {
            Some(n @ 1..=4) => Ok(Level(n)),
            _ => bail!("no level {text:?}; there are v1, v2, v3, v4"),
        }
    }

    pub fn name(self) -> String {
        format!("v{}", self.0)
    }

    /// What it means to rustc; nothing but on x86-64.
    fn rust(self, arch: Arch) -> Option<String> {
        let cpu = if self.0 == 1 { "x86-64".into() } else { format!("x86-64-v{}", self.0) };
        (arch == Arch::X86_64).then(|| format!("-Ctarget-cpu={cpu}"))
    }
}

/// `arm64` is Apple's name.
pub(crate) const fn darwin_arch(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x86_64",
        Arch::Aarch64 => "arm64",
    }
}

/// Microsoft's names.
pub(crate) const fn windows_machine(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x64",
        Arch::Aarch64 => "arm64",
    }
}

pub fn run(args: &Args) -> Result<()> {
    let targets = targets(&args.target)?;
    let level = args.level.as_deref().map(Level::parse).transpose()?;
    if level.is_some() && targets.iter().all(|t| t.arch != Arch::X86_64) {
        bail!("--level is for x86_64 targets, and there is none among those asked for");
    }
    let out = args.out.clone().unwrap_or_else(|| root().join("dist"));
    may_replace(&out)?;
    scratch::remove_on_signal()?;
    generate::check().context("what ships must be what the table says")?;
    let made = make(&root(), &Source::of(&root()), &targets, level, &out)?;
    println!("{}", made.table(&out));
    if made.failed.is_empty() {
        return Ok(());
    }
    for (target, why) in &made.failed {
        eprintln!("error: {}: {why}", target.triple);
    }
    eprintln!(
        "error: {} of {} targets are missing from {}",
        made.failed.len(),
        targets.len(),
        out.display()
    );
    std::process::exit(1)
}

/// The targets of these names; all of them if there are none.
fn targets(names: &[String]) -> Result<Vec<Target>> {
    if names.is_empty() {
        return Ok(TARGETS.to_vec());
    }
    let mut found = Vec::new();
    for target in TARGETS {
        if names.iter().any(|name| name == target.triple) {
            found.push(*target);
        }
    }
    for name in names {
        if !found.iter().any(|t| t.triple == name) {
            let known: Vec<_> = TARGETS.iter().map(|t| t.triple).collect();
            bail!("no target {name:?}; there are {}", known.join(", "));
        }
    }
    Ok(found)
}

/// What a run made, and what it could not.
pub struct Made {
    plans: Vec<Plan>,
    pub failed: Vec<(Target, String)>,
}

/// Makes everything for `targets` from the checkout at `root`, and puts it at `out`.
///
/// A target that cannot be made is left out and named in the result. If none can, nothing is put there.
pub fn make(
    root: &Path,
    source: &Source,
    targets: &[Target],
    level: Option<Level>,
    out: &Path,
) -> Result<Made> {
    may_replace(out)?;
    let planned: Vec<_> = targets.iter().map(|&t| (t, plan::plan(t, level))).collect();
    // Before a folder is made: what nothing can be built with leaves nothing behind.
    if let Some((target, Err(why))) = planned.first()
        && planned.iter().all(|(_, plan)| plan.is_err())
    {
        bail!("no target can be built; {}: {why}", target.triple);
    }
    let sources = inputs::sources(root)?;
    let scratch = Scratch::beside(out)?;
    let fresh = scratch.fresh();
    let made = build(root, planned, &fresh)?;
    if made.plans.is_empty() {
        let (target, why) = &made.failed[0];
        bail!("no target could be built; {}: {why}", target.triple);
    }
    let libraries = made.plans.iter().map(record::library_of).collect();
    record::write(root, source, level.map(Level::name), libraries, &fresh)?;
    unchanged(&sources, &inputs::sources(root)?)?;
    scratch.replace(out)?;
    Ok(made)
}

/// Fails if a source was written while `dist` ran: the records would name files that some libraries were not made from.
fn unchanged(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Result<()> {
    let mut names = before.keys().chain(after.keys());
    match names.find(|name| before.get(*name) != after.get(*name)) {
        Some(name) => bail!("{name} changed while everything was made: run `dist` again"),
        None => Ok(()),
    }
}

/// Makes libraries, module and licences in the new folder `fresh`, without the records.
fn build(root: &Path, planned: Vec<(Target, Result<Plan>)>, fresh: &Path) -> Result<Made> {
    fs::create_dir(fresh)?;
    // The folder began as a temporary one, which nobody else may enter.
    #[cfg(unix)]
    fs::set_permissions(fresh, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let progress = progress(planned.len() as u64 + 1);
    let mut made = Made { plans: Vec::new(), failed: Vec::new() };
    for (target, plan) in planned {
        progress.set_message(target.triple);
        let done = plan
            .and_then(|plan| library::make(root, &plan, &fresh.join(target.triple)).map(|()| plan));
        match done {
            Ok(plan) => made.plans.push(plan),
            Err(e) => {
                fs::remove_dir_all(fresh.join(target.triple)).or_else(absent_is_fine)?;
                made.failed.push((target, format!("{e:#}")));
            }
        }
        progress.inc(1);
    }
    progress.set_message("Go module");
    module::make(root, &fresh.join("goproxy"))?;
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        fs::copy(root.join(license), fresh.join(license))?;
    }
    progress.finish_and_clear();
    Ok(made)
}

fn absent_is_fine(e: std::io::Error) -> std::io::Result<()> {
    if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) }
}

fn progress(steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {bar:24} {pos}/{len} {msg} ({elapsed})")
        .expect("the template is well-formed");
    let progress = ProgressBar::new(steps).with_style(style);
    progress.enable_steady_tick(Duration::from_millis(120));
    progress
}

/// Whether `out` is free, or holds what an earlier run made: nothing else is ever deleted.
fn may_replace(out: &Path) -> Result<()> {
    let Ok(mut entries) = fs::read_dir(out) else {
        ensure!(!out.exists(), "{} is not a folder", out.display());
        return Ok(());
    };
    if out.join(record::SUMS).is_file() || entries.next().is_none() {
        return Ok(());
    }
    bail!(
        "{} holds something that `dist` did not make; name another folder with --out",
        out.display()
    )
}

impl Made {
    fn table(&self, out: &Path) -> String {
        let mut table = Table::new();
        table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
        table.set_header(["target", "static", "shared", "compiler", "core", "linker"]);
        for plan in &self.plans {
            let lib = out.join(plan.target.triple).join("lib");
            let size = |name: &str| fs::metadata(lib.join(name)).map_or(0, |m| m.len()).to_string();
            table.add_row([
                plan.target.triple,
                &size("libwidelane.a"),
                &size(plan.target.os.shared().0),
                &format!("rustc {}", plan.version.release),
                match plan.core {
                    Core::Installed => "installed",
                    Core::Source => "from source",
                },
                &plan.linker.version,
            ]);
        }
        format!(
            "{table}\n{} and the Go module {} are in {}",
            self.count(),
            module::version(),
            out.display()
        )
    }

    fn count(&self) -> String {
        match self.plans.len() {
            1 => "1 library".into(),
            n => format!("{n} libraries"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_arguments_name_the_choices() {
        let error =
            targets(&["x86_64-linux".into()]).expect_err("there is no such target").to_string();
        assert!(TARGETS.iter().all(|t| error.contains(t.triple)), "{error}");
        assert!(Level::parse("3").is_err_and(|e| e.to_string().contains("v1, v2, v3, v4")));
        assert_eq!(Level::parse("v3").ok(), Some(Level(3)));
    }

    #[test]
    fn a_source_that_changes_meanwhile_is_refused() {
        let files = |list: &[(&str, &str)]| -> BTreeMap<String, String> {
            list.iter().map(|(name, sum)| (name.to_string(), sum.to_string())).collect()
        };
        let before = files(&[("a", "1"), ("b", "2")]);
        assert!(unchanged(&before, &before).is_ok());
        for after in
            [&[("a", "1"), ("b", "3")][..], &[("a", "1")], &[("a", "1"), ("b", "2"), ("c", "4")]]
        {
            assert!(unchanged(&before, &files(after)).is_err(), "{after:?}");
        }
    }

    #[test]
    fn replaces_only_what_it_made() {
        let scratch = tempfile::tempdir().expect("a folder");
        let out = scratch.path();
        assert!(may_replace(&out.join("absent")).is_ok());
        assert!(may_replace(out).is_ok(), "an empty folder is free");
        fs::write(out.join("thesis.tex"), "").expect("a file");
        assert!(may_replace(out).is_err());
        assert!(may_replace(&out.join("thesis.tex")).is_err(), "a file is no folder");
        fs::write(out.join("SHA256SUMS"), "").expect("a file");
        assert!(may_replace(out).is_ok());
    }
}
