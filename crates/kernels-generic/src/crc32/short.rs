//! Inputs shorter than a vector, without a loop over bytes and without reading past either end.

/// Up to 15 bytes at `p` as two little-endian words, zeros behind them.
///
/// # Safety
/// `p` is readable for `n` bytes, `n` is below 16.
#[inline(always)]
pub unsafe fn words(p: *const u8, n: usize) -> [u64; 2] {
    if n < 8 {
        // SAFETY: the caller's promise, and n is below 8.
        return [unsafe { word(p, n) }, 0];
    }
    // SAFETY: n is 8 or more, so both loads stay within the n bytes; where they overlap, the shift drops it.
    unsafe { [load(p), load(p.add(n - 8)) >> (8 * (15 - n)) >> 8] }
}

/// Up to 7 bytes at `p` as a little-endian word, zeros behind them.
///
/// # Safety
/// `p` is readable for `n` bytes, `n` is below 8.
#[inline(always)]
unsafe fn word(p: *const u8, n: usize) -> u64 {
    if n >= 4 {
        // SAFETY: n is 4 or more, so both loads stay within the n bytes; where they overlap, they say the same.
        let (low, high) = unsafe {
            (p.cast::<u32>().read_unaligned(), p.add(n - 4).cast::<u32>().read_unaligned())
        };
        return u64::from(u32::from_le(low)) | u64::from(u32::from_le(high)) << (8 * (n - 4));
    }
    if n == 0 {
        return 0;
    }
    let (middle, last) = (n / 2, n - 1);
    // SAFETY: 0, n / 2 and n - 1 are below n, and they are all the indices below n, some twice.
    unsafe {
        u64::from(*p)
            | u64::from(*p.add(middle)) << (8 * middle)
            | u64::from(*p.add(last)) << (8 * last)
    }
}

/// Eight bytes, little-endian.
///
/// # Safety
/// `p` is readable for 8 bytes.
#[inline(always)]
pub unsafe fn load(p: *const u8) -> u64 {
    // SAFETY: the caller's promise.
    u64::from_le(unsafe { p.cast::<u64>().read_unaligned() })
}

/// Adds `n` bytes to `crc`, not complemented, with an instruction that adds eight: `step(crc, word)`.
///
/// The odd bytes go first. With the running CRC added to the first four bytes the state before them is 0, and to a
/// state of 0 leading zero bytes change nothing: so the first `n` % 8 bytes are taken as the upper bytes of a word.
/// What of the CRC reaches past them is added to the word that follows.
///
/// # Safety
/// `p` is readable for `n` bytes.
#[inline(always)]
pub unsafe fn by_words(crc: u32, p: *const u8, n: usize, step: impl Fn(u32, u64) -> u32) -> u32 {
    let odd = n % 8;
    // SAFETY: the caller's promise, and which branch it is.
    let head = if n < 8 { unsafe { word(p, n) } } else { unsafe { load(p) } } ^ u64::from(crc);
    let mut state = step(0, head << (8 * (7 - odd)) << 8);
    let mut carry = u64::from(crc) >> (8 * odd);
    if n < 8 {
        return state ^ carry as u32;
    }
    let mut at = odd;
    while at < n {
        // SAFETY: n - at is a multiple of 8 and not 0.
        state = step(state, unsafe { load(p.add(at)) } ^ carry);
        carry = 0;
        at += 8;
    }
    state
}
