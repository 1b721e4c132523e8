//! The two tables that say everything about an encoding: a kernel gets no other parameter, since two slices and one
//! pointer are all that six registers hold.

/// Bytes of an encoding table.
pub const ENCODE_TABLE: usize = 34;
/// Bytes of a decoding table.
pub const DECODE_TABLE: usize = 292;

/// An encoding table: 32 characters, the padding character, and [`RAW`] or 0.
pub type EncodeTable = [u8; ENCODE_TABLE];
/// A decoding table: the values of 256 characters, then what is at [`ROWS`], [`ROLLS`], [`ENDS`], [`PADS`], [`HINTS`] and
/// [`PADDING`].
pub type DecodeTable = [u8; DECODE_TABLE];

/// Index of the padding character in an encoding table.
pub const ENCODE_PADDING: usize = 32;
/// Index of the flags of an encoding table.
pub const ENCODE_FLAGS: usize = 33;
/// Flag: the last group is left short instead of padded.
pub const RAW: u8 = 1;

/// Value of what is no digit. Values below [`DIGITS`] are digits, and this has its top bit set.
pub const INVALID: u8 = 0xff;
/// Digits of an alphabet.
pub const DIGITS: u8 = 32;

/// Index of 16 bytes of a decoding table: bit `h` of byte `l` is set if the character `16 h + l` is a digit.
pub const ROWS: usize = 256;
/// Index of 16 bytes of a decoding table: what to add to a digit to get its value, by its upper four bits.
pub const ROLLS: usize = 272;
/// Index of the lengths that the last group may have: bit `n` for `n` digits, 0 to 7.
pub const ENDS: usize = 288;
/// Index of 7 if a short group is filled up with padding, of 0 if not.
pub const PADS: usize = 289;
/// Index of [`ROLLING`] or 0.
pub const HINTS: usize = 290;
/// Index of the padding character.
pub const PADDING: usize = 291;

/// Lengths that encode whole bytes: 1, 2, 3, 4 bytes are 2, 4, 5, 7 digits.
pub const WHOLE_ENDS: u8 = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 5 | 1 << 7;

/// Flag: [`ROWS`] and [`ROLLS`] are right. They cannot be for every alphabet, since a row has only one sum.
pub const ROLLING: u8 = 1;

/// The encoding table of an alphabet, padded with `padding` or not at all.
pub const fn encode_table(alphabet: &[u8; 32], padding: Option<u8>) -> EncodeTable {
    let mut table = [0; ENCODE_TABLE];
    let mut i = 0;
    while i < alphabet.len() {
        table[i] = alphabet[i];
        i += 1;
    }
    match padding {
        Some(c) => table[ENCODE_PADDING] = c,
        None => table[ENCODE_FLAGS] = RAW,
    }
    table
}

/// The decoding table of an alphabet, which does not contain `padding`.
pub const fn decode_table(alphabet: &[u8; 32], padding: Option<u8>) -> DecodeTable {
    let mut table = [0; DECODE_TABLE];
    let mut i = 0;
    while i < 256 {
        table[i] = INVALID;
        i += 1;
    }
    i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table[ENDS] = WHOLE_ENDS;
    if let Some(c) = padding {
        table[PADS] = 7;
        table[PADDING] = c;
    }
    set_rows(table)
}

/// The same table with rows and their sums, if each row has only one.
const fn set_rows(mut table: DecodeTable) -> DecodeTable {
    let (mut seen, mut c) = (0u8, 0);
    table[HINTS] = ROLLING;
    while c < 128 {
        let (row, value) = (c / 16, table[c]);
        if value < DIGITS {
            table[ROWS + c % 16] |= 1 << row;
            let roll = value.wrapping_sub(c as u8);
            if seen >> row & 1 != 0 && table[ROLLS + row] != roll {
                table[HINTS] = 0;
            }
            seen |= 1 << row;
            table[ROLLS + row] = roll;
        }
        c += 1;
    }
    table
}
