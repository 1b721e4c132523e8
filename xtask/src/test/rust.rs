//! Stages of the Rust workspace and of xtask itself.

use super::install;
use super::job::{Job, Run};
use crate::dist::plan::{self, Core};
use crate::qemu;
use crate::root::WORKSPACES;
use anyhow::{Result, ensure};
use kernels_manifest::{Arch, Feature};

/// Names the emulator to tests that start programs of their own machine.
pub const EMULATOR: &str = "WIDELANE_TEST_EMULATOR";

/// The ceilings of the facade.
const CEILINGS: &[&str] = &["v1", "v2", "v3", "v4"];

/// What it can stand on: `core` alone, the C library, the standard library.
const GROUNDS: &[&str] = &["", ",libc", ",std"];

pub fn fmt(run: &mut Run) -> Result<()> {
    WORKSPACES.iter().try_for_each(|manifest| {
        run.cargo(&["fmt", "--all", "--check", "--manifest-path", manifest]).silent()
    })
}

pub fn clippy(run: &mut Run) -> Result<()> {
    run.cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
        .check()
        .map(drop)
}

/// Private items too: readers of a kernel read them.
pub fn docs(run: &mut Run) -> Result<()> {
    run.cargo(&["doc", "--locked", "--no-deps", "--workspace", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links")
        .check()
        .map(drop)
}

/// This very program, apart from cargo, which may be building it anew.
pub fn own<'a>(run: &'a mut Run, args: &[&str]) -> Job<'a> {
    run.job(super::own_copy()).args(args)
}

/// Machine code can only be compared where the compiler that made it is; else a part of the stage did not run.
pub fn generated(run: &mut Run) -> Result<()> {
    let said = own(run, &["gen", "--check"]).check()?;
    run.skipped.extend(said.lines().filter(|l| l.contains("not compared")).map(str::to_owned));
    Ok(())
}

pub fn xtask_tests(run: &mut Run) -> Result<()> {
    run.cargo(&["test", "--locked", "-p", "xtask", "-p", "kernels-manifest"]).cargo_tests()
}

/// Overflow checks and debug assertions are on. A little optimisation besides, since without any each intrinsic is a
/// call and trying all lengths takes minutes.
pub fn debug(run: &mut Run) -> Result<()> {
    workspace(run, &[])
}

/// What the optimiser makes of the kernels is what ships.
pub fn release(run: &mut Run) -> Result<()> {
    workspace(run, &["--release"])
}

fn workspace(run: &mut Run, profile: &[&str]) -> Result<()> {
    tests(run)
        .args(["--no-fail-fast", "--workspace", "--exclude", "xtask"])
        .args(["--features", "widelane/internals"])
        .args(profile)
        .cargo_tests()
}

/// Optimised tests are linked without optimising across crates: kernels are called through pointers anyway, and the
/// linker would take minutes.
fn tests(run: &mut Run) -> Job<'_> {
    let job = run.cargo(&["test", "--locked"]);
    job.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off")
}

/// The optimised tests of what the facade offers, without those in its documentation.
pub fn facade(run: &mut Run) -> Job<'_> {
    tests(run).args(["--release", "-p", "widelane", "--lib", "--tests"])
}

/// The lowest and the highest ceiling on each ground, those between on the standard library: what the facade offers must
/// not depend on either. That all pairs build is for [`features`] to say.
pub fn ceilings(run: &mut Run) -> Result<()> {
    let outermost = [CEILINGS.first(), CEILINGS.last()];
    for ceiling in CEILINGS {
        let grounds = match outermost.contains(&Some(ceiling)) {
            true => GROUNDS,
            false => &GROUNDS[GROUNDS.len() - 1..],
        };
        for ground in grounds {
            let features = ["--no-default-features", "--features", &format!("{ceiling}{ground}")];
            run.cargo(&["test", "--locked", "-p", "widelane", "--lib", "--tests"])
                .args(features)
                .cargo_tests()?;
        }
    }
    Ok(())
}

/// Every set of features, each with warnings as errors: what one feature needs of another must be said in the manifest.
/// `internals` changes no code of the others and doubles their number, so it only comes with all.
pub fn features(run: &mut Run) -> Result<()> {
    let hack = install::tool(run, &install::CARGO_HACK)?;
    let sets = ["--feature-powerset", "--exclude-features", "default,internals"];
    let powerset = run.job(hack).args(["hack", "clippy", "--locked", "-p", "widelane"]).args(sets);
    let said = powerset.args(["--", "-D", "warnings"]).check()?;
    let built = said.lines().filter(|l| l.contains("running `cargo clippy")).count();
    // Six features of which each ceiling includes the lower ones would give 64 sets; ceilings that are equal are one.
    ensure!(built >= 2 * CEILINGS.len(), "only {built} sets of features were built");
    run.count.passed += built as u64 - 1;
    run.cargo(&["clippy", "--locked", "-p", "widelane", "--all-features", "--", "-D", "warnings"])
        .check()
        .map(drop)
}

/// Machines without a system, of 64 and of 32 bits.
pub const BARE: &[&str] = &["riscv64gc-unknown-none-elf", "thumbv7em-none-eabi"];

/// A target without a standard library is what shows that nothing asks for one.
pub fn bare(run: &mut Run) -> Result<()> {
    for target in BARE {
        let build = run.cargo(&["build", "--locked", "-p", "widelane", "--no-default-features"]);
        foreign(build.args(["--features", "v4"]), target, "core")?.check()?;
    }
    Ok(())
}

