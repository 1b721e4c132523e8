//! Latin-1 rows: to and from UTF-8. A kernel converts as far as its input allows it and its output has room; what stopped it is
//! left to the wrappers, which start where the kernel did.
use crate::{Arg, Family, Feature, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

/// AVX-512 with compressions of bytes, and the instructions that make and read masks.
const VBMI2: &[Feature] = &[Avx512vbmi2, Avx512vbmi, Avx512f, Avx512bw, Avx512vl, Bmi2, Popcnt];
const AVX2: &[Feature] = &[Avx2, Popcnt];

pub const FAMILY: Family = Family {
    name: "latin1",
    go_path: "unicode/latin1",
    doc: "Latin-1 (ISO 8859-1) to and from UTF-8.",
    internal: false,
    kernels: &[
        Kernel {
            op: "from_utf8",
            doc: "Converts UTF-8 to Latin-1, up to the first byte with which no character from U+0000 to U+00FF begins, or for \
                  whose character dst has no room. Returns how many bytes were read and how many were written; not one \
                  behind these is.",
            args: &[Arg { name: "dst", ty: Ty::BytesMut }, Arg { name: "src", ty: Ty::Bytes }],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi2", features: VBMI2, stack: 96 },
                Variant { isa: X86Avx2, suffix: "avx2", features: AVX2, stack: 96 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 160 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-22",
            speedup: 17.65,
            kept: "",
        },
        Kernel {
            op: "to_utf8",
            doc: "Converts Latin-1 to UTF-8, up to the first byte for whose character dst has no room. Returns how many bytes were \
                  read and how many were written; not one behind these is.",
            args: &[Arg { name: "dst", ty: Ty::BytesMut }, Arg { name: "src", ty: Ty::Bytes }],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi2", features: VBMI2, stack: 96 },
                Variant { isa: X86Avx2, suffix: "avx2", features: AVX2, stack: 64 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 160 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-22",
            speedup: 35.67,
            kept: "",
        },
    ],
};
