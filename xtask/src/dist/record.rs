//! What was made, from what, by what: `provenance.json` and `SHA256SUMS`.

use super::library;
use super::plan::{Core, Plan};
use crate::root::Source;
use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// Writes both files for everything that lies below `out`. They hold no time, no host and no path.
pub fn write(root: &Path, source: &Source, plans: &[Plan], out: &Path) -> Result<()> {
    let statement = provenance(root, source, plans, out)?;
    fs::write(out.join("provenance.json"), serde_json::to_string_pretty(&statement)? + "\n")?;
    let sums: String =
        digests(out)?.into_iter().map(|(path, sum)| format!("{sum}  {path}\n")).collect();
    fs::write(out.join("SHA256SUMS"), sums)?;
    Ok(())
}

/// Path below `out` and SHA-256 of every file, sorted by path. A link counts as what it leads to.
pub fn digests(out: &Path) -> Result<Vec<(String, String)>> {
    let mut digests = Vec::new();
    let mut folders = vec![out.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(out)?.to_string_lossy().replace('\\', "/");
                digests.push((name, sha256(&fs::read(&path)?)));
            }
        }
    }
    digests.sort();
    Ok(digests)
}

/// SHA-256 of a file.
pub fn sha256_of(path: &Path) -> Result<String> {
    Ok(sha256(&fs::read(path)?))
}

fn sha256(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An in-toto statement with SLSA's provenance.
fn provenance(root: &Path, source: &Source, plans: &[Plan], out: &Path) -> Result<Value> {
    let subject: Vec<Value> = digests(out)?
        .into_iter()
        .map(|(name, sum)| json!({ "name": name, "digest": { "sha256": sum } }))
        .collect();
    let lock = sha256(&fs::read(root.join("Cargo.lock"))?);
    let mut materials = vec![json!({ "name": "Cargo.lock", "digest": { "sha256": lock } })];
    if let Some(commit) = &source.commit {
        materials.push(json!({
            "uri": "git+https://github.com/widelane/widelane",
            "digest": { "gitCommit": commit },
            "annotations": { "changed": source.changed },
        }));
    }
    let level = plans.iter().find_map(|plan| plan.level).map(|level| level.name());
    let triples: Vec<_> = plans.iter().map(|plan| plan.target.triple).collect();
    Ok(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://github.com/widelane/widelane/blob/main/docs/dispatch.md#dist",
                "externalParameters": { "targets": triples, "level": level },
                "internalParameters": { "libraries": plans.iter().map(library_of).collect::<Vec<_>>() },
                "resolvedDependencies": materials,
            },
            "runDetails": {
                "builder": { "id": "https://github.com/widelane/widelane/tree/main/xtask" },
            },
        },
    }))
}

fn library_of(plan: &Plan) -> Value {
    json!({
        "target": plan.target.triple,
        "compiler": plan.version.to_string(),
        "core": match plan.core {
            Core::Installed => "installed",
            Core::Source => "built from the compiler's sources, -Zbuild-std=core",
        },
        "flags": library::flags(plan),
        "linker": plan.linker.version,
    })
}
