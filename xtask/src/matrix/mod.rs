//! Where the library is built for, and what the Go module is built and tested with.
//!
//! The stages of `cargo xtask test`, the workflow of the hosted runners and the table in `docs/testing.md` derive from
//! these tables or are compared with them.

pub mod go;
pub mod hosts;

use kernels_manifest::Arch;

/// A target of the C library.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// As rustc names it.
    pub triple: &'static str,
    pub arch: Arch,
    pub os: Os,
}

/// What decides file formats, names, and which functions a system offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Os {
    Linux,
    Darwin,
    FreeBsd,
    Windows,
}

const fn target(triple: &'static str, arch: Arch, os: Os) -> Target {
    Target { triple, arch, os }
}

/// Every target of `cargo xtask dist`.
///
/// Windows is the MSVC environment: its objects and DLLs need no C runtime and no SDK here, and MinGW links them as
/// well as Microsoft's tools do.
pub const TARGETS: &[Target] = &[
    target("aarch64-apple-darwin", Arch::Aarch64, Os::Darwin),
    target("aarch64-pc-windows-msvc", Arch::Aarch64, Os::Windows),
    target("aarch64-unknown-freebsd", Arch::Aarch64, Os::FreeBsd),
    target("aarch64-unknown-linux-gnu", Arch::Aarch64, Os::Linux),
    target("aarch64-unknown-linux-musl", Arch::Aarch64, Os::Linux),
    target("x86_64-apple-darwin", Arch::X86_64, Os::Darwin),
    target("x86_64-pc-windows-msvc", Arch::X86_64, Os::Windows),
    target("x86_64-unknown-freebsd", Arch::X86_64, Os::FreeBsd),
    target("x86_64-unknown-linux-gnu", Arch::X86_64, Os::Linux),
    target("x86_64-unknown-linux-musl", Arch::X86_64, Os::Linux),
];

impl Os {
    /// File of the shared library, and of what a linker takes instead of it where there is such a thing.
    pub const fn shared(self) -> (&'static str, Option<&'static str>) {
        match self {
            Os::Linux | Os::FreeBsd => ("libwidelane.so.0", None),
            Os::Darwin => ("libwidelane.0.dylib", None),
            Os::Windows => ("widelane.dll", Some("widelane.lib")),
        }
    }

    /// The name by which a linker finds the shared library, a link to the file.
    pub const fn shared_link(self) -> Option<&'static str> {
        match self {
            Os::Linux | Os::FreeBsd => Some("libwidelane.so"),
            Os::Darwin => Some("libwidelane.dylib"),
            Os::Windows => None,
        }
    }

    /// Functions that the library may want from the system: the environment, the CPU's features, and what the
    /// compiler takes for granted.
    pub const fn wanted(self) -> &'static [&'static str] {
        match self {
            Os::Linux => {
                &["getenv", "getauxval", "strlen", "memcmp", "bcmp", "memcpy", "memmove", "memset"]
            }
            Os::FreeBsd => &["getenv", "strlen", "memcmp", "bcmp", "memcpy", "memmove", "memset"],
            Os::Darwin => &[
                "_getenv",
                "dyld_stub_binder",
                "_sysctlbyname",
                "_strlen",
                "_memcmp",
                "_bcmp",
                "_memcpy",
                "_memmove",
                "_memset",
                // What LLVM calls there to clear memory, by Apple's two names.
                "_bzero",
                "___bzero",
            ],
            Os::Windows => &[
                "GetEnvironmentVariableA",
                "__imp_GetEnvironmentVariableA",
                "memcmp",
                "memcpy",
                "memmove",
                "memset",
            ],
        }
    }
}
