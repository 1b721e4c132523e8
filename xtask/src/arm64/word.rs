//! One A64 instruction word: its fields, where control goes after it, and what it does with the stack pointer.
//!
//! Only these questions are answered by hand, because their answers are rewritten or followed; what an instruction
//! is called, which registers it names and which CPU feature it needs is the disassembler's business.

use disarm64::{
    InsnDisplay, InsnOpcode,
    decoder::{Opcode, decode},
};
use disarm64_defn::InsnClass;

/// An instruction, four bytes, little-endian in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Word(pub u32);

/// Bytes of an instruction.
pub const SIZE: usize = 4;

/// Register number of the stack pointer, where an encoding means it and not the zero register.
pub const SP: u32 = 31;

/// Where control goes after an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// To the next one.
    Next,
    /// To the place this many bytes away.
    Jump(i64),
    /// There, or to the next one.
    Branch(i64),
    /// Back to the caller, by `ret` through x30.
    Return,
    Call,
    /// Through a register: a jump table, or a call.
    Indirect,
    /// Into the debugger or a signal: `brk`, `hlt`, `udf`.
    Trap,
}

/// What an instruction does with the stack pointer, as far as that can be said of the word alone. Offsets in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StackUse {
    /// `add sp, sp, #n` (positive) or `sub sp, sp, #n`.
    Move(i64),
    /// A load or store of `width` bytes at `sp + offset`.
    Access { offset: i64, width: i64 },
    /// Moves sp by `by`, then accesses `width` bytes there: `stp x29, x30, [sp, #-16]!`.
    PreIndexed { by: i64, width: i64 },
    /// Accesses `width` bytes at sp, then moves it: `ldp x29, x30, [sp], #16`.
    PostIndexed { by: i64, width: i64 },
    /// `add xd, sp, #n`, of which `mov xd, sp` is one.
    Address { offset: i64 },
}

/// A load or store of one general register, alone or as half of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transfer {
    pub load: bool,
    /// Of the register's place from that of the whole access, in bytes.
    pub offset: i64,
}

impl Word {
    /// The `width` bits from bit `lsb`.
    pub const fn bits(self, lsb: u32, width: u32) -> u32 {
        (self.0 >> lsb) & ((1 << width) - 1)
    }

    /// The same, as a two's complement number.
    pub const fn signed(self, lsb: u32, width: u32) -> i64 {
        (((self.0 << (32 - lsb - width)) as i32) >> (32 - width)) as i64
    }

    /// With `value` in the `width` bits from bit `lsb`; what does not fit is cut.
    pub const fn with(self, lsb: u32, width: u32, value: u32) -> Word {
        let mask = ((1 << width) - 1) << lsb;
        Word(self.0 & !mask | (value << lsb) & mask)
    }

    const fn is(self, mask: u32, value: u32) -> bool {
        self.0 & mask == value
    }

    /// Number in the field of the first operand, Rd or Rt.
    pub const fn rd(self) -> u32 {
        self.bits(0, 5)
    }

    /// Number in the field of the base register, Rn.
    pub const fn rn(self) -> u32 {
        self.bits(5, 5)
    }

    /// The instruction, unless the word is none. The disassembler takes some words that no CPU does: shifts of vectors
    /// without an element size, which it cannot print, and others that it prints with an operand called undefined.
    pub fn decoded(self) -> Option<Opcode> {
        let insn = decode(self.0)?;
        let shift = matches!(insn.definition().class, InsnClass::ASIMDSHF | InsnClass::ASISDSHF);
        if shift && self.bits(19, 4) == 0 {
            return None;
        }
        (!insn.to_string().contains("undefined")).then_some(insn)
    }

    /// Disassembly of the word at `offset` from the start of its kernel; branches name offsets from there too.
    pub fn text(self, offset: usize) -> String {
        match self.decoded() {
            Some(insn) => {
                let text = insn.display_at(offset as u64).to_string();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.corrected(insn.definition().class, text)
            }
            None => format!(".inst {:#010x}", self.0),
        }
    }

