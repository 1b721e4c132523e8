//! CPU features under the names of each world that asks for them.

/// An architecture with kernels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Arch {
    X86_64,
    Aarch64,
}

impl Arch {
    /// The name in `target_arch` and target triples.
    pub const fn rust(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
        }
    }

    /// The name in `GOARCH`.
    pub const fn go(self) -> &'static str {
        match self {
            Arch::X86_64 => "amd64",
            Arch::Aarch64 => "arm64",
        }
    }
}

/// The x86-64 microarchitecture levels of the psABI, as `GOAMD64` and `target-cpu=x86-64-v*` name them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    V1 = 1,
    V2 = 2,
    V3 = 3,
    V4 = 4,
}

macro_rules! features {
    ($($variant:ident $arch:ident $level:expr, $rust:literal $go:literal $godebug:literal;)*) => {
        /// A CPU feature that a variant may need beyond its architecture's baseline.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Feature { $(#[doc = $rust] $variant,)* }

        impl Feature {
            /// Every feature of the table.
            pub const ALL: &'static [Feature] = &[$(Feature::$variant,)*];

            /// The name in `#[target_feature]`, in the detection macros and in `WIDELANE_CPU`.
            pub const fn rust(self) -> &'static str {
                match self { $(Feature::$variant => $rust,)* }
            }

            /// The exported boolean of `go-shim/internal/cpu`.
            pub const fn go(self) -> &'static str {
                match self { $(Feature::$variant => $go,)* }
            }

            /// The name in `GODEBUG=cpu.NAME=off`; where Go's runtime has one, the same.
            pub const fn godebug(self) -> &'static str {
                match self { $(Feature::$variant => $godebug,)* }
            }

            pub const fn arch(self) -> Arch {
                match self { $(Feature::$variant => Arch::$arch,)* }
            }

            /// The lowest level that guarantees the feature. No level guarantees AES, PCLMULQDQ or SHA.
            pub const fn level(self) -> Option<Level> {
                match self { $(Feature::$variant => $level,)* }
            }
        }
    };
}

features! {
    Sse3 X86_64 Some(Level::V2), "sse3" "SSE3" "sse3";
    Ssse3 X86_64 Some(Level::V2), "ssse3" "SSSE3" "ssse3";
    Sse41 X86_64 Some(Level::V2), "sse4.1" "SSE41" "sse41";
    Sse42 X86_64 Some(Level::V2), "sse4.2" "SSE42" "sse42";
    Popcnt X86_64 Some(Level::V2), "popcnt" "POPCNT" "popcnt";
    Avx X86_64 Some(Level::V3), "avx" "AVX" "avx";
    Avx2 X86_64 Some(Level::V3), "avx2" "AVX2" "avx2";
    Bmi1 X86_64 Some(Level::V3), "bmi1" "BMI1" "bmi1";
    Bmi2 X86_64 Some(Level::V3), "bmi2" "BMI2" "bmi2";
    Lzcnt X86_64 Some(Level::V3), "lzcnt" "LZCNT" "lzcnt";
    Fma X86_64 Some(Level::V3), "fma" "FMA" "fma";
    Aes X86_64 None, "aes" "AES" "aes";
    Pclmulqdq X86_64 None, "pclmulqdq" "PCLMULQDQ" "pclmulqdq";
    Vpclmulqdq X86_64 None, "vpclmulqdq" "VPCLMULQDQ" "vpclmulqdq";
    Avx512f X86_64 Some(Level::V4), "avx512f" "AVX512F" "avx512f";
    Avx512bw X86_64 Some(Level::V4), "avx512bw" "AVX512BW" "avx512bw";
    Avx512dq X86_64 Some(Level::V4), "avx512dq" "AVX512DQ" "avx512dq";
    Avx512vl X86_64 Some(Level::V4), "avx512vl" "AVX512VL" "avx512vl";
    Avx512vbmi X86_64 None, "avx512vbmi" "AVX512VBMI" "avx512vbmi";
    Avx512vbmi2 X86_64 None, "avx512vbmi2" "AVX512VBMI2" "avx512vbmi2";
    ArmAes Aarch64 None, "aes" "ARMAES" "aes";
    ArmCrc Aarch64 None, "crc" "ARMCRC32" "crc32";
    ArmSha3 Aarch64 None, "sha3" "ARMSHA3" "sha3";
}

impl Feature {
    /// Features that Rust's `target_feature` switches on together with this one.
    pub const fn implied(self) -> &'static [Feature] {
        use Feature::*;
        match self {
            Ssse3 => &[Sse3],
            Sse41 => &[Sse3, Ssse3],
            Sse42 => &[Sse3, Ssse3, Sse41],
            Avx => &[Sse3, Ssse3, Sse41, Sse42],
            Avx2 | Fma => &[Sse3, Ssse3, Sse41, Sse42, Avx],
            Vpclmulqdq => &[Sse3, Ssse3, Sse41, Sse42, Avx, Pclmulqdq],
            Avx512f => &[Sse3, Ssse3, Sse41, Sse42, Avx, Avx2, Fma],
            Avx512bw | Avx512dq | Avx512vl => &[Sse3, Ssse3, Sse41, Sse42, Avx, Avx2, Fma, Avx512f],
            Avx512vbmi | Avx512vbmi2 => {
                &[Sse3, Ssse3, Sse41, Sse42, Avx, Avx2, Fma, Avx512f, Avx512bw]
            }
            _ => &[],
        }
    }
}
