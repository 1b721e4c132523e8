//! What Rust code turns into when it is not written as kernels are.

/// An index that can be out of range.
///
/// # Safety
/// `p` is readable for `len` elements.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_bad_panic(p: *const u64, len: usize, i: usize, ret: *mut u64) {
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(core::slice::from_raw_parts(p, len)[i]) }
}

#[inline(never)]
fn outlined(x: u64) -> u64 {
    core::hint::black_box(x)
}

/// A function that is not inlined.
///
/// # Safety
/// `ret` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_bad_call(x: u64, ret: *mut u64) {
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(outlined(x) + 1) }
}
