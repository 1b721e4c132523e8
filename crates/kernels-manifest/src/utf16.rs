//! UTF-16 rows: to and from UTF-8. A kernel converts as far as its input is valid and its output has room; what stopped it is
//! left to the wrappers, which start where the kernel did.
use crate::{Arg, Family, Feature, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

/// AVX-512 with permutes and compressions of bytes and words, and the instructions that make and read masks.
const VBMI2: &[Feature] = &[Avx512vbmi2, Avx512vbmi, Avx512f, Avx512bw, Avx512vl, Bmi2, Popcnt];
const AVX2: &[Feature] = &[Avx2, Popcnt];

pub const FAMILY: Family = Family {
    name: "utf16",
    go_path: "unicode/utf16",
    doc: "UTF-16 to and from UTF-8.",
    internal: false,
    kernels: &[
        Kernel {
            op: "from_utf8",
            doc: "Converts UTF-8 to UTF-16, whole characters, up to the first sequence that is invalid or cut off, or for \
                  which dst has no room. Returns how many bytes were read and how many units were written; not one unit \
                  behind these is.",
            args: &[Arg { name: "dst", ty: Ty::U16sMut }, Arg { name: "src", ty: Ty::Bytes }],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi2", features: VBMI2, stack: 64 },
                Variant { isa: X86Avx2, suffix: "avx2", features: AVX2, stack: 128 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 160 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-22",
            speedup: 27.23,
            kept: "",
        },
        Kernel {
            op: "to_utf8",
            doc: "Converts UTF-16 to UTF-8, whole characters, up to the first surrogate without its partner, or the first \
                  character for which dst has no room. Returns how many units were read and how many bytes were written; \
                  not one byte behind these is.",
            args: &[Arg { name: "dst", ty: Ty::BytesMut }, Arg { name: "src", ty: Ty::U16s }],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi2", features: VBMI2, stack: 96 },
                Variant { isa: X86Avx2, suffix: "avx2", features: AVX2, stack: 144 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 160 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-22",
            speedup: 19.45,
            kept: "",
        },
    ],
};
