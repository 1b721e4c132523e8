//! Bad input to every command: exit code 2, one line on standard error that says what to do, and nothing written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;
use std::{env, fs};

/// Arguments, the environment's changes, and words that the line must have. `{DIR}` is a folder that may not change.
type Case =
    (&'static [&'static str], &'static [(&'static str, &'static str)], &'static [&'static str]);

/// A folder without any program.
const NO_TOOLS: &[(&str, &str)] = &[("PATH", "/nonexistent"), ("GO", "")];

const CASES: &[Case] = &[
    (&[], &[], &["--help"]),
    (&["frobnicate"], &[], &["frobnicate", "--help"]),
    (&["api", "--chekc"], &[], &["--chekc", "--check"]),
    (&["api"], &[("GO", "/nonexistent/go")], &["no Go toolchain", "install"]),
    (&["gen", "extra"], &[], &["extra", "--help"]),
    (&["gen"], &[("GO", "/nonexistent/go")], &["no Go toolchain", "install"]),
    (
        &["dist", "--target", "x86_64-linux", "--out", "{DIR}/out"],
        &[],
        &["x86_64-linux", "x86_64-unknown-linux-gnu"],
    ),
    (&["dist", "--level", "v9", "--out", "{DIR}/out"], &[], &["v9", "v1, v2, v3, v4"]),
    (
        &["dist", "--level", "v3", "--target", "aarch64-apple-darwin", "--out", "{DIR}/out"],
        &[],
        &["x86_64"],
    ),
    (&["dist", "--out", "{DIR}/thesis"], &[], &["did not make", "--out"]),
    (&["dist", "--out", "{DIR}/thesis/chapter"], &[], &["not a folder"]),
    (&["test", "--only", "go-rase"], &[], &["go-rase", "--list"]),
    (&["test", "--shard", "3/2"], &[], &["3/2"]),
    (&["test", "--release-gates", "--only", "go-race"], &[], &["go-race", "--list"]),
    (&["test", "--signals", "5"], &[], &["--release-gates"]),
    (&["inspect", "vec_som"], &[], &["vec_som"]),
    (&["inspect", "--arch", "riscv64"], &[], &["amd64 and arm64"]),
    (&["bench", "crc33"], &[], &["crc33", "crc32"]),
    (&["bench", "vec", "--csv", "{DIR}/absent/figures.csv"], &[], &["absent/figures.csv"]),
    (&["bench", "vec", "--plot", "{DIR}/thesis/chapter"], &[], &["not a folder"]),
    (&["bench", "vec", "--emmansun", "{DIR}/thesis"], &[], &["emmansun/base64", "go.mod"]),
    (&["bench", "--gate", "--base", "v9.9.9-none"], &[], &["v9.9.9-none"]),
    (&["bench", "--gate", "--accept", "crc33"], &[], &["crc33", "crc32_ieee_update"]),
    (&["bench", "--gate", "--prove", "0"], &[], &["--prove", "one round"]),
    (&["bench", "--base", "HEAD"], &[], &["--gate"]),
    (&["fuzz", "crc33"], &[], &["crc33", "--list"]),
    (&["fuzz", "crc32", "--replay", "{DIR}/absent"], &[], &["--replay"]),
    (&["prove", "vec_som"], &[], &["vec_som", "--list"]),
    (&["prove", "--arch", "riscv64"], &[], &["amd64 and arm64"]),
    (&["prove", "--jobs", "0"], &[], &["--jobs"]),
    (&["review", "--today", "soon"], &[], &["soon", "--today"]),
    (&["verify"], &[], &["<DIR>", "--help"]),
    (&["verify", "{DIR}/absent"], &[], &["no folder", "cargo xtask dist"]),
    (&["verify", "{DIR}/thesis"], &[], &["SHA256SUMS", "cargo xtask dist"]),
    (
        &["verify", "{DIR}/elsewhere"],
        &[],
        &["0123456789abcdef0123456789abcdef01234567", "git fetch"],
    ),
    (&["release"], &[], &["--dry-run"]),
];

/// Commands whose bad input is missing from the table above.
const WITHOUT: &[&str] = &["help"];

fn xtask(args: &[String], changes: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(args).envs(changes.iter().copied().filter(|(_, value)| !value.is_empty()));
    changes.iter().filter(|(_, value)| value.is_empty()).for_each(|(name, _)| {
        command.env_remove(name);
    });
    command.output().expect("the program starts")
}

/// A folder with what commands must refuse to take, or to touch.
fn scene() -> tempfile::TempDir {
    let scene = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = scene.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("thesis/chapter", "words");
    // A sound folder, but from a commit that nobody has.
    let statement = include_str!("elsewhere.json");
    write("elsewhere/provenance.json", statement);
    write("elsewhere/SHA256SUMS", &format!("{}  provenance.json\n", sha256(statement)));
    scene
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// When each file below a folder was written, and how long it is. What is built is left out.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry")) {
            let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
            let name = entry.file_name();
            if kind.is_dir() && (name == "target" || name == ".git" || name == "node_modules") {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if let Ok(data) = entry.metadata() {
                found.insert(path, (data.len(), data.modified().expect("a time")));
            }
        }
    }
    found
}

#[test]
fn one_line_exit_code_2_and_nothing_written() {
    let scene = scene();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a checkout");
    let before = (snapshot(checkout), snapshot(scene.path()));
    let missing: Vec<Case> = vec![
        (&["gen"], NO_TOOLS, &["no Go toolchain", "install"]),
        (&["dist", "--out", "{DIR}/out"], NO_TOOLS, &["install"]),
        (&["inspect"], NO_TOOLS, &["install"]),
        (&["prove"], NO_TOOLS, &["install"]),
        (
            &["fuzz", "crc32"],
            NO_TOOLS,
            if cfg!(target_os = "linux") { &["no cargo"] } else { &["Linux"] },
        ),
        (&["bench", "vec"], NO_TOOLS, &["no cargo", "rustup"]),
        (&["bench", "--gate"], NO_TOOLS, &["no git", "install"]),
        (&["review"], NO_TOOLS, &["install"]),
        (&["release", "--dry-run"], NO_TOOLS, &["no git", "install"]),
        (&["verify", "{DIR}/elsewhere"], NO_TOOLS, &["no git", "install"]),
    ];
    for (args, changes, words) in CASES.iter().copied().chain(missing) {
        let args: Vec<String> = args
            .iter()
            .map(|arg| arg.replace("{DIR}", &scene.path().display().to_string()))
            .collect();
        let output = xtask(&args, changes);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{args:?}: {said}");
        assert!(said.starts_with("error: "), "{args:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{args:?} does not say {word:?}: {said}");
        }
        let after = (snapshot(checkout), snapshot(scene.path()));
        for (was, is) in [(&before.0, &after.0), (&before.1, &after.1)] {
            let changed: Vec<_> =
                is.iter().filter(|(path, at)| was.get(*path) != Some(at)).collect();
            assert!(changed.is_empty(), "{args:?} wrote {changed:?}");
            assert_eq!(was.len(), is.len(), "{args:?} removed a file");
        }
    }
}

/// A new command comes with its bad input.
#[test]
fn every_command_is_in_the_table() {
    let help = xtask(&["--help".into()], &[]);
    assert!(help.status.success(), "asking for help is no error");
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands = text.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands: Vec<_> =
        commands.map_while(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert!(commands.len() >= 8, "{text}");
    for command in commands.iter().filter(|c| !WITHOUT.contains(c)) {
        assert!(CASES.iter().any(|(args, ..)| args.first() == Some(command)), "{command}");
    }
}
