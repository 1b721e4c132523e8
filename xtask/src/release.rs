//! `cargo xtask release --dry-run`: every check of docs/release.md that a program can make.
//!
//! Nothing is published from here, and nothing is written: tags and uploads cannot be taken back, so a person does them,
//! with the commands that a dry run without a failure prints.

mod notes;
mod step;

use crate::api::{self, Change};
use crate::generate;
use crate::root::{NO_GIT, Source, WORKSPACES, root};
use crate::toolchain;
use anyhow::{Context, Result, bail, ensure};
use cargo_metadata::{MetadataCommand, Package};
use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::Command;
use step::{Step, Version};

const HEADER: &str = "crates/widelane-capi/include/widelane.h";

/// Check whether what is committed can be released
#[derive(clap::Args)]
pub struct Args {
    /// Make every check and print each with its result; nothing is published
    #[arg(long)]
    dry_run: bool,
}

/// What every check is given.
struct Candidate<'a> {
    checkout: &'a Path,
    version: Version,
    /// The newest release before this one.
    last: Option<Version>,
}

/// A check of the list: its name in docs/release.md, and what it finds.
type Check = (&'static str, fn(&Candidate) -> Result<String>);

const CHECKS: &[Check] = &[
    ("tree", tree),
    ("versions", |c| notes::versions(c.checkout, &c.version.to_string())),
    ("changelog", |c| notes::changelog(c.checkout, &c.version.to_string())),
    ("step", step_taken),
    ("tags", tags),
    ("go-path", go_path),
    ("go-api", go_api),
    ("c-api", c_api),
    ("rust-api", rust_api),
    ("packages", packages),
    ("licences", |_| deny(&["bans", "licenses", "sources"])),
    ("advisories", |_| deny(&["advisories"])),
    ("generated", generated),
];

/// Ends the process with 1 if a check fails.
pub fn run(args: &Args) -> Result<()> {
    if !args.dry_run {
        bail!(
            "releases are published by hand, as docs/release.md says: run `cargo xtask release --dry-run`"
        );
    }
    let checkout = root();
    let candidate = Candidate {
        checkout: &checkout,
        version: Version::parse(env!("CARGO_PKG_VERSION")).context("the workspace's version")?,
        last: last_release(&checkout)?,
    };
    println!("release {}, after {}", candidate.version, named(candidate.last.as_ref()));
    let failed = CHECKS.iter().filter(|check| !report(check, &candidate)).count();
    if failed > 0 {
        println!("{failed} of {} checks failed", CHECKS.len());
        std::process::exit(1);
    }
    println!("all {} checks passed; what remains is done by hand:\n", CHECKS.len());
    print!("{}", step::commands(&candidate.version));
    Ok(())
}

fn report((name, check): &Check, candidate: &Candidate) -> bool {
    let result = check(candidate);
    match &result {
        Ok(found) => println!("{name:10}  ok      {found}"),
        Err(why) => println!("{name:10}  FAILED  {why:#}"),
    }
    result.is_ok()
}

fn named(last: Option<&Version>) -> String {
    last.map_or("no other".into(), Version::to_string)
}

/// What git prints, or an error of one line.
fn git(checkout: &Path, args: &[&str]) -> Result<String> {
    let output = Command::new("git").arg("-C").arg(checkout).args(args).output();
    let output = output.context(NO_GIT)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "git {}: {}",
        args.join(" "),
        said.trim().lines().next().unwrap_or("failed")
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn last_release(checkout: &Path) -> Result<Option<Version>> {
    let tags = git(checkout, &["tag", "--list", "v*", "--merged", "HEAD"])?;
    let ours = env!("CARGO_PKG_VERSION");
    let versions = tags.lines().filter_map(|tag| Version::parse(tag.strip_prefix('v')?));
    Ok(versions.filter(|v| v.to_string() != ours).max())
}

fn tree(c: &Candidate) -> Result<String> {
    let source = Source::of(c.checkout);
    let commit = source.commit.context("this is no git checkout: clone the repository")?;
    ensure!(
        !source.changed,
        "files differ from the commit: commit or stash them, `git status` lists them"
    );
    Ok(format!("commit {commit}"))
}

fn step_taken(c: &Candidate) -> Result<String> {
    let Some(last) = &c.last else { return Ok("the first release".into()) };
    Ok(format!("{} after {last}", Step::between(last, &c.version)?.name()))
}

/// Both tags are free, or both are on this commit already.
fn tags(c: &Candidate) -> Result<String> {
    let names = [format!("v{}", c.version), format!("go-shim/v{}", c.version)];
    let head = git(c.checkout, &["rev-parse", "HEAD"])?;
    for name in &names {
        let at =
            git(c.checkout, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]);
        ensure!(
            at.map_or(true, |at| at == head),
            "tag {name} is on another commit: a released number is never used again, take the next"
        );
    }
    Ok(names.join(" and ") + " are free")
}

/// From version 2 on, Go wants the number in the module's path.
fn go_path(c: &Candidate) -> Result<String> {
    let text = std::fs::read_to_string(c.checkout.join("go-shim/go.mod"))?;
    let path =
        text.lines().find_map(|line| line.strip_prefix("module ")).context("no module line")?;
    let suffix = path.rsplit('/').next().filter(|part| {
        part.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    });
    let wanted = (c.version.major >= 2).then(|| format!("v{}", c.version.major));
    ensure!(
        suffix == wanted.as_deref(),
        "go.mod says {path}, but Go asks for version {} at a path that ends in {}",
        c.version,
        wanted.as_deref().unwrap_or("no version")
    );
    Ok(path.to_string())
}

fn go_api(c: &Candidate) -> Result<String> {
    api::check(c.checkout)?;
    let now = std::fs::read_to_string(c.checkout.join(api::LIST))?;
    let names = now.lines().count();
    let Some(last) = &c.last else {
        return Ok(format!("{names} names, no release to compare with"));
    };
    let old = git(c.checkout, &["show", &format!("v{last}:{}", api::LIST)])?;
    allowed(last, &c.version, &Change::between(&old, &now))
}

/// The exported functions of the header.
fn c_api(c: &Candidate) -> Result<String> {
    let now = functions(&std::fs::read_to_string(c.checkout.join(HEADER))?);
    let names = now.lines().count();
    let Some(last) = &c.last else {
        return Ok(format!("{names} names, no release to compare with"));
    };
    let old = functions(&git(c.checkout, &["show", &format!("v{last}:{HEADER}")])?);
    allowed(last, &c.version, &Change::between(&old, &now))
}

fn functions(header: &str) -> String {
    let names: BTreeSet<_> = crate::dist::declared(header);
    names.into_iter().map(|name| name + "\n").collect()
}

/// Whether a step may change a surface so.
fn allowed(last: &Version, now: &Version, change: &Change) -> Result<String> {
    let needed = Step::needed(last, change);
    let taken = Step::between(last, now)?;
    ensure!(taken >= needed, "a {} is needed after {last}: {change}", needed.name());
    Ok(format!("{} added, {} removed since {last}", change.added.len(), change.removed.len()))
}

fn rust_api(c: &Candidate) -> Result<String> {
    let Some(last) = &c.last else { return Ok("no release to compare with".into()) };
    let args = ["semver-checks", "--package", "widelane", "--baseline-rev", &format!("v{last}")];
    cargo(&args, "install it: `cargo install --locked cargo-semver-checks`")?;
    Ok(format!("compatible with {last}, as the number says"))
}

/// The crates as a registry would get them. Cargo refuses a tree with changes by itself.
fn packages(c: &Candidate) -> Result<String> {
    let crates = published(c.checkout)?;
    let names: Vec<_> = crates.iter().map(|p| p.name.as_str()).collect();
    let mut args = vec!["package", "--no-verify", "--locked", "--quiet"];
    args.extend(names.iter().flat_map(|name| ["--package", name]));
    cargo(&args, "it comes with Rust")?;
    Ok(format!("{} crates can be packed", names.len()))
}

/// The crates of the workspace that do not say `publish = false`.
fn published(checkout: &Path) -> Result<Vec<Package>> {
    let workspace = MetadataCommand::new()
        .manifest_path(checkout.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("reading the workspace")?;
    Ok(workspace.packages.into_iter().filter(|p| p.publish.is_none()).collect())
}

fn deny(which: &[&str]) -> Result<String> {
    let config = root().join("deny.toml");
    let config = config.to_str().context("the checkout's path is not text")?;
    for manifest in WORKSPACES {
        let args = ["deny", "--log-level", "error", "--locked", "--manifest-path", manifest];
        let args = [&args[..], &["--config", config, "check"], which].concat();
        cargo(&args, "run `cargo xtask test --only deny`, which installs it")?;
    }
    Ok(format!("{}, of {} lock files", which.join(", "), WORKSPACES.len()))
}

/// A cargo command of another package; its first words of complaint.
fn cargo(args: &[&str], get: &str) -> Result<()> {
    let mut command = Command::new("cargo");
    // What the stages installed comes first: it has the release that was tried.
    let own = root().join("target/tools/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    command.env("PATH", env::join_paths([own].into_iter().chain(env::split_paths(&path)))?);
    let output = command.args(args).current_dir(root()).output().context(toolchain::NO_CARGO)?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(!said.contains("no such command"), "cargo-{} is missing; {get}", args[0]);
    let first = said.lines().find(|line| line.contains("error") || line.contains("ERROR"));
    ensure!(
        output.status.success(),
        "`cargo {}` fails: {}",
        args.join(" "),
        first.or(said.lines().last()).unwrap_or("it says nothing").trim()
    );
    Ok(())
}

fn generated(_: &Candidate) -> Result<String> {
    generate::check()?;
    let missing = generate::missing_compilers();
    if let Some((arch, by)) = missing.first() {
        bail!(
            "the machine code for {} was made by {by}, which is not on this machine: install it",
            arch.go()
        );
    }
    Ok("the committed files are what the table and the compilers make".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cargo_metadata::DependencyKind;

    #[test]
    fn the_document_lists_every_check() {
        let text = std::fs::read_to_string(root().join("docs/release.md")).unwrap();
        for (name, _) in CHECKS {
            assert!(text.contains(&format!("| `{name}` |")), "{name}");
        }
    }

    #[test]
    fn what_is_published_needs_nothing_of_ours_that_is_not() {
        let crates = published(&root()).unwrap();
        let ours = |name: &str| crates.iter().any(|p| p.name == name);
        assert!(ours("widelane") && !ours("xtask"));
        for needed in crates.iter().flat_map(|p| &p.dependencies) {
            let packed = needed.kind != DependencyKind::Development && needed.path.is_some();
            assert!(!packed || ours(&needed.name), "{}", needed.name);
        }
    }

    #[test]
    fn a_version_in_the_path_from_two_on() {
        let scratch = tempfile::tempdir().unwrap();
        std::fs::create_dir(scratch.path().join("go-shim")).unwrap();
        let try_path = |path: &str, version: &str| {
            std::fs::write(scratch.path().join("go-shim/go.mod"), format!("module {path}\n"))
                .unwrap();
            let version = Version::parse(version).unwrap();
            go_path(&Candidate { checkout: scratch.path(), version, last: None }).is_ok()
        };
        assert!(try_path("example.org/x", "1.9.0"));
        assert!(!try_path("example.org/x", "2.0.0"));
        assert!(try_path("example.org/x/v2", "2.0.0"));
        assert!(!try_path("example.org/x/v2", "3.0.0") && !try_path("example.org/x/v2", "1.0.0"));
        assert!(try_path("example.org/vec", "0.1.0"), "a word with a v is no version");
    }

    /// A repository in which `v0.1.0` was released and everything since may change.
    struct Repository(tempfile::TempDir);

    impl Repository {
        fn new() -> Repository {
            let repository = Repository(tempfile::tempdir().unwrap());
            repository.write("WL_API void wl_a(void);\nWL_API void wl_b(void);\n");
            repository.git(&["init", "--quiet"]);
            repository.commit();
            repository.git(&["tag", "v0.1.0"]);
            repository
        }

        fn write(&self, header: &str) {
            let path = self.0.path().join(HEADER);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, header).unwrap();
        }

        fn git(&self, args: &[&str]) {
            let name = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
            git(self.0.path(), &[&name, args].concat()).unwrap();
        }

        fn commit(&self) {
            self.git(&["add", "."]);
            self.git(&["commit", "--quiet", "--allow-empty", "-m", "x"]);
        }

        fn candidate(&self, version: &str) -> Candidate<'_> {
            Candidate {
                checkout: self.0.path(),
                version: Version::parse(version).unwrap(),
                last: Version::parse("0.1.0"),
            }
        }
    }

    #[test]
    fn a_c_name_that_goes_asks_for_the_right_number() {
        let repository = Repository::new();
        assert!(c_api(&repository.candidate("0.1.1")).is_ok());
        repository.write("WL_API void wl_a(void);\n");
        let error = c_api(&repository.candidate("0.1.1")).unwrap_err().to_string();
        assert!(error.contains("- wl_b") && !error.contains('\n'), "{error}");
        assert!(c_api(&repository.candidate("0.2.0")).is_ok());
    }

    #[test]
    fn a_changed_tree_and_a_taken_tag_are_refused() {
        let repository = Repository::new();
        let again = repository.candidate("0.1.0");
        assert!(tree(&again).is_ok() && tags(&again).is_ok(), "the same commit");
        repository.commit();
        assert!(tags(&again).unwrap_err().to_string().contains("v0.1.0"));
        assert!(tags(&repository.candidate("0.1.1")).is_ok());
        repository.git(&["tag", "go-shim/v0.1.1"]);
        repository.commit();
        assert!(
            tags(&repository.candidate("0.1.1")).is_err(),
            "the tag of the Go module counts too"
        );
        repository.write("changed");
        assert!(tree(&again).unwrap_err().to_string().contains("git status"));
    }
}
