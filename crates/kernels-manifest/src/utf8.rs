//! UTF-8 rows.
use crate::{Arg, Family, Feature, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

const VBMI: &[Feature] = &[Avx512vbmi, Avx512f, Avx512bw, Bmi2, Popcnt];

const VARIANTS: &[Variant] = &[
    Variant { isa: X86Avx512, suffix: "vbmi", features: VBMI, stack: 64 },
    Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2, Popcnt], stack: 64 },
    Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 160 },
    Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
];

pub const FAMILY: Family = Family {
    name: "utf8",
    go_path: "unicode/utf8",
    doc: "UTF-8: validation and counting.",
    internal: false,
    kernels: &[
        Kernel {
            op: "valid_up_to",
            doc: "Length of the longest valid prefix of p: all of p, or the offset of the first sequence that is invalid \
                  or cut off.",
            args: &[Arg { name: "p", ty: Ty::Bytes }],
            ret: Ret::Value(Ty::Usize),
            variants: VARIANTS,
            chunk: Some("p"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 22.55,
            kept: "",
        },
        Kernel {
            op: "rune_count",
            doc: "Number of runes in p. A byte that is not part of a valid sequence is one.",
            args: &[Arg { name: "p", ty: Ty::Bytes }],
            ret: Ret::Value(Ty::Usize),
            variants: VARIANTS,
            chunk: Some("p"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 29.31,
            kept: "",
        },
    ],
};
