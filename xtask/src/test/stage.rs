//! What a stage is, and what becomes of one.

use super::job::Run;
use super::need::{self, Need};
use anyhow::Result;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

/// One line of the table of stages.
pub struct Stage {
    /// What `--only` takes. Stages of one kind share the beginning of their names: `go-vet`, `go-race`.
    pub name: &'static str,
    /// What is known when the stage has passed: one clause.
    pub proves: &'static str,
    pub host: Host,
    /// All are checked before the stage runs; one that is missing skips the stage.
    pub needs: &'static [Need],
    pub run: fn(&mut Run) -> Result<()>,
}

/// Machines on which a stage makes sense. Elsewhere it is neither run nor counted as skipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Host {
    Any,
    /// Machine code of x86-64 runs natively.
    X86,
    /// As `X86`, on Linux: emulators of one process, guard pages, signals by thread.
    LinuxX86,
    Linux,
    /// The C compiler is called as on Unix.
    Unix,
    /// A nightly Rust has Miri. No nightly is pinned and rustup alone brings the component, so a machine without it is
    /// one of another kind; a run of this stage alone fails there, since nothing ran.
    Miri,
    /// The database of advisories can be reached. It is of today, so no copy of it serves, and a machine without a way
    /// there is one of another kind, as with `Miri`.
    Advisories,
}

impl Host {
    pub fn is_this(self) -> bool {
        let x86 = cfg!(target_arch = "x86_64");
        let linux = cfg!(target_os = "linux");
        match self {
            Host::Any => true,
            Host::X86 => x86,
            Host::LinuxX86 => x86 && linux,
            Host::Linux => linux,
            Host::Unix => cfg!(unix),
            Host::Miri => miri(),
            Host::Advisories => advisories(),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Host::Any => "any machine",
            Host::X86 => "x86-64",
            Host::LinuxX86 => "Linux on x86-64",
            Host::Linux => "Linux",
            Host::Unix => "Unix",
            Host::Miri => {
                "a nightly Rust with Miri (`rustup +nightly component add miri rust-src`)"
            }
            Host::Advisories => "a machine that reaches github.com",
        }
    }
}

fn miri() -> bool {
    need::first_line(Path::new("cargo"), &["+nightly", "miri", "--version"]).is_some()
}

/// Without git, which waits for minutes where packets are dropped.
fn advisories() -> bool {
    let Ok(addresses) = ("github.com", 443).to_socket_addrs() else { return false };
    let reached = |a: &SocketAddr| TcpStream::connect_timeout(a, Duration::from_secs(3)).is_ok();
    addresses.take(2).any(|address| reached(&address))
}

/// How a stage ended.
pub enum Outcome {
    Passed,
    /// The reason; the log has the rest.
    Failed(String),
    /// What is missing and how to get it.
    Skipped(String),
}
