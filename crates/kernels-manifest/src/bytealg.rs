//! Byte search rows.
use crate::{Arg, Family, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

pub const FAMILY: Family = Family {
    name: "bytealg",
    go_path: "bytealg",
    doc: "Byte search, for the price of a tiny call.",
    internal: false,
    kernels: &[Kernel {
        op: "index_byte",
        doc: "Index of the first byte in p that equals c, or -1.",
        args: &[Arg { name: "p", ty: Ty::Bytes }, Arg { name: "c", ty: Ty::U8 }],
        ret: Ret::Value(Ty::Isize),
        variants: &[
            Variant {
                isa: X86Avx512,
                suffix: "avx512",
                features: &[Avx512f, Avx512bw, Avx512vl, Bmi1, Bmi2],
                stack: 64,
            },
            Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2, Bmi1], stack: 64 },
            Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 64 },
            Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
        ],
        chunk: Some("p"),
        constant_time: false,
        since: "0.1.0",
        reviewed: "2026-11-21",
        speedup: 1.21,
        kept: "1.5 to 2 times as fast from 1 to 8 KiB; the price of the smallest call, and the specimen for searches that Go's \
               standard library does not have",
    }],
};
