//! What the probes compute, so that their machine code can be checked like any other.

use crate::ffi::slice;

/// Row `probe_nothing`, variant `generic`.
///
/// # Safety
/// None needed: the pointer is not followed.
pub unsafe extern "C" fn nothing_generic(_p: *const u8, _len: usize, x: u64) -> u64 {
    x
}

/// Row `probe_spill`, variant `generic`.
///
/// # Safety
/// `p` is readable for `len` elements, or `len` is 0.
pub unsafe extern "C" fn spill_generic(p: *const u64, len: usize, rounds: usize) -> u64 {
    // SAFETY: the caller's promise, word for word.
    spill(unsafe { slice(p, len) }, rounds)
}

/// Sixteen words, rotated through one another: more than the registers of x86-64 hold.
pub const STATE: usize = 16;

/// Mixes `p` into one word, `rounds` times.
///
/// The state is wider than the register file on purpose; a short input returns before the state exists, so that the
/// machine code has a return above its pushes.
#[inline]
pub fn spill(p: &[u64], rounds: usize) -> u64 {
    let [first, .., last] = p else { return p.len() as u64 };
    let mut s: [u64; STATE] = core::array::from_fn(|i| first.rotate_left(i as u32) ^ *last);
    for _ in 0..rounds {
        for &x in p {
            for i in 0..STATE {
                s[i] = s[i].wrapping_add(s[(i + 1) % STATE] ^ x).rotate_left(i as u32 + 1);
            }
        }
    }
    s.iter().fold(0, |acc, &x| acc ^ x)
}
