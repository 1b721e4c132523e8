//! Rows of family `probe`.

use crate::reader;

/// Row `nothing`.
pub type Nothing = unsafe extern "C" fn(*const u8, usize, u64) -> u64;
/// Row `spill`.
pub type Spill = unsafe extern "C" fn(*const u64, usize, usize) -> u64;

/// Checks one variant of `nothing`: it returns its last argument, whatever the others are.
///
/// # Panics
/// If it is wrong.
pub fn nothing(name: &str, kernel: Nothing) {
    for x in [0, 1, u64::MAX, 0x0123_4567_89ab_cdef] {
        // SAFETY: the kernel follows no pointer.
        reader::<u8, _>(name, |p, n| unsafe { kernel(p, n, x) }, |_| x);
    }
}

/// Checks one variant of `spill` against the definition, word by word.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn spill(name: &str, kernel: Spill) {
    for rounds in [0, 1, 3] {
        // SAFETY: the pointer and the length are a slice's; the CPU is the caller's promise.
        reader(name, |p, n| unsafe { kernel(p, n, rounds) }, |p| mixed(p, rounds));
    }
}

fn mixed(p: &[u64], rounds: usize) -> u64 {
    let (Some(first), Some(last), 2..) = (p.first(), p.last(), p.len()) else {
        return p.len() as u64;
    };
    let mut s: Vec<u64> = (0..16).map(|i| first.rotate_left(i) ^ last).collect();
    for &x in std::iter::repeat_n(p, rounds).flatten() {
        for i in 0..16 {
            s[i] = s[i].wrapping_add(s[(i + 1) % 16] ^ x).rotate_left(i as u32 + 1);
        }
    }
    s.into_iter().fold(0, |a, b| a ^ b)
}
