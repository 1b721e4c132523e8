//! The C library of the working tree and of a revision, both built for comparison.

use crate::root::{NO_GIT, root};
use crate::toolchain;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A library in several layouts, and the header that it was built with.
pub struct Library {
    /// Has `0.so` and its twins.
    pub layouts: PathBuf,
    pub header: String,
}

impl Library {
    /// The first of the layouts.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        fs::read(self.layouts.join("0.so")).context("reading the library")
    }
}

/// Where everything of the gate is made.
pub fn folder() -> PathBuf {
    root().join("target/gate")
}

/// The library of the working tree as it is.
pub fn tree() -> Result<Library> {
    let built = from(&root(), &folder().join("tree"), &folder().join("layouts"));
    built.context("the working tree does not build")
}

/// The library of a commit. Made once: a commit does not change.
pub fn revision(commit: &str) -> Result<Library> {
    let compiler = toolchain::version(Path::new("rustc"))?.release;
    let bases = folder().join("base");
    let made = bases.join(format!("{commit}-{compiler}-{LAYOUTS}"));
    if !made.exists() {
        if bases.exists() {
            fs::remove_dir_all(&bases).context("removing what earlier runs compared with")?;
        }
        fs::create_dir_all(&bases)?;
        let scratch = tempfile::tempdir_in(&bases)?;
        let source = scratch.path().join("source");
        extract(commit, &source)?;
        let fresh = scratch.path().join("made");
        let library = from(&source, &scratch.path().join("target"), &fresh)
            .with_context(|| format!("revision {commit} does not build"))?;
        fs::write(fresh.join("widelane.h"), library.header)?;
        fs::rename(&fresh, &made)?;
    }
    let header = fs::read_to_string(made.join("widelane.h"))?;
    Ok(Library { layouts: made, header })
}

/// Functions begin at a multiple of 64 bytes, so that a line more in one of them does not move the others in their lines
/// of cache, which would measure luck.
const FLAGS: &str = "-Crelocation-model=pic -Cllvm-args=-align-all-functions=6";

/// As `dist` builds what ships, but for the linker's part.
const PROFILE: &[&str] = &[
    "profile.release.codegen-units=1",
    "profile.release.debug=0",
    "profile.release.lto=true",
    "profile.release.opt-level=3",
    "profile.release.panic='abort'",
];

/// Builds the checkout at `source`, and fills the folder `to`.
pub fn from(source: &Path, target: &Path, to: &Path) -> Result<Library> {
    let output = Command::new("cargo")
        .current_dir(source)
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", FLAGS)
        .args(["rustc", "--quiet", "--locked", "--release", "--package", "widelane-capi", "--lib"])
        .args(["--no-default-features", "--crate-type", "staticlib", "--target-dir"])
        .arg(target)
        .args(PROFILE.iter().flat_map(|setting| ["--config", setting]))
        .stdin(Stdio::null())
        .output()
        .context(toolchain::NO_CARGO)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().find(|line| line.starts_with("error"));
        bail!("{}", first.unwrap_or("cargo failed without a word"));
    }
    link(&target.join("release/libwidelane.a"), to)?;
    let header = fs::read_to_string(source.join("crates/widelane-capi/include/widelane.h"))?;
    Ok(Library { layouts: to.to_owned(), header })
}

/// How many layouts of a library there are.
const LAYOUTS: usize = 8;
/// By how many bytes the code of each lies further on than that of the one before: together they go once through a page, at
/// another line of cache each time. A kernel that nobody had touched was 8% slower at 64 bytes because another one, which
/// had grown, lay before it; one layout in eight says such things of itself alone.
const SHIFT: usize = 576;

/// Links the static library into shared ones, whose code begins elsewhere in a page.
fn link(library: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let exports = to.join("exports.map");
    fs::write(&exports, "{ global: wl_*; local: *; };\n")?;
    for layout in 0..LAYOUTS {
        let before = to.join("before.s");
        fs::write(&before, nothing(layout * SHIFT))?;
        let output = Command::new("cc")
            .args(["-shared", "-Wl,--gc-sections", "-Wl,-z,now", "-o"])
            .arg(to.join(format!("{layout}.so")))
            .arg(format!("-Wl,--version-script={}", exports.display()))
            .arg(&before)
            .args(["-Wl,--whole-archive".as_ref(), library, "-Wl,--no-whole-archive".as_ref()])
            .output()
            .context("running cc")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("cc does not link the library: {}", said.lines().next().unwrap_or_default());
        }
    }
    Ok(())
}

/// Assembly of so many bytes of code that nobody calls, and of a few more of constants, whose address counts too; the
/// linker keeps them because of their names.
fn nothing(bytes: usize) -> String {
    let constants = bytes + bytes / SHIFT * 16;
    format!(
        "\t.section .text.before,\"ax\"\n\t.balign 64\n\t.globl wl_before\nwl_before:\n\t.skip {bytes}, 0x90\n\
         \t.section .rodata.before,\"a\"\n\t.balign 64\n\t.globl wl_constants\nwl_constants:\n\t.skip {constants}\n\
         \t.section .note.GNU-stack,\"\",@progbits\n"
    )
}

/// The files of a commit, without touching the index or the list of worktrees.
fn extract(commit: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    let mut archive = Command::new("git")
        .arg("-C")
        .arg(root())
        .args(["archive", "--format=tar", commit])
        .stdout(Stdio::piped())
        .spawn()
        .context("running git")?;
    let tar = Command::new("tar")
        .arg("-xf-")
        .arg("-C")
        .arg(to)
        .stdin(archive.stdout.take().expect("stdout is piped"))
        .status()
        .context("running tar")?;
    ensure!(archive.wait()?.success() && tar.success(), "git archive {commit} | tar failed");
    Ok(())
}

/// What a checkout is compared with: `wanted`, or else what comes to mind: while something is being changed the last commit,
/// else the last release, else the commit before.
pub fn base(wanted: Option<&str>) -> Result<String> {
    ensure!(git(&["rev-parse", "--git-dir"]).is_some(), NO_GIT);
    if let Some(revision) = wanted {
        return commit(revision)
            .with_context(|| format!("no revision {revision:?} here; git log has them"));
    }
    let changed =
        git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|s| !s.is_empty());
    if changed {
        return commit("HEAD").context("no commit to compare with; name one with --base");
    }
    let release = git(&["describe", "--tags", "--abbrev=0", "--match=v*", "HEAD^"]);
    release
        .as_deref()
        .and_then(commit)
        .or_else(|| commit("HEAD^"))
        .context("no earlier commit to compare with (a shallow clone?); name one with --base")
}

/// Kernels that may be slower than in `commit`, as the messages of the commits since then say: `Slower: KERNEL, reason`.
pub fn accepted(commit: &str) -> Vec<String> {
    let format = "--format=%(trailers:key=Slower,valueonly)";
    let text = git(&["log", format, &format!("{commit}..HEAD")]).unwrap_or_default();
    text.lines().filter_map(kernel).collect()
}

fn kernel(trailer: &str) -> Option<String> {
    trailer.split([' ', ',', ':']).next().filter(|name| !name.is_empty()).map(str::to_owned)
}

fn commit(revision: &str) -> Option<String> {
    git(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &format!("{revision}^{{commit}}"),
    ])
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root()).args(args).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailer_names_its_kernel() {
        assert_eq!(kernel("vec_sum, half as much code"), Some("vec_sum".into()));
        assert_eq!(kernel("vec_sum"), Some("vec_sum".into()));
        assert_eq!(kernel(""), None);
    }
}
