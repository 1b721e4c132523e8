//! What was made, from what, by what: `sbom.cdx.json`, `provenance.json` and `SHA256SUMS`.

use super::plan::Plan;
use super::statement::{
    BuildDefinition, Builder, Digest, External, GoModule, Internal, LINKER_SOURCE, Library,
    Material, Predicate, RunDetails, Statement, Subject,
};
use super::{inputs, library, module, sbom};
use crate::root::Source;
use crate::{compile, generate};
use anyhow::{Result, ensure};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;

pub const PROVENANCE: &str = "provenance.json";
pub const SUMS: &str = "SHA256SUMS";

/// Writes the three files for everything that lies below `out`. They hold no time, no host and no path.
pub fn write(
    checkout: &Path,
    source: &Source,
    level: Option<String>,
    libraries: Vec<Library>,
    out: &Path,
) -> Result<()> {
    let linked = inputs::linked(checkout)?;
    fs::write(out.join(sbom::FILE), json(&sbom::document(&linked, &libraries)?)?)?;
    let statement = statement(checkout, source, level, libraries, &linked, out)?;
    fs::write(out.join(PROVENANCE), json(&statement)?)?;
    fs::write(out.join(SUMS), sums(&digests(out)?))?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// In the form of `sha256sum`.
pub fn sums(digests: &[(String, String)]) -> String {
    digests.iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect()
}

/// Path below `out` and SHA-256 of every file, sorted by path. A link to a file counts as what it leads to; no link
/// leads to a folder in what `dist` makes.
pub fn digests(out: &Path) -> Result<Vec<(String, String)>> {
    let mut digests = Vec::new();
    let mut folders = vec![out.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let name = path.strip_prefix(out)?.to_string_lossy().replace('\\', "/");
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                ensure!(!path.is_dir(), "{name} is a link to a folder");
                digests.push((name, sha256_of(&path)?));
            }
        }
    }
    digests.sort();
    Ok(digests)
}

/// SHA-256 of a file.
pub fn sha256_of(path: &Path) -> Result<String> {
    Ok(Sha256::digest(fs::read(path)?).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn statement(
    checkout: &Path,
    source: &Source,
    level: Option<String>,
    libraries: Vec<Library>,
    linked: &[inputs::Linked],
    out: &Path,
) -> Result<Statement> {
    let subject = digests(out)?.into_iter().map(|(name, sum)| Subject::new(name, sum)).collect();
    let go_module = GoModule {
        path: module::PATH.into(),
        version: module::version(),
        machine_code: generate::NATIVE
            .iter()
            .filter_map(|&arch| machine_code(checkout, arch))
            .collect(),
    };
    let materials = materials(checkout, source, &libraries, &go_module, linked)?;
    let targets = libraries.iter().map(|l| l.target.clone()).collect();
    Ok(Statement::new(
        subject,
        Predicate {
            build_definition: BuildDefinition {
                build_type: "https://github.com/widelane/widelane/blob/main/docs/dispatch.md#dist"
                    .into(),
                external_parameters: External { targets, level },
                internal_parameters: Internal { libraries, go_module },
                resolved_dependencies: materials,
            },
            run_details: RunDetails {
                builder: Builder {
                    id: "https://github.com/widelane/widelane/tree/main/xtask".into(),
                },
            },
        },
    ))
}

/// The compiler of the machine code in the Go module: it is committed, so another than today's may have made it.
fn machine_code(
    checkout: &Path,
    arch: kernels_manifest::Arch,
) -> Option<super::statement::MachineCode> {
    Some(super::statement::MachineCode {
        arch: arch.go().into(),
        compiler: generate::committed(checkout, arch)?.to_string(),
        flags: compile::flags(Path::new("CHECKOUT"), arch),
    })
}

/// Everything that went in: the commit, each source, each crate of a registry, each tool.
fn materials(
    checkout: &Path,
    source: &Source,
    libraries: &[Library],
    go_module: &GoModule,
    linked: &[inputs::Linked],
) -> Result<Vec<Material>> {
    let mut materials = Vec::new();
    if let Some(commit) = &source.commit {
        materials.push(Material::commit(commit, source.changed));
    }
    let compilers = libraries.iter().map(|l| &l.compiler);
    let mut compilers: Vec<_> =
        compilers.chain(go_module.machine_code.iter().map(|m| &m.compiler)).collect();
    compilers.sort();
    compilers.dedup();
    materials.extend(compilers.into_iter().filter_map(|text| Material::compiler(text)));
    let mut linkers: Vec<_> = libraries.iter().map(|l| &l.linker).collect();
    linkers.sort();
    linkers.dedup();
    materials.extend(linkers.into_iter().map(|name| Material {
        name: Some(name.clone()),
        uri: Some(LINKER_SOURCE.into()),
        ..Material::default()
    }));
    materials.extend(linked.iter().filter_map(|l| {
        let digest = Digest::sha256(l.checksum.clone()?);
        let uri = Some(format!("pkg:cargo/{}@{}", l.name, l.version));
        Some(Material { uri, digest: Some(digest), ..Material::default() })
    }));
    materials.extend(inputs::sources(checkout)?.into_iter().map(|(name, sum)| Material {
        name: Some(name),
        digest: Some(Digest::sha256(sum)),
        ..Material::default()
    }));
    Ok(materials)
}

/// What the statement says of a library.
pub fn library_of(plan: &Plan) -> Library {
    Library {
        target: plan.target.triple.into(),
        compiler: plan.version.to_string(),
        core: plan.core.describe().into(),
        flags: library::flags(plan),
        linker: plan.linker.version.clone(),
    }
}
