//! Accesses outside the kernel's stack, aligned ones to what is not aligned, and relocations to the outside.

door!("wl_go_bad_red_zone", "mov [rsp - 8], rdi", "ret");
door!("wl_go_bad_above", "mov rax, [rsp + 8]", "ret");
door!(
    "wl_go_bad_aligned_spill",
    "sub rsp, 24",
    ".cfi_adjust_cfa_offset 24",
    "movaps [rsp], xmm0",
    "add rsp, 24",
    ".cfi_adjust_cfa_offset -24",
    "ret",
);
door!(
    "wl_go_bad_aligned_sse_operand",
    "sub rsp, 24",
    ".cfi_adjust_cfa_offset 24",
    "paddq xmm0, [rsp]",
    "add rsp, 24",
    ".cfi_adjust_cfa_offset -24",
    "ret",
);
door!(
    "wl_go_bad_aligned_escape",
    "sub rsp, 24",
    ".cfi_adjust_cfa_offset 24",
    "lea rax, [rsp]",
    "movdqa xmm0, [rax]",
    "add rsp, 24",
    ".cfi_adjust_cfa_offset -24",
    "ret",
);
door!("wl_go_bad_aligned_constant", "vmovdqa ymm0, [rip + half_aligned]", "vzeroupper", "ret");
door!("wl_go_bad_long_read", "vmovdqu ymm0, [rip + short]", "vzeroupper", "ret");
door!("wl_go_bad_huge_alignment", "mov rax, [rip + page]", "ret");
door!("wl_go_bad_got", "mov rax, [rip + elsewhere@GOTPCREL]", "ret");
door!("wl_go_bad_absolute", "mov rax, offset half_aligned", "ret");
door!("wl_go_bad_pointers", "mov rax, [rip + pointers]", "ret");

core::arch::global_asm!(
    ".section .rodata.half_aligned,\"a\",@progbits",
    ".p2align 4",
    "half_aligned: .zero 32",
    ".section .rodata.short,\"a\",@progbits",
    "short: .zero 24",
    ".section .rodata.page,\"a\",@progbits",
    ".p2align 12",
    "page: .zero 64",
    ".section .data.rel.ro.pointers,\"aw\",@progbits",
    ".p2align 3",
    "pointers: .quad half_aligned",
    ".text",
);
