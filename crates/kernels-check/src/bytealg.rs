//! Rows of family `bytealg`.

use crate::guard::{Arena, trying};
use crate::{ALIGNED_LENGTHS, inputs, reader};

/// Row `index_byte`.
pub type IndexByte = unsafe extern "C" fn(*const u8, usize, u8) -> isize;

/// Checks one variant of `index_byte`: against a plain search, then by enumeration.
///
/// # Safety
/// This CPU can run the variant.
///
/// # Panics
/// If it is wrong.
pub unsafe fn index_byte(name: &str, kernel: IndexByte) {
    let plain = |p: &[u8], c| p.iter().position(|&x| x == c).map_or(-1, |i| i as isize);
    for c in [0, 1, 0x7f, 0x80, 0xff] {
        // SAFETY: the pointer and the length are a slice's; the CPU is the caller's promise.
        reader(name, |p, n| unsafe { kernel(p, n, c) }, |p| plain(p, c));
        // Absent, between the neighbours that a borrow or a sign would confuse with it.
        for other in [c.wrapping_sub(1), c.wrapping_add(1), c ^ 0x80] {
            let absent = |p: &[u8]| {
                // SAFETY: as above.
                let is = trying(name, p.len(), || unsafe { kernel(p.as_ptr(), p.len(), c) });
                assert_eq!(is, -1, "{name}: {c} among {other}, length {}", p.len());
            };
            inputs(|p| p.fill(other), absent);
        }
        // SAFETY: the caller's promise.
        unsafe { every_position(name, kernel, c) };
    }
}

/// The only hit at each position of each short length, with a second one behind it and beyond both ends.
unsafe fn every_position(name: &str, kernel: IndexByte, c: u8) {
    let mut arena = Arena::new(ALIGNED_LENGTHS + 2);
    let bytes = arena.bytes();
    for n in 1..=ALIGNED_LENGTHS {
        bytes[..=n + 1].fill(c ^ 1);
        (bytes[0], bytes[n + 1]) = (c, c);
        // From the end on, so that every earlier round's hit stands behind the new one.
        for i in (0..n).rev() {
            bytes[1 + i] = c;
            // SAFETY: n bytes from the second on are within the arena; the CPU is the caller's promise.
            let is = unsafe { kernel(bytes[1..].as_ptr(), n, c) };
            assert_eq!(is, i as isize, "{name}: {c} at {i} of {n}");
        }
    }
}