    /// Puts right what the disassembler prints wrongly of loads and stores of vector lists: it calls them all by four, and
    /// two words in a vector one.
    fn corrected(self, class: InsnClass, text: String) -> String {
        match class {
            InsnClass::ASISDLSE | InsnClass::ASISDLSEP => {
                let interleaved = match self.bits(12, 4) {
                    0b0000 => "4",
                    0b0100 => "3",
                    0b1000 => "2",
                    _ => "1",
                };
                text.replacen('4', interleaved, 1)
            }
            InsnClass::ASISDLSO | InsnClass::ASISDLSOP if self.bits(30, 1) == 1 => {
                text.replace(".1d", ".2d")
            }
            _ => text,
        }
    }

    /// Where control goes after it.
    pub const fn flow(self) -> Flow {
        if self.is(0xfc00_0000, 0x1400_0000) {
            Flow::Jump(self.signed(0, 26) * 4)
        } else if self.is(0xfc00_0000, 0x9400_0000) {
            Flow::Call
        } else if self.is(0xff00_0010, 0x5400_0000) || self.is(0x7e00_0000, 0x3400_0000) {
            Flow::Branch(self.signed(5, 19) * 4)
        } else if self.is(0x7e00_0000, 0x3600_0000) {
            Flow::Branch(self.signed(5, 14) * 4)
        } else if self.0 == RET.0 {
            Flow::Return
        } else if self.is(0xfe00_0000, 0xd600_0000) {
            Flow::Indirect
        } else if self.traps() {
            Flow::Trap
        } else {
            Flow::Next
        }
    }

    /// Where a branch at `offset` goes, as an offset too.
    pub fn branches_to(self, offset: u64) -> Option<u64> {
        match self.flow() {
            Flow::Jump(distance) | Flow::Branch(distance) => offset.checked_add_signed(distance),
            _ => None,
        }
    }

    /// `brk`, `hlt`, `udf`.
    const fn traps(self) -> bool {
        let exception = 0xffe0_001f;
        self.is(exception, 0xd420_0000)
            || self.is(exception, 0xd440_0000)
            || self.is(0xffff_0000, 0)
    }

    /// What it does with sp, if it is of a form that can be rewritten. An instruction that names sp and for which this
    /// is `None` cannot be lifted.
    pub fn stack_use(self) -> Option<StackUse> {
        if self.rn() != SP {
            return None;
        }
        match self.form()? {
            Form::AddSub => {
                let n = self.add_sub_immediate();
                match self.rd() {
                    SP => Some(StackUse::Move(n)),
                    _ => Some(StackUse::Address { offset: n }),
                }
            }
            Form::Pair { mode, scale } => {
                let (imm, width) = (self.signed(15, 7) * scale, 2 * scale);
                Some(match mode {
                    Index::Offset => StackUse::Access { offset: imm, width },
                    Index::Pre => StackUse::PreIndexed { by: imm, width },
                    Index::Post => StackUse::PostIndexed { by: imm, width },
                })
            }
            Form::Unsigned { width } => {
                Some(StackUse::Access { offset: i64::from(self.bits(10, 12)) * width, width })
            }
            Form::Nine { mode, width } => {
                let imm = self.signed(12, 9);
                Some(match mode {
                    Index::Offset => StackUse::Access { offset: imm, width },
                    Index::Pre => StackUse::PreIndexed { by: imm, width },
                    Index::Post => StackUse::PostIndexed { by: imm, width },
                })
            }
        }
    }

    /// The constant that `add` or `sub` adds, in bytes.
    fn add_sub_immediate(self) -> i64 {
        let n = i64::from(self.bits(10, 12)) << (12 * self.bits(22, 1));
        if self.bits(30, 1) == 1 { -n } else { n }
    }

