//! The general registers that an instruction names.

use super::word::{SP, Word};
use disarm64::{InsnOpcode, decoder::Opcode};
use disarm64_defn::{InsnOperandClass as Class, InsnOperandKind as Kind};

/// General registers by number, and the stack pointer apart. Read or written is not told apart: what is reserved may
/// be neither.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Named {
    /// Bit n is x`n`; the zero register is no register.
    x: u32,
    pub sp: bool,
}

/// A five-bit field that holds a register, by its lowest bit, and what the number 31 means there.
#[derive(Clone, Copy)]
enum Field {
    OrZero(u32),
    OrSp(u32),
}
use Field::{OrSp, OrZero};

impl Named {
    pub fn of(insn: &Opcode) -> Named {
        let mut named = Named::default();
        for operand in insn.definition().operands {
            match fields(operand.kind, operand.class) {
                Some(fields) => fields.iter().for_each(|&f| named.add(f, Word(insn.bits()))),
                None => return Named::everything(),
            }
        }
        named
    }

    /// Of an instruction whose operands are not understood: then no rule about registers holds.
    const fn everything() -> Named {
        Named { x: u32::MAX >> 1, sp: true }
    }

    pub const fn x(self, number: u32) -> bool {
        self.x >> number & 1 == 1
    }

    /// Numbers of the named registers, lowest first.
    #[cfg(test)]
    pub fn numbers(self) -> impl Iterator<Item = u32> {
        (0..SP).filter(move |&n| self.x(n))
    }

    const fn add(&mut self, field: Field, word: Word) {
        let (OrZero(lsb) | OrSp(lsb)) = field;
        match (word.bits(lsb, 5), field) {
            (SP, OrSp(_)) => self.sp = true,
            (SP, OrZero(_)) => {}
            (number, _) => self.x |= 1 << number,
        }
    }
}

