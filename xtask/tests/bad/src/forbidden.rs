//! Transfers of control to where no kernel goes, and instructions that are not for kernels.

door!("wl_go_bad_jump_table", "lea rax, [rip + 2f]", "jmp rax", "2:", "ret");
door!("wl_go_bad_call_register", "call rdi", "ret");
door!("wl_go_bad_tail_call", "jmp elsewhere");
door!("wl_go_bad_into_instruction", "jmp 2f + 1", "2:", "mov eax, 1", "ret");
door!("wl_go_bad_runs_on", "mov eax, 1");
door!("wl_go_bad_jrcxz", "mov rcx, rdi", "jrcxz 2f", "nop", "2:", "ret");
door!("wl_go_bad_trap", "test rdi, rdi", "je 2f", "ret", "2:", "ud2");
door!("wl_go_bad_undecodable", "nop", ".byte 0x06", "ret");
door!("wl_go_bad_feature", "vpaddq ymm0, ymm0, ymm0", "vzeroupper", "ret");
door!("wl_go_bad_unknown_feature", "adcx rax, rdi", "ret");
door!("wl_go_bad_high_registers", "vpaddq xmm17, xmm16, xmm16", "ret");
door!("wl_go_bad_vzeroupper", "vpaddq ymm0, ymm0, ymm0", "ret");
door!(
    "wl_go_bad_vzeroupper_one_path",
    "test rdi, rdi",
    "je 2f",
    "vpaddq ymm0, ymm0, ymm0",
    "cmp rdi, 1",
    "je 2f",
    "vzeroupper",
    "2:",
    "ret",
);
door!("wl_go_bad_std", "std", "ret");
door!("wl_go_bad_ldmxcsr", "ldmxcsr [rdi]", "ret");
door!("wl_go_bad_x87", "fld1", "ret");
door!("wl_go_bad_mmx", "pxor mm0, mm0", "emms", "ret");
door!("wl_go_bad_syscall", "syscall", "ret");
door!("wl_go_bad_int3", "int3", "ret");
door!("wl_go_bad_cpuid", "cpuid", "ret");
door!("wl_go_bad_tls", "mov rax, fs:[0]", "ret");
door!("wl_go_bad_segment", "mov fs, eax", "ret");
door!("wl_go_bad_privileged", "hlt", "ret");
