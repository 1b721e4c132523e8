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
    let plan = Plan::new(dst_len, src_len, table);
    let (mut i, mut o) = (0, 0);
    while plan.read - i >= 8 {
        // SAFETY: eight bytes are left, of which six are encoded; each full group of the plan has four characters
        // of room.
        unsafe {
            let v = u64::from_be_bytes(src.add(i).cast::<[u8; 8]>().read());
            for k in 0..8 {
                dst.add(o + k).write(table[(v >> (58 - 6 * k)) as usize & 63]);
            }
        }
        (i, o) = (i + 6, o + 8);
    }
    // SAFETY: as before; this is where the walk above has come to.
    unsafe { encode_rest(dst, dst_len, src, src_len, table, plan, i, o) }
}

/// What an encoding kernel is going to do.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Bytes to encode: all, or as many whole groups as `dst` has room for.
    pub read: usize,
    /// Characters that they make without padding.
    pub digits: usize,
    /// Characters that they make.
    pub written: usize,
}

impl Plan {
    /// The plan for these lengths. A product of `read` and 4/3 never overflows, since no slice is longer than half of
    /// the address space.
    #[inline(always)]
    pub fn new(dst_len: usize, src_len: usize, table: &EncodeTable) -> Plan {
        let groups = src_len.div_ceil(3);
        let digits = src_len + groups;
        let written = if table[ENCODE_FLAGS] & RAW != 0 { digits } else { 4 * groups };
        if written <= dst_len {
            return Plan { read: src_len, digits, written };
        }
        let groups = dst_len / 4;
        Plan { read: 3 * groups, digits: 4 * groups, written: 4 * groups }
    }
}

/// Encodes group by group what a vector loop has left over, from `i` and `o` on, and fills a short `dst` to its end.
///
/// # Safety
/// As for the kernel; `i` is a multiple of 3 within the plan, and `o` is four thirds of it.
#[expect(clippy::too_many_arguments)]
#[inline(always)]
pub unsafe fn encode_rest(
    dst: *mut u8,
    dst_len: usize,
    src: *const u8,
    src_len: usize,
    table: &EncodeTable,
    plan: Plan,
    mut i: usize,
    mut o: usize,
) -> Pair {
    let room = if plan.read == src_len { plan.written } else { dst_len };
    // SAFETY: the plan is within both lengths, and a group never reads past `src_len` nor writes past `dst_len`.
    unsafe {
        while plan.read - i >= 3 {
            dst.add(o).cast::<[u8; 4]>().write(encode_group(src.add(i), 3, table));
            (i, o) = (i + 3, o + 4);
        }
        if o < room {
            let group = encode_group(src.add(i), (src_len - i).min(3), table);
            store_some(dst.add(o), group, room - o);
        }
    }
    Pair { first: plan.read, second: room }
}

/// Stores the first `n` characters of a group, or all four.
///
/// # Safety
/// `n` bytes are writable, but four are enough.
#[inline(always)]
pub unsafe fn store_some(to: *mut u8, group: [u8; 4], n: usize) {
    // SAFETY: the caller's promise. A loop here would be made one over vectors.
    unsafe {
        if n > 3 {
            return to.cast::<[u8; 4]>().write(group);
        }
        if n > 0 {
            to.write(group[0]);
        }
        if n > 1 {
            to.add(1).write(group[1]);
        }
        if n > 2 {
            to.add(2).write(group[2]);
        }
    }
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
