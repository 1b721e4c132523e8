//! Base64 rows (RFC 4648). A kernel does all of a valid text, line breaks and padding included, in one call; what is
//! wrong with an invalid one is left to the wrappers, which start where the kernel stopped.
use crate::{Arg, Family, Feature, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

/// AVX-512 with byte permutes, and the instructions that make and read masks.
const ENCODE_VBMI: &[Feature] = &[Avx512vbmi, Avx512f, Avx512bw, Avx512vl, Bmi2];
const DECODE_VBMI: &[Feature] = &[Avx512vbmi, Avx512f, Avx512bw, Avx512vl, Bmi1, Bmi2, Popcnt];

pub const FAMILY: Family = Family {
    name: "base64",
    go_path: "encoding/base64",
    doc: "Base64 encoding and decoding, any alphabet.",
    internal: false,
    kernels: &[
        Kernel {
            op: "encode",
            doc: "Encodes src. The table holds 64 characters, the padding character, and a byte of flags: 1 if there is \
                  no padding, 2 only if the first 62 characters are A to Z, a to z, 0 to 9 and the others ASCII. If \
                  dst is too short, it is filled to its end, and only whole groups of three bytes count as read. \
                  Returns what was read and what was written.",
            args: &[
                Arg { name: "dst", ty: Ty::BytesMut },
                Arg { name: "src", ty: Ty::Bytes },
                Arg { name: "table", ty: Ty::Table(66) },
            ],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi", features: ENCODE_VBMI, stack: 64 },
                Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2], stack: 64 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 96 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 33.24,
            kept: "",
        },
        Kernel {
            op: "decode",
            doc: "Decodes src as far as it is valid and dst has room, in whole groups; skips what the table says, as \
                  line breaks. The table is one that the library made for an alphabet. Returns what was read and \
                  what was written; all was read if and only if src is valid and dst was long enough. dst may begin \
                  where src does.",
            args: &[
                Arg { name: "dst", ty: Ty::BytesMut },
                Arg { name: "src", ty: Ty::Bytes },
                Arg { name: "table", ty: Ty::Table(288) },
            ],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi", features: DECODE_VBMI, stack: 128 },
                Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2, Bmi1], stack: 144 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 96 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 30.26,
            kept: "",
        },
    ],
};
