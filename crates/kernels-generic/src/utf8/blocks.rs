//! The walk over blocks of 64 bytes that all instruction sets share.
//!
//! A block looks back at three bytes, which it loads again from memory instead of keeping the vector before: three loads
//! more, but three shuffles fewer, which is the port that the lookups need, and a block can stand anywhere. So the last
//! one ends where the text ends and overlaps the one before, and a count that met something invalid goes on wherever the
//! next sequence starts.
//!
//! A macro, for target features do not reach through generic functions.

/// Makes the two rows of a variant out of what the module around has, each an unsafe function with the same features:
///
/// | function | of the 64 bytes at the pointer |
/// |---|---|
/// | `ascii([p, ...])` | whether all are ASCII, of several blocks, with one branch |
/// | `wrong_first(p, tables)` | whether anything in them is wrong, if a sequence starts at the first; not whether the last is cut off |
/// | `wrong(p, tables)`, `wrong2(p, tables)` | the same with the three bytes before, which are readable; of two blocks |
/// | `tables()` | what these want, in registers |
/// | `starts(p)` | how many are no continuations |
/// | `starts_last(p, n)` | how many of the last n are none, 1 to 63 |
/// | `short(p, n)` | of up to 64 bytes: how many are no continuations if all is valid, or `usize::MAX` |
#[macro_export]
macro_rules! utf8_over_blocks {
    ($features:literal, $suffix:literal, $cpu:literal, $valid_up_to:ident, $rune_count:ident) => {
        #[doc = concat!("Row `utf8_valid_up_to`, variant `", $suffix, "`.")]
        ///
        /// # Safety
        #[doc = concat!("The CPU has ", $cpu, ", and `p` is readable for `len` bytes or `len` is 0.")]
        #[target_feature(enable = $features)]
        pub unsafe extern "C" fn $valid_up_to(p: *const u8, len: usize) -> usize {
            // SAFETY: the caller's promise; `at` is no more than the length.
            unsafe {
                let at = if len > BLOCK {
                    walk(p, len).0
                } else if short(p, len) == usize::MAX {
                    0
                } else {
                    len
                };
                if at == len {
                    return len;
                }
                at + $crate::utf8::valid_up_to($crate::ffi::slice(p.add(at), len - at))
            }
        }

        #[doc = concat!("Row `utf8_rune_count`, variant `", $suffix, "`.")]
        ///
        /// # Safety
        #[doc = concat!("The CPU has ", $cpu, ", and `p` is readable for `len` bytes or `len` is 0.")]
        #[target_feature(enable = $features)]
        pub unsafe extern "C" fn $rune_count(p: *const u8, len: usize) -> usize {
            let (mut at, mut count) = (0, 0);
            // SAFETY: the caller's promise; `at` is no more than the length.
            unsafe {
                while len - at > BLOCK {
                    let (valid, runes) = walk(p.add(at), len - at);
                    (at, count) = (at + valid, count + runes);
                    // So many bytes that what is wrong is passed one by one at a bounded price, however much there is.
                    let stop = if len - at < BLOCK { len } else { at + BLOCK };
                    while at < stop {
                        let rest = $crate::ffi::slice(p.add(at), len - at);
                        at += $crate::utf8::width(rest).max(1);
                        count += 1;
                    }
                }
                if at == len {
                    return count;
                }
                let runes = short(p.add(at), len - at);
                if runes != usize::MAX {
                    return count + runes;
                }
                count + $crate::utf8::rune_count($crate::ffi::slice(p.add(at), len - at))
            }
        }

        /// An offset at which a sequence starts, before which all is valid, and how many runes that are: the length, if
        /// all is valid, and else less; also less if the text is a block and a byte or two, which are not looked at.
        ///
        /// # Safety
        /// `p` is readable for `len` bytes, at least [`BLOCK`].
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn walk(p: *const u8, len: usize) -> (usize, usize) {
            // SAFETY: `i` is the end of a block within the length, so three bytes are before it; so they are before the
            // last block, by the condition of its branch.
            unsafe {
                let (mut i, mut count) = (BLOCK, 0);
                if ascii([p]) {
                    i = ascii_blocks(p, i, len);
                    if len - i <= 4 * BLOCK && ascii_end(p, i, len) {
                        return (len, len);
                    }
                    count = i;
                }
                let tables = tables();
                if count == 0 {
                    if wrong_first(p, tables) {
                        return (0, 0);
                    }
                    count = starts(p);
                }
                while len - i >= 2 * BLOCK && !wrong2(p.add(i), tables) {
                    let two = [p.add(i), p.add(i + BLOCK)];
                    (i, count) = (i + 2 * BLOCK, count + starts(two[0]) + starts(two[1]));
                    if ascii(two) {
                        let end = ascii_blocks(p, i, len);
                        (i, count) = (end, count + (end - i));
                    }
                }
                while len - i >= BLOCK {
                    if wrong(p.add(i), tables) {
                        return back(p, i, count);
                    }
                    (i, count) = (i + BLOCK, count + starts(p.add(i)));
                }
                if len - i != 0 {
                    let last = p.add(len - BLOCK);
                    if len < BLOCK + 3 || wrong(last, tables) {
                        return back(p, i, count);
                    }
                    count += starts_last(last, len - i);
                }
                if cut_off(p, len) { back(p, len, count) } else { (len, count) }
            }
        }

        /// The offset behind the ASCII that comes four blocks at a time from this offset on.
        ///
        /// # Safety
        /// `p` is readable for `len` bytes, and the offset is no more.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn ascii_blocks(p: *const u8, mut i: usize, len: usize) -> usize {
            // SAFETY: the condition before it.
            while len - i >= 4 * BLOCK
                && unsafe { ascii([0, 1, 2, 3].map(|k| p.add(i + k * BLOCK))) }
            {
                i += 4 * BLOCK;
            }
            i
        }

        /// Whether the last bytes from the offset on, of four blocks at most, are ASCII: four blocks that overlap.
        ///
        /// # Safety
        /// `p` is readable for `len` bytes, at least [`BLOCK`], and the offset is no more.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn ascii_end(p: *const u8, i: usize, len: usize) -> bool {
            let last = len - BLOCK;
            // SAFETY: each block is the last one or before it.
            i == len
                || unsafe {
                    ascii([i, i + BLOCK, i + 2 * BLOCK, last].map(|at| p.add(at.min(last))))
                }
        }

        /// Whether a sequence that starts before the offset goes on behind it, all before being valid.
        ///
        /// # Safety
        /// Three bytes are readable before the offset.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn cut_off(p: *const u8, i: usize) -> bool {
            // SAFETY: the caller's promise.
            let before = |k| unsafe { *p.add(i - k) };
            before(1) >= 0xc0 || before(2) >= 0xe0 || before(3) >= 0xf0
        }

        /// Goes back to the start of the sequence before the offset, unless it has four bytes and so is whole.
        ///
        /// # Safety
        /// Three bytes are readable before the offset.
        #[inline]
        #[target_feature(enable = $features)]
        unsafe fn back(p: *const u8, i: usize, count: usize) -> (usize, usize) {
            // SAFETY: the caller's promise.
            let before = |k| unsafe { *p.add(i - k) };
            let mut k = 1;
            while k <= 3 {
                if before(k) >= 0xc0 {
                    return (i - k, count - 1);
                }
                if before(k) < 0x80 {
                    break;
                }
                k += 1;
            }
            (i, count)
        }
    };
}
