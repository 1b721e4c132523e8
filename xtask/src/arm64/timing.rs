//! Constant time: no branch and no address depends on what is secret, which are the contents of arguments, and arguments
//! that are numbers but no lengths.
//!
//! From the entry on it is followed which general registers and flags may hold anything that was computed from a secret.
//! Vector registers always may: nothing but data is in them. So does all that is loaded, but for the kernel's own constants
//! and what is in the stack, as long as no path has stored a secret there. Where two paths meet, what is secret on one is.

use super::{
    Fault, Lifted,
    word::{Flow, SIZE, SP, Word},
};
use crate::refusal::{Refusal, Rule};
use disarm64::InsnOpcode;
use disarm64_defn::{InsnClass as Class, InsnOperandKind as Kind};

/// What may hold secrets.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Secrets {
    /// Bit n is x`n`.
    registers: u32,
    flags: bool,
    stack: bool,
}

/// What an instruction does with general registers and flags.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Effect {
    /// Registers that it computes with, and those that it computes, as bits.
    reads: u32,
    writes: u32,
    reads_flags: bool,
    writes_flags: bool,
    /// Whether it computes with vectors.
    reads_vectors: bool,
    /// Registers that say where in memory.
    addresses: u32,
    memory: Memory,
    /// A division, which takes longer for some numbers.
    varies: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Memory {
    #[default]
    None,
    /// Of data.
    Load,
    /// Of the stack, or a constant.
    LoadOwn,
    Store,
    StoreStack,
}

impl Lifted {
    /// Where the kernel does not take constant time, if the arguments of these numbers are secret themselves.
    pub fn leaks(&self, symbol: &str, secret: &[usize]) -> Vec<Refusal> {
        let words: Vec<Word> = self.steps.iter().map(|step| step.was()).collect();
        let registers = secret.iter().filter(|n| **n < 8).map(|n| 1 << n).sum();
        let faults = check(&words, Secrets { registers, ..Secrets::default() });
        faults.into_iter().map(|fault| fault.refusal(symbol, &words)).collect()
    }
}

fn check(words: &[Word], entry: Secrets) -> Vec<Fault> {
    let mut facts: Vec<Option<Secrets>> = vec![None; words.len()];
    let mut work = vec![(0, entry)];
    while let Some((at, secrets)) = work.pop() {
        let Some(fact) = facts.get_mut(at) else { continue };
        let joined = fact.map_or(secrets, |old| old.or(secrets));
        if *fact == Some(joined) {
            continue;
        }
        *fact = Some(joined);
        let after = joined.after(Effect::of(words[at]));
        let to = |distance: i64| (at.wrapping_add_signed(distance as isize / SIZE as isize), after);
        match words[at].flow() {
            Flow::Next => work.push(to(SIZE as i64)),
            Flow::Jump(distance) => work.push(to(distance)),
            Flow::Branch(distance) => work.extend([to(distance), to(SIZE as i64)]),
            _ => {}
        }
    }
    let faults = facts.iter().enumerate().filter_map(|(at, secrets)| {
        Some(Fault::new(at, Rule::Timing, (*secrets)?.leak(words[at])?))
    });
    faults.collect()
}

impl Secrets {
    fn or(self, other: Secrets) -> Secrets {
        Secrets {
            registers: self.registers | other.registers,
            flags: self.flags || other.flags,
            stack: self.stack || other.stack,
        }
    }

    fn read_by(self, effect: Effect) -> bool {
        self.registers & effect.reads != 0
            || self.flags && effect.reads_flags
            || effect.reads_vectors
            || effect.memory == Memory::Load
            || self.stack && effect.memory == Memory::LoadOwn
    }

    fn after(mut self, effect: Effect) -> Secrets {
        let secret = self.read_by(effect);
        self.registers &= !effect.writes;
        if secret {
            self.registers |= effect.writes;
        }
        if effect.writes_flags {
            self.flags = secret;
        }
        self.stack |= effect.memory == Memory::StoreStack && secret;
        self
    }

    /// What the instruction gives away.
    fn leak(self, word: Word) -> Option<String> {
        let effect = Effect::of(word);
        if let addresses @ 1.. = self.registers & effect.addresses {
            let by = addresses.trailing_zeros();
            return Some(format!("where it reads or writes depends on a secret, by x{by}"));
        }
        match word.flow() {
            Flow::Branch(_) if self.read_by(effect) => {
                Some("whether it jumps depends on a secret".into())
            }
            _ if effect.varies && self.read_by(effect) => {
                Some("how long it takes depends on a secret".into())
            }
            _ => None,
        }
    }
}

