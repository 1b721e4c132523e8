//! What users' builds run and bring along: read from cargo's own account, and from the Go module's files.

#[cfg(test)]
mod tests {
    use crate::root::{files, root};
    use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, TargetKind};
    use std::collections::BTreeSet;
    use std::fs;

    fn metadata() -> Metadata {
        let manifest = root().join("Cargo.toml");
        MetadataCommand::new()
            .manifest_path(manifest)
            .other_options(["--locked".into()])
            .exec()
            .unwrap()
    }

    fn published(p: &&Package) -> bool {
        p.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }

    fn runs_at_build(p: &Package) -> bool {
        let at_build = [TargetKind::CustomBuild, TargetKind::ProcMacro];
        p.targets.iter().flat_map(|t| &t.kind).any(|kind| at_build.contains(kind))
    }

    /// A generator that runs in users' builds would make the bytes depend on their machine, and would be code of ours
    /// that runs before anyone has called anything.
    #[test]
    fn no_crate_of_ours_runs_anything_in_a_users_build() {
        let metadata = metadata();
        let ours: Vec<_> = metadata.workspace_packages().into_iter().filter(published).collect();
        assert!(ours.len() >= 5, "which crates are published?");
        for package in ours {
            assert!(!runs_at_build(package), "{} runs code at build time", package.name);
            assert!(package.links.is_none(), "{} links", package.name);
        }
    }

    /// libc's build script asks the compiler for its version. libc is needed on arm64 Linux, and where feature `libc` is
    /// on; on x86-64 with `std` no build script runs at all.
    #[test]
    fn of_others_only_libc_runs_a_build_script() {
        let metadata = metadata();
        let ours: BTreeSet<_> = metadata
            .workspace_packages()
            .into_iter()
            .filter(published)
            .flat_map(|p| &p.dependencies)
            .filter(|d| d.kind == DependencyKind::Normal && d.path.is_none())
            .map(|d| d.name.as_str())
            .collect();
        assert!(ours.contains("cfg-if"), "{ours:?}");
        let others = metadata.packages.iter().filter(|p| ours.contains(p.name.as_str()));
        let running: BTreeSet<_> =
            others.filter(|p| runs_at_build(p)).map(|p| p.name.as_str()).collect();
        assert_eq!(running, BTreeSet::from(["libc"]));
    }

    #[test]
    fn the_go_module_generates_nothing_and_requires_nothing() {
        let module = root().join("go-shim");
        let sources: Vec<_> =
            files(&module).unwrap().into_iter().filter(|f| f.ends_with(".go")).collect();
        assert!(sources.len() > 50);
        for file in sources {
            let text = fs::read_to_string(module.join(&file)).unwrap();
            assert!(!text.contains("//go:generate"), "{file}");
        }
        let text = fs::read_to_string(module.join("go.mod")).unwrap();
        let words = ["require", "replace", "tool ", "toolchain", "exclude"];
        assert!(!words.iter().any(|word| text.contains(word)), "{text}");
    }

    /// Packages below `internal` for tests alone. A program that links one carries Go's test framework with its flags, or
    /// heeds a variable of the environment that plants faults.
    const FOR_TESTS: &[&str] = &["callee", "fuzzfault", "guard", "variants", "vectors"];

    /// What a Go file imports that is for tests: a line that ends in such a path, quoted.
    fn imported_for_tests(text: &str) -> Option<&str> {
        let quoted = text.lines().filter_map(|l| l.trim_end().strip_suffix('"')?.rsplit_once('"'));
        quoted.map(|(_, path)| path).find(|path| {
            let ours = path.split_once("/go-shim/internal/").map(|(_, package)| package);
            path.split('/').next() == Some("testing")
                || ours.is_some_and(|p| FOR_TESTS.contains(&p))
        })
    }

    #[test]
    fn go_programs_link_nothing_that_is_for_tests() {
        let module = root().join("go-shim");
        let folders: Vec<_> = FOR_TESTS.iter().map(|p| format!("internal/{p}/")).collect();
        for folder in &folders {
            assert!(module.join(folder).is_dir(), "{folder} is gone");
        }
        let mut read = 0;
        for file in files(&module).unwrap() {
            let tests = file.ends_with("_test.go") || folders.iter().any(|f| file.starts_with(f));
            if tests || !file.ends_with(".go") {
                continue;
            }
            let text = fs::read_to_string(module.join(&file)).unwrap();
            assert_eq!(imported_for_tests(&text), None, "{file}");
            read += 1;
        }
        assert!(read > 100, "only {read} files were read");
    }

    #[test]
    fn an_import_for_tests_is_found() {
        for (text, want) in [
            ("import \"testing\"\n", Some("testing")),
            ("import (\n\t\"fmt\"\n\tq \"testing/quick\"\n)\n", Some("testing/quick")),
            (
                "\t\"example.org/go-shim/internal/guard\"\r\n",
                Some("example.org/go-shim/internal/guard"),
            ),
            ("\t\"example.org/go-shim/internal/guards\"\n", None),
            ("\t\"example.org/go-shim/internal/impl\"\n", None),
            ("// what is \"testing\" here\n", None),
        ] {
            assert_eq!(imported_for_tests(text), want, "{text:?}");
        }
    }
}
