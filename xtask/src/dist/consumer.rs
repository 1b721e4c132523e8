//! What a user of the Go module does: an empty module outside the checkout, `go get` from the proxy that `dist` made,
//! a program that imports every package, `go build` and `go vet` for every port.

use super::module::{PATH, version};
use crate::matrix::go::{PORTS, Port};
use crate::root::root;
use anyhow::{Context, Result, ensure};
use kernels_manifest::FAMILIES;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Statements that use a family's package and fail on a wrong answer.
const USES: &[(&str, &str)] = &[
    ("vec", "must(vec.Sum([]uint64{1, 2, 3}) == 6)"),
    ("bytealg", "must(bytealg.IndexByte([]byte(\"lane\"), 'n') == 2)"),
    ("adler32", "must(adler32.Checksum([]byte(\"123456789\")) == 0x091e01de)"),
    ("crc32", "must(crc32.ChecksumIEEE([]byte(\"123456789\")) == 0xcbf43926)"),
    ("xxh3", "must(xxh3.Hash(nil) == 0x2d06800538d394c2)"),
    (
        "crc64",
        "must(crc64.Checksum([]byte(\"123456789\"), crc64.MakeTable(crc64.NVME)) == 0xae8b14860a799888)",
    ),
    (
        "latin1",
        "must(latin1.UTF8Len([]byte(\"lan\\xe9\")) == 5 && latin1.DecodeToString([]byte(\"lan\\xe9\")) == \"lan\\u00e9\")",
    ),
    ("utf16", "must(len(utf16.EncodeString(\"lan\\u00e9\\U0001d11e\")) == 6)"),
    ("utf8", "must(utf8.RuneCountInString(\"lane\\xff\") == 5)"),
    ("base32", "must(base32.StdEncoding.EncodeToString([]byte(\"lane\")) == \"NRQW4ZI=\")"),
    ("base64", "must(base64.StdEncoding.EncodeToString([]byte(\"lane\")) == \"bGFuZQ==\")"),
    ("hex", "must(hex.EncodeToString([]byte(\"lane\")) == \"6c616e65\")"),
];

/// Uses the module at `dist` with the Go at `go`; returns how many ports were built.
pub fn consume(dist: &Path, go: &str) -> Result<usize> {
    let scratch = tempfile::tempdir()?;
    let user = Consumer {
        go,
        folder: scratch.path().join("x"),
        proxy: dist.join("goproxy"),
        scratch: scratch.path(),
    };
    fs::create_dir(&user.folder)?;
    user.go(&["mod", "init", "example.org/x"], &[])?;
    user.go(&["get", &format!("{PATH}@{}", version())], &[])?;
    fs::write(user.folder.join("main.go"), program()?)?;
    let sum = fs::read_to_string(user.folder.join("go.sum"))?;
    ensure!(
        sum.lines().all(|line| line.starts_with(PATH)),
        "the module brings others along:\n{sum}"
    );
    for Port { os, arch, .. } in PORTS {
        let port = [("GOOS", *os), ("GOARCH", *arch)];
        user.go(&["build", "-o", "program", "."], &port).with_context(|| format!("{os}/{arch}"))?;
        user.go(&["vet", "."], &port).with_context(|| format!("{os}/{arch}"))?;
    }
    let output = user.go(&["run", "."], &[])?;
    ensure!(output.trim_end().ends_with("works"), "the program says {output:?}");
    // The planted fault: a program that expects a wrong sum must fail, or the test above shows nothing.
    let wrong = program()?.replace("== 6)", "== 7)");
    fs::write(user.folder.join("main.go"), wrong)?;
    ensure!(user.go(&["run", "."], &[]).is_err(), "a wrong answer goes unnoticed");
    user.go(&["clean", "-modcache"], &[])?;
    Ok(PORTS.len())
}

struct Consumer<'a> {
    go: &'a str,
    folder: std::path::PathBuf,
    proxy: std::path::PathBuf,
    scratch: &'a Path,
}

impl Consumer<'_> {
    /// Runs `go` as on a machine that knows nothing of the checkout. Build results are shared with other runs, modules
    /// are not.
    fn go(&self, args: &[&str], port: &[(&str, &str)]) -> Result<String> {
        let output = Command::new(self.go)
            .args(args)
            .current_dir(&self.folder)
            .envs(port.iter().copied())
            .env("CGO_ENABLED", "0")
            .env("GOPROXY", format!("file://{}", self.proxy.display()))
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-mod=mod")
            .env("GOWORK", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOMODCACHE", self.scratch.join("modcache"))
            .output()
            .with_context(|| format!("starting {}", self.go))?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "go {}: {}", args.join(" "), error.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A program that imports every public package which the table names.
fn program() -> Result<String> {
    let mut imports = String::new();
    let mut uses = String::new();
    for family in FAMILIES.iter().filter(|f| !f.internal) {
        if !root().join("go-shim").join(family.go_path).is_dir() {
            continue;
        }
        let found = USES.iter().find(|(name, _)| *name == family.name);
        let blank = if found.is_some() { "" } else { "_ " };
        let _ = writeln!(imports, "\t{blank}\"{PATH}/{}\"", family.go_path);
        if let Some((_, text)) = found {
            let _ = writeln!(uses, "\t{text}");
        }
    }
    ensure!(uses.contains("== 6)"), "the program uses no package");
    Ok(format!(
        "package main\n\nimport (\n\t\"os\"\n\n{imports})\n\nfunc must(ok bool) {{\n\tif !ok {{\n\t\tos.Exit(1)\n\t}}\n}}\n\n\
         func main() {{\n{uses}\tos.Stdout.WriteString(\"works\\n\")\n}}\n"
    ))
}
