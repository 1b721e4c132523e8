//! The Go toolchain: finds it, assembles with it, links with it.

use crate::toolchain;
use anyhow::{Context, Result, bail};
use kernels_manifest::Arch;
use std::{
    collections::BTreeMap,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A Go installation.
pub struct Go {
    program: PathBuf,
    root: PathBuf,
}

impl Go {
    /// The one that the environment variable `GO` names, or the first on `PATH`.
    pub fn find() -> Result<Go> {
        let program = env::var_os("GO").map_or_else(|| PathBuf::from("go"), PathBuf::from);
        let output =
            Command::new(&program).args(["env", "GOROOT"]).env("GOTOOLCHAIN", "local").output();
        let missing =
            "no Go toolchain: install Go 1.25 or newer and put `go` on PATH, or name it in GO";
        let output = output.context(missing)?;
        if !output.status.success() {
            bail!("{missing}");
        }
        let root = PathBuf::from(String::from_utf8(output.stdout)?.trim());
        Ok(Go { program, root })
    }

    /// `go` for one architecture, away from whatever the user's environment sets.
    fn command(&self, arch: Arch) -> Command {
        let mut command = Command::new(&self.program);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            let kept = ["GOCACHE", "GOPATH", "GOMODCACHE", "GOTMPDIR"].contains(&&*text);
            if text.starts_with("GO") && !kept {
                command.env_remove(&name);
            }
        }
        command
            .envs([
                ("GOTOOLCHAIN", "local"),
                ("GOWORK", "off"),
                ("GOFLAGS", ""),
                ("CGO_ENABLED", "0"),
            ])
            .envs([("GOOS", "linux"), ("GOARCH", arch.go())]);
        command
    }

    /// Assembles a file for an operating system, in Go's name, and says at which offset of its function each of its
    /// lines begins, counted from 1.
    pub fn assemble(&self, arch: Arch, os: &str, text: &str) -> Result<BTreeMap<usize, u64>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("z.s"), text)?;
        let output = self
            .command(arch)
            .env("GOOS", os)
            .current_dir(folder.path())
            .args(["tool", "asm", "-S", "-p", "prove", "-o", "z.o", "-I"])
            .arg(self.root.join("pkg/include"))
            .args(["-D", &format!("GOOS_{os}"), "-D", &format!("GOARCH_{}", arch.go()), "z.s"])
            .output()?;
        if !output.status.success() {
            bail!("go tool asm does not take what was generated:\n{}", first_lines(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?.lines().filter_map(place).fold(
            BTreeMap::new(),
            |mut places, (line, offset)| {
                places.entry(line).or_insert(offset);
                places
            },
        ))
    }

    /// Go source as gofmt writes it.
    pub fn format(&self, text: &str) -> Result<String> {
        let mut child = Command::new(self.root.join("bin/gofmt"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting gofmt, which comes with Go")?;
        child.stdin.take().expect("it is piped").write_all(text.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("gofmt does not take what was generated");
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Links the module in `folder` to an ELF program.
    pub fn build(&self, arch: Arch, folder: &Path) -> Result<Vec<u8>> {
        let program = folder.join("prove.out");
        let output = self
            .command(arch)
            .current_dir(folder)
            .args(["build", "-trimpath", "-o"])
            .arg(&program)
            .arg(".")
            .output()?;
        if !output.status.success() {
            let triple = toolchain::triple(arch);
            bail!("linking for {triple} with Go failed:\n{}", first_lines(&output.stderr));
        }
        Ok(fs::read(program)?)
    }
}

/// A line of the assembler's listing: `\t0x0040 00064 (z.s:10)\tBYTE\t$144` is line 10 at 64.
fn place(listing: &str) -> Option<(usize, u64)> {
    let (offset, rest) = listing.strip_prefix("\t0x")?.split_once(' ')?;
    let (_, rest) = rest.split_once(":")?;
    let (line, _) = rest.split_once(')')?;
    Some((line.parse().ok()?, u64::from_str_radix(offset, 16).ok()?))
}

fn first_lines(stderr: &[u8]) -> String {
    String::from_utf8_lossy(stderr).lines().take(12).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listing() {
        assert_eq!(place("\t0x0040 00064 (z.s:10)\tBYTE\t$144"), Some((10, 64)));
        assert_eq!(place("\t0x0000 64 4c 8b 34 25 00 00 00 00"), None);
    }
}
