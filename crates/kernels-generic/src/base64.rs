//! Base64: three bytes are four characters of six bits each.

mod table;
pub use table::*;

use crate::ffi::Pair;

/// Row `base64_encode`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` and `src`
/// do not overlap.
pub unsafe extern "C" fn encode_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const EncodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let chars = encoded_len(src_len, table);
    // SAFETY: the caller's promise. In the loop eight bytes are left, of which six are encoded; in the end, i is a
    // multiple of 3, and o four thirds of it.
    unsafe {
        if chars > dst_len {
            return encode_short(dst, dst_len, src, src_len, table);
        }
        let (mut i, mut o) = (0, 0);
        while src_len - i >= 8 {
            let v = u64::from_be_bytes(src.add(i).cast::<[u8; 8]>().read());
            for k in 0..8 {
                dst.add(o + k).write(table[(v >> (58 - 6 * k)) as usize & 63]);
            }
            (i, o) = (i + 6, o + 8);
        }
        encode_rest(dst.add(o), src.add(i), src_len - i, table);
    }
    Pair { first: src_len, second: chars }
}

/// Characters that `n` bytes make. Nothing overflows, since no slice is longer than half of the address space.
#[inline(always)]
pub const fn encoded_len(n: usize, table: &EncodeTable) -> usize {
    // Rounded up by hand: `div_ceil` would ask whether the sum overflows.
    #[expect(clippy::manual_div_ceil)]
    let groups = (n + 2) / 3;
    if table[ENCODE_FLAGS] & RAW != 0 { n + groups } else { 4 * groups }
}

/// Characters that `n` bytes make, be there a slice of so many or not; `usize::MAX` where whole groups make more.
#[inline]
pub const fn saturating_encoded_len(n: usize, table: &EncodeTable) -> usize {
    if n > usize::MAX / 4 * 3 { usize::MAX } else { encoded_len(n, table) }
}

/// The most bytes that `n` characters make.
#[inline]
pub const fn decoded_len(n: usize) -> usize {
    n / 4 * 3 + n % 4 * 3 / 4
}

/// Encodes group by group what a vector loop has left over.
///
/// # Safety
/// `len` bytes are readable, and their characters have room.
#[inline(always)]
pub unsafe fn encode_rest(
    mut to: *mut u8,
    mut from: *const u8,
    mut len: usize,
    table: &EncodeTable,
) {
    // SAFETY: the caller's promise.
    unsafe {
        while len >= 3 {
            to.cast::<[u8; 4]>().write(encode_group(from, 3, table));
            (to, from, len) = (to.add(4), from.add(3), len - 3);
        }
        if len > 0 {
            let [a, b, c, d] = encode_group(from, len, table);
            to.cast::<[u8; 2]>().write([a, b]);
            let padded = table[ENCODE_FLAGS] & RAW == 0;
            if padded || len > 1 {
                to.add(2).write(c);
            }
            if padded {
                to.add(3).write(d);
            }
        }
    }
}

/// Fills a `dst` that is too short for all characters, one by one; whole groups count as read. Wrappers refuse such a
/// `dst`, so this is short instead of fast: it needs few registers, and spares the kernels from saving some.
///
/// # Safety
/// As for the kernel, and `dst_len` is less than [`encoded_len`].
#[inline(always)]
pub unsafe fn encode_short(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: &EncodeTable,
) -> Pair {
    for o in 0..dst_len {
        let k = o % 4;
        let i = o / 4 * 3 + k;
        // Digit k of a group lies in bytes k - 1 and k.
        // SAFETY: each byte is read only if it is there, and o is below dst_len.
        unsafe {
            let low = if k < 3 && i < src_len { *src.add(i) } else { 0 };
            let c = if k == 0 {
                table[usize::from(low >> 2)]
            } else if i <= src_len {
                let pair = u16::from_be_bytes([*src.add(i - 1), low]);
                table[usize::from(pair >> (2 * k + 2)) & 63]
            } else {
                table[PADDING]
            };
            dst.add(o).write(c);
        }
    }
    Pair { first: dst_len / 4 * 3, second: dst_len }
}

/// The four characters of one group of 1 to 3 bytes, padding included.
///
/// # Safety
/// `len` bytes are readable.
#[inline(always)]
pub unsafe fn encode_group(src: *const u8, len: usize, table: &EncodeTable) -> [u8; 4] {
    // SAFETY: the caller's promise; the second and third byte are only read if they exist.
    let v = unsafe {
        let first = u32::from(*src) << 16;
        let second = if len > 1 { u32::from(*src.add(1)) << 8 } else { 0 };
        first | second | if len > 2 { u32::from(*src.add(2)) } else { 0 }
    };
    let digit = |k: u32| table[(v >> (18 - 6 * k)) as usize & 63];
    let pad = table[PADDING];
    [digit(0), digit(1), if len > 1 { digit(2) } else { pad }, if len > 2 { digit(3) } else { pad }]
}

