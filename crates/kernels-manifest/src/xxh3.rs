//! XXH3 rows: what its two hashes, 64 and 128 bits, have in common.
use crate::{Arg, Family, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

const VARIANTS: &[Variant] = &[
    Variant { isa: X86Avx512, suffix: "avx512", features: &[Avx512f], stack: 64 },
    Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2], stack: 64 },
    Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 64 },
    Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
];

pub const FAMILY: Family = Family {
    name: "xxh3",
    go_path: "xxh3",
    doc: "XXH3 hashes of 64 and 128 bits.",
    internal: false,
    kernels: &[
        Kernel {
            op: "digest",
            doc: "XXH3 of p as for more than 240 bytes, with a secret of at least 136: out gets the low 64 bits, and the \
                  high ones where it has room for two words. Untouched if p has less than 64 bytes or the secret is too short.",
            args: &[
                Arg { name: "out", ty: Ty::U64sMut },
                Arg { name: "p", ty: Ty::Bytes },
                Arg { name: "secret", ty: Ty::Bytes },
            ],
            ret: Ret::None,
            variants: VARIANTS,
            chunk: Some("p"),
            constant_time: true,
            since: "0.1.0",
            reviewed: "2026-11-22",
            speedup: 5.84,
            kept: "beside hash/maphash, as Go has no XXH3; 1.6 times zeebo/xxh3's assembly at 256 B, 1.5 times at 64 KiB",
        },
        Kernel {
            op: "accumulate",
            doc: "Adds the whole 64-byte stripes of p to the nine words of state: XXH3's accumulators, and the number of \
                  stripes of the block before p. Untouched if state has less or the secret has less than 136 bytes.",
            args: &[
                Arg { name: "state", ty: Ty::U64sMut },
                Arg { name: "p", ty: Ty::Bytes },
                Arg { name: "secret", ty: Ty::Bytes },
            ],
            ret: Ret::None,
            variants: VARIANTS,
            chunk: Some("p"),
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 5.57,
            kept: "beside hash/maphash, as Go has no XXH3; 1.9 times zeebo/xxh3's assembly at 64 KiB, but 0.75 times at 1 KiB",
        },
    ],
};
