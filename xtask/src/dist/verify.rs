//! What is looked at in every library before it ships: machine, exports, wishes, and paths of the builder's machine.

use crate::matrix::{Os, Target};
use anyhow::{Context, Result, bail, ensure};
use kernels_manifest::Arch;
use object::read::archive::ArchiveFile;
use object::{Architecture, File, NameOrOrdinal, Object, ObjectSection, ObjectSymbol};
use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

/// Names that the header declares: the authority on what C sees.
pub fn declared(header: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in header.lines().filter(|line| line.starts_with("WL_API ")) {
        let before = line.split('(').next().unwrap_or_default();
        let name = before.rsplit([' ', '*']).next().unwrap_or_default();
        names.insert(name.to_string());
    }
    names
}

/// An archive of one object that defines exactly `exports` and wants only what the system has.
pub fn archive(target: &Target, path: &Path, exports: &BTreeSet<String>) -> Result<()> {
    let data = fs::read(path)?;
    let file = ArchiveFile::parse(&*data)?;
    let members: Vec<_> = file.members().collect::<Result<_, _>>()?;
    ensure!(members.len() == 1, "{} has {} members", path.display(), members.len());
    let object = File::parse(members[0].data(&*data)?)?;
    machine(target, &object)?;
    let global = object.symbols().filter(|s| s.is_definition() && s.is_global());
    let names = global.filter_map(|s| s.name().ok()).filter(|name| !constant(name));
    same(target, exports, names.map(str::to_string).collect())?;
    let wanted = object.symbols().filter(|s| s.is_undefined());
    wishes(
        target,
        wanted
            .filter_map(|s| s.name().ok().map(str::to_string))
            .filter(|n| !n.is_empty())
            .collect(),
    )?;
    if let Some(panic) =
        object.symbols().filter_map(|s| s.name().ok()).find(|n| n.contains("panicking"))
    {
        bail!("a kernel or the dispatch can panic: {panic} is linked in");
    }
    let debug = has_debug_info(members[0].data(&*data)?)?;
    ensure!(!debug, "{} has debug information", path.display());
    no_paths(path, &data)
}

/// Whether an object tells a debugger about its sources, and so where they lay.
pub fn has_debug_info(object: &[u8]) -> Result<bool> {
    let debug = |name: &str| name.starts_with(".debug") || name.starts_with("__debug");
    Ok(File::parse(object)?.sections().any(|s| s.name().is_ok_and(debug)))
}

/// Constants of COFF, named by what they hold, of which a linker keeps one for the whole program.
fn constant(name: &str) -> bool {
    ["__real@", "__xmm@", "__ymm@", "__zmm@"].iter().any(|start| name.starts_with(start))
}

/// A shared library with exactly `exports`.
pub fn shared(target: &Target, path: &Path, exports: &BTreeSet<String>) -> Result<()> {
    let data = fs::read(path)?;
    let file = File::parse(&*data)?;
    machine(target, &file)?;
    let exported = file.exports()?.map(|e| Ok(text(&e?.name())));
    same(target, exports, exported.collect::<Result<_>>()?)?;
    let imported = file.imports()?.map(|i| Ok(text(&i?.name())));
    wishes(target, imported.collect::<Result<_>>()?)?;
    no_paths(path, &data)
}

/// What a library offers or wants; by number only where a name is missing, which is then found to be wrong.
fn text(name: &NameOrOrdinal<&[u8]>) -> String {
    match name {
        NameOrOrdinal::Name(name) => String::from_utf8_lossy(name).into_owned(),
        NameOrOrdinal::Ordinal(n) => format!("number {n}"),
    }
}

fn machine(target: &Target, file: &File<'_>) -> Result<()> {
    let wanted = match target.arch {
        Arch::X86_64 => Architecture::X86_64,
        Arch::Aarch64 => Architecture::Aarch64,
    };
    ensure!(file.architecture() == wanted, "built for {:?}", file.architecture());
    Ok(())
}

/// Compares exports with the header, without the underscore that Apple's linkers put before a C name.
fn same(target: &Target, exports: &BTreeSet<String>, found: BTreeSet<String>) -> Result<()> {
    let plain = |name: &String| match target.os {
        Os::Darwin => name.strip_prefix('_').unwrap_or(name).to_string(),
        _ => name.clone(),
    };
    let found: BTreeSet<String> = found.iter().map(plain).collect();
    let extra: Vec<_> = found.difference(exports).collect();
    let missing: Vec<_> = exports.difference(&found).collect();
    ensure!(
        extra.is_empty() && missing.is_empty(),
        "exports are not what the header declares: {missing:?} missing, {extra:?} too many"
    );
    Ok(())
}

fn wishes(target: &Target, wanted: BTreeSet<String>) -> Result<()> {
    let known = target.os.wanted();
    let unknown: Vec<_> = wanted.iter().filter(|name| !known.contains(&name.as_str())).collect();
    ensure!(unknown.is_empty(), "wants {unknown:?}, which the system need not have");
    Ok(())
}

/// A path of the builder's machine tells of the builder, and makes builds differ.
fn no_paths(path: &Path, data: &[u8]) -> Result<()> {
    let checkout = crate::root::root();
    let home = env::var_os("HOME").map(Into::into);
    for folder in [Some(checkout), home].into_iter().flatten() {
        let text = folder.to_str().context("a folder's name is not text")?;
        let found = text.len() > 1 && data.windows(text.len()).any(|w| w == text.as_bytes());
        ensure!(!found, "{} contains the path {text}", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_declarations() {
        let header = "WL_API void wl_a(void) WL_NOEXCEPT;\nWL_API const char *wl_b(\n    size_t n);\nint wl_c(void);\n";
        let names: Vec<_> = declared(header).into_iter().collect();
        assert_eq!(names, ["wl_a", "wl_b"]);
    }

    #[test]
    fn refuses_other_exports() {
        let target = &crate::matrix::TARGETS[0];
        let set = |names: &[&str]| names.iter().map(|n| n.to_string()).collect::<BTreeSet<_>>();
        assert!(same(target, &set(&["wl_a"]), set(&["_wl_a"])).is_ok());
        assert!(same(target, &set(&["wl_a"]), set(&["_wl_a", "_rust_x"])).is_err());
        assert!(same(target, &set(&["wl_a", "wl_b"]), set(&["_wl_a"])).is_err());
    }
}
