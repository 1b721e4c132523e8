//! The documents keep their word: links lead somewhere, and the examples of the README compile and run.
//!
//! The Rust example is a documentation test of the facade. The Go example runs as it stands and once more with the
//! standard library's packages in place of ours, which is the promise beside it; the C example is linked statically and
//! dynamically. All must print the same.

use super::golang;
use super::job::Run;
use crate::root::root;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};

const MODULE: &str = "github.com/widelane/widelane/go-shim";

/// Every relative link in every document leads to a file.
pub fn links(run: &mut Run) -> Result<()> {
    let mut broken = Vec::new();
    for folder in [root(), root().join("docs"), root().join("docs/kernels")] {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|e| e.path()) {
            if path.extension().is_none_or(|e| e != "md") {
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let name = path.strip_prefix(root())?.display();
            let dead = targets(&text).filter(|t| !folder.join(t).exists());
            broken.extend(dead.map(|t| format!("{name}: {t}")));
            run.passed(&format!("links of {name}"))?;
        }
    }
    if !broken.is_empty() {
        bail!("links that lead nowhere: {}", broken.join(", "));
    }
    Ok(())
}

/// The relative targets of the links in a text, without their anchors.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let relative = links.map(|(target, _)| target).filter(|t| !t.contains("://"));
    relative.filter_map(|t| t.split('#').next()).filter(|t| !t.is_empty())
}

/// The one fenced block of this language in the README.
fn example(language: &str) -> Result<String> {
    let text = fs::read_to_string(root().join("README.md")).context("README.md")?;
    block(&text, language).with_context(|| format!("README.md has no example in {language}"))
}

fn block(text: &str, language: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\n```{language}\n"))?;
    let (code, _) = rest.split_once("\n```")?;
    Some(format!("{code}\n"))
}

pub fn examples(run: &mut Run) -> Result<()> {
    let dir = root().join("target/xtask-test/readme");
    fs::create_dir_all(&dir)?;
    rust(run)?;
    let ours = go(run, &dir.join("ours"), &example("go")?)?;
    let twin = example("go")?.replace(&format!("{MODULE}/"), "");
    let theirs = go(run, &dir.join("theirs"), &twin)?;
    ensure!(ours == theirs, "Go's own packages print {theirs:?}, ours {ours:?}");
    let first = ours.lines().next().context("the Go example prints nothing")?.to_owned();
    for linked in c(run, &dir)? {
        ensure!(
            linked.lines().next() == Some(&first),
            "the C example prints {linked:?}, Go {first:?}"
        );
    }
    Ok(())
}

fn rust(run: &mut Run) -> Result<()> {
    let tests = run.cargo(&["test", "--locked", "-p", "widelane", "--doc", "Readme"]);
    tests.cargo_tests().context("the Rust example is a documentation test of the facade")
}

/// What a program prints that is a module of its own and knows ours by its checkout.
fn go(run: &mut Run, dir: &Path, program: &str) -> Result<String> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join("main.go"), program)?;
    let shim = root().join("go-shim");
    fs::write(
        dir.join("go.mod"),
        format!(
            "module example\n\ngo 1.25\n\nrequire {MODULE} v0.0.0\n\nreplace {MODULE} => {}\n",
            shim.display()
        ),
    )?;
    golang::on_path(run).dir(dir).args(["vet", "."]).check()?;
    golang::on_path(run).dir(dir).args(["build", "-o", "example"]).check()?;
    run.job(dir.join("example")).check()
}

/// What the C program prints, linked with the static library and with the shared one.
fn c(run: &mut Run, dir: &Path) -> Result<[String; 2]> {
    let source = dir.join("example.c");
    fs::write(&source, example("c")?)?;
    run.cargo(&["build", "--locked", "--release", "-p", "widelane-capi"]).prepare()?;
    let built = root().join("target/release");
    let include = root().join("crates/widelane-capi/include");
    let compile = |run: &mut Run, name: &str, link: &[PathBuf]| -> Result<String> {
        let program = dir.join(name);
        let strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"];
        let job =
            run.job("cc").args(strict).args([&include]).args(["-o"]).args([&program, &source]);
        job.args(link).args(["-lpthread", "-ldl", "-lm"]).check()?;
        run.job(&program).env("LD_LIBRARY_PATH", &built).env("DYLD_LIBRARY_PATH", &built).check()
    };
    let shared = ["libwidelane.so", "libwidelane.dylib"].map(|name| built.join(name));
    let shared = shared.into_iter().find(|p| p.exists()).context("no shared library was built")?;
    Ok([
        compile(run, "static", &[built.join("libwidelane.a")])?,
        compile(run, "shared", &[shared])?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_found_without_anchors() {
        let text = "[a](docs/a.md#x) and [b](https://example.org) and [c](#here) and [d](LICENSE)";
        assert_eq!(targets(text).collect::<Vec<_>>(), ["docs/a.md", "LICENSE"]);
    }

    #[test]
    fn a_block_is_found_by_its_language() {
        let text = "x\n```go\npackage main\n```\n```c\nint main;\n```\n";
        assert_eq!(block(text, "c").unwrap(), "int main;\n");
        assert_eq!(block(text, "sh"), None);
    }
}
