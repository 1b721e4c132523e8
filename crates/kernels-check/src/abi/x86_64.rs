//! The trampoline for the System V convention.

use super::{Outcome, Setting};
use crate::Random;
use std::arch::naked_asm;
use std::arch::x86_64::{__cpuid, __cpuid_count};
use std::mem::offset_of;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

/// What a call itself puts on the stack: the return address.
pub const CALL: usize = 8;

/// Bits of a narrow argument that its caller need not clear. Compilers here clear up to 32 and rely on it.
pub const DIRTY: u64 = 0xffff_ffff_0000_0000;

/// rbx, rbp, r12 to r15.
const KEPT: [&str; 6] = ["rbx", "rbp", "r12", "r13", "r14", "r15"];

/// Everything masked, to nearest; then towards zero, denormals flushed and taken for zeros.
const MXCSR: [u32; 2] = [0x1f80, 0xff80 | 1 << 6];
/// As the system sets it; then double precision, upwards.
const X87: [u32; 2] = [0x037f, 0x0a7f];

/// Rounding and masks: what a function must leave as it is. The rest of MXCSR are sticky flags.
const MXCSR_CONTROL: u32 = 0xffc0;
/// The direction flag.
const DF: u64 = 1 << 10;
/// Bits of XGETBV(1): upper halves of the first 16 YMM registers, and of ZMM. A function leaves both clear, or each
/// SSE instruction of its caller pays. (Opmasks and ZMM16 to 31 have bits too, but nothing clears those.)
const IN_USE: u32 = 1 << 2 | 1 << 6;

/// What the trampoline puts into the vector registers.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
#[repr(u32)]
enum Vectors {
    Xmm = 0,
    /// Zeros, and all state as initial.
    Clean = 1,
    Ymm = 2,
    Zmm = 3,
}

#[repr(C, align(64))]
struct State {
    vectors: [[u64; 8]; 32],
    args: [u64; 6],
    kept: [u64; 6],
    scratch: [u64; 3],
    stack: u64,
    flags: u64,
    mxcsr: u32,
    x87: u32,
    fill: Vectors,
    asks_in_use: u32,
    home: u64,
    results: [u64; 2],
    kept_after: [u64; 6],
    stack_after: u64,
    flags_after: u64,
    mxcsr_after: u32,
    in_use: u32,
    x87_after: [u32; 7],
}

/// Where the trampoline finds its state when the function has returned: no register can be trusted then.
static CURRENT: AtomicPtr<State> = AtomicPtr::new(std::ptr::null_mut());
static TARGET: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
/// One call at a time has the statics.
static ONE: Mutex<()> = Mutex::new(());

/// # Safety
/// The state's stack is a mapped place with room below, and TARGET a function for which its arguments are right.
#[unsafe(naked)]
unsafe extern "C" fn enter(state: *mut State) {
    naked_asm!(
        "push rbx", "push rbp", "push r12", "push r13", "push r14", "push r15",
        "sub rsp, 16",
        "stmxcsr [rsp]",
        "fnstcw [rsp + 8]",
        "mov [rdi + {home}], rsp",
        "mov [rip + {current}], rdi",
        "mov eax, [rdi + {fill}]",
        "cmp eax, 1",
        "jb 20f",
        "je 21f",
        "cmp eax, 2",
        "je 22f",
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31",
        "vmovdqu64 zmm\\i, [rdi + {vectors} + 64 * \\i]",
        ".endr",
        ".irp i, 1,2,3,4,5,6,7",
        "kmovw k\\i, [rdi + {vectors} + 64 * \\i]",
        ".endr",
        "jmp 23f",
        "22:",
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
        "vmovdqu ymm\\i, [rdi + {vectors} + 64 * \\i]",
        ".endr",
        "jmp 23f",
        "21:",
        "vzeroall",
        "jmp 23f",
        "20:",
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15",
        "movdqu xmm\\i, [rdi + {vectors} + 64 * \\i]",
        ".endr",
        "23:",
        "fninit",
        "fldcw [rdi + {x87}]",
        "ldmxcsr [rdi + {mxcsr}]",
        "mov rbx, [rdi + {kept}]",
        "mov rbp, [rdi + {kept} + 8]",
        "mov r12, [rdi + {kept} + 16]",
        "mov r13, [rdi + {kept} + 24]",
        "mov r14, [rdi + {kept} + 32]",
        "mov r15, [rdi + {kept} + 40]",
        "push [rdi + {flags}]",
        "popfq",
        "mov rsp, [rdi + {stack}]",
        "mov rax, [rdi + {scratch}]",
        "mov r10, [rdi + {scratch} + 8]",
        "mov r11, [rdi + {scratch} + 16]",
        "mov rsi, [rdi + {args} + 8]",
        "mov rdx, [rdi + {args} + 16]",
        "mov rcx, [rdi + {args} + 24]",
        "mov r8, [rdi + {args} + 32]",
        "mov r9, [rdi + {args} + 40]",
        "mov rdi, [rdi + {args}]",
        "call [rip + {target}]",
        "mov r11, [rip + {current}]",
        "mov [r11 + {results}], rax",
        "mov [r11 + {results} + 8], rdx",
        "mov [r11 + {kept_after}], rbx",
        "mov [r11 + {kept_after} + 8], rbp",
        "mov [r11 + {kept_after} + 16], r12",
        "mov [r11 + {kept_after} + 24], r13",
        "mov [r11 + {kept_after} + 32], r14",
        "mov [r11 + {kept_after} + 40], r15",
        "mov [r11 + {stack_after}], rsp",
        "mov rsp, [r11 + {home}]",
        "pushfq",
        "pop [r11 + {flags_after}]",
        "cld",
        "stmxcsr [r11 + {mxcsr_after}]",
        "fnstenv [r11 + {x87_after}]",
        "cmp dword ptr [r11 + {asks_in_use}], 0",
        "je 24f",
        "mov ecx, 1",
        "xgetbv",
        "mov [r11 + {in_use}], eax",
        "24:",
        "cmp dword ptr [r11 + {fill}], 0",
        "je 25f",
        "vzeroupper",
        "25:",
        "ldmxcsr [rsp]",
        "fninit",
        "fldcw [rsp + 8]",
        "add rsp, 16",
        "pop r15", "pop r14", "pop r13", "pop r12", "pop rbp", "pop rbx",
        "ret",
        current = sym CURRENT,
        target = sym TARGET,
        home = const offset_of!(State, home),
        fill = const offset_of!(State, fill),
        vectors = const offset_of!(State, vectors),
        x87 = const offset_of!(State, x87),
        mxcsr = const offset_of!(State, mxcsr),
        kept = const offset_of!(State, kept),
        flags = const offset_of!(State, flags),
        stack = const offset_of!(State, stack),
        scratch = const offset_of!(State, scratch),
        args = const offset_of!(State, args),
        results = const offset_of!(State, results),
        kept_after = const offset_of!(State, kept_after),
        stack_after = const offset_of!(State, stack_after),
        flags_after = const offset_of!(State, flags_after),
        mxcsr_after = const offset_of!(State, mxcsr_after),
        x87_after = const offset_of!(State, x87_after),
        asks_in_use = const offset_of!(State, asks_in_use),
        in_use = const offset_of!(State, in_use),
    )
}