    /// The encoding, if it is one of those that compilers use on the stack.
    fn form(self) -> Option<Form> {
        if self.is(0xbf80_0000, 0x9100_0000) {
            return Some(Form::AddSub);
        }
        if self.is(0x3a00_0000, 0x2800_0000) {
            // The mode without a hint for the cache and the one with it count alike.
            let mode = [Index::Offset, Index::Post, Index::Offset, Index::Pre];
            return Some(Form::Pair {
                mode: mode[self.bits(23, 2) as usize],
                scale: self.pair_scale()?,
            });
        }
        if self.is(0x3b00_0000, 0x3900_0000) {
            return Some(Form::Unsigned { width: self.access_width() });
        }
        if self.is(0x3b20_0000, 0x3800_0000) {
            let mode = match self.bits(10, 2) {
                0b00 => Index::Offset,
                0b01 => Index::Post,
                0b11 => Index::Pre,
                _ => return None,
            };
            return Some(Form::Nine { mode, width: self.access_width() });
        }
        None
    }

    /// Bytes of each half of a pair.
    fn pair_scale(self) -> Option<i64> {
        let (opc, vector) = (self.bits(30, 2), self.bits(26, 1) == 1);
        match (vector, opc) {
            (true, 0..=2) => Some(4 << opc),
            (false, 0 | 1) => Some(4),
            (false, 2) => Some(8),
            _ => None,
        }
    }

    /// Bytes that a load or store of one register moves.
    fn access_width(self) -> i64 {
        let (size, vector, opc) = (self.bits(30, 2), self.bits(26, 1) == 1, self.bits(22, 2));
        if vector && size == 0 && opc & 2 != 0 { 16 } else { 1 << size }
    }

    /// Whether it loads or stores the whole of x`number`, from or to a fixed distance from its base register.
    pub fn transfer_of(self, number: u32) -> Option<Transfer> {
        if self.bits(26, 1) == 1 {
            return None;
        }
        let (halves, load) = match self.form()? {
            Form::Pair { scale: 8, .. } => {
                ([Some(self.rd()), Some(self.bits(10, 5))], self.bits(22, 1))
            }
            Form::Unsigned { width: 8 } | Form::Nine { width: 8, .. } if self.bits(22, 2) < 2 => {
                ([Some(self.rd()), None], self.bits(22, 1))
            }
            _ => return None,
        };
        let half = halves.iter().position(|&h| h == Some(number))?;
        Some(Transfer { load: load == 1, offset: 8 * half as i64 })
    }

    /// The same access or address, at `sp + offset`, with sp left alone. `None` if no encoding of four bytes reaches
    /// that far.
    pub fn at(self, offset: i64) -> Option<Word> {
        match self.form()? {
            Form::AddSub => (0..1 << 12).contains(&offset).then(|| {
                Word(0x9100_0000).with(0, 10, self.bits(0, 10)).with(10, 12, offset as u32)
            }),
            Form::Pair { scale, mode } => {
                let units = offset / scale;
                let word =
                    if matches!(mode, Index::Offset) { self } else { self.with(23, 2, 0b10) };
                (offset % scale == 0 && (-64..64).contains(&units))
                    .then(|| word.with(15, 7, units as u32))
            }
            Form::Unsigned { width } | Form::Nine { width, .. } => self.single_at(offset, width),
        }
    }

    /// A load or store of one register in the scaled form, or where that cannot say the offset, in the unscaled one.
    fn single_at(self, offset: i64, width: i64) -> Option<Word> {
        let units = offset / width;
        if offset % width == 0 && (0..1 << 12).contains(&units) {
            return Some(self.with(24, 1, 1).with(10, 12, units as u32));
        }
        (-256..256)
            .contains(&offset)
            .then(|| self.with(24, 1, 0).with(10, 12, 0).with(12, 9, offset as u32))
    }

    /// How far away the place is that it refers to, if it is one that [`Word::aimed`] aims.
    pub fn reach(self) -> Option<i64> {
        if self.is(0x9f00_0000, 0x1000_0000) {
            return Some(self.signed(5, 19) * 4 + i64::from(self.bits(29, 2)));
        }
        self.is(0x3b00_0000, 0x1800_0000).then(|| self.signed(5, 19) * 4)
    }

