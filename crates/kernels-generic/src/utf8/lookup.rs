//! The tables of the lookup method: J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte",
//! Software: Practice and Experience 51(5), 2021, <https://arxiv.org/abs/2010.03090>.
//!
//! Whatever is wrong with UTF-8 but for a missing third or fourth byte shows in two neighbouring bytes, and in three of
//! their four nibbles: the lowest one never matters. So each kind of error is a bit, each nibble is looked up in a table
//! of the errors that it can be part of, and the bits that all three have in common are errors of this pair. The last
//! kind, one continuation after another, is none if the second or third byte before was the start of a sequence long
//! enough, which is compared afterwards.

/// A kind of error: which values of the first byte's two nibbles and of the second byte's high one belong to it, as bits.
struct Kind {
    first_high: u16,
    first_low: u16,
    second_high: u16,
}

const ANY: u16 = 0xffff;
const ASCII: u16 = 0x00ff;
/// 0x80 to 0xbf.
const CONTINUATION: u16 = 0x0f00;
/// 0xc0 to 0xff.
const START: u16 = 0xf000;

const KINDS: [Kind; 8] = [
    // A start without its second byte.
    Kind { first_high: START, first_low: ANY, second_high: !CONTINUATION },
    // ASCII, then a continuation.
    Kind { first_high: ASCII, first_low: ANY, second_high: CONTINUATION },
    // Overlong: e0, then 80 to 9f.
    Kind { first_high: 1 << 0xe, first_low: 1, second_high: 0x0300 },
    // Above U+10FFFF: f4 and higher, then 90 to bf.
    Kind { first_high: 1 << 0xf, first_low: 0xfff0, second_high: 0x0e00 },
    // A surrogate: ed, then a0 to bf.
    Kind { first_high: 1 << 0xe, first_low: 1 << 0xd, second_high: 0x0c00 },
    // Overlong: c0 or c1.
    Kind { first_high: 1 << 0xc, first_low: 3, second_high: CONTINUATION },
    // Then 80 to 8f: overlong after f0, above U+10FFFF after f5 and higher. No pair is of both kinds, so they share a bit.
    Kind { first_high: 1 << 0xf, first_low: 0xffe1, second_high: 0x0100 },
    // Two continuations. The highest bit, for that is where the comparison of what stands before leaves its answer.
    Kind { first_high: CONTINUATION, first_low: ANY, second_high: CONTINUATION },
];

/// Errors by the high nibble of a byte, as the first of a pair.
pub const FIRST_HIGH: [u8; 16] = table(0);
/// Errors by its low nibble.
pub const FIRST_LOW: [u8; 16] = table(1);
/// Errors by the high nibble of the byte behind it.
pub const SECOND_HIGH: [u8; 16] = table(2);

const fn table(which: usize) -> [u8; 16] {
    let mut table = [0; 16];
    let mut nibble = 0;
    while nibble < 16 {
        let mut bit = 0;
        while bit < KINDS.len() {
            let kind = &KINDS[bit];
            let values = [kind.first_high, kind.first_low, kind.second_high][which];
            table[nibble] |= ((values >> nibble & 1) as u8) << bit;
            bit += 1;
        }
        nibble += 1;
    }
    table
}

/// Subtracted with saturation from the byte two places before, this leaves the highest bit if and only if a sequence of
/// three or four bytes starts there.
pub const THIRD: u8 = 0xe0 - 0x80;
/// The same for the byte three places before and a sequence of four.
pub const FOURTH: u8 = 0xf0 - 0x80;
