//! Writes the committed files that derive from the table, or checks that they are current.
//!
//! Each writer returns whole files; nothing is written before every writer has succeeded.

mod capi;
mod docs;
mod doors;
mod facade;
mod signature;
mod text;

use crate::root::root;
use anyhow::{Context, Result, bail};
use std::fs;

/// Write the files that derive from the table of kernels
#[derive(clap::Args)]
pub struct Args {
    /// Compare instead of writing; differences are printed and fail
    #[arg(long)]
    check: bool,
}

/// A generated file: where it lies below the checkout, and all of its text.
pub struct File {
    pub path: String,
    pub text: String,
}

pub fn run(args: &Args) -> Result<()> {
    let files: Vec<File> = [doors::files()?, facade::files()?, capi::files()?, docs::files()]
        .into_iter()
        .flatten()
        .collect();
    let mut stale = Vec::new();
    for file in &files {
        let path = root().join(&file.path);
        if fs::read_to_string(&path).is_ok_and(|old| old == file.text) {
            continue;
        }
        if args.check {
            stale.push(file.path.as_str());
        } else {
            fs::create_dir_all(path.parent().expect("a file has a folder"))?;
            fs::write(&path, &file.text).with_context(|| format!("writing {}", file.path))?;
        }
    }
    if !stale.is_empty() {
        bail!("not what the table says, run `cargo xtask gen`: {}", stale.join(", "));
    }
    Ok(())
}