/// The widest registers that there are to fill.
fn widest() -> Vectors {
    if is_x86_feature_detected!("avx512f") {
        Vectors::Zmm
    } else if is_x86_feature_detected!("avx") {
        Vectors::Ymm
    } else {
        Vectors::Xmm
    }
}

/// Whether the CPU says which parts of the vector state are in use. Emulators do not.
pub fn knows_what_is_in_use() -> bool {
    let xsave = __cpuid(1).ecx >> 27 & 1 == 1 && __cpuid(0).eax >= 13;
    xsave && widest() >= Vectors::Ymm && __cpuid_count(13, 1).eax >> 2 & 1 == 1
}

/// Calls the function on `stack`, everything else filled as the setting says.
///
/// # Safety
/// The arguments are right for the function, and below `stack` is room for it.
pub unsafe fn call(function: *const (), args: [u64; 6], stack: u64, setting: Setting) -> Outcome {
    let mut random = Random(setting.seed);
    let clean = (setting.index / 2).is_multiple_of(2) && widest() >= Vectors::Ymm;
    let fill = if clean { Vectors::Clean } else { widest() };
    let mut state = State {
        vectors: std::array::from_fn(|_| std::array::from_fn(|_| random.bits())),
        args,
        kept: std::array::from_fn(|_| random.bits()),
        scratch: std::array::from_fn(|_| random.bits()),
        stack,
        // Carry, parity, adjust, zero, sign, overflow. Bit 1 is always set.
        flags: random.bits() & 0x8d5 | 2,
        mxcsr: MXCSR[setting.index % 2],
        x87: X87[setting.index % 2],
        fill,
        asks_in_use: u32::from(clean && knows_what_is_in_use()),
        home: 0,
        results: [0; 2],
        kept_after: [0; 6],
        stack_after: 0,
        flags_after: 0,
        mxcsr_after: 0,
        in_use: 0,
        x87_after: [0; 7],
    };
    let one = ONE.lock().unwrap_or_else(|e| e.into_inner());
    TARGET.store(function.cast_mut().cast(), Relaxed);
    // SAFETY: the caller's promise, and the lock is held while TARGET is in use.
    unsafe { enter(&raw mut state) }
    drop(one);
    Outcome { results: state.results, wrong: state.wrong() }
}

impl State {
    /// What is not as the convention promises, if anything.
    fn wrong(&self) -> Option<String> {
        for (i, name) in KEPT.iter().enumerate() {
            if self.kept[i] != self.kept_after[i] {
                return Some(format!(
                    "{name} was {:#x}, is {:#x}",
                    self.kept[i], self.kept_after[i]
                ));
            }
        }
        let (control, tags) = (self.x87_after[0] & 0xffff, self.x87_after[2] & 0xffff);
        if self.stack_after != self.stack {
            Some(format!(
                "the stack pointer moved by {}",
                self.stack_after.wrapping_sub(self.stack)
            ))
        } else if self.flags_after & DF != 0 {
            Some("the direction flag is set".into())
        } else if (self.mxcsr ^ self.mxcsr_after) & MXCSR_CONTROL != 0 {
            Some(format!("MXCSR was {:#x}, is {:#x}", self.mxcsr, self.mxcsr_after))
        } else if control != self.x87 {
            Some(format!("the x87 control word was {:#x}, is {control:#x}", self.x87))
        } else if tags != 0xffff {
            Some(format!("x87 registers are in use, tags {tags:#x}"))
        } else if self.in_use & IN_USE != 0 {
            Some(format!(
                "upper halves of vector registers are in use, {:#x}: no vzeroupper",
                self.in_use
            ))
        } else {
            None
        }
    }
}