/// The register in the field from bit `lsb`; 31 is none.
const fn register(word: Word, lsb: u32) -> u32 {
    match word.bits(lsb, 5) {
        SP => 0,
        number => 1 << number,
    }
}

impl Effect {
    fn of(word: Word) -> Effect {
        let Some(insn) = word.decoded() else { return Effect::default() };
        match word.bits(25, 4) {
            0b1000 | 0b1001 => Effect::of_immediate(word),
            0b1010 | 0b1011 => Effect::of_branch(word),
            0b0101 | 0b1101 => Effect::of_registers(word),
            0b0100 | 0b0110 | 0b1100 | 0b1110 => Effect::of_memory(word, insn.definition().class),
            _ => {
                let first = insn.definition().operands.first();
                let general = first.is_some_and(|operand| operand.kind == Kind::Rd);
                Effect::of_vectors(word, insn.definition().class, general)
            }
        }
    }

    /// Computes with a constant.
    fn of_immediate(word: Word) -> Effect {
        let (rd, rn, opc) = (register(word, 0), register(word, 5), word.bits(29, 2));
        let (reads, writes_flags) = match word.bits(23, 3) {
            0b000 | 0b001 => (0, false),
            0b010 => (rn, opc & 1 == 1),
            0b100 => (rn, opc == 3),
            0b101 if opc == 3 => (rd, false),
            0b101 => (0, false),
            0b110 if opc == 1 => (rn | rd, false),
            0b111 => (rn | register(word, 16), false),
            _ => (rn, false),
        };
        Effect { reads, writes: rd, writes_flags, ..Effect::default() }
    }

    /// `cbz` and `tbz` ask a register, `b.cond` the flags.
    fn of_branch(word: Word) -> Effect {
        match word.bits(29, 3) {
            0b001 | 0b101 => Effect { reads: register(word, 0), ..Effect::default() },
            0b010 => Effect { reads_flags: true, ..Effect::default() },
            _ => Effect::default(),
        }
    }

    fn of_registers(word: Word) -> Effect {
        let (rd, rn, rm) = (register(word, 0), register(word, 5), register(word, 16));
        let mut effect = Effect { reads: rn | rm, writes: rd, ..Effect::default() };
        let sets = word.bits(29, 1) == 1;
        match (word.bits(28, 1), word.bits(21, 4)) {
            // Logic: bit 21 inverts, `ands` and `bics` have both bits of the operation set.
            (0, op) if op & 0b1000 == 0 => effect.writes_flags = word.bits(29, 2) == 3,
            (0, _) => effect.writes_flags = sets,
            (_, 0b0000) => (effect.reads_flags, effect.writes_flags) = (true, sets),
            (_, 0b0010) => {
                let constant = word.bits(11, 1) == 1;
                let reads = if constant { rn } else { rn | rm };
                let (reads_flags, writes_flags) = (true, true);
                effect = Effect { reads, reads_flags, writes_flags, ..Effect::default() };
            }
            (_, 0b0100) => effect.reads_flags = true,
            (_, 0b0110) if word.bits(30, 1) == 1 => effect.reads = rn,
            (_, 0b0110) => effect.varies = matches!(word.bits(10, 6), 2 | 3),
            (_, op) if op & 0b1000 != 0 => effect.reads |= register(word, 10),
            _ => {}
        }
        effect
    }

    fn of_memory(word: Word, class: Class) -> Effect {
        let (vector, rt) = (word.bits(26, 1) == 1, register(word, 0));
        if class == Class::LOADLIT {
            let writes = if vector { 0 } else { rt };
            return Effect { writes, memory: Memory::LoadOwn, ..Effect::default() };
        }
        let list = matches!(
            class,
            Class::ASISDLSE | Class::ASISDLSEP | Class::ASISDLSO | Class::ASISDLSOP
        );
        let pair =
            matches!(class, Class::LDSTPAIR_OFF | Class::LDSTPAIR_INDEXED | Class::LDSTNAPAIR_OFFS);
        let load =
            if list || pair || vector { word.bits(22, 1) == 1 } else { word.bits(22, 2) != 0 };
        let data = match (vector || list, pair) {
            (true, _) => 0,
            (false, true) => rt | register(word, 10),
            (false, false) => rt,
        };
        let posted = matches!(class, Class::ASISDLSEP | Class::ASISDLSOP);
        let index = if class == Class::LDST_REGOFF || posted { register(word, 16) } else { 0 };
        let own = word.rn() == SP;
        let memory = match (load, own) {
            (true, true) => Memory::LoadOwn,
            (true, false) => Memory::Load,
            (false, true) => Memory::StoreStack,
            (false, false) => Memory::Store,
        };
        let (reads, writes) = if load { (0, data) } else { (data, 0) };
        let addresses = register(word, 5) | index;
        let reads_vectors = !load && (vector || list);
        Effect { reads, writes, reads_vectors, addresses, memory, ..Effect::default() }
    }

