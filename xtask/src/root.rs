//! Where the checkout is, and what belongs to it.

use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The top of the checkout that this xtask was built from.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the checkout")
        .to_path_buf()
}

/// Workspaces of the checkout, each with a lock file of its own.
pub const WORKSPACES: &[&str] = &["Cargo.toml", "benches/Cargo.toml", "fuzz/Cargo.toml"];

/// What to do where git does not start.
pub const NO_GIT: &str = "no git on PATH: install it, and work in a clone of the repository";

/// Which sources a checkout holds.
pub struct Source {
    /// Absent without git.
    pub commit: Option<String>,
    /// Whether files differ from that commit.
    pub changed: bool,
}

impl Source {
    pub fn of(root: &Path) -> Source {
        let commit = git(root, &["rev-parse", "HEAD"]).map(|text| text.trim().to_string());
        let changed = git(root, &["status", "--porcelain"]).is_some_and(|text| !text.is_empty());
        Source { commit, changed }
    }
}

fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Files below `folder` that belong to the sources, relative to it: those git does not ignore, or, without git, those
/// that are not hidden and not built.
pub fn files(folder: &Path) -> Result<Vec<String>> {
    if let Some(list) =
        git(folder, &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    {
        let files = list.split('\0').filter(|name| !name.is_empty() && folder.join(name).exists());
        return Ok(files.map(str::to_string).collect());
    }
    let mut files = Vec::new();
    walk(folder, "", &mut files)?;
    Ok(files)
}

fn walk(top: &Path, below: &str, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(top.join(below))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            bail!("{} is not text", entry.path().display())
        };
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if name.starts_with('.') && below.is_empty() && name != ".cargo"
            || path == "target"
            || path == "dist"
        {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(top, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Copies the sources at `from` to the new folder `to`.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(from.join(&file), target)?;
    }
    Ok(())
}
