//! Where a text ends, or its valid part, or the room: for kernels that convert a vector at a time, what of a vector counts. Less
//! than a vector's worth, and what surrounds a mistake, may still go character by character.

use crate::ends::store_tiny;
use crate::ffi::Pair;
use core::hint::cold_path;

/// A vector of UTF-8: it begins with the byte `start` of the text, and its lanes from `from` to `to` are wanted.
///
/// Where less than a vector is left, it is the last one of the text, so that no load needs a mask, and `from` says what of it
/// is done. Only a text shorter than a vector has no other end than `to`.
#[derive(Clone, Copy)]
pub struct Window {
    pub start: usize,
    pub from: usize,
    pub to: usize,
}

impl Window {
    /// The one that begins with byte `at`, or the last of the text; `at` is before its end.
    #[inline(always)]
    pub fn next<const LANES: usize>(at: usize, len: usize) -> Window {
        let start = at.min(len.saturating_sub(LANES));
        Window { start, from: at - start, to: LANES.min(len - start) }
    }

    /// How far in the text it is valid and has room, whole characters, and a bit for each wanted lane up to there that stands for
    /// a unit. Of a character that has begun before the wanted lanes, nothing is written yet.
    ///
    /// `wrong` has a bit for each lane with which what comes before cannot go on, `units` for each that stands for a unit: the
    /// last of a character, and the third of four. In both, lanes that are not wanted may be anything.
    ///
    /// # Safety
    /// `src` is readable up to the window's end, and valid so far before lane `from`; a lane is wanted.
    #[inline(always)]
    pub unsafe fn fit(self, src: *const u8, wrong: u64, units: u64, room: usize) -> (usize, u64) {
        let end = self.start + self.to;
        let wanted = lowest(self.to - self.from);
        let (wrong, units) = (wrong >> self.from, units >> self.from & wanted);
        // SAFETY: the caller's promise.
        let whole = wrong & wanted == 0 && unsafe { unfinished(src, end) } == 0;
        if whole && units.count_ones() as usize <= room {
            return (end, units << self.from);
        }
        cold_path();
        // SAFETY: the caller's promise.
        let (read, units) = unsafe { self.fit_less(src, wrong, units, room) };
        (read, units << self.from)
    }

    /// The same where not all is right or has room. Here bits begin with lane `from`.
    ///
    /// # Safety
    /// As [`Window::fit`].
    #[inline(always)]
    unsafe fn fit_less(self, src: *const u8, wrong: u64, units: u64, room: usize) -> (usize, u64) {
        let begin = self.start + self.from;
        let n = (wrong.trailing_zeros() as usize).min(self.to - self.from);
        // SAFETY: the caller's promise.
        let back = unsafe { unfinished(src, begin + n) };
        if n == 0 {
            return (begin - back, 0);
        }
        let mut units = units & lowest(n);
        if back == 3 {
            units &= !(1 << (n - 1));
        }
        if units.count_ones() as usize <= room {
            return (begin + n - back, units);
        }
        // To where the character begins that has the first unit without room.
        let mut rest = units;
        for _ in 0..room {
            rest &= rest.wrapping_sub(1);
        }
        let mut read = begin + rest.trailing_zeros() as usize;
        // SAFETY: before the end; a valid text begins with no continuation.
        while read > 0 && unsafe { *src.add(read) } & 0xc0 == 0x80 {
            read -= 1;
        }
        (read, if read > begin { units & lowest(read - begin) } else { 0 })
    }
}

/// The lowest `n` bits, one at least.
#[inline(always)]
fn lowest(n: usize) -> u64 {
    u64::MAX >> (64 - n)
}

/// How many of the first `n` bytes belong to a last sequence that is not whole, if all of them are valid so far.
///
/// # Safety
/// So many are readable.
#[inline(always)]
pub unsafe fn unfinished(src: *const u8, n: usize) -> usize {
    // SAFETY: only asked for where there are so many.
    let from = |back: usize, least: u8| n >= back && unsafe { *src.add(n - back) } >= least;
    if from(1, 0xc0) {
        1
    } else if from(2, 0xe0) {
        2
    } else if from(3, 0xf0) {
        3
    } else {
        0
    }
}

/// Converts UTF-8 from `at` on, window by window; behind the first one, as far as they like, by `blocks`, which may look at what is
/// before them.
///
/// `convert` is given a window and how many units are written; it returns how far it came in the text, and how many more
/// these are.
#[inline(always)]
pub fn in_windows<const LANES: usize>(
    len: usize,
    mut at: Pair,
    blocks: impl Fn(Pair) -> Pair,
    convert: impl Fn(Window, usize) -> Pair,
) -> Pair {
    let mut first = true;
    while at.first < len {
        let window = Window::next::<LANES>(at.first, len);
        let end = window.start + window.to;
        let done = convert(window, at.second);
        at = Pair { first: done.first, second: at.second + done.second };
        // Left to the next window are a character that is not whole, and what is wrong or has no room so late: that stops there.
        if end == len || done.first + 3 < end {
            break;
        }
        if first {
            first = false;
            at = blocks(at);
        }
    }
    at
}

