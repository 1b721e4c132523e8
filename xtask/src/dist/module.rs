//! The Go module as a tree of files that `GOPROXY=file://` serves.
//!
//! The layout is the proxy protocol's, and the archive follows the rules for module archives: only regular files, each
//! below `module@version/`, without folders that are modules of their own, `vendor`, or hidden files.

use crate::root;
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

pub const PATH: &str = "github.com/widelane/widelane/go-shim";

/// The version in Go's form.
pub fn version() -> String {
    concat!("v", env!("CARGO_PKG_VERSION")).to_string()
}

/// Writes the tree of the module in the checkout at `root`.
pub fn make(root: &Path, proxy: &Path) -> Result<()> {
    let version = version();
    let folder = proxy.join(PATH).join("@v");
    fs::create_dir_all(&folder)?;
    let source = root.join("go-shim");
    fs::write(folder.join("list"), format!("{version}\n"))?;
    // No time: the moment of building would make two builds differ, and Go does not ask for one.
    fs::write(folder.join(format!("{version}.info")), format!("{{\"Version\":\"{version}\"}}\n"))?;
    fs::copy(source.join("go.mod"), folder.join(format!("{version}.mod")))?;
    let file = File::create(folder.join(format!("{version}.zip")))?;
    archive(&source, &files(&source)?, &version, file).context("writing the module's archive")
}

/// The module's files, sorted, relative to its folder.
fn files(source: &Path) -> Result<Vec<String>> {
    let mut files: Vec<String> = root::files(source)?;
    let nested: Vec<String> = files
        .iter()
        .filter_map(|file| file.strip_suffix("/go.mod").map(|folder| format!("{folder}/")))
        .collect();
    files.retain(|file| !nested.iter().any(|folder| file.starts_with(folder)));
    files.retain(|file| !file.split('/').any(|part| part == "vendor" || part.starts_with('.')));
    files.sort();
    ensure!(files.iter().any(|f| f == "go.mod"), "{} has no go.mod", source.display());
    ensure!(files.iter().any(|f| f.starts_with("LICENSE")), "{} has no license", source.display());
    Ok(files)
}

fn archive(source: &Path, files: &[String], version: &str, to: File) -> Result<()> {
    let mut zip = ZipWriter::new(to);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for file in files {
        let path = source.join(file);
        ensure!(fs::symlink_metadata(&path)?.is_file(), "{file} is not a regular file");
        zip.start_file(format!("{PATH}@{version}/{file}"), options)?;
        zip.write_all(&fs::read(path)?)?;
    }
    zip.finish()?;
    Ok(())
}
