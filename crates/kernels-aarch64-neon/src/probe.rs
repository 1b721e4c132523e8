//! The probes, compiled for this architecture so that they travel into Go like any kernel.

use core::hint::black_box;
use kernels_generic::{ffi::slice, probe::STATE};

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
    spill(unsafe { slice(p, len) }, rounds)
}

/// [`kernels_generic::probe::spill`], which fits into the registers of this architecture, with two things more: a
/// second state that is mixed along, so that there are more live words than registers and the link register is
/// pushed too, and between rounds a pointer to the state that escapes, so that addresses of the stack are computed.
#[inline]
fn spill(p: &[u64], rounds: usize) -> u64 {
    let [first, .., last] = p else { return p.len() as u64 };
    let mut s: [u64; STATE] = core::array::from_fn(|i| first.rotate_left(i as u32) ^ *last);
    let mut shadow = s;
    for _ in 0..rounds {
        for &x in p {
            mix(&mut s, x);
            mix(&mut shadow, x);
        }
        black_box(&mut shadow);
    }
    let difference = s.iter().zip(&shadow).fold(0, |acc, (x, y)| acc | (x ^ y));
    s.iter().fold(0, |acc, &x| acc ^ x) ^ difference
}

#[inline(always)]
fn mix(s: &mut [u64; STATE], x: u64) {
    for i in 0..STATE {
        s[i] = s[i].wrapping_add(s[(i + 1) % STATE] ^ x).rotate_left(i as u32 + 1);
    }
}
