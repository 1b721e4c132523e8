//! The trampoline for the convention of AArch64 on Linux.

use super::{Outcome, Setting};
use crate::Random;
use std::arch::naked_asm;
use std::mem::offset_of;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

/// A call puts nothing on the stack.
pub const CALL: usize = 0;

/// Bits of a narrow argument that its caller need not clear: a byte's callee extends it.
pub const DIRTY: u64 = 0xffff_ffff_ffff_ff00;

/// To nearest; then towards zero, denormals flushed, default NaNs.
const FPCR: [u64; 2] = [0, 3 << 22 | 1 << 24 | 1 << 25];

#[repr(C, align(16))]
struct State {
    args: [u64; 6],
    /// x19 to x29.
    kept: [u64; 12],
    /// x6 to x15.
    scratch: [u64; 10],
    stack: u64,
    control: u64,
    function: *const (),
    home: u64,
    results: [u64; 2],
    kept_after: [u64; 12],
    stack_after: u64,
    control_after: u64,
    /// The lower halves of v8 to v15.
    low_after: [u64; 8],
    vectors: [[u64; 2]; 32],
}

/// Where the trampoline finds its state when the function has returned: no register can be trusted then.
static CURRENT: AtomicPtr<State> = AtomicPtr::new(std::ptr::null_mut());
/// One call at a time has the static.
static ONE: Mutex<()> = Mutex::new(());

/// # Safety
/// The state's stack is a mapped place with room below, and its function one for which its arguments are right.
#[unsafe(naked)]
unsafe extern "C" fn enter(state: *mut State) {
    naked_asm!(
        "stp x29, x30, [sp, -176]!",
        "stp x19, x20, [sp, 16]",
        "stp x21, x22, [sp, 32]",
        "stp x23, x24, [sp, 48]",
        "stp x25, x26, [sp, 64]",
        "stp x27, x28, [sp, 80]",
        "stp d8, d9, [sp, 96]",
        "stp d10, d11, [sp, 112]",
        "stp d12, d13, [sp, 128]",
        "stp d14, d15, [sp, 144]",
        "mrs x1, fpcr",
        "str x1, [sp, 160]",
        "mov x1, sp",
        "str x1, [x0, {home}]",
        "adrp x1, {current}",
        "add x1, x1, :lo12:{current}",
        "str x0, [x1]",
        "ldr x1, [x0, {control}]",
        "msr fpcr, x1",
        "add x1, x0, {vectors}",
        "ldp q0, q1, [x1]",
        "ldp q2, q3, [x1, 32]",
        "ldp q4, q5, [x1, 64]",
        "ldp q6, q7, [x1, 96]",
        "ldp q8, q9, [x1, 128]",
        "ldp q10, q11, [x1, 160]",
        "ldp q12, q13, [x1, 192]",
        "ldp q14, q15, [x1, 224]",
        "ldp q16, q17, [x1, 256]",
        "ldp q18, q19, [x1, 288]",
        "ldp q20, q21, [x1, 320]",
        "ldp q22, q23, [x1, 352]",
        "ldp q24, q25, [x1, 384]",
        "ldp q26, q27, [x1, 416]",
        "ldp q28, q29, [x1, 448]",
        "ldp q30, q31, [x1, 480]",
        "ldp x19, x20, [x0, {kept}]",
        "ldp x21, x22, [x0, {kept} + 16]",
        "ldp x23, x24, [x0, {kept} + 32]",
        "ldp x25, x26, [x0, {kept} + 48]",
        "ldp x27, x28, [x0, {kept} + 64]",
        "ldr x29, [x0, {kept} + 80]",
        "ldp x6, x7, [x0, {scratch}]",
        "ldp x8, x9, [x0, {scratch} + 16]",
        "ldp x10, x11, [x0, {scratch} + 32]",
        "ldp x12, x13, [x0, {scratch} + 48]",
        "ldp x14, x15, [x0, {scratch} + 64]",
        "ldr x1, [x0, {stack}]",
        "mov sp, x1",
        "ldr x16, [x0, {function}]",
        "ldp x4, x5, [x0, {args} + 32]",
        "ldp x2, x3, [x0, {args} + 16]",
        "ldp x0, x1, [x0, {args}]",
        "blr x16",
        "adrp x16, {current}",
        "ldr x16, [x16, :lo12:{current}]",
        "stp x0, x1, [x16, {results}]",
        "stp x19, x20, [x16, {kept_after}]",
        "stp x21, x22, [x16, {kept_after} + 16]",
        "stp x23, x24, [x16, {kept_after} + 32]",
        "stp x25, x26, [x16, {kept_after} + 48]",
        "stp x27, x28, [x16, {kept_after} + 64]",
        "str x29, [x16, {kept_after} + 80]",
        "mov x1, sp",
        "mrs x2, fpcr",
        "str x1, [x16, {stack_after}]",
        "str x2, [x16, {control_after}]",
        "stp d8, d9, [x16, {low_after}]",
        "stp d10, d11, [x16, {low_after} + 16]",
        "stp d12, d13, [x16, {low_after} + 32]",
        "stp d14, d15, [x16, {low_after} + 48]",
        "ldr x1, [x16, {home}]",
        "mov sp, x1",
        "ldr x1, [sp, 160]",
        "msr fpcr, x1",
        "ldp d14, d15, [sp, 144]",
        "ldp d12, d13, [sp, 128]",
        "ldp d10, d11, [sp, 112]",
        "ldp d8, d9, [sp, 96]",
        "ldp x27, x28, [sp, 80]",
        "ldp x25, x26, [sp, 64]",
        "ldp x23, x24, [sp, 48]",
        "ldp x21, x22, [sp, 32]",
        "ldp x19, x20, [sp, 16]",
        "ldp x29, x30, [sp], 176",
        "ret",
        current = sym CURRENT,
        home = const offset_of!(State, home),
        control = const offset_of!(State, control),
        vectors = const offset_of!(State, vectors),
        kept = const offset_of!(State, kept),
        scratch = const offset_of!(State, scratch),
        stack = const offset_of!(State, stack),
        function = const offset_of!(State, function),
        args = const offset_of!(State, args),
        results = const offset_of!(State, results),
        kept_after = const offset_of!(State, kept_after),
        stack_after = const offset_of!(State, stack_after),
        control_after = const offset_of!(State, control_after),
        low_after = const offset_of!(State, low_after),
    )
}

