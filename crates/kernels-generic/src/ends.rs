//! Less than eight bytes at once, without a loop: what is left at the end of a text when vectors have taken theirs.

/// The `n` bytes at `p`, less than 8, in the lowest; the others are 0.
///
/// # Safety
/// `n` bytes are readable.
#[inline(always)]
pub unsafe fn load_tiny(p: *const u8, n: usize) -> u64 {
    // SAFETY: each load is within `n` bytes. Bytes that two of them have are the same, and come to the same place.
    unsafe {
        let byte = |i: usize| u64::from(*p.add(i)) << (8 * i);
        let word =
            |i: usize| u64::from(u32::from_le(p.add(i).cast::<u32>().read_unaligned())) << (8 * i);
        if n >= 4 {
            word(0) | word(n - 4)
        } else if n > 0 {
            byte(0) | byte(n / 2) | byte(n - 1)
        } else {
            0
        }
    }
}

/// Stores the lowest `n` bytes, less than 8, and touches no other.
///
/// # Safety
/// `n` bytes are writable.
#[inline(always)]
pub unsafe fn store_tiny(p: *mut u8, word: u64, n: usize) {
    // SAFETY: each store is within `n` bytes.
    unsafe {
        let byte = |i: usize| p.add(i).write((word >> (8 * i)) as u8);
        let four = |i: usize| {
            p.add(i).cast::<u32>().write_unaligned(((word >> (8 * i)) as u32).to_le());
        };
        if n >= 4 {
            four(0);
            four(n - 4);
        } else if n > 0 {
            byte(0);
            byte(n / 2);
            byte(n - 1);
        }
    }
}