/// Converts blocks of UTF-8 from `at` on while two are valid and there is room for what they become.
///
/// A store of lanes that were brought to the front has something behind what counts. So a block is converted only when the one
/// behind it is whole and valid, and has room: then the characters of that one come to stand over it.
///
/// `convert` is given a block and how many units are written, and returns how many more these are; it may write 40.
///
/// # Safety
/// `src` is readable for `len` bytes, and valid up to `at`, where a character begins; `convert` may write `room` units.
#[inline(always)]
pub unsafe fn in_blocks<const BLOCK: usize>(
    room: usize,
    src: *const u8,
    len: usize,
    at: Pair,
    wrong: impl Fn(*const u8) -> bool,
    convert: impl Fn(*const u8, usize) -> usize,
) -> Pair {
    if at.first < 3 {
        return at;
    }
    // What is before `valid` is, and what is more than a block before it is converted.
    let (mut valid, mut written) = (at.first, at.second);
    // SAFETY: blocks are within the length, and have three bytes before them.
    unsafe {
        while len - valid >= BLOCK && room - written >= 2 * BLOCK && !wrong(src.add(valid)) {
            if valid > at.first {
                written += convert(src.add(valid - BLOCK), written);
            }
            valid += BLOCK;
        }
        if valid - at.first <= BLOCK {
            return at;
        }
        // Of a character that is not whole, the high surrogate is written if its third byte is there.
        let read = valid - BLOCK;
        let back = unfinished(src, read);
        Pair { first: read - back, second: written - usize::from(back == 3) }
    }
}

/// A bit for each unit of a vector: whether it becomes two bytes or more, becomes three, is a high surrogate, or a low one. Each
/// half of a pair becomes two.
#[derive(Clone, Copy)]
pub struct Units {
    pub more: u64,
    pub three: u64,
    pub high: u64,
    pub low: u64,
}

impl Units {
    /// How many of the first `n`, 32 at most, are whole characters and have room, and how many bytes these become.
    #[inline(always)]
    pub fn fit(self, n: usize, room: usize) -> Pair {
        let led = self.high << 1;
        let right = ((self.low ^ led).trailing_zeros() as usize).min(n);
        // A high surrogate before something else, or before the end, is no character.
        let whole = right - (led >> right & 1) as usize;
        let bytes = self.bytes(whole);
        if bytes > room {
            cold_path();
            return self.first_bytes(room);
        }
        Pair { first: whole, second: bytes }
    }

    /// The same of units that are right and become more bytes than there is room for.
    #[inline(always)]
    fn first_bytes(self, room: usize) -> Pair {
        let mut n = 0;
        while self.bytes(n + 1) <= room {
            n += 1;
        }
        let whole = n - (self.low >> n & 1) as usize;
        Pair { first: whole, second: self.bytes(whole) }
    }

    /// Bytes of the first `n`.
    #[inline(always)]
    fn bytes(self, n: usize) -> usize {
        let lanes = !(u64::MAX << n);
        n + ((self.more & lanes).count_ones() + (self.three & lanes).count_ones()) as usize
    }
}

/// Converts UTF-16, a vector of `LANES` units at a time: by `vector` while `UNITS` are left and there is room for `BYTES`, and it
/// converts any; then by `last`, which is told how many units there are of its own.
///
/// Both are given how far in the text it is and how much is written, and return how many more.
#[inline(always)]
pub fn in_vectors<const LANES: usize, const UNITS: usize, const BYTES: usize>(
    len: usize,
    room: usize,
    vector: impl Fn(Pair) -> Pair,
    last: impl Fn(Pair, usize) -> Pair,
) -> Pair {
    let mut at = Pair::default();
    while len - at.first >= UNITS && room - at.second >= BYTES {
        let done = vector(at);
        if done.first == 0 {
            break;
        }
        at = Pair { first: at.first + done.first, second: at.second + done.second };
    }
    while at.first < len {
        let left = len - at.first;
        let n = left.min(LANES);
        let done = last(at, n);
        at = Pair { first: at.first + done.first, second: at.second + done.second };
        // Left to the next vector are a high surrogate, and what is wrong or has no room in the last lane: that stops there.
        if n == left || done.first + 1 < n {
            break;
        }
    }
    at
}

/// Stores `n` bytes, fewer than 16, and touches no other: two stores that overlap. `eight` has those from the one of an index on,
/// which is at most 8.
///
/// # Safety
/// So many are writable.
#[inline(always)]
pub unsafe fn store_exact(to: *mut u8, n: usize, eight: impl Fn(usize) -> u64) {
    let word = eight(0);
    // SAFETY: each store is within `n` bytes.
    unsafe {
        if n >= 8 {
            to.cast::<u64>().write_unaligned(word.to_le());
            to.add(n - 8).cast::<u64>().write_unaligned(eight(n - 8).to_le());
        } else {
            store_tiny(to, word, n);
        }
    }
}
