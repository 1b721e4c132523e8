//! The hosted machines that run the tests, and what they run.

/// A machine of the workflow.
pub struct Host {
    /// The job's name.
    pub job: &'static str,
    /// As the host names it.
    pub runner: &'static str,
    /// Commands before the tests, beside the pinned Rust.
    pub prepare: &'static [&'static str],
    /// Into how many jobs the stages are dealt.
    pub shards: usize,
    /// What `cargo xtask test` is told. Not `--strict`: no hosted machine promises AVX-512.
    pub args: &'static str,
}

/// Targets that rustup brings there, so that nothing is compiled from the compiler's sources.
const TARGETS: &str =
    "rustup target add s390x-unknown-linux-gnu riscv64gc-unknown-none-elf thumbv7em-none-eabi";
const BARE: &str = "rustup target add riscv64gc-unknown-none-elf thumbv7em-none-eabi";

/// Both architectures and all three systems natively; the emulated rest on the first.
pub const HOSTS: &[Host] = &[
    Host {
        job: "linux-amd64",
        runner: "ubuntu-24.04",
        prepare: &[TARGETS, "sudo .ci/packages"],
        shards: 3,
        args: "--all",
    },
    Host {
        job: "linux-arm64",
        runner: "ubuntu-24.04-arm",
        prepare: &[BARE, "sudo .ci/packages"],
        shards: 2,
        args: "--all",
    },
    Host { job: "macos-arm64", runner: "macos-15", prepare: &[BARE], shards: 1, args: "--all" },
    Host {
        job: "windows-amd64",
        runner: "windows-2025",
        prepare: &[BARE],
        shards: 1,
        args: "--all",
    },
    Host {
        job: "miri",
        runner: "ubuntu-24.04",
        prepare: &["rustup toolchain install nightly --profile minimal --component miri,rust-src"],
        shards: 1,
        args: "--strict --only rust-miri",
    },
    Host {
        job: "deny",
        runner: "ubuntu-24.04",
        prepare: &[],
        shards: 1,
        args: "--strict --only deny --only advisories",
    },
];