/// Row `base64_decode`, variant `generic`.
///
/// # Safety
/// Each pointer is valid for its length (`dst` for writes) or its length is 0; `table` is readable. `dst` begins
/// where `src` does, or the two do not overlap.
pub unsafe extern "C" fn decode_generic(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: *const DecodeTable,
) -> Pair {
    // SAFETY: the caller's promise.
    let table = unsafe { &*table };
    let mut at = Cursor { read: 0, written: 0 };
    // SAFETY: the caller's promise; the cursor stays within both lengths.
    unsafe {
        loop {
            at.eights(dst, dst_len, src, src_len, table);
            if !at.step(dst, dst_len, src, src_len, table) {
                return at.pair();
            }
        }
    }
}

/// How far a decoding kernel has come.
#[derive(Clone, Copy)]
pub struct Cursor {
    pub read: usize,
    pub written: usize,
}

impl Cursor {
    #[inline(always)]
    pub fn pair(self) -> Pair {
        Pair { first: self.read, second: self.written }
    }

    /// Decodes two groups at a time while all eight characters are digits.
    ///
    /// # Safety
    /// The slices are as long as they say, and the cursor is within both.
    #[inline(always)]
    pub unsafe fn eights(
        &mut self,
        dst: *mut u8,
        dst_len: usize,
        src: *const u8,
        src_len: usize,
        table: &DecodeTable,
    ) {
        while src_len - self.read >= 8 && dst_len - self.written >= 6 {
            // SAFETY: eight characters are left.
            let digits =
                unsafe { src.add(self.read).cast::<[u8; 8]>().read() }.map(|c| table[c as usize]);
            if digits.iter().fold(0, |all, d| all | d) >= 64 {
                return;
            }
            let v = digits.iter().fold(0, |v, &d| v << 6 | u64::from(d)) << 16;
            let [a, b, c, d, e, f, ..] = v.to_be_bytes();
            // SAFETY: there is room for six bytes.
            unsafe { dst.add(self.written).cast::<[u8; 6]>().write([a, b, c, d, e, f]) };
            *self = Cursor { read: self.read + 8, written: self.written + 6 };
        }
    }

    /// Decodes one group, whatever stands between its digits, and says whether there may be more after it.
    ///
    /// When the group is not valid or has no room, it stops at the group's first character. Bytes to skip are consumed
    /// before a group, and after a short group, which is the last.
    ///
    /// # Safety
    /// The slices are as long as they say, and the cursor is within both.
    #[inline(always)]
    pub unsafe fn step(
        &mut self,
        dst: *mut u8,
        dst_len: usize,
        src: *const u8,
        src_len: usize,
        table: &DecodeTable,
    ) -> bool {
        let (mut i, mut digits, mut bits) = (self.read, 0, 0u32);
        let pads = loop {
            if i == src_len {
                break 0;
            }
            // SAFETY: i is below src_len.
            let class = table[unsafe { *src.add(i) } as usize];
            if class < 64 {
                i += 1;
                bits = bits << 6 | u32::from(class);
                digits += 1;
                if digits == 4 {
                    break 0;
                }
            } else if class == SKIP {
                i += 1;
                if digits == 0 {
                    self.read = i;
                }
            } else if class == PAD {
                // SAFETY: i is below src_len.
                let (after, pads) = unsafe { padding(src, src_len, i, (4 - digits).min(2), table) };
                i = after;
                break pads;
            } else {
                return false;
            }
        };
        if digits == 0 {
            return false;
        }
        let count = if digits == 4 { 3 } else { digits - 1 };
        let whole = digits == 4 || may_end(table, digits, pads);
        // What is over in a short group: four bits after two digits, two bits after three.
        let over = bits & ((1 << (2 * (4 - digits))) - 1);
        let loose = table[DECODE_FLAGS] & STRICT != 0 && over != 0;
        if !whole || loose || dst_len - self.written < count {
            return false;
        }
        bits <<= 6 * (4 - digits);
        // SAFETY: there is room for `count` bytes, one at least. A loop here would be made one over vectors.
        unsafe {
            let to = dst.add(self.written);
            to.write((bits >> 16) as u8);
            if count > 1 {
                to.add(1).write((bits >> 8) as u8);
            }
            if count > 2 {
                to.add(2).write(bits as u8);
            }
        }
        *self = Cursor { read: i, written: self.written + count };
        digits == 4
    }
}

/// Walks over at most `most` padding characters and bytes to skip, from `i` on: where that ends, and how many
/// padding characters there were.
///
/// # Safety
/// `src` is readable for `src_len` bytes, and `i` is at most that.
#[inline(always)]
unsafe fn padding(
    src: *const u8,
    src_len: usize,
    mut i: usize,
    most: usize,
    table: &DecodeTable,
) -> (usize, usize) {
    let mut pads = 0;
    while i < src_len {
        // SAFETY: i is below src_len.
        let class = table[unsafe { *src.add(i) } as usize];
        if class == PAD && pads < most {
            pads += 1;
        } else if class != SKIP {
            break;
        }
        i += 1;
    }
    (i, pads)
}

/// Padding characters that end the text, two at most.
///
/// # Safety
/// `src` is readable for `len` bytes.
#[inline(always)]
pub unsafe fn pads(src: *const u8, len: usize, table: &DecodeTable) -> usize {
    if len < 2 {
        return 0;
    }
    // SAFETY: there are two bytes at least.
    let (last, before) =
        unsafe { (table[*src.add(len - 1) as usize], table[*src.add(len - 2) as usize]) };
    let one = last == PAD;
    usize::from(one) + usize::from(one & (before == PAD))
}
