//! The stack pointer unknown, too deep, or not what the unwind table says.

door!("wl_go_bad_and_rsp", "and rsp, -32", "ret");
door!("wl_go_bad_lea_rsp", "lea rsp, [rsp - 8]", ".cfi_adjust_cfa_offset 8", "pop rax", ".cfi_adjust_cfa_offset -8", "ret");
door!("wl_go_bad_mov_rsp", "mov rax, rdi", "mov rsp, rax", "ret");
door!("wl_go_bad_sub_register", "sub rsp, rdi", "ret");
door!("wl_go_bad_ret_imm", "ret 8");
door!(
    "wl_go_bad_two_depths",
    "test rdi, rdi",
    "je 2f",
    "push rax",
    "2:",
    "mov rax, rdi",
    "ret",
);
door!("wl_go_bad_deep_return", "push rax", ".cfi_adjust_cfa_offset 8", "ret");
door!(
    "wl_go_bad_too_deep",
    "push rbx",
    ".cfi_adjust_cfa_offset 8",
    "sub rsp, 512",
    ".cfi_adjust_cfa_offset 512",
    "add rsp, 512",
    ".cfi_adjust_cfa_offset -512",
    "pop rbx",
    ".cfi_adjust_cfa_offset -8",
    "ret",
);
door!("wl_go_bad_untold_push", "push rbx", "pop rbx", "ret");
door!(
    "wl_go_bad_frame_pointer",
    "push rbp",
    ".cfi_adjust_cfa_offset 8",
    "mov rbp, rsp",
    ".cfi_def_cfa_register rbp",
    "nop",
    "pop rbp",
    ".cfi_def_cfa rsp, 8",
    "ret",
);

core::arch::global_asm!(
    ".section .text.wl_go_bad_no_unwind,\"ax\",@progbits",
    ".globl wl_go_bad_no_unwind",
    ".type wl_go_bad_no_unwind,@function",
    "wl_go_bad_no_unwind:",
    "ret",
    ".size wl_go_bad_no_unwind, . - wl_go_bad_no_unwind",
    ".text",
);
