//! Stages of the Go module's ports: built for all, run where something runs them.

use super::golang::{self, Binary};
use super::job::{Job, Run};
use super::need;
use super::rust::EMULATOR;
use super::wine;
use crate::matrix::go::{LEVELS, PORTABLE_TAGS, PORTS, Port, Runner};
use crate::root::root;
use anyhow::{Context, Result};

/// `go build` assembles and links the command; `go vet` compares each assembly function's frame with its declaration.
fn build_and_vet(run: &mut Run, env: &[(&str, &str)]) -> Result<()> {
    for verb in ["build", "vet"] {
        let mut job = golang::on_path(run).args([verb, "./..."]);
        for (key, value) in env {
            job = job.env(key, value);
        }
        job.check()?;
    }
    Ok(())
}

/// Every port, and without assembly where there is some; the levels of both architectures; this machine with cgo.
pub fn built(run: &mut Run) -> Result<()> {
    for Port { os, arch, kernels, .. } in PORTS {
        let port = [("GOOS", *os), ("GOARCH", *arch)];
        build_and_vet(run, &port)?;
        if *kernels {
            let portable = golang::on_path(run).args(["build", "-tags", PORTABLE_TAGS[0], "./..."]);
            portable.env("GOOS", os).env("GOARCH", arch).check()?;
        }
    }
    for levels in LEVELS {
        for value in levels.values {
            let env = [("GOOS", "linux"), ("GOARCH", levels.arch), (levels.variable, value)];
            build_and_vet(run, &env)?;
        }
    }
    if (need::CC.found)() {
        return build_and_vet(run, &[("CGO_ENABLED", "1")]);
    }
    run.skipped.push(format!("with cgo: {}", need::CC.missing()));
    Ok(())
}

/// The row of the matrix that this stage stands for.
fn port(run: &Run) -> Result<(&'static Port, Runner)> {
    let row = PORTS.iter().find_map(|p| p.tests.filter(|t| t.0 == run.stage).map(|t| (p, t.1)));
    row.with_context(|| format!("no port of the matrix is tested by stage {}", run.stage))
}

/// A test binary, without what takes long, under what runs its port here.
fn start<'a>(run: &'a mut Run, runner: Runner, binary: &Binary, args: &[&str]) -> Result<Job<'a>> {
    let job = match runner {
        Runner::Kernel => golang::run_binary(run, binary, &[]),
        Runner::Qemu(emulator) => golang::run_binary(run, binary, &[emulator]),
        Runner::Wine => {
            let wine = need::wine().context("wine was there a moment ago")?;
            let job = golang::run_binary(run, binary, &[&wine.display().to_string()]);
            // What a test starts is a program of Windows already, which its parent can start.
            wine::environment(job).env(EMULATOR, "")
        }
        Runner::Node => {
            let script = root().join("xtask/src/test/wasip1.mjs").display().to_string();
            golang::run_binary(run, binary, &["node", "--no-warnings", &script])
        }
    };
    Ok(job.args(args))
}

/// The tests of a port. Where it has kernels, the runtime's torture too; on Linux all of it.
pub fn run(run: &mut Run) -> Result<()> {
    let (port, runner) = port(run)?;
    if runner == Runner::Wine {
        wine::prepare(run)?;
    }
    let mut binaries = golang::binaries_for(run, port.os, port.arch)?;
    binaries.retain(|binary| {
        // The command's tests start processes, which WASI has not, and remove files in a way that wine learnt in
        // version 9; the command itself is linked for both by stage `go-targets`.
        let command = binary.package.contains("/cmd/");
        let torture = golang::is_torture(&binary.package);
        !(command && matches!(runner, Runner::Node | Runner::Wine) || torture && !port.kernels)
    });
    golang::longest_first(&mut binaries);
    run.side_by_side(&binaries, |run, binary| {
        let tests: &[&str] = match (golang::is_torture(&binary.package), port.os) {
            (true, "windows") => &[FAULTS],
            _ => &[],
        };
        start(run, runner, binary, tests)?.go_tests().map(drop)
    })
}

/// What of the torture depends on the system: unwinding through a kernel, and its exceptions. Pauses and profiles under
/// wine would say something of wine.
const FAULTS: &str =
    "-test.run=^(TestNilFault|TestStackDepths|TestTable|TestConventions(Table|Planted)?)$";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::go::RELEASES;
    use crate::test::table::STAGES;

    #[test]
    fn every_row_of_the_matrix_that_is_tested_has_its_stage() {
        let releases = RELEASES.iter().map(|r| r.stage);
        let ports = PORTS.iter().filter_map(|p| p.tests.map(|(stage, _)| stage));
        for name in releases.chain(ports) {
            assert!(STAGES.iter().any(|s| s.name == name), "{name}");
        }
    }

    #[test]
    fn an_emulated_port_needs_its_emulator() {
        for (stage, runner) in PORTS.iter().filter_map(|p| p.tests) {
            let stage = STAGES.iter().find(|s| s.name == stage).unwrap();
            let wanted = match runner {
                Runner::Kernel => continue,
                Runner::Qemu(emulator) => emulator,
                Runner::Wine => need::WINE.what,
                Runner::Node => need::NODE.what,
            };
            assert!(stage.needs.iter().any(|n| n.what == wanted), "{}", stage.name);
        }
    }
}
