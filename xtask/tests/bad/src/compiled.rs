//! What Rust code turns into when it is not written as kernels are.

use core::arch::x86_64::*;
use core::sync::atomic::{AtomicU64, Ordering};

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

static CALLS: AtomicU64 = AtomicU64::new(0);

/// A kernel with a memory.
///
/// # Safety
/// `ret` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_go_bad_state(ret: *mut u64) {
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(CALLS.fetch_add(1, Ordering::Relaxed)) }
}

/// A vector in memory of its own: the compiler aligns the stack by itself.
///
/// # Safety
/// The CPU has AVX2; `p` is readable for 32 bytes, `ret` is writable.
#[unsafe(no_mangle)]
#[target_feature(enable = "avx2")]
pub unsafe extern "C" fn wl_go_bad_realigned(p: *const __m256i, ret: *mut u64) {
    // SAFETY: the caller's promise, word for word.
    let mut spilled = [unsafe { _mm256_loadu_si256(p) }; 2];
    let seen = core::hint::black_box(&mut spilled);
    // SAFETY: the caller's promise, word for word.
    unsafe { ret.write(_mm256_extract_epi64::<0>(seen[1]) as u64) }
}
