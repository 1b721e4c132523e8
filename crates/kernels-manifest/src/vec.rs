//! Rows of element-wise arithmetic and reductions.
use crate::{Arg, Family, Feature::*, Isa::*, Kernel, Ret, Ty, Variant};

pub const FAMILY: Family = Family {
    name: "vec",
    go_path: "vec",
    doc: "Arithmetic over integer slices.",
    internal: false,
    kernels: &[
        Kernel {
            op: "sum",
            doc: "Sum of the elements of p, modulo 2^64.",
            args: &[Arg { name: "p", ty: Ty::U64s }],
            ret: Ret::Value(Ty::U64),
            variants: &[
                Variant { isa: X86Avx512, suffix: "avx512", features: &[Avx512f, Bmi2], stack: 64 },
                Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2], stack: 64 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 64 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("p"),
            constant_time: true,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 4.31,
            kept: "for Go, whose compiler has no vectors: 2.5 times as fast at 256 bytes, 8 at 8 KiB. Beside the portable \
                   kernel, which rustc vectorises, 1.8 times at 8 KiB, and as fast where memory is the limit",
        },
        Kernel {
            op: "add",
            doc: "dst[i] = a[i] + b[i] modulo 2^64, for as many elements as the shortest of the three has. \
                  dst may be a or b; any other overlap is not allowed.",
            args: &[
                Arg { name: "dst", ty: Ty::U64sMut },
                Arg { name: "a", ty: Ty::U64s },
                Arg { name: "b", ty: Ty::U64s },
            ],
            ret: Ret::None,
            variants: &[
                Variant { isa: X86Avx512, suffix: "avx512", features: &[Avx512f, Bmi2], stack: 64 },
                Variant { isa: X86Avx2, suffix: "avx2", features: &[Avx2], stack: 64 },
                Variant { isa: Aarch64Neon, suffix: "neon", features: &[], stack: 64 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: Some("dst"),
            constant_time: true,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 2.63,
            kept: "for Go, whose compiler has no vectors: 2.4 times as fast at 256 bytes, 6 at 8 KiB. The portable kernel, \
                   which rustc vectorises, is as fast: 1.3 times at 8 KiB, 0.6 at 64 bytes",
        },
    ],
};
