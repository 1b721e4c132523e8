//! The probes, compiled for this architecture so that they travel into Go like any kernel.

use kernels_generic::{ffi::slice, probe as portable};

/// Row `probe_nothing`, variant `direct`.
///
/// # Safety
/// None needed: the pointer is not followed.
pub unsafe extern "C" fn nothing_direct(_p: *const u8, _len: usize, x: u64) -> u64 {
    x
}

/// Row `probe_spill`, variant `stack`.
///
/// # Safety
/// `p` is readable for `len` elements, or `len` is 0.
pub unsafe extern "C" fn spill_stack(p: *const u64, len: usize, rounds: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    portable::spill(unsafe { slice(p, len) }, rounds)
}
