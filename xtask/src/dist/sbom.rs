//! `sbom.cdx.json`: what is inside of what ships, as CycloneDX 1.6.
//!
//! Neither a serial number nor a time: both would make two builds of the same sources differ. `cargo-cyclonedx` is not
//! used because it names crates by the folder that they lie in, and knows of one language only.

use super::inputs::Linked;
use super::module;
use super::statement::Library;
use crate::toolchain::Version;
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub const FILE: &str = "sbom.cdx.json";

const LICENSE: &str = "MIT OR Apache-2.0";

/// The document: one component for the release, below it the C library and the Go module, below them the crates.
pub fn document(linked: &[Linked], libraries: &[Library]) -> Result<Value> {
    let version = env!("CARGO_PKG_VERSION");
    let release = format!("pkg:github/widelane/widelane@v{version}");
    let go = format!("pkg:golang/{}@{}", module::PATH, module::version());
    let cores: BTreeSet<String> = libraries
        .iter()
        .filter_map(|l| Version::parse(&l.compiler))
        .map(|version| version.release)
        .collect();
    let mut components: Vec<Value> = linked.iter().map(component).collect();
    components.push(json!({
        "type": "library",
        "bom-ref": go,
        "name": module::PATH,
        "version": module::version(),
        "description": "Go packages with the machine code of the kernels; they require no other module",
        "licenses": [{ "expression": LICENSE }],
        "purl": go,
    }));
    components.extend(cores.iter().map(|release| {
        json!({
            "type": "library",
            "bom-ref": core(release),
            "name": "core",
            "version": release,
            "description": "Rust's core library, parts of which are compiled into the C library",
            "licenses": [{ "expression": LICENSE }],
            "purl": core(release),
        })
    }));
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": release,
                "name": "widelane",
                "version": version,
                "licenses": [{ "expression": LICENSE }],
                "purl": release,
            },
        },
        "components": components,
        "dependencies": dependencies(linked, &cores, &release, &go),
    }))
}

/// Rust publishes its library with the compiler, not as a package.
fn core(release: &str) -> String {
    format!("pkg:generic/rust-core@{release}")
}

fn purl(linked: &Linked) -> String {
    format!("pkg:cargo/{}@{}", linked.name, linked.version)
}

fn component(linked: &Linked) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(linked),
        "name": linked.name,
        "version": linked.version,
        "description": linked.description,
        "licenses": [{ "expression": linked.license }],
        "purl": purl(linked),
    });
    if let Some(checksum) = &linked.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

/// Who needs whom. The Go module has the kernels' machine code and nothing else of Rust.
fn dependencies(
    linked: &[Linked],
    cores: &BTreeSet<String>,
    release: &str,
    go: &str,
) -> Vec<Value> {
    let refs = |names: &[String]| -> Vec<String> {
        linked.iter().filter(|l| names.contains(&l.name)).map(purl).collect()
    };
    let kernels: Vec<String> =
        linked.iter().filter(|l| l.name.starts_with("kernels-")).map(purl).collect();
    let cores: Vec<String> = cores.iter().map(|release| core(release)).collect();
    let mut parts = refs(&["widelane-capi".to_string()]);
    parts.push(go.to_string());
    let mut rows = vec![
        json!({ "ref": release, "dependsOn": parts }),
        json!({ "ref": go, "dependsOn": kernels }),
    ];
    for one in linked {
        let mut needs = refs(&one.needs);
        if one.name == "widelane-capi" {
            needs.extend(cores.iter().cloned());
        }
        rows.push(json!({ "ref": purl(one), "dependsOn": needs }));
    }
    rows.extend(cores.iter().map(|core| json!({ "ref": core })));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::inputs;
    use crate::root::root;
    use boon::{Compiler, SchemaIndex, Schemas};
    use std::fs;

    /// CycloneDX's own schema, with the two that it refers to.
    fn schema(schemas: &mut Schemas) -> SchemaIndex {
        let mut compiler = Compiler::new();
        let at = |name: &str| format!("http://cyclonedx.org/schema/{name}");
        for name in ["bom-1.6.schema.json", "jsf-0.82.schema.json", "spdx.schema.json"] {
            let text = fs::read_to_string(root().join("xtask/tests/cyclonedx").join(name)).unwrap();
            compiler.add_resource(&at(name), serde_json::from_str(&text).unwrap()).unwrap();
        }
        compiler.compile(&at("bom-1.6.schema.json"), schemas).unwrap()
    }

    fn ours() -> Value {
        let library = Library {
            target: "x86_64-unknown-linux-gnu".into(),
            compiler: "rustc 1.95.0 commit 0 LLVM 22.1.2".into(),
            core: "installed".into(),
            flags: Vec::new(),
            linker: "LLD 22.1.2".into(),
        };
        document(&inputs::linked(&root()).unwrap(), &[library]).unwrap()
    }

    #[test]
    fn the_schema_accepts_it_and_no_broken_one() {
        let mut schemas = Schemas::new();
        let schema = schema(&mut schemas);
        let valid = |value: &Value| schemas.validate(value, schema).map_err(|e| e.to_string());
        valid(&ours()).unwrap();
        let broken = |path: &str, to: Value| {
            let mut value = ours();
            *value.pointer_mut(path).unwrap() = to;
            assert!(valid(&value).is_err(), "{path} is not looked at");
        };
        broken("/components/0/type", json!("librarry"));
        broken("/components/0/bom-ref", json!(""));
        broken("/components/0/licenses", json!([{ "id": "MIT" }]));
        broken("/dependencies", json!([ours()["dependencies"][0], ours()["dependencies"][0]]));
        broken("/specVersion", json!(1.6));
    }

    #[test]
    fn it_names_what_is_linked_and_nothing_that_only_tests_need() {
        let document = ours();
        let components = document["components"].as_array().unwrap();
        let named = |name: &str| components.iter().any(|c| c["name"] == name);
        for name in ["widelane", "kernels-x86-avx512", "libc", "cfg-if", "core", module::PATH] {
            assert!(named(name), "{name}");
        }
        assert!(!named("quickcheck") && !named("kernels-check") && !named("xtask"));
        let hashed = components.iter().filter(|c| !c["hashes"].is_null()).count();
        let foreign = inputs::linked(&root()).unwrap();
        assert_eq!(hashed, foreign.iter().filter(|l| l.checksum.is_some()).count());
        assert!(hashed >= 3, "crates of the registry have checksums");
    }

    /// The Go module must need no other, or the list above is short of it.
    #[test]
    fn the_go_module_needs_nothing() {
        let text = fs::read_to_string(root().join("go-shim/go.mod")).unwrap();
        assert!(!text.contains("require"), "name it in the SBOM: {text}");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = ours();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        known.insert(document["metadata"]["component"]["bom-ref"].as_str().unwrap());
        for component in document["components"].as_array().unwrap() {
            assert!(known.insert(component["bom-ref"].as_str().unwrap()), "twice: {component}");
        }
        for row in document["dependencies"].as_array().unwrap() {
            let needs = row["dependsOn"].as_array().into_iter().flatten();
            for reference in needs.chain([&row["ref"]]) {
                assert!(known.contains(reference.as_str().unwrap()), "{reference}");
            }
        }
    }
}
