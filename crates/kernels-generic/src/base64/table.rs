//! The two tables that say everything about an encoding: a kernel gets no other parameter.
//!
//! So a call carries two slices and one pointer, which is all that six registers hold, and a new option is a byte in a
//! table instead of a new kernel. A table of zeros is meaningful too, since Go has zero values: every byte stands for 0,
//! output is padded with NUL, and padding is required.

/// Bytes of an encoding table.
pub const ENCODE_TABLE: usize = 66;
/// Bytes of a decoding table.
pub const DECODE_TABLE: usize = 288;

/// An encoding table: 64 characters, the padding character, and flags.
pub type EncodeTable = [u8; ENCODE_TABLE];
/// A decoding table: a class for each of 256 bytes, then what is at [`DECODE_FLAGS`], [`ENDS`], [`LAST_TWO`] and
/// [`ROWS`].
pub type DecodeTable = [u8; DECODE_TABLE];

/// Index of the padding character in an encoding table.
pub const PADDING: usize = 64;
/// Index of the flags of an encoding table: [`RAW`] and [`COMMON`].
pub const ENCODE_FLAGS: usize = 65;
/// Flag: the last group is left short instead of padded.
pub const RAW: u8 = 1;

/// Class of a byte that is skipped wherever it stands, as line breaks are. Values below 64 are digits.
pub const SKIP: u8 = 0xfe;
/// Class of the padding character.
pub const PAD: u8 = 0xfd;
/// Class of a byte that may not occur. Every class but the digits has its top bit set.
pub const INVALID: u8 = 0xff;

/// Index of the flags of a decoding table: [`STRICT`] and [`COMMON`].
pub const DECODE_FLAGS: usize = 256;
/// Flag: bits of the last group that encode nothing must be 0.
pub const STRICT: u8 = 1;
/// Flag: the first 62 digits are `A` to `Z`, `a` to `z` and `0` to `9`, the last two are below 128.
pub const COMMON: u8 = 2;

/// Index of a little-endian word of a decoding table: in which states text may end, [`end`] each, exclusive-or
/// [`PADDED_ENDS`].
pub const ENDS: usize = 258;
/// Ends of padded text: nothing over, two digits and two padding characters, three and one.
pub const PADDED_ENDS: u16 = end(0, 0) | end(2, 2) | end(3, 1);
/// Ends of text without padding.
pub const RAW_ENDS: u16 = end(0, 0) | end(2, 0) | end(3, 0);
/// Ends of a piece that is not the last: whole groups only.
pub const PIECE_ENDS: u16 = end(0, 0);

/// Index of the digits 62 and 63 in a decoding table, and of what to add to each after [`ROLL`] to get its value.
pub const LAST_TWO: usize = 260;
/// What to add to a digit of the first 62 to get its value, by its upper four bits, if the alphabet is [`COMMON`].
pub const ROLL: [u8; 8] = {
    let (digit, upper, lower) = (52 - b'0', 0u8.wrapping_sub(b'A'), 26u8.wrapping_sub(b'a'));
    [0, 0, 0, digit, upper, upper, lower, lower]
};
/// Index of 16 bytes of a decoding table: bit `h` of byte `l` is set if the character `16 h + l` is not a digit.
pub const ROWS: usize = 272;

/// The bit of a state in which text may end: so many digits and padding characters after the last whole group.
#[inline(always)]
pub const fn end(digits: usize, pads: usize) -> u16 {
    1 << (digits | pads << 2)
}

/// Whether text may end in this state.
#[inline(always)]
pub const fn may_end(table: &DecodeTable, digits: usize, pads: usize) -> bool {
    let ends = u16::from_le_bytes([table[ENDS], table[ENDS + 1]]) ^ PADDED_ENDS;
    ends & end(digits, pads) != 0
}

/// The encoding table of an alphabet, padded with `padding` or not at all.
pub const fn encode_table(alphabet: &[u8; 64], padding: Option<u8>) -> EncodeTable {
    let mut table = [0; ENCODE_TABLE];
    let mut i = 0;
    while i < alphabet.len() {
        table[i] = alphabet[i];
        i += 1;
    }
    table[ENCODE_FLAGS] = if is_common(alphabet) { COMMON } else { 0 };
    match padding {
        Some(c) => table[PADDING] = c,
        None => table[ENCODE_FLAGS] |= RAW,
    }
    table
}

/// The decoding table of an alphabet. Text may end in the states `ends`; the bytes `skip` may stand anywhere. Where
/// a byte has several meanings, a digit precedes padding, and padding a byte to skip.
pub const fn decode_table(
    alphabet: &[u8; 64],
    padding: Option<u8>,
    skip: &[u8],
    ends: u16,
    strict: bool,
) -> DecodeTable {
    let mut table = [0; DECODE_TABLE];
    let mut i = 0;
    while i < 256 {
        table[i] = INVALID;
        i += 1;
    }
    i = 0;
    while i < skip.len() {
        table[skip[i] as usize] = SKIP;
        i += 1;
    }
    if let Some(c) = padding {
        table[c as usize] = PAD;
    }
    i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table[DECODE_FLAGS] =
        if strict { STRICT } else { 0 } | if is_common(alphabet) { COMMON } else { 0 };
    [table[ENDS], table[ENDS + 1]] = (ends ^ PADDED_ENDS).to_le_bytes();
    i = 0;
    while i < 2 {
        let c = alphabet[62 + i];
        table[LAST_TWO + i] = c;
        table[LAST_TWO + 2 + i] =
            (62 + i as u8).wrapping_sub(c).wrapping_sub(ROLL[(c >> 4) as usize % 8]);
        i += 1;
    }
    i = 0;
    while i < 128 {
        if table[i] >= 64 {
            table[ROWS + i % 16] |= 1 << (i / 16);
        }
        i += 1;
    }
    table
}

const fn is_common(alphabet: &[u8; 64]) -> bool {
    let common = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut i = 0;
    while i < common.len() {
        if alphabet[i] != common[i] {
            return false;
        }
        i += 1;
    }
    alphabet[62] < 128 && alphabet[63] < 128
}
