//! The CRC-64 row: one for all reflected polynomials, whose constants are an argument.
use crate::{Arg, Family, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

pub const FAMILY: Family = Family {
    name: "crc64",
    go_path: "hash/crc64",
    doc: "CRC-64 checksums.",
    internal: false,
    kernels: &[Kernel {
        op: "update",
        doc: "Adds p to a running CRC-64 (reflected, complemented before and after); crc is 0 at the start. The \
              constants are ones that the library made for a polynomial.",
        args: &[
            Arg { name: "crc", ty: Ty::U64 },
            Arg { name: "constants", ty: Ty::Table(2640) },
            Arg { name: "p", ty: Ty::Bytes },
        ],
        ret: Ret::Value(Ty::U64),
        variants: &[
            Variant {
                isa: X86Avx512,
                suffix: "vpclmul512",
                features: &[Pclmulqdq, Vpclmulqdq, Avx512f, Avx512bw, Avx512vl, Avx512vbmi, Bmi2],
                stack: 64,
            },
            Variant {
                isa: X86Avx2,
                suffix: "vpclmul256",
                features: &[Pclmulqdq, Vpclmulqdq, Avx2],
                stack: 64,
            },
            Variant { isa: X86Avx2, suffix: "pclmul", features: &[Pclmulqdq, Sse41], stack: 64 },
            Variant { isa: Aarch64Neon, suffix: "eor3", features: &[ArmAes, ArmSha3], stack: 64 },
            Variant { isa: Aarch64Neon, suffix: "pmull", features: &[ArmAes], stack: 64 },
            Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
        ],
        chunk: Some("p"),
        constant_time: false,
        since: "0.1.0",
        reviewed: "2026-11-21",
        speedup: 30.12,
        kept: "",
    }],
};
