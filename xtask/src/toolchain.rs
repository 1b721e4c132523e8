//! Which compiler makes the machine code of an architecture.
//!
//! The pinned compiler is preferred. Where rustup cannot bring it a target, another `rustc` of the machine whose
//! sysroot has the target serves, and the provenance in the generated files says which one it was.

use crate::root::root;
use anyhow::{Context, Result, anyhow};
use kernels_manifest::Arch;
use std::{env, fmt, fs, path::Path, path::PathBuf, process::Command};

/// What to do where cargo does not start.
pub const NO_CARGO: &str = "no cargo on PATH: install rustup from https://rustup.rs";

/// A compiler that can build `core`-only crates for one architecture.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub rustc: PathBuf,
    pub arch: Arch,
    pub version: Version,
}

/// What `rustc -vV` says, as far as it decides the bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    pub release: String,
    pub commit: String,
    pub llvm: String,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rustc {} commit {} LLVM {}", self.release, self.commit, self.llvm)
    }
}

impl Version {
    /// Reads back what `Display` wrote.
    pub fn parse(text: &str) -> Option<Version> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let ["rustc", release, "commit", commit, "LLVM", llvm] = words[..] else { return None };
        Some(Version { release: release.into(), commit: commit.into(), llvm: llvm.into() })
    }
}

/// The target triple whose ELF objects serve every operating system of `arch` from Go.
pub fn triple(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x86_64-unknown-linux-gnu",
        Arch::Aarch64 => "aarch64-unknown-linux-gnu",
    }
}

/// The first compiler that has `arch`, or how to get one.
pub fn find(arch: Arch) -> Result<Toolchain> {
    candidates(arch).into_iter().next().ok_or_else(|| missing(arch))
}

/// The compiler of exactly this version, if the machine has it.
pub fn find_exactly(arch: Arch, version: &Version) -> Option<Toolchain> {
    candidates(arch).into_iter().find(|t| t.version == *version)
}

/// Every compiler on `PATH` whose sysroot has `arch`, the pinned one first.
fn candidates(arch: Arch) -> Vec<Toolchain> {
    let mut found: Vec<Toolchain> = Vec::new();
    for rustc in compilers() {
        if has_target(&rustc, triple(arch))
            && let Ok(version) = version(&rustc)
            && !found.iter().any(|t| t.version == version)
        {
            found.push(Toolchain { rustc, arch, version });
        }
    }
    found
}

/// Every distinct `rustc` on `PATH`, in its order. rustup's proxy comes first on ordinary machines and obeys
/// `rust-toolchain.toml`; one that stands later still comes after what the user put before it.
pub fn compilers() -> Vec<PathBuf> {
    let mut seen = Vec::new();
    let mut compilers = Vec::new();
    for folder in env::split_paths(&env::var_os("PATH").unwrap_or_default()) {
        let rustc = folder.join("rustc");
        let Ok(real) = fs::canonicalize(&rustc) else { continue };
        if !seen.contains(&real) {
            seen.push(real);
            compilers.push(rustc);
        }
    }
    compilers
}

/// Whether the sysroot of `rustc` has `core` for `target`.
pub fn has_target(rustc: &Path, target: &str) -> bool {
    let Ok(folder) = ask(rustc, &["--print", "target-libdir", "--target", target]) else {
        return false;
    };
    let Ok(entries) = fs::read_dir(folder.trim()) else { return false };
    entries.flatten().any(|e| e.file_name().to_string_lossy().starts_with("libcore-"))
}

pub fn version(rustc: &Path) -> Result<Version> {
    let text = ask(rustc, &["-vV"])?;
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(|value| value.trim().to_owned())
            .with_context(|| format!("{} -vV does not say `{name}`", rustc.display()))
    };
    Ok(Version {
        release: field("release:")?,
        commit: field("commit-hash:")?,
        llvm: field("LLVM version:")?,
    })
}

/// What a question to `rustc` prints. Runs in the checkout, where rustup's proxy finds the pin.
pub fn ask(rustc: &Path, args: &[&str]) -> Result<String> {
    let output = Command::new(rustc).args(args).current_dir(root()).output()?;
    if !output.status.success() {
        return Err(anyhow!("{}", String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn missing(arch: Arch) -> anyhow::Error {
    let triple = triple(arch);
    let debian = match arch {
        Arch::X86_64 => "rustc-web libstd-rust-web-dev",
        Arch::Aarch64 => "rustc-web libstd-rust-web-dev:arm64",
    };
    anyhow!(
        "no rustc on this machine builds for {triple}: run `rustup target add {triple}` in the checkout, \
         or on Debian `apt install {debian}`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_reads_back() {
        let version =
            Version { release: "1.95.0".into(), commit: "5980".into(), llvm: "22.1.2".into() };
        assert_eq!(Version::parse(&version.to_string()), Some(version));
        assert_eq!(Version::parse("rustc 1.95.0"), None);
    }

    #[test]
    fn the_message_says_how_to_get_the_target() {
        let text = missing(Arch::Aarch64).to_string();
        assert!(text.contains("rustup target add aarch64-unknown-linux-gnu"), "{text}");
        assert!(text.contains("libstd-rust-web-dev:arm64"), "{text}");
    }
}
