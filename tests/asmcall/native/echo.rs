//! The same from Rust, as a shared library.

#[unsafe(no_mangle)]
pub extern "C" fn rust_noop() {}

#[unsafe(no_mangle)]
pub extern "C" fn rust_three(a: u64, b: u64, c: u64) -> u64 {
    a.wrapping_add(b.wrapping_mul(2)).wrapping_add(c.wrapping_mul(3))
}
