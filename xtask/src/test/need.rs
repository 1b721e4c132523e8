//! What stages need from the machine, how to tell that it is there, and how to get it.

use super::{golang, install, rust};
use crate::matrix::{Os, go::RELEASES};
use crate::{dist, qemu, toolchain};
use kernels_manifest::Arch;
use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something that is on the machine or not.
#[derive(Clone, Copy)]
pub struct Need {
    /// What it is, as a person would say it.
    pub what: &'static str,
    /// The commands that bring it.
    pub get: &'static str,
    pub found: fn() -> bool,
}

impl Need {
    /// The sentence for the list of what was skipped.
    pub fn missing(&self) -> String {
        format!("{} is missing; {}", self.what, self.get)
    }
}

/// Something that a stage wanted to bring itself and could not; the sentence says what to do. Not a failure of what is
/// tested, so the stage counts as skipped.
#[derive(Debug)]
pub struct Absent(pub String);

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Absent {}

macro_rules! program {
    ($name:ident, $program:literal, $get:literal) => {
        pub const $name: Need =
            Need { what: $program, get: $get, found: || program($program).is_some() };
    };
}

program!(GO, "go", "get Go 1.25 or newer: https://go.dev/dl, or `apt-get install golang-go`");
program!(GOFMT, "gofmt", "it comes with Go: put the toolchain's bin folder on PATH");
program!(CC, "cc", "`apt-get install gcc libc6-dev`, or Xcode's command line tools");
program!(CXX, "c++", "`apt-get install g++`");
program!(QEMU_X86_64, "qemu-x86_64-static", "`apt-get install qemu-user-static`");
program!(QEMU_AARCH64, "qemu-aarch64-static", "`apt-get install qemu-user-static`");
program!(QEMU_RISCV64, "qemu-riscv64-static", "`apt-get install qemu-user-static`");
program!(QEMU_S390X, "qemu-s390x-static", "`apt-get install qemu-user-static`");
program!(QEMU_PPC64LE, "qemu-ppc64le-static", "`apt-get install qemu-user-static`");
program!(NODE, "node", "`apt-get install nodejs`, version 18 or newer");

/// Runs programs for Windows on x86-64.
pub const WINE: Need =
    Need { what: "wine for 64 bits", get: "`apt-get install wine64`", found: || wine().is_some() };

/// Debian and Ubuntu keep it off PATH when only the 64-bit half is installed.
pub fn wine() -> Option<PathBuf> {
    let packaged = Some(PathBuf::from("/usr/lib/wine/wine64")).filter(|p| p.is_file());
    program("wine64").or(packaged).or_else(|| program("wine"))
}

/// Go's -msan needs clang, with a runtime and a header that come by themselves.
pub const MSAN: Need = Need {
    what: "clang with its memory sanitizer",
    get: "`apt-get install clang libclang-rt-14-dev`, of the number that `clang --version` says",
    found: msan,
};

fn msan() -> bool {
    let header = ["-fsanitize=memory", "-include", "sanitizer/msan_interface.h", "-fsyntax-only"];
    let status = Command::new("clang")
        .args(header)
        .args(["-x", "c", "/dev/null"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// What GOAMD64=v4 asks for. Without it the best variants would go untested, so that is said and not passed over.
pub const AVX512: Need = Need {
    what: "a CPU with AVX-512 (F, BW, CD, DQ, VL)",
    get: "run on a newer Intel or AMD machine",
    found: avx512,
};

/// A release of Go: there already, or brought by pip, so that only Python is needed.
pub const fn go_release<const ROW: usize>() -> Need {
    Need {
        what: RELEASES[ROW].stage,
        get: "python3 with venv brings it: `apt-get install python3-venv`, or https://www.python.org",
        found: || golang::toolchain(RELEASES[ROW].minor).is_some() || install::python().is_some(),
    }
}

/// The pinned toolchain with the target, or another compiler whose sysroot has it.
pub const ARM64_STD: Need = Need {
    what: "Rust's `core` for aarch64-unknown-linux-gnu",
    get: "`rustup target add aarch64-unknown-linux-gnu`, or on Debian `dpkg --add-architecture arm64 && \
          apt-get update && apt-get install rustc-web libstd-rust-web-dev:arm64`",
    found: || toolchain::find(Arch::Aarch64).is_ok(),
};

/// A linker for Windows.
pub const LLD_LINK: Need = Need {
    what: "lld-link",
    get: "it comes with rustup's toolchains as rust-lld; or `apt-get install lld`",
    found: || dist::plan::linker(Os::Windows).is_ok(),
};

/// The standard library for a machine of the other byte order, or its sources, with what links and runs it.
pub const S390X_RUST: Need = Need {
    what: "Rust's standard library for s390x with linker and emulator",
    get: "`apt-get install qemu-user-static gcc-s390x-linux-gnu libc6-dev-s390x-cross`, and `rustup target add \
          s390x-unknown-linux-gnu` or on Debian `apt-get install rustc-web rust-web-src`",
    found: || {
        ["qemu-s390x-static", "s390x-linux-gnu-gcc"].iter().all(|name| program(name).is_some())
            && dist::plan::compiler("s390x-unknown-linux-gnu").is_ok()
    },
};

/// Rust's `core` for machines without a system, or its sources.
pub const BARE_CORE: Need = Need {
    what: "Rust's `core` for machines without a system",
    get: "`rustup target add riscv64gc-unknown-none-elf thumbv7em-none-eabi`, or on Debian \
          `apt-get install rustc-web rust-web-src`",
    found: || rust::BARE.iter().all(|target| dist::plan::compiler(target).is_ok()),
};

/// C programs for arm64, made and run here.
pub const AARCH64_PROGRAMS: Need = Need {
    what: "a C compiler for arm64 with an emulator",
    get: "`apt-get install qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross`",
    found: || {
        ["qemu-aarch64-static", "aarch64-linux-gnu-gcc"].iter().all(|name| program(name).is_some())
    },
};

/// The pinned toolchain or another for arm64, and what links and runs the tests.
pub const ARM64_RUST: Need = Need {
    what: "Rust for arm64 with linker and emulator",
    get: "`apt-get install qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross`, and Rust's `core` for \
          aarch64-unknown-linux-gnu: see stage `generated`",
    found: || qemu::setting().is_ok(),
};

#[cfg(target_arch = "x86_64")]
fn avx512() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
fn avx512() -> bool {
    false
}

/// The first program of this name on PATH.
pub fn program(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|p| p.is_file())
}

/// The first line that a program prints on standard output, when it ends well.
pub fn first_line(program: &Path, args: &[&str]) -> Option<String> {
    let out = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    out.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}
