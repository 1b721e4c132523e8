//! Builds a crate of kernels with its doors and hands out the one object that the compiler made.
//!
//! The flags are all given here. Whatever a user's environment or cargo configuration adds to ordinary builds is kept
//! away, because the bytes must not depend on it.

use crate::{root::root, toolchain, toolchain::Toolchain};
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use kernels_manifest::Arch;
use object::read::archive::ArchiveFile;
use serde::Deserialize;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// The object of `package`, a crate of kernels in the workspace.
pub fn kernels(package: &str, toolchain: &Toolchain) -> Result<Vec<u8>> {
    object(&root(), package, toolchain)
}

/// The object of `package` in the workspace at `workspace`.
pub fn object(workspace: &Path, package: &str, toolchain: &Toolchain) -> Result<Vec<u8>> {
    only_object(&build(workspace, package, Kind::Library, toolchain)?)
}

/// The program of `package`, which has the doors of all kernels in it, as they are in their objects.
pub fn program(package: &str, toolchain: &Toolchain) -> Result<PathBuf> {
    build(&root(), package, Kind::Program, toolchain)
}

/// What is made of a package.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Library,
    Program,
}

fn build(workspace: &Path, package: &str, kind: Kind, toolchain: &Toolchain) -> Result<PathBuf> {
    let progress = ProgressBar::new_spinner();
    progress.enable_steady_tick(Duration::from_millis(100));
    progress.set_message(format!("compiling {package} with rustc {}", toolchain.version.release));
    let made = cargo(workspace, package, kind, toolchain);
    progress.finish_and_clear();
    made.with_context(|| format!("compiling {package}"))
}

/// Runs cargo; returns the file that it made.
fn cargo(workspace: &Path, package: &str, kind: Kind, toolchain: &Toolchain) -> Result<PathBuf> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_") && text != "CARGO_HOME" || text.contains("RUSTC_") {
            command.env_remove(&name);
        }
    }
    let output = command
        .current_dir(workspace)
        .env_remove("RUSTFLAGS")
        .env("RUSTC", &toolchain.rustc)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace, toolchain.arch).join("\x1f"))
        .args(["build", "--quiet", "--locked", "--release", "--message-format=json"])
        .arg(if kind == Kind::Library { "--lib" } else { "--bins" })
        .args(["--package", package, "--target", toolchain::triple(toolchain.arch)])
        .arg("--target-dir")
        .arg(workspace.join("target/doors").join(toolchain.arch.go()))
        .args(PROFILE.iter().flat_map(|setting| ["--config", setting]))
        .stdin(Stdio::null())
        .output()
        .context(toolchain::NO_CARGO)?;
    let messages = String::from_utf8(output.stdout)?;
    let messages: Vec<Message> =
        messages.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !output.status.success() {
        let errors: Vec<&str> = messages.iter().filter_map(Message::diagnostic).collect();
        bail!("{}\n{}", errors.join("\n"), String::from_utf8_lossy(&output.stderr).trim());
    }
    let library = package.replace('-', "_");
    let mut made = messages.into_iter().filter_map(|m| {
        let name = m.target?.name;
        match kind {
            Kind::Library => (name == library)
                .then(|| {
                    m.filenames.into_iter().find(|p| p.extension().is_some_and(|e| e == "rlib"))
                })
                .flatten(),
            Kind::Program => m.executable.filter(|_| name == package),
        }
    });
    made.next().context("cargo names no such file")
}

/// The release profile, free of what the workspace sets for programs. Link-time optimisation would leave the library
/// without machine code.
const PROFILE: &[&str] = &[
    "profile.release.codegen-units=1",
    "profile.release.debug=0",
    "profile.release.debug-assertions=false",
    "profile.release.incremental=false",
    "profile.release.lto=false",
    "profile.release.opt-level=3",
    "profile.release.overflow-checks=false",
    "profile.release.panic='abort'",
    "profile.release.strip='none'",
];

/// Flags for every crate of the build.
pub fn flags(workspace: &Path, arch: Arch) -> Vec<String> {
    let mut flags = vec![
        // Paths reach the object through panic messages only, and those are refused; this keeps hashes equal too.
        format!("--remap-path-prefix={}=/widelane", workspace.display()),
        "--cfg=widelane_doors".into(),
        // Constants are reached relative to the instruction pointer, from wherever the code lies.
        "-Crelocation-model=pic".into(),
        // `.eh_frame` is what the gate compares its own account of the stack with.
        "-Cforce-unwind-tables=yes".into(),
        "-Cjump-tables=no".into(),
        // A door is one function: nothing is too long to be inlined into it.
        "-Cllvm-args=-inline-threshold=100000".into(),
        "-Cllvm-args=-inlinecold-threshold=100000".into(),
    ];
    match arch {
        // Go's signal handlers run on the goroutine's own stack on some systems: no red zone.
        Arch::X86_64 => flags.push("-Cno-redzone=yes".into()),
        // x28 holds the goroutine, x18 belongs to the platform. With the tiny model one `adr` reaches a constant.
        Arch::Aarch64 => flags.extend(
            ["-Ctarget-feature=+reserve-x18,+reserve-x28", "-Ccode-model=tiny"].map(String::from),
        ),
    }
    flags
}

/// The part of cargo's messages that is needed here.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
    target: Option<Target>,
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    rendered: Option<String>,
    level: String,
}

impl Message {
    fn diagnostic(&self) -> Option<&str> {
        let message = self.message.as_ref()?;
        (message.level == "error").then_some(message.rendered.as_deref()?.trim())
    }
}

/// The object in a library. With one codegen unit there is exactly one.
fn only_object(library: &Path) -> Result<Vec<u8>> {
    let bytes = fs::read(library).with_context(|| format!("reading {}", library.display()))?;
    let archive = ArchiveFile::parse(&*bytes)?;
    let mut objects = Vec::new();
    for member in archive.members() {
        let member = member?;
        if member.name().ends_with(b".o") {
            objects.push(member.data(&*bytes)?);
        }
    }
    match objects[..] {
        [object] => Ok(object.to_vec()),
        _ => bail!("{} has {} objects, not one", library.display(), objects.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate whose object would hold paths, in panic messages, if the flags let them through.
    #[test]
    fn bytes_do_not_depend_on_the_folder() -> Result<()> {
        let toolchain = toolchain::find(Arch::X86_64)?;
        let mut objects = Vec::new();
        for name in ["here", "in/quite/another/place"] {
            let temporary = tempfile::tempdir()?;
            let folder = temporary.path().join(name);
            fs::create_dir_all(folder.join("src"))?;
            let bad = root().join("xtask/tests/bad");
            for file in ["Cargo.toml", "Cargo.lock"] {
                fs::copy(bad.join(file), folder.join(file))?;
            }
            for file in fs::read_dir(bad.join("src"))? {
                let file = file?;
                fs::copy(file.path(), folder.join("src").join(file.file_name()))?;
            }
            objects.push(object(&folder, "bad", &toolchain)?);
        }
        assert!(objects[0] == objects[1]);
        let holds = |text: &str| objects[0].windows(text.len()).any(|w| w == text.as_bytes());
        assert!(holds("compiled.rs") && !holds("/tmp") && !holds("another"));
        Ok(())
    }
}