/// Where an operand of this kind has its general registers. The disassembler's own list of fields is empty for some
/// kinds, shifted registers and simple addresses among them, so the kinds are spelled out; `None` for any that is not.
const fn fields(kind: Kind, class: Class) -> Option<&'static [Field]> {
    use Kind::*;
    Some(match kind {
        Rd | Rt => &[OrZero(0)],
        Rd_SP | Rt_SP => &[OrSp(0)],
        Rn => &[OrZero(5)],
        Rn_SP | ADDR_OFFSET | ADDR_SIMM7 | ADDR_SIMM9 | ADDR_SIMM10 | ADDR_SIMM11 | ADDR_SIMM13
        | ADDR_SIMPLE | ADDR_UIMM12 | SIMD_ADDR_SIMPLE => &[OrSp(5)],
        Ra | Rt2 => &[OrZero(10)],
        Rm | Rs | Rm_EXT | Rm_SFT | Rm_LSL => &[OrZero(16)],
        Rm_SP => &[OrSp(16)],
        // Number 31 in the second field: the zero register, or after a vector list a constant.
        ADDR_REGOFF | SIMD_ADDR_POST => &[OrSp(5), OrZero(16)],
        ADDR_ADRP | ADDR_PCREL14 | ADDR_PCREL19 | ADDR_PCREL21 | ADDR_PCREL26 => &[],
        _ => match class {
            Class::INT_REG | Class::MODIFIED_REG | Class::ADDRESS => return None,
            _ => &[],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use disarm64_defn::InsnFeatureSet as Set;

    /// What the top levels of the encoding say, by themselves: which of the four register fields hold general registers.
    /// Only for baseline instructions. Written from the architecture's encoding tables, not from the disassembler.
    fn second_opinion(w: Word) -> Option<Named> {
        let mut fields = Vec::new();
        match w.bits(25, 4) {
            0b1000 | 0b1001 => data_immediate(w, &mut fields),
            0b1010 | 0b1011 => branches(w, &mut fields),
            0b0101 | 0b1101 => data_register(w, &mut fields),
            0b0100 | 0b0110 | 0b1100 | 0b1110 => memory(w, &mut fields)?,
            0b0111 | 0b1111 => vector(w, &mut fields),
            _ => return None,
        }
        let mut named = Named::default();
        fields.into_iter().for_each(|f| named.add(f, w));
        Some(named)
    }

    fn data_immediate(w: Word, fields: &mut Vec<Field>) {
        match w.bits(23, 3) {
            0b000 | 0b001 | 0b101 => fields.push(OrZero(0)),
            0b010 => {
                fields.push(if w.bits(29, 1) == 1 { OrZero(0) } else { OrSp(0) });
                fields.push(OrSp(5));
            }
            0b100 => {
                fields.push(if w.bits(29, 2) == 3 { OrZero(0) } else { OrSp(0) });
                fields.push(OrZero(5));
            }
            0b111 => fields.extend([OrZero(0), OrZero(5), OrZero(16)]),
            _ => fields.extend([OrZero(0), OrZero(5)]),
        }
    }

    fn branches(w: Word, fields: &mut Vec<Field>) {
        match w.bits(29, 3) {
            0b001 | 0b101 => fields.push(OrZero(0)),
            0b110 if w.bits(25, 1) == 1 => fields.push(OrZero(5)),
            _ => {}
        }
    }

    fn data_register(w: Word, fields: &mut Vec<Field>) {
        let two_or_one = w.bits(28, 1) == 1 && w.bits(21, 4) == 0b0110;
        if w.bits(28, 1) == 1 && w.bits(24, 1) == 1 {
            fields.extend([OrZero(0), OrZero(5), OrZero(16), OrZero(10)]);
        } else if two_or_one && w.bits(30, 1) == 1 {
            fields.extend([OrZero(0), OrZero(5)]);
        } else if w.bits(28, 1) == 1 && w.bits(21, 4) == 0b0010 {
            fields.push(OrZero(5));
            if w.bits(11, 1) == 0 {
                fields.push(OrZero(16));
            }
        } else if w.bits(28, 1) == 0 && w.bits(24, 1) == 1 && w.bits(21, 1) == 1 {
            let rd = if w.bits(29, 1) == 1 { OrZero(0) } else { OrSp(0) };
            fields.extend([rd, OrSp(5), OrZero(16)]);
        } else {
            fields.extend([OrZero(0), OrZero(5), OrZero(16)]);
        }
    }

    /// `None` for the exclusive and atomic ones, which no kernel may have.
    fn memory(w: Word, fields: &mut Vec<Field>) -> Option<()> {
        let vector = w.bits(26, 1) == 1;
        match w.bits(28, 2) {
            0b00 if vector => {
                fields.push(OrSp(5));
                if w.bits(23, 1) == 1 {
                    fields.push(OrZero(16));
                }
                return Some(());
            }
            0b00 => return None,
            0b01 => {}
            0b10 => fields.extend([OrSp(5), OrZero(10)]),
            _ => {
                fields.push(OrSp(5));
                if w.bits(24, 1) == 0 && w.bits(21, 1) == 1 {
                    fields.push(OrZero(16));
                }
            }
        }
        let prefetch =
            !vector && w.bits(30, 2) == 3 && w.bits(22, 2) == 2 && w.bits(27, 3) == 0b111
                || !vector && w.bits(30, 2) == 3 && w.bits(27, 3) == 0b011;
        if vector {
            fields.retain(|f| !matches!(f, OrZero(10)));
        } else if !prefetch {
            fields.push(OrZero(0));
        }
        Some(())
    }

    fn vector(w: Word, fields: &mut Vec<Field>) {
        let copy = w.bits(31, 1) == 0
            && w.bits(21, 8) == 0b0111_0000
            && w.bits(10, 1) == 1
            && w.bits(15, 1) == 0;
        let opcode = w.bits(11, 4);
        if copy && w.bits(29, 1) == 0 {
            match opcode {
                0b0001 | 0b0011 => fields.push(OrZero(5)),
                0b0101 | 0b0111 => fields.push(OrZero(0)),
                _ => {}
            }
            return;
        }
        let float = w.bits(28, 1) == 1 && w.bits(30, 1) == 0 && w.bits(24, 1) == 0;
        if !float {
            return;
        }
        let to_vector = matches!(w.bits(16, 3), 0b010 | 0b011 | 0b111);
        let fixed = w.bits(21, 1) == 0;
        if fixed || w.bits(10, 6) == 0 {
            fields.push(if to_vector { OrZero(5) } else { OrZero(0) });
        }
    }

    fn baseline(insn: &Opcode) -> bool {
        matches!(
            insn.definition().feature_set,
            Set::V8 | Set::FP | Set::SIMD | Set::AES | Set::SHA2 | Set::SHA3 | Set::CRC
        )
    }

    /// Classes that the gate lets pass; system instructions, exceptions and exclusives have none of their own here.
    fn in_question(insn: &Opcode) -> bool {
        baseline(insn) && super::super::gate::class_allowed(insn.definition().class)
    }

    #[test]
    fn agrees_with_a_second_opinion_on_random_words() {
        let (mut state, mut compared) = (0x9e37_79b9_7f4a_7c15_u64, 0);
        for _ in 0..3_000_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let w = Word(state as u32);
            let Some(insn) = w.decoded().filter(in_question) else { continue };
            let Some(expected) = second_opinion(w) else { continue };
            assert_eq!(
                Named::of(&insn),
                expected,
                "{:08x} {insn} {:?}",
                w.0,
                insn.definition().class
            );
            compared += 1;
        }
        assert!(compared > 500_000, "{compared}");
    }

    #[test]
    fn finds_registers_in_every_place() {
        for (bits, x, sp) in [
            (0x8b12_0020_u32, &[0, 1, 18][..], false), // add x0, x1, x18
            (0xf87c_6820, &[0, 1, 28], false),         // ldr x0, [x1, x28]
            (0xa940_4be0, &[0, 18], true),             // ldp x0, x18, [sp]
            (0x9b12_7020, &[0, 1, 18, 28], false),     // madd x0, x1, x18, x28
            (0x4c9c_7000, &[0, 28], false),            // st1 {v0.16b}, [x0], x28
            (0x4e08_1f80, &[28], false),               // mov v0.d[0], x28
            (0x9e66_0012, &[18], false),               // fmov x18, d0
            (0x4ef2_8420, &[], false),                 // add v0.2d, v1.2d, v18.2d
        ] {
            let named = Named::of(&Word(bits).decoded().expect("an instruction"));
            assert_eq!(named.numbers().collect::<Vec<_>>(), x, "{bits:08x}");
            assert_eq!(named.sp, sp, "{bits:08x}");
        }
    }
}