/// cargo for a target, with the first compiler that has it, or by compiling these crates of the standard library from
/// the compiler's sources. A folder of its own, since another compiler would make cargo build everything anew.
fn foreign<'a>(job: Job<'a>, target: &str, crates: &str) -> Result<Job<'a>> {
    let (rustc, core) = plan::compiler(target)?;
    let folder = crate::root::root().join("target/foreign");
    let job = job.args(["--target", target, "--target-dir"]).args([folder]).env("RUSTC", rustc);
    Ok(match core {
        Core::Installed => job,
        Core::Source => job.args([format!("-Zbuild-std={crates}")]).env("RUSTC_BOOTSTRAP", "1"),
    })
}

/// The portable kernels and the facade over them on the one big-endian machine that both Rust and Debian still know.
/// Not the optimised build: it aborts on panic, and a standard library for that cannot serve tests.
pub fn s390x(run: &mut Run) -> Result<()> {
    const EMULATOR_NAME: &str = "qemu-s390x-static";
    let packages = ["-p", "widelane", "-p", "kernels-check", "-p", "kernels-generic"];
    let job = tests(run).args(["--no-fail-fast", "--lib", "--tests"]).args(packages);
    let job = job
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_LINKER", "s390x-linux-gnu-gcc")
        .env("CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_RUNNER", EMULATOR_NAME)
        .env("CARGO_TARGET_S390X_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-Ctarget-feature=+crt-static")
        .env(EMULATOR, EMULATOR_NAME);
    foreign(job, "s390x-unknown-linux-gnu", "std,panic_abort,panic_unwind")?.cargo_tests()
}

/// The interpreter that finds undefined behaviour; it has no pages to protect and no machine code to run, so the
/// portable crate's own tests are what it can run.
pub fn miri(run: &mut Run) -> Result<()> {
    for target in ["x86_64-unknown-linux-gnu", "s390x-unknown-linux-gnu"] {
        let job = run.cargo(&["+nightly", "miri", "test", "--locked", "-p", "kernels-generic"]);
        job.args(["--target", target, "--target-dir", "target/miri"])
            .env("MIRIFLAGS", "-Zmiri-strict-provenance")
            .cargo_tests()?;
    }
    Ok(())
}

/// Every test of the facade once without each CPU feature, and once without any.
pub fn masks(run: &mut Run) -> Result<()> {
    let here = |f: &&Feature| (f.arch() == Arch::X86_64) == cfg!(target_arch = "x86_64");
    let mut masks: Vec<String> =
        Feature::ALL.iter().filter(here).map(|f| format!("{}=off", f.rust())).collect();
    masks.push("all=off".to_owned());
    for mask in masks {
        facade(run).env("WIDELANE_CPU", &mask).cargo_tests()?;
    }
    Ok(())
}

/// The tests of the kernels and of the facade as arm64 programs.
pub fn arm64(run: &mut Run) -> Result<()> {
    let setting = qemu::setting()?;
    let packages = ["-p", "widelane", "-p", "kernels-check", "-p", "kernels-generic"];
    let packages = packages.iter().chain(&["-p", "kernels-aarch64-neon"]);
    let mut job = tests(run).args(["--release", "--no-fail-fast", "--lib", "--tests"]);
    job = job.args(packages).args(["--features", "widelane/internals"]).args(&setting.args);
    job = job.env(EMULATOR, qemu::EMULATOR);
    for (key, value) in &setting.env {
        job = job.env(key, value);
    }
    job.cargo_tests()
}

/// The table of everything that was compiled, and the annotated disassembly of one kernel.
pub fn inspect(run: &mut Run) -> Result<()> {
    let table = own(run, &["inspect"]).check()?;
    for family in kernels_manifest::FAMILIES.iter().filter(|f| !f.internal) {
        for kernel in family.kernels {
            let name = format!("{}_{}", family.name, kernel.op);
            ensure!(table.contains(&name), "{name} is not in the table of inspect");
        }
    }
    let annotated = own(run, &["inspect", "vec_sum"]).check()?;
    ensure!(annotated.contains("avx512"), "no variant for AVX-512 of vec_sum");
    Ok(())
}

/// As things are; and in the far future, in which every review is overdue.
pub fn review(run: &mut Run) -> Result<()> {
    let table = own(run, &["review"]).check()?;
    for family in kernels_manifest::FAMILIES.iter().filter(|f| !f.internal) {
        ensure!(table.contains(family.name), "{} is not in the table of review", family.name);
    }
    own(run, &["review", "--today", "2199-01-01"])
        .finds("reviews overdue", &["vec_sum was last reviewed"])
}

/// Rounds of the gate's proof: one is enough to see it work, since it tries every kernel at every size.
const ROUNDS: &str = "1";

/// The gate tried on itself; then the commit or the change at hand, where there is an earlier one to compare with.
pub fn bench_gate(run: &mut Run) -> Result<()> {
    own(run, &["bench", "--gate", "--prove", ROUNDS, "--retry"]).check()?;
    let earlier = crate::bench::has_base();
    if !earlier {
        return run.say("no earlier commit here to compare with");
    }
    own(run, &["bench", "--gate"]).check().map(drop)
}