    /// `adr xd, place`, or a load from a place relative to the instruction, with the place `distance` bytes away. `None`
    /// if it is neither, or does not reach that far.
    pub fn aimed(self, distance: i64) -> Option<Word> {
        if self.is(0x9f00_0000, 0x1000_0000) && (-(1 << 20)..1 << 20).contains(&distance) {
            let d = distance as u32;
            return Some(self.with(29, 2, d & 3).with(5, 19, d >> 2));
        }
        let literal = self.is(0x3b00_0000, 0x1800_0000);
        (literal && distance % 4 == 0 && (-(1 << 20)..1 << 20).contains(&distance))
            .then(|| self.with(5, 19, (distance >> 2) as u32))
    }
}

/// `ret`
pub const RET: Word = Word(0xd65f_03c0);
/// `nop`
pub const NOP: Word = Word(0xd503_201f);

/// How the address of an access comes about.
#[derive(Clone, Copy)]
enum Index {
    Offset,
    Pre,
    Post,
}

/// Encodings with a base register and a constant.
enum Form {
    AddSub,
    /// `ldp`, `stp`: seven signed bits, scaled.
    Pair {
        mode: Index,
        scale: i64,
    },
    /// `ldr`, `str`: twelve bits, scaled.
    Unsigned {
        width: i64,
    },
    /// `ldur`, `stur` and the indexed `ldr`, `str`: nine signed bits, unscaled.
    Nine {
        mode: Index,
        width: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(word: Word) -> String {
        word.text(0)
    }

    /// An instruction, what it does with sp, and how it reads at sp + 176.
    const STACK: &[(u32, StackUse, &str)] = &[
        (0xd102_83ff, StackUse::Move(-160), ""),
        (0x9102_83ff, StackUse::Move(160), ""),
        (0xd140_07ff, StackUse::Move(-4096), ""),
        (0xa905_6ffe, StackUse::Access { offset: 80, width: 16 }, "stp x30, x27, [sp, #176]"),
        (0xa9bd_5ff8, StackUse::PreIndexed { by: -48, width: 16 }, "stp x24, x23, [sp, #176]"),
        (0xa8c3_5ff8, StackUse::PostIndexed { by: 48, width: 16 }, "ldp x24, x23, [sp, #176]"),
        (0x6dbe_27e8, StackUse::PreIndexed { by: -32, width: 16 }, "stp d8, d9, [sp, #176]"),
        (0xad01_07e0, StackUse::Access { offset: 32, width: 32 }, "stp q0, q1, [sp, #176]"),
        (0x2901_07e0, StackUse::Access { offset: 8, width: 8 }, "stp w0, w1, [sp, #176]"),
        (0xf900_3be8, StackUse::Access { offset: 112, width: 8 }, "str x8, [sp, #0xb0]"),
        (0x3dc0_07e3, StackUse::Access { offset: 16, width: 16 }, "ldr q3, [sp, #0xb0]"),
        (0x3900_3fe1, StackUse::Access { offset: 15, width: 1 }, "strb w1, [sp, #0xb0]"),
        (0xf81f_0ffe, StackUse::PreIndexed { by: -16, width: 8 }, "str x30, [sp, #0xb0]"),
        (0xf841_07fe, StackUse::PostIndexed { by: 16, width: 8 }, "ldr x30, [sp, #0xb0]"),
        (0x3c9f_03e0, StackUse::Access { offset: -16, width: 16 }, "str q0, [sp, #0xb0]"),
        (0x9100_43e8, StackUse::Address { offset: 16 }, "add x8, sp, #0xb0"),
        (0x9100_03e8, StackUse::Address { offset: 0 }, "add x8, sp, #0xb0"),
        (0xd100_43e8, StackUse::Address { offset: -16 }, "add x8, sp, #0xb0"),
    ];

    #[test]
    fn stack_instructions() {
        for &(bits, expected, moved) in STACK {
            let word = Word(bits);
            assert_eq!(word.stack_use(), Some(expected), "{}", text(word));
            if !moved.is_empty() {
                assert_eq!(word.at(176).map(text).as_deref(), Some(moved), "{}", text(word));
            }
        }
    }

    #[test]
    fn an_odd_offset_takes_the_unscaled_form_or_none() {
        let word = Word(0xf900_3be8);
        assert_eq!(word.at(177).map(text).as_deref(), Some("stur x8, [sp, #177]"));
        assert_eq!(word.at(1001), None);
        assert_eq!(Word(0xa905_6ffe).at(512), None);
        assert_eq!(Word(0xa905_6ffe).at(18), None);
        assert_eq!(Word(0x9100_43e8).at(4096), None);
    }

    #[test]
    fn other_uses_of_sp_have_no_form() {
        // ldr x0, [sp, x1]; ld1 {v0.16b}, [sp]; cmp sp, x1; ldtr x0, [sp]; add x0, sp, x1
        for bits in [0xf861_6be0, 0x4c40_73e0, 0xeb21_63ff, 0xf840_0be0, 0x8b21_63e0] {
            assert_eq!(Word(bits).stack_use(), None, "{}", text(Word(bits)));
        }
    }

    #[test]
    fn vector_lists_are_named_rightly() {
        for (bits, expected) in [
            (0x4c40_7000, "ld1 { v0.16b }, [x0]"),
            (0x4c40_a000, "ld1 { v0.16b, v1.16b }, [x0]"),
            (0x4c40_8000, "ld2 { v0.16b, v1.16b }, [x0]"),
            (0x4c00_4000, "st3 { v0.16b, v1.16b, v2.16b }, [x0]"),
            (0x4cdf_2000, "ld1 { v0.16b, v1.16b, v2.16b, v3.16b }, [x0], #64"),
            (0x4c40_0000, "ld4 { v0.16b, v1.16b, v2.16b, v3.16b }, [x0]"),
            (0x4d40_cd44, "ld1r { v4.2d }, [x10]"),
        ] {
            assert_eq!(text(Word(bits)), expected);
        }
    }

    #[test]
    fn flow() {
        for (bits, expected) in [
            (0x1400_0002, Flow::Jump(8)),
            (0x17ff_ffff, Flow::Jump(-4)),
            (0x9400_0000, Flow::Call),
            (0x54ff_ff29, Flow::Branch(-28)),
            (0xb400_0248, Flow::Branch(72)),
            (0x3600_0041, Flow::Branch(8)),
            (0xd65f_03c0, Flow::Return),
            (0xd65f_0020, Flow::Indirect),
            (0xd61f_0100, Flow::Indirect),
            (0xd63f_0100, Flow::Indirect),
            (0xd420_0020, Flow::Trap),
            (0xd440_0000, Flow::Trap),
            (0xd400_0001, Flow::Next),
            (0x0000_0000, Flow::Trap),
            (0x4ee0_8420, Flow::Next),
        ] {
            assert_eq!(Word(bits).flow(), expected, "{bits:08x}");
        }
    }

    #[test]
    fn adr_and_literal_loads_are_aimed() {
        assert_eq!(Word(0x1000_0008).aimed(0x54), Some(Word(0x1000_02a8)));
        assert_eq!(Word(0x1000_0008).aimed(-3), Some(Word(0x30ff_ffe8)));
        assert_eq!(Word(0x9c00_0001).aimed(64), Some(Word(0x9c00_0201)));
        for distance in [0x54, -3, 1, (1 << 20) - 1, -(1 << 20)] {
            assert_eq!(Word(0x1000_0008).aimed(distance).and_then(Word::reach), Some(distance));
        }
        assert_eq!(Word(0x9c00_0201).reach(), Some(64));
        assert_eq!(Word(0x9c00_0001).aimed(2), None);
        assert_eq!(Word(0x1000_0008).aimed(1 << 20), None);
        assert_eq!(Word(0x9000_0008).aimed(64), None, "adrp reaches pages, which move");
    }
}
