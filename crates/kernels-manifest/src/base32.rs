//! Base32 rows (RFC 4648, sections 6 and 7). A kernel does all of a valid text, padding included, in one call; line breaks,
//! and what is wrong with an invalid text, are left to the wrappers, which start where the kernel stopped.
use crate::{Arg, Family, Feature, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

/// AVX-512 with byte permutes, and the instructions that make and read masks.
const ENCODE_VBMI: &[Feature] = &[Avx512vbmi, Avx512f, Avx512bw, Bmi2];
const DECODE_VBMI: &[Feature] = &[Avx512vbmi, Avx512f, Avx512bw, Bmi1, Bmi2];

pub const FAMILY: Family = Family {
    name: "base32",
    go_path: "encoding/base32",
    doc: "Base32 encoding and decoding, any alphabet.",
    internal: false,
    kernels: &[
        Kernel {
            op: "encode",
            doc: "Encodes src. The table holds 32 characters, the padding character, and a flag: 1 if there is no padding. \
                  If dst is too short for all of src, as many whole groups of five bytes as have room are encoded. Returns \
                  what was read and what was written.",
            args: &[
                Arg { name: "dst", ty: Ty::BytesMut },
                Arg { name: "src", ty: Ty::Bytes },
                Arg { name: "table", ty: Ty::Table(34) },
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
            speedup: 30.32,
            kept: "",
        },
        Kernel {
            op: "decode",
            doc: "Decodes src as far as it is valid and dst has room, in whole groups of eight characters; the last one may be \
                  short, as the table allows. The table is one that the library made for an alphabet. Returns what was \
                  read and what was written, and no other byte of dst is; all was read if and only if src is valid and \
                  dst was long enough. dst may begin where src does or before it.",
            args: &[
                Arg { name: "dst", ty: Ty::BytesMut },
                Arg { name: "src", ty: Ty::Bytes },
                Arg { name: "table", ty: Ty::Table(292) },
            ],
            ret: Ret::Pair("read", "written"),
            variants: &[
                Variant { isa: X86Avx512, suffix: "vbmi", features: DECODE_VBMI, stack: 64 },
                Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2], stack: 64 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 96 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("src"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 98.61,
            kept: "",
        },
    ],
};
