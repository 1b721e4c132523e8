//! Memory that a kernel has no business with.

unsafe extern "C" {
    static ELSEWHERE: u64;
}

/// A constant of another object, through the table of global offsets.
///
/// # Safety
/// `ret` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_bad_elsewhere(ret: *mut u64) {
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(ELSEWHERE) }
}

static POINTERS: [&u64; 2] = [&1, &2];

/// Constants that are addresses.
///
/// # Safety
/// `i` is below 2, `ret` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_bad_pointers(i: usize, ret: *mut u64) {
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(**POINTERS.get_unchecked(i)) }
}

core::arch::global_asm!(
    ".section .rodata.own,\"a\",@progbits",
    ".p2align 3",
    "own:",
    ".quad 1, 2",
    ".section .data.state,\"aw\",@progbits",
    ".p2align 3",
    "state:",
    ".quad 1",
    ".text",
);
// In the kernel's own constants, but by pages, which move when code does.
door!("wl_go_bad_pages", "adrp x8, own", "ldr x0, [x8, :lo12:own]", "ret");
door!("wl_go_bad_past_the_end", "adr x8, own + 16", "ret");
door!("wl_go_bad_state", "adr x8, state", "str x0, [x8]", "ret");
