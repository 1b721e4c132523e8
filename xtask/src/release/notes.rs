//! The version in every file that states it, and the changelog's section for it.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where else than in Cargo.toml the number stands, with the text around it.
const PLACES: &[(&str, &str, &str)] = &[
    ("go-shim/cmd/widelane/version.go", "const release = \"", "\""),
    ("docs/dispatch.md", "go-shim@v", "\n"),
];

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    package: WorkspacePackage,
    dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct WorkspacePackage {
    version: String,
}

/// Whether every file that states the version states this one.
pub fn versions(checkout: &Path, version: &str) -> Result<String> {
    let manifest: Manifest = toml::from_str(&fs::read_to_string(checkout.join("Cargo.toml"))?)?;
    let mut wrong = Vec::new();
    let mut count = 1;
    let mut see = |place: String, found: &str| {
        count += 1;
        if found != version {
            wrong.push(format!("{place} says {found}"));
        }
    };
    see("Cargo.toml".into(), &manifest.workspace.package.version);
    for (name, dependency) in &manifest.workspace.dependencies {
        if let Some(found) = dependency.get("path").and(dependency.get("version")) {
            see(format!("Cargo.toml, dependency {name},"), found.as_str().unwrap_or_default());
        }
    }
    for (file, before, after) in PLACES {
        let text = fs::read_to_string(checkout.join(file)).with_context(|| (*file).to_string())?;
        let mut found = text.split(before).skip(1).peekable();
        ensure!(found.peek().is_some(), "{file} states no version any more");
        for rest in found {
            see((*file).to_string(), rest.split(after).next().unwrap_or_default());
        }
    }
    if !wrong.is_empty() {
        bail!("not {version}: {}", wrong.join("; "));
    }
    Ok(format!("{version} in {count} places"))
}

/// Whether the changelog has a section for the version, with a day and an entry, and nothing is left unreleased.
pub fn changelog(checkout: &Path, version: &str) -> Result<String> {
    let text = fs::read_to_string(checkout.join("CHANGELOG.md"))?;
    let mut sections = text.split("\n## ").skip(1);
    let unreleased = text.split("\n## ").find_map(|s| s.strip_prefix("Unreleased"));
    let heading = format!("{version} - ");
    let Some(section) = sections.find(|s| s.starts_with(&heading)) else {
        bail!("CHANGELOG.md has no section `## {version} - YYYY-MM-DD`");
    };
    let day = section[heading.len()..].lines().next().unwrap_or_default();
    ensure!(is_day(day), "the section of {version} says {day:?}, not a day as YYYY-MM-DD");
    let entries = |text: &str| text.lines().filter(|line| line.starts_with("- ")).count();
    ensure!(entries(section) > 0, "the section of {version} is empty");
    let left = unreleased.map_or(0, entries);
    ensure!(left == 0, "{left} entries are still under `Unreleased`: move them to {version}");
    Ok(format!("{} entries of {day}", entries(section)))
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| {
        (part.len() == digits).then(|| part.parse::<u32>().ok()).flatten()
    };
    let [year, month, day] = parts[..] else { return false };
    number(year, 4).is_some_and(|y| y >= 2026)
        && number(month, 2).is_some_and(|m| (1..=12).contains(&m))
        && number(day, 2).is_some_and(|d| (1..=31).contains(&d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::root;

    #[test]
    fn the_checkout_states_one_version() {
        versions(&root(), env!("CARGO_PKG_VERSION")).unwrap();
        let error = versions(&root(), "9.9.9").unwrap_err().to_string();
        for place in ["Cargo.toml says", "dependency kernels-generic", "version.go", "dispatch.md"]
        {
            assert!(error.contains(place), "{place}: {error}");
        }
    }

    #[test]
    fn the_changelog_must_have_the_version_its_day_and_entries() {
        let scratch = tempfile::tempdir().unwrap();
        let found = |text: &str| {
            fs::write(scratch.path().join("CHANGELOG.md"), format!("# Changelog\n\n{text}"))
                .unwrap();
            changelog(scratch.path(), "0.2.0").map_err(|e| e.to_string())
        };
        let good = "## Unreleased\n\n## 0.2.0 - 2026-12-01\n\n### Added\n\n- A.\n- B.\n\n## 0.1.0 - 2026-11-30\n\n- C.\n";
        assert_eq!(found(good), Ok("2 entries of 2026-12-01".into()));
        assert!(found("## Unreleased\n\n- A.\n").unwrap_err().contains("no section"));
        assert!(found("## 0.2.0 - soon\n\n- A.\n").unwrap_err().contains("soon"));
        assert!(found("## 0.2.0 - 2026-13-01\n\n- A.\n").is_err());
        assert!(found("## 0.2.0 - 2026-12-01\n").unwrap_err().contains("empty"));
        assert!(
            found(&good.replace("Unreleased\n", "Unreleased\n\n- D.\n"))
                .unwrap_err()
                .contains("1 entries")
        );
        assert!(found("## 0.2.01 - 2026-12-01\n\n- A.\n").is_err());
    }
}