    /// Vectors are secret, and so is what comes out of them: a general register, or flags.
    fn of_vectors(word: Word, class: Class, general: bool) -> Effect {
        let writes_flags = matches!(class, Class::FLOATCMP | Class::FLOATCCMP);
        let writes = if general { register(word, 0) } else { 0 };
        Effect { writes, writes_flags, reads_vectors: true, ..Effect::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RET: u32 = 0xd65f_03c0;

    fn faults(words: &[u32], entry: u32) -> Vec<usize> {
        let words: Vec<Word> = words.iter().map(|&w| Word(w)).collect();
        let secrets = Secrets { registers: entry, ..Secrets::default() };
        check(&words, secrets).into_iter().map(|fault| fault.at).collect()
    }

    #[test]
    fn each_leak_is_found() {
        for (text, words, at) in [
            ("ldr x2, [x0]; cbz x2", &[0xf940_0002, 0xb400_0042, RET, RET][..], 1),
            ("ldr x2, [x0]; ldr x3, [x1, x2]", &[0xf940_0002, 0xf862_6823, RET], 1),
            (
                "ldr x2, [x0]; cmp x2, x1; b.eq",
                &[0xf940_0002, 0xeb01_005f, 0x5400_0040, RET, RET],
                2,
            ),
            ("fmov x2, d0; tbz x2, #0", &[0x9e66_0002, 0x3600_0042, RET, RET], 1),
            ("umov w2, v0.b[0]; ldr x3, [x1, x2]", &[0x0e01_3c02, 0xf862_6823, RET], 1),
            ("ldr x2, [x0]; udiv x3, x1, x2", &[0xf940_0002, 0x9ac2_0823, RET], 1),
            (
                "ldr x2, [x0]; add x3, x2, #1; eor x3, x3, x1; ldr x3, [x3]",
                &[0xf940_0002, 0x9100_0443, 0xca01_0063, 0xf940_0063, RET],
                3,
            ),
            (
                "str q0, [sp]; ldr x3, [sp]; ldr x3, [x3]",
                &[0x3d80_03e0, 0xf940_03e3, 0xf940_0063, RET],
                2,
            ),
            (
                "ldr x2, [x0]; str x2, [sp]; ldr x3, [sp]; ldr x3, [x3]",
                &[0xf940_0002, 0xf900_03e2, 0xf940_03e3, 0xf940_0063, RET],
                3,
            ),
        ] {
            assert_eq!(faults(words, 0), [at], "{text}");
        }
        assert_eq!(faults(&[0xb400_0040, RET, RET], 1), [0], "cbz x0, which is secret");
    }

    #[test]
    fn what_is_public_may_decide() {
        for (text, words) in [
            ("cbz x1; ldr x2, [x0, x1]", &[0xb400_0061, 0xf861_6802, RET, RET][..]),
            ("ldr x2, [x0]; subs x1, x1, #1; b.ne", &[0xf940_0002, 0xf100_0421, 0x54ff_ffc1, RET]),
            (
                "ldr x2, [x0]; mov x2, x1; ldr x2, [x2]",
                &[0xf940_0002, 0xaa01_03e2, 0xf940_0042, RET],
            ),
            (
                "str x1, [sp]; ldr x2, [sp]; ldr x2, [x2]",
                &[0xf900_03e1, 0xf940_03e2, 0xf940_0042, RET],
            ),
            ("ldr q0, [x0]; str q0, [x1]", &[0x3dc0_0000, 0x3d80_0020, RET]),
        ] {
            assert_eq!(faults(words, 0), [0; 0], "{text}");
        }
    }
}
