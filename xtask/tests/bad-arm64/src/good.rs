//! Kernels that must pass, with everything in them that is rewritten.

use core::hint::black_box;

/// More live words than there are registers: callee-saved ones and the link register are pushed, others spilled.
///
/// # Safety
/// `ret` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_good_deep(a: u64, b: u64, ret: *mut u64) {
    let mut s: [u64; 32] = core::array::from_fn(|i| a.rotate_left(i as u32) ^ b);
    for round in 0..a {
        for i in 0..s.len() {
            s[i] = s[i].wrapping_add(s[(i + 1) % 32] ^ round).rotate_left(i as u32 + 1);
        }
    }
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(s.iter().fold(0, |x, y| x ^ y)) }
}

/// Memory of its own, which it takes the address of, and a table.
///
/// # Safety
/// `ret` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_good_memory(a: u64, b: u64, ret: *mut u64) {
    static TABLE: [u64; 8] = [3, 1, 4, 1, 5, 9, 2, 6];
    if a == b {
        return;
    }
    let mut own = [b; 24];
    for (i, x) in own.iter_mut().enumerate() {
        *x ^= TABLE[i % 8].wrapping_mul(a);
    }
    let seen = black_box(&mut own);
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(seen.iter().fold(0, |x, y| x.rotate_left(3) ^ y ^ TABLE[(x % 8) as usize])) }
}

core::arch::global_asm!(
    ".section .rodata.aligned,\"a\",@progbits",
    ".p2align 6",
    "aligned:",
    ".quad 1, 2, 3, 4, 5, 6, 7, 8, 9",
    ".section .rodata.byte,\"a\",@progbits",
    "byte:",
    ".byte 42",
    ".text",
);
// Two kinds of reference, an early return above two pushes, offsets that are no multiples, an alignment of 64.
door!(
    "wl_go_good_awkward",
    "cbz x0, 2f",
    "str x30, [sp, #-32]!",
    ".cfi_def_cfa_offset 32",
    "stp d8, d9, [sp, #16]",
    "sub sp, sp, #48",
    ".cfi_def_cfa_offset 80",
    "str x0, [sp, #3]",
    "strb w1, [sp, #47]",
    "adr x30, aligned + 8",
    "ldr x9, aligned + 64",
    "adr x10, byte",
    "ldrb w10, [x10]",
    "add x0, x9, x10",
    "add x11, sp, #16",
    "str q0, [x11]",
    "ldr x12, [sp, #3]",
    "add sp, sp, #48",
    ".cfi_def_cfa_offset 32",
    "ldp d8, d9, [sp, #16]",
    "ldr x30, [sp], #32",
    ".cfi_def_cfa_offset 0",
    "str x0, [x2]",
    "ret",
    "2:",
    "str x1, [x2]",
    "ret",
);
