//! The Adler-32 row.
use crate::{Arg, Family, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

pub const FAMILY: Family = Family {
    name: "adler32",
    go_path: "hash/adler32",
    doc: "Adler-32 checksums.",
    internal: false,
    kernels: &[Kernel {
        op: "update",
        doc: "Adds p to a running Adler-32 checksum (RFC 1950); adler is 1 at the start.",
        args: &[Arg { name: "adler", ty: Ty::U32 }, Arg { name: "p", ty: Ty::Bytes }],
        ret: Ret::Value(Ty::U32),
        variants: &[
            Variant {
                isa: X86Avx512,
                suffix: "avx512",
                features: &[Avx512f, Avx512bw, Bmi2],
                stack: 64,
            },
            Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2], stack: 64 },
            Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 64 },
            Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
        ],
        chunk: Some("p"),
        constant_time: false,
        since: "0.1.0",
        reviewed: "2026-11-21",
        speedup: 19.16,
        kept: "",
    }],
};