/// Only x86-64 has a state of the vector registers besides their contents.
pub fn knows_what_is_in_use() -> bool {
    false
}

/// Calls the function on `stack`, everything else filled as the setting says.
///
/// # Safety
/// The arguments are right for the function, and below `stack` is room for it.
pub unsafe fn call(function: *const (), args: [u64; 6], stack: u64, setting: Setting) -> Outcome {
    let mut random = Random(setting.seed);
    let mut state = State {
        args,
        kept: std::array::from_fn(|_| random.bits()),
        scratch: std::array::from_fn(|_| random.bits()),
        stack,
        control: FPCR[setting.index % 2],
        function,
        home: 0,
        results: [0; 2],
        kept_after: [0; 12],
        stack_after: 0,
        control_after: 0,
        low_after: [0; 8],
        vectors: std::array::from_fn(|_| std::array::from_fn(|_| random.bits())),
    };
    let one = ONE.lock().unwrap_or_else(|e| e.into_inner());
    CURRENT.store(&raw mut state, Relaxed);
    // SAFETY: the caller's promise, and the lock is held while CURRENT is in use.
    unsafe { enter(&raw mut state) }
    drop(one);
    Outcome { results: state.results, wrong: state.wrong() }
}

impl State {
    /// What is not as the convention promises, if anything.
    fn wrong(&self) -> Option<String> {
        for i in 0..11 {
            let (was, is) = (self.kept[i], self.kept_after[i]);
            if was != is {
                return Some(format!("x{} was {was:#x}, is {is:#x}", 19 + i));
            }
        }
        for i in 0..8 {
            let (was, is) = (self.vectors[8 + i][0], self.low_after[i]);
            if was != is {
                return Some(format!("d{} was {was:#x}, is {is:#x}", 8 + i));
            }
        }
        if self.stack_after != self.stack {
            Some(format!(
                "the stack pointer moved by {}",
                self.stack_after.wrapping_sub(self.stack)
            ))
        } else if self.control != self.control_after {
            Some(format!("FPCR was {:#x}, is {:#x}", self.control, self.control_after))
        } else {
            None
        }
    }
}
