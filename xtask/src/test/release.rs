//! What a release must have passed besides all stages: the same gates for longer, and in every setting of Go's runtime.

use super::golang::{self, Binary};
use super::install;
use super::job::Run;
use super::need::{QEMU_AARCH64, go_release};
use super::stage::{Host::*, Stage};
use crate::matrix::go::{RELEASES, Release};
use anyhow::{Context, Result};

pub const STAGES: &[Stage] = &[
    Stage {
        name: "release-big",
        proves: "every variant, the portable ones too, is right with more than 2^32 bytes",
        host: Linux,
        needs: &[],
        run: big,
    },
    Stage {
        name: "release-torture-1.26",
        proves: "kernels stand long storms with 1, 2, 8 processors, with and without preemption",
        host: Linux,
        needs: &[go_release::<1>()],
        run: torture,
    },
    Stage {
        name: "release-torture-1.27",
        proves: "the same with this Go",
        host: Linux,
        needs: &[go_release::<2>()],
        run: torture,
    },
    Stage {
        name: "release-torture-arm64-1.26",
        proves: "the same of the kernels for arm64",
        host: LinuxX86,
        needs: &[go_release::<1>(), QEMU_AARCH64],
        run: torture_arm64,
    },
    Stage {
        name: "release-torture-arm64-1.27",
        proves: "the same with this Go",
        host: LinuxX86,
        needs: &[go_release::<2>(), QEMU_AARCH64],
        run: torture_arm64,
    },
];

const PROCESSORS: &[u32] = &[1, 2, 8];

/// Settings of the runtime for each Go, and toolchains natively.
const JOBS: u64 = 2 * 2 * PROCESSORS.len() as u64;

/// An emulator handles a twentieth as many signals a second.
const SLOWER: u64 = 20;

/// Tests of results under signals, collection, tracing; on every depth of the stack; in every kind of goroutine. What
/// measures pauses is about preemption, which half of the settings switch off.
const TESTS: &str = "-test.run=^(TestStorm|TestInit|TestPlaces|TestCollector|TestStackDepths|TestNilFault|TestGuardPages)";

fn big(run: &mut Run) -> Result<()> {
    let job = super::rust::facade(run).args(["--features", "internals", "--test", "big"]);
    job.env("WIDELANE_RELEASE_GATES", "1").cargo_tests()
}

/// The release that the stage is named after.
fn release(stage: &str) -> Result<&'static Release> {
    let found = RELEASES.iter().find(|r| stage.ends_with(r.minor));
    found.with_context(|| format!("no release of Go for {stage}"))
}

/// The torture's test binary, made by the toolchain that the stage is named after.
fn binary(run: &mut Run, arch: &str) -> Result<Binary> {
    let release = release(run.stage)?;
    let go = install::go(run, release)?;
    golang::torture_binary(run, &go, release.minor, arch)
}

fn settings(run: &mut Run, binary: &Binary, emulator: &[&str], signals: u64) -> Result<()> {
    for processors in PROCESSORS {
        for off in ["0", "1"] {
            golang::run_binary(run, binary, emulator)
                .args([TESTS, "-test.timeout=29m"])
                .env("GOMAXPROCS", processors.to_string())
                .env("GODEBUG", format!("asyncpreemptoff={off}"))
                .env("WIDELANE_RELEASE_GATES", "1")
                .env("WIDELANE_TORTURE_SIGNALS", signals.to_string())
                .go_tests()?;
        }
    }
    Ok(())
}

fn torture(run: &mut Run) -> Result<()> {
    let arch = if cfg!(target_arch = "x86_64") { "amd64" } else { "arm64" };
    let binary = binary(run, arch)?;
    let signals = run.signals.div_ceil(JOBS);
    settings(run, &binary, &[], signals)
}

fn torture_arm64(run: &mut Run) -> Result<()> {
    let binary = binary(run, "arm64")?;
    let signals = run.signals.div_ceil(JOBS * SLOWER);
    settings(run, &binary, &["qemu-aarch64-static"], signals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_two_releases_of_go_are_tortured_natively_and_as_arm64() {
        let tortured = STAGES.iter().filter(|s| s.name.contains("torture"));
        let tortured: Vec<_> = tortured.map(|s| release(s.name).unwrap().minor).collect();
        let newest: Vec<_> = RELEASES[RELEASES.len() - 2..].iter().map(|r| r.minor).collect();
        assert_eq!(tortured, [&newest[..], &newest[..]].concat());
    }
}
