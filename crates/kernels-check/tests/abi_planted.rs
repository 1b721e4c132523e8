//! The check of the convention finds each broken promise: functions that are right but for one.
#![cfg(any(all(target_arch = "x86_64", unix), all(target_arch = "aarch64", target_os = "linux")))]

use kernels_check::abi::{self, Function};
use kernels_manifest::{Arg, Kernel, Ret, Ty};
use std::arch::naked_asm;

/// All that the planted functions do: they return their argument, 32 bits wide.
const ROW: Kernel = Kernel {
    op: "planted",
    doc: "",
    args: &[Arg { name: "x", ty: Ty::U32 }, Arg { name: "p", ty: Ty::BytesMut }],
    ret: Ret::Value(Ty::U32),
    variants: &[],
    chunk: None,
    constant_time: true,
    since: "",
    reviewed: "",
    speedup: 1.0,
    kept: "",
};

/// What [`ROW`] may use of the stack.
const STACK: usize = 64;

fn check(function: *const ()) -> Result<(), String> {
    let function = Function { address: function, stack: STACK };
    // SAFETY: planted functions of the row; each says at its place why breaking its promise is survived.
    unsafe { abi::row(&ROW, function, right as *const ()) }.map(drop)
}

/// A naked function of the row, from its instructions.
macro_rules! planted {
    ($($name:ident: $($line:literal),+;)+) => {$(
        /// # Safety
        /// Only through the trampoline of the check, which restores what this breaks.
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name() {
            naked_asm!($($line),+)
        }
    )+};
}

/// Checks that each is found, by the words that name the broken promise.
macro_rules! finds {
    ($($name:ident: $words:literal;)+) => {$(
        let found = check($name as *const ()).expect_err(stringify!($name));
        assert!(found.contains($words), "{}: {found}", stringify!($name));
    )+};
}

#[cfg(target_arch = "x86_64")]
mod machine {
    use super::*;

    planted! {
        right: "mov eax, edi", "ret";
        well_behaved: "push rbx", "push r15", "sub rsp, 40", "mov rbx, rdi", "mov r15, rsi",
            "mov [rsp], rbx", "std", "cld", "mov eax, edi", "add rsp, 40", "pop r15", "pop rbx", "ret";
        takes_rbx: "mov rbx, rdi", "mov eax, edi", "ret";
        takes_rbp: "lea rbp, [rsp - 8]", "mov eax, edi", "ret";
        takes_r15: "xor r15d, r15d", "mov eax, edi", "ret";
        leaves_direction: "std", "mov eax, edi", "ret";
        rounds: "mov dword ptr [rsp - 8], 0x3f80", "ldmxcsr [rsp - 8]", "mov eax, edi", "ret";
        rounds_x87: "mov dword ptr [rsp - 8], 0x0c7f", "fldcw [rsp - 8]", "mov eax, edi", "ret";
        leaves_mmx: "pxor mm0, mm0", "mov eax, edi", "ret";
        goes_deep: "mov [rsp - 72], rdi", "mov eax, edi", "ret";
        writes_above: "mov qword ptr [rsp + 16], 7", "mov eax, edi", "ret";
        pops_too_much: "mov eax, edi", "ret 8";
        trusts_a_register: "mov eax, edi", "and r10d, 1", "add eax, r10d", "ret";
        trusts_a_vector: "movd eax, xmm15", "and eax, 1", "add eax, edi", "ret";
        trusts_upper_half: "mov rax, rdi", "shr rax, 63", "add eax, edi", "ret";
        trusts_rounding: "mov eax, 3", "cvtsi2ss xmm0, eax", "mov eax, 1", "cvtsi2ss xmm1, eax",
            "divss xmm1, xmm0", "movd eax, xmm1", "sub eax, 0x3eaaaaab", "add eax, edi", "ret";
        writes_past_its_word: "mov byte ptr [rsi + rdx - 1], 1", "mov eax, edi", "ret";
        leaves_ymm: "vpcmpeqd ymm3, ymm3, ymm3", "mov eax, edi", "ret";
        leaves_zmm: "vpternlogd zmm3, zmm3, zmm3, 255", "mov eax, edi", "ret";
    }

    pub fn all() {
        finds! {
            takes_rbx: "rbx was";
            takes_rbp: "rbp was";
            takes_r15: "r15 was";
            leaves_direction: "direction flag";
            rounds: "MXCSR was";
            rounds_x87: "x87 control word";
            leaves_mmx: "x87 registers are in use";
            goes_deep: "72 bytes of stack, 64 declared";
            writes_above: "caller's frame, 8 bytes up";
            pops_too_much: "stack pointer moved by 8";
            trusts_a_register: "returned";
            trusts_a_vector: "returned";
            trusts_upper_half: "returned";
            trusts_rounding: "returned";
            writes_past_its_word: "wrote something else";
        }
        if abi::knows_what_is_in_use() {
            finds! { leaves_ymm: "no vzeroupper"; }
            if is_x86_feature_detected!("avx512f") {
                finds! { leaves_zmm: "no vzeroupper"; }
            }
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod machine {
    use super::*;

    planted! {
        right: "mov w0, w0", "ret";
        well_behaved: "stp x19, x28, [sp, -48]!", "str d8, [sp, 16]", "mov x19, x0", "fmov d8, x0",
            "ldr d8, [sp, 16]", "ldp x19, x28, [sp], 48", "mov w0, w0", "ret";
        takes_x19: "mov x19, x0", "mov w0, w0", "ret";
        takes_x28: "mov x28, 1", "mov w0, w0", "ret";
        takes_x29: "mov x29, sp", "mov w0, w0", "ret";
        takes_d8: "movi v8.2d, 0", "mov w0, w0", "ret";
        takes_d15: "movi v15.2d, 0", "mov w0, w0", "ret";
        rounds: "mrs x9, fpcr", "eor x9, x9, 0x400000", "msr fpcr, x9", "mov w0, w0", "ret";
        goes_deep: "str x0, [sp, -72]", "mov w0, w0", "ret";
        writes_above: "str xzr, [sp, 8]", "mov w0, w0", "ret";
        pops_too_much: "add sp, sp, 16", "mov w0, w0", "ret";
        trusts_a_register: "and w9, w9, 1", "add w0, w0, w9", "ret";
        trusts_a_vector: "fmov w9, s31", "and w9, w9, 1", "add w0, w0, w9", "ret";
        trusts_upper_half: "lsr x9, x0, 63", "add w0, w0, w9", "ret";
        trusts_rounding: "fmov s0, 3.0", "fmov s1, 1.0", "fdiv s1, s1, s0", "fmov w9, s1",
            "and w9, w9, 1", "add w0, w0, w9", "ret";
        writes_past_its_word: "add x9, x1, x2", "mov w10, 1", "strb w10, [x9, -1]", "mov w0, w0", "ret";
    }

    pub fn all() {
        finds! {
            takes_x19: "x19 was";
            takes_x28: "x28 was";
            takes_x29: "x29 was";
            takes_d8: "d8 was";
            takes_d15: "d15 was";
            rounds: "FPCR was";
            goes_deep: "72 bytes of stack, 64 declared";
            writes_above: "caller's frame, 8 bytes up";
            pops_too_much: "stack pointer moved by 16";
            trusts_a_register: "returned";
            trusts_a_vector: "returned";
            trusts_upper_half: "returned";
            trusts_rounding: "returned";
            writes_past_its_word: "wrote something else";
        }
    }
}

use machine::{right, well_behaved};

#[test]
fn planted_faults_are_found() {
    check(right as *const ()).unwrap();
    check(well_behaved as *const ()).unwrap();
    machine::all();
}
