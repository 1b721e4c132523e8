//! Kernels that measure and test the machinery: what a call costs, and what the Go runtime sees when a kernel
//! that uses the stack is interrupted, profiled or faults.
use crate::{Arg, Family, Isa::*, Kernel, Ret, Ty, Variant};

pub const FAMILY: Family = Family {
    name: "probe",
    go_path: "internal/probe",
    doc: "Kernels that measure and test the machinery itself.",
    internal: true,
    kernels: &[
        Kernel {
            op: "nothing",
            doc: "Returns x: a kernel that does nothing, so that a call can be timed.",
            args: &[Arg { name: "p", ty: Ty::Bytes }, Arg { name: "x", ty: Ty::U64 }],
            ret: Ret::Value(Ty::U64),
            variants: &[
                Variant { isa: X86Avx2, suffix: "direct", features: &[], stack: 0 },
                Variant { isa: Aarch64Neon, suffix: "direct", features: &[], stack: 0 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: None,
            constant_time: true,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 1.0,
            kept: "",
        },
        Kernel {
            op: "spill",
            doc: "Mixes p into one word, rounds times, with every callee-saved register pushed, spills on the \
                  stack and an early return: whatever can go wrong with a stack table goes wrong here first.",
            args: &[Arg { name: "p", ty: Ty::U64s }, Arg { name: "rounds", ty: Ty::Usize }],
            ret: Ret::Value(Ty::U64),
            variants: &[
                Variant { isa: X86Avx2, suffix: "stack", features: &[], stack: 256 },
                Variant { isa: Aarch64Neon, suffix: "stack", features: &[], stack: 512 },
                Variant { isa: Generic, suffix: "generic", features: &[], stack: 0 },
            ],
            chunk: None,
            constant_time: false,
            since: "0.1.0",
            reviewed: "2026-11-21",
            speedup: 1.0,
            kept: "",
        },
    ],
};
