//! Hexadecimal rows (RFC 4648, section 8, in lower case). A kernel does whole bytes and pairs of digits; an odd character
//! at the end, and the name of what is wrong, are left to the wrappers.
use crate::{Arg, Family, Feature, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

const ENCODE_VBMI: &[Feature] = &[Avx512vbmi, Avx512f];
const DECODE_VBMI: &[Feature] = &[Avx512vbmi, Avx512f, Avx512bw];

pub const FAMILY: Family = Family {
    name: "hex",
    go_path: "encoding/hex",
    doc: "Hexadecimal encoding in lower case, and decoding of both cases.",
    internal: false,
    kernels: &[
        Kernel {
            op: "encode",
            doc: "Encodes the bytes of src for whose two characters dst has room, and returns how many these are. dst may \
                  end where src does if it has room for all of src.",
            args: &[Arg { name: "dst", ty: Ty::BytesMut }, Arg { name: "src", ty: Ty::Bytes }],
            ret: Ret::Value(Ty::Usize),
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
            speedup: 31.14,
            kept: "",
        },
        Kernel {
            op: "decode",
            doc: "Decodes the pairs of characters in src for whose byte dst has room, up to the first that is no digit. \
                  Returns the number of digits before that one, or before the first pair that was not asked for; the half \
                  of it, rounded down, is how many bytes were written, and no other byte of dst is. dst may begin where \
                  src does.",
            args: &[Arg { name: "dst", ty: Ty::BytesMut }, Arg { name: "src", ty: Ty::Bytes }],
            ret: Ret::Value(Ty::Usize),
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
            speedup: 29.2,
            kept: "",
        },
    ],
};
