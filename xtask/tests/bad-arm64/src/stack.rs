//! Stacks that cannot be moved into a frame of Go's.

door!("wl_go_bad_mov_sp", "mov x9, x0", "mov sp, x9", "ret");
door!("wl_go_bad_and_sp", "and sp, x0, #0xfffffffffffffff0", "ret");
door!("wl_go_bad_sub_register", "sub sp, sp, x0", "ret");
door!("wl_go_bad_indexed", "sub sp, sp, #16", ".cfi_def_cfa_offset 16", "ldr x0, [sp, x1]", "add sp, sp, #16", "ret");
door!("wl_go_bad_vector_list", "ld1 {{v0.16b}}, [sp]", "ret");
door!("wl_go_bad_compared", "cmp sp, x0", "ret");
door!("wl_go_bad_two_depths", "cbz x0, 2f", "sub sp, sp, #16", "2:", "mov x0, #0", "b 2b");
door!("wl_go_bad_deep_return", "sub sp, sp, #16", ".cfi_def_cfa_offset 16", "ret");
door!("wl_go_bad_above_entry", "add sp, sp, #16", "sub sp, sp, #16", "ret");
door!("wl_go_bad_nowhere", "b 2f", "add sp, sp, #16", "2:", "ret");
door!(
    "wl_go_bad_too_deep",
    "stp x19, x20, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    "sub sp, sp, #512",
    ".cfi_def_cfa_offset 528",
    "add sp, sp, #512",
    ".cfi_def_cfa_offset 16",
    "ldp x19, x20, [sp], #16",
    ".cfi_def_cfa_offset 0",
    "ret",
);
door!("wl_go_bad_untold_push", "sub sp, sp, #16", "add sp, sp, #16", "ret");
door!("wl_go_bad_frame_pointer", "nop", ".cfi_def_cfa w29, 16", "nop", "ret");
core::arch::global_asm!(
    ".section .text.wl_go_bad_no_unwind,\"ax\",@progbits",
    ".p2align 4",
    ".globl wl_go_bad_no_unwind",
    ".type wl_go_bad_no_unwind,@function",
    "wl_go_bad_no_unwind:",
    "ret",
    ".size wl_go_bad_no_unwind, . - wl_go_bad_no_unwind",
    ".text",
);

door!("wl_go_bad_red_zone", "str x0, [sp, #-8]", "ret");
door!("wl_go_bad_address_below", "sub x9, sp, #16", "ret");
door!("wl_go_bad_above", "ldr x9, [sp]", "ret");
door!(
    "wl_go_bad_partly_above",
    "sub sp, sp, #16",
    ".cfi_def_cfa_offset 16",
    "stp q0, q1, [sp]",
    "add sp, sp, #16",
    ".cfi_def_cfa_offset 0",
    "ret",
);
door!(
    "wl_go_bad_out_of_reach",
    "sub sp, sp, #512",
    ".cfi_def_cfa_offset 512",
    "stp x19, x20, [sp, #496]",
    "add sp, sp, #512",
    ".cfi_def_cfa_offset 0",
    "ret",
);
