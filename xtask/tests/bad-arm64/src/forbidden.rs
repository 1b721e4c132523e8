//! Registers, transfers of control and instructions that are not for kernels.

door!("wl_go_bad_x18", "add x18, x18, x0", "ret");
door!("wl_go_bad_w18", "mov w0, w18", "ret");
door!("wl_go_bad_x28", "mov x0, x28", "ret");
door!("wl_go_bad_x28_address", "ldr x0, [x1, x28]", "ret");
door!("wl_go_bad_x28_from_vector", "fmov x28, d0", "ret");
door!(
    "wl_go_bad_x28_saved",
    "str x28, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    "ldr x28, [sp], #16",
    ".cfi_def_cfa_offset 0",
    "ret",
);
door!("wl_go_bad_x29", "mov x29, x0", "ret");
door!("wl_go_bad_link_lost", "mov x30, x0", "ret");
door!(
    "wl_go_bad_link_from_elsewhere",
    "str x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    "mov x30, x0",
    "ldr x30, [sp, #8]",
    "add sp, sp, #16",
    ".cfi_def_cfa_offset 0",
    "ret",
);

door!("wl_go_bad_jump_table", "adr x8, 2f", "br x8", "2:", "ret");
door!("wl_go_bad_call_register", "blr x0", "ret");
door!("wl_go_bad_ret_elsewhere", "ret x8");
door!("wl_go_bad_tail_call", "b elsewhere");
door!("wl_go_bad_out", ".inst 0x14000400", "ret");
door!("wl_go_bad_runs_on", "mov x0, #1");
door!("wl_go_bad_brk", "cbz x0, 2f", "ret", "2:", "brk #1");
door!("wl_go_bad_udf", "cbz x0, 2f", "ret", "2:", "udf #0");
door!("wl_go_bad_undecodable", "nop", ".inst 0x1ec00000", "ret");

door!("wl_go_bad_crc", ".inst 0x9ac04c20", "ret");
door!("wl_go_bad_pmull", ".inst 0x0ee0e020", "ret");
door!("wl_go_bad_eor3", ".inst 0xce020c20", "ret");
door!("wl_go_bad_lse", ".inst 0xf8200020", "ret");
door!("wl_go_bad_dotprod", ".inst 0x4e809420", "ret");
door!("wl_go_bad_sve", ".inst 0x04a00020", "ret");

door!("wl_go_bad_svc", "svc #0", "ret");
door!("wl_go_bad_mrs", "mrs x0, tpidr_el0", "ret");
door!("wl_go_bad_msr", "msr fpcr, x0", "ret");
door!("wl_go_bad_dmb", "dmb ish", "ret");
door!("wl_go_bad_exclusive", "ldxr x0, [x0]", "ret");
door!("wl_go_bad_yield", "yield", "ret");
