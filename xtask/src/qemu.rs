//! Rust tests for arm64 on a machine of another architecture: which compiler and linker make them, what runs them.
//!
//! They are linked statically. A dynamically linked program would need the emulator to find a loader and a C library
//! of the same build, and where two are installed (the cross compiler's and the architecture's own) it finds a mixed
//! pair, whose threads never start.

use crate::toolchain;
use anyhow::{Result, bail};
use kernels_manifest::Arch;
use std::{env, ffi::OsString};

/// The emulator.
pub const EMULATOR: &str = "qemu-aarch64-static";
/// The C compiler that links.
pub const LINKER: &str = "aarch64-linux-gnu-gcc";

/// What `cargo test` must be given beside the packages.
pub struct Setting {
    pub env: Vec<(&'static str, OsString)>,
    pub args: Vec<OsString>,
}

/// How to test Rust code for arm64 here, or what is missing and how to get it.
pub fn setting() -> Result<Setting> {
    for (program, package) in
        [(EMULATOR, "qemu-user-static"), (LINKER, "gcc-aarch64-linux-gnu libc6-dev-arm64-cross")]
    {
        if !on_path(program) {
            bail!("no {program}: `apt-get install {package}`");
        }
    }
    let toolchain = toolchain::find(Arch::Aarch64)?;
    let folder = crate::root::root().join("target/arm64-tests");
    Ok(Setting {
        env: vec![
            ("RUSTC", toolchain.rustc.into_os_string()),
            ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", LINKER.into()),
            ("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", EMULATOR.into()),
            (
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
                "-Ctarget-feature=+crt-static".into(),
            ),
        ],
        // A folder of its own: another compiler would make cargo build everything anew, back and forth.
        args: ["--target", toolchain::triple(Arch::Aarch64), "--target-dir"]
            .into_iter()
            .map(OsString::from)
            .chain([folder.into_os_string()])
            .collect(),
    })
}

fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
