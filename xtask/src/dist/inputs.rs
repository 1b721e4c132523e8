//! What a release is made from: the sources by hash, and the crates that are linked in.

use super::record::sha256_of;
use crate::root;
use anyhow::{Context, Result, ensure};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;

/// Beginnings of the paths of all that decides a byte of what ships. The tools are among them: they choose flags, and
/// they write archives and generated files.
const SOURCES: &[&str] = &[
    ".cargo/",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-",
    "crates/",
    "go-shim/",
    "rust-toolchain.toml",
    "xtask/",
];

/// Path and SHA-256 of every source, sorted by path.
pub fn sources(checkout: &Path) -> Result<BTreeMap<String, String>> {
    let mut sources = BTreeMap::new();
    for file in root::files(checkout)? {
        if SOURCES.iter().any(|start| file.starts_with(start)) {
            let digest = sha256_of(&checkout.join(&file)).with_context(|| file.clone())?;
            sources.insert(file, digest);
        }
    }
    ensure!(sources.contains_key("Cargo.lock"), "{} is no checkout", checkout.display());
    Ok(sources)
}

/// A crate whose code is in the C library.
pub struct Linked {
    pub name: String,
    pub version: String,
    pub license: String,
    /// SHA-256 of the archive in the registry; none for the crates of the workspace.
    pub checksum: Option<String>,
    /// Names of the crates that it needs, among those linked.
    pub needs: Vec<String>,
    pub description: String,
}

/// Every crate whose code may be in the C library of some target, sorted by name.
pub fn linked(checkout: &Path) -> Result<Vec<Linked>> {
    let metadata = metadata(checkout)?;
    let checksums = checksums(checkout)?;
    let needs = needs(&metadata)?;
    let top = package(&metadata, |p| p.name == "widelane-capi").context("no C library")?;
    let mut left = vec![&top.id];
    let mut seen = BTreeSet::new();
    while let Some(id) = left.pop() {
        if seen.insert(id) {
            left.extend(&needs[id]);
        }
    }
    let name = |id: &PackageId| package(&metadata, |p| p.id == *id).map(|p| p.name.to_string());
    let mut linked = Vec::new();
    for id in seen {
        let package = package(&metadata, |p| p.id == *id).context("cargo names no package")?;
        linked.push(Linked {
            name: package.name.to_string(),
            version: package.version.to_string(),
            // Before SPDX, a slash was how crates said that there is a choice.
            license: package.license.clone().context("no licence")?.replace('/', " OR "),
            checksum: checksums
                .get(&(package.name.to_string(), package.version.to_string()))
                .cloned(),
            needs: needs[id].iter().filter_map(&name).collect(),
            description: package.description.clone().unwrap_or_default(),
        });
    }
    linked.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(linked)
}

fn metadata(checkout: &Path) -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(checkout.join("crates/widelane-capi/Cargo.toml"))
        .other_options(["--locked".to_string(), "--no-default-features".to_string()])
        .exec()
        .context("reading the workspace")
}

fn package(metadata: &Metadata, is: impl Fn(&Package) -> bool) -> Option<&Package> {
    metadata.packages.iter().find(|p| is(p))
}

/// What each package needs when it is linked: neither tests nor build scripts.
fn needs(metadata: &Metadata) -> Result<HashMap<&PackageId, Vec<PackageId>>> {
    let resolve = metadata.resolve.as_ref().context("cargo resolves nothing")?;
    let mut needs = HashMap::new();
    for node in &resolve.nodes {
        let normal = node
            .deps
            .iter()
            .filter(|d| d.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal));
        let mut ids: Vec<PackageId> = normal.map(|d| d.pkg.clone()).collect();
        ids.sort();
        needs.insert(&node.id, ids);
    }
    Ok(needs)
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

fn checksums(checkout: &Path) -> Result<HashMap<(String, String), String>> {
    let lock: Lock = toml::from_str(&fs::read_to_string(checkout.join("Cargo.lock"))?)?;
    let packages = lock.package.into_iter();
    Ok(packages.filter_map(|p| Some(((p.name, p.version), p.checksum?))).collect())
}
