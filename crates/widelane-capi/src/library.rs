//! Questions to the library. `include/widelane.h` documents them for C.

use core::ffi::{CStr, c_char, c_int};
use core::ptr;
use widelane::cpu;

/// Decides for every kernel now which variant serves.
#[unsafe(no_mangle)]
pub extern "C" fn wl_init() {
    widelane::init();
}

/// The version, as text that ends in NUL.
#[unsafe(no_mangle)]
pub extern "C" fn wl_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The x86-64 level of this CPU; 0 elsewhere.
#[unsafe(no_mangle)]
pub extern "C" fn wl_cpu_level() -> c_int {
    c_int::from(cpu::level())
}

/// The name of a kernel by its number, or null.
#[unsafe(no_mangle)]
pub extern "C" fn wl_kernel_name(index: usize) -> *const c_char {
    cpu::kernels().nth(index).map_or(ptr::null(), |k| k.c_name().as_ptr())
}

/// The variant that serves a kernel, or null.
///
/// # Safety
/// `kernel` is null, or a string that ends in NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_kernel_variant(kernel: *const c_char) -> *const c_char {
    if kernel.is_null() {
        return ptr::null();
    }
    // SAFETY: the caller's promise.
    let found = cpu::kernels().find(|k| unsafe { same(kernel, k.c_name()) });
    found.map_or(ptr::null(), |k| k.serving().c_name().as_ptr())
}

/// Whether a C string equals a name. Compared by hand: the library calls no strlen or memcmp, which a system without a
/// C library, as Windows is, would have to bring.
///
/// # Safety
/// `text` ends in NUL.
unsafe fn same(text: *const c_char, name: &CStr) -> bool {
    // SAFETY: up to the first difference `text` has the bytes of the name, none of them but the last NUL, so it is
    // never read past its own.
    let equal = |(i, byte): (usize, &u8)| unsafe { *text.add(i) as u8 == *byte };
    name.to_bytes_with_nul().iter().enumerate().all(equal)
}
