//! What an instruction may be. Everything that is not known to be harmless is refused.

use super::{
    Fault,
    flow::{State, Trace},
    frame,
    registers::Named,
    word::{Flow, NOP, SIZE, SP, Word},
};
use crate::{object::Code, refusal::Rule};
use disarm64::InsnOpcode;
use disarm64_defn::{InsnClass as Class, InsnFeatureSet as Set};
use kernels_manifest::Feature;
use std::collections::BTreeSet;

/// Registers that no kernel may name, not even to save and restore them: a signal can come at any instruction.
const RESERVED: &[(u32, &str)] = &[
    (18, "x18 belongs to the platform: Darwin and Windows write and read it at any time"),
    (28, "x28 holds the goroutine, and signal handlers follow it"),
    // Go's frame pointers are a chain that the tracer and profilers follow, also while a fault inside the kernel is
    // being handled. The compiler keeps x29 out of use when frame pointers are not switched off for the target.
    (29, "x29 heads the chain of frames that Go's tracer follows"),
];

/// Checks one instruction by itself. `state` is what is known before it, `None` if control never comes there.
pub fn check(at: usize, word: Word, state: Option<State>, declared: &[Feature]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut refuse = |rule, reason: String| faults.push(Fault::new(at, rule, reason));
    match word.flow() {
        Flow::Call => refuse(Rule::Call, "kernels call nothing".into()),
        Flow::Indirect => refuse(Rule::JumpTable, "where it goes cannot be checked".into()),
        Flow::Trap => refuse(Rule::Panic, "kernels are total: they have no path that traps".into()),
        Flow::Next | Flow::Jump(_) | Flow::Branch(_) | Flow::Return => {}
    }
    if !faults.is_empty() {
        return faults;
    }
    let Some(insn) = word.decoded() else {
        return vec![Fault::new(at, Rule::Undecodable, format!("{:08x}", word.0))];
    };
    let mut refuse = |rule, reason: String| faults.push(Fault::new(at, rule, reason));
    let definition = insn.definition();
    if let Err(reason) = feature_allowed(definition.feature_set, declared) {
        refuse(Rule::Feature, reason);
    } else if word != NOP && !class_allowed(definition.class) {
        refuse(Rule::Forbidden, format!("kernels have no use for {:?}", definition.class));
    }
    let named = Named::of(&insn);
    for &(_, reason) in RESERVED.iter().filter(|&&(number, _)| named.x(number)) {
        refuse(Rule::Register, reason.into());
    }
    if named.sp && word.stack_use().is_none() {
        refuse(Rule::StackPointer, "uses sp in a way that cannot be rewritten".into());
    } else if named.sp && state.is_none() {
        refuse(Rule::StackPointer, "uses sp where control never comes".into());
    }
    faults
}

/// Compares the unwind table, which the compiler wrote, with what following the control flow found.
pub fn check_unwind(trace: &Trace, code: &Code) -> Vec<Fault> {
    if code.unwind.is_empty() {
        return vec![Fault::new(0, Rule::Unwind, "the object has none for this kernel")];
    }
    let mut faults = Vec::new();
    for (at, state) in trace.iter().enumerate() {
        let Some(State { depth, .. }) = state else { continue };
        let row = code.cfa((at * SIZE) as u64).and_then(|row| row.rule);
        if row != Some((SP as u16, *depth)) {
            let says = row.map_or("something".into(), |(r, n)| format!("register {r} + {n}"));
            let reason = format!("it says {says}, the instructions say sp + {depth}");
            faults.push(Fault::new(at, Rule::Unwind, reason));
        }
    }
    faults
}

/// Finds the instruction that takes the stack over the row's bound.
pub fn check_bound(words: &[Word], trace: &Trace, bound: u32) -> Option<Fault> {
    let bound = i64::from(bound);
    let over = |at: &usize| frame::need(&trace[*at..=*at], &words[*at..=*at]) > bound;
    let at = (0..words.len()).find(over)?;
    let need = frame::need(trace, words);
    Some(Fault::new(at, Rule::StackBound, format!("{need} bytes, and the row allows {bound}")))
}

/// Features beyond the baseline that the instructions need, each once.
pub fn features(words: &[Word]) -> Vec<Feature> {
    let mut found: Vec<Feature> = words
        .iter()
        .filter_map(|w| feature(w.decoded()?.definition().feature_set).ok().flatten())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Names of the registers that the instructions name, each once: `x0`, `v31`. A name for a part counts as the whole.
pub fn registers(words: &[Word]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for word in words.iter().filter(|w| w.flow() != Flow::Return) {
        let text = word.text(0);
        found.extend(text.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(register));
    }
    found.into_iter().map(|(bank, number)| format!("{bank}{number}")).collect()
}

/// Bank and number of a register's name.
fn register(name: &str) -> Option<(char, u32)> {
    let bank = match name.chars().next()? {
        'x' | 'w' => 'x',
        'b' | 'h' | 's' | 'd' | 'q' | 'v' => 'v',
        _ => return None,
    };
    let digits = name.get(1..)?;
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    (number < 32).then_some((bank, number))
}

/// The feature of the table that an instruction of this set needs: none for the baseline, armv8.0-a with its vectors.
/// What is in neither cannot be declared.
fn feature(needed: Set) -> Result<Option<Feature>, String> {
    match needed {
        Set::V8 | Set::FP | Set::SIMD => Ok(None),
        // PMULL on 64 bits is counted with AES, by the disassembler as by Rust.
        Set::AES => Ok(Some(Feature::ArmAes)),
        Set::CRC => Ok(Some(Feature::ArmCrc)),
        Set::SHA3 => Ok(Some(Feature::ArmSha3)),
        _ => Err(format!("needs {needed}, which the table does not have")),
    }
}

fn feature_allowed(needed: Set, declared: &[Feature]) -> Result<(), String> {
    match feature(needed)? {
        Some(feature) if !declared.contains(&feature) => {
            Err(format!("needs `{}`, which the row does not declare", feature.rust()))
        }
        _ => Ok(()),
    }
}

/// Instructions that compute, load, store and branch. Not among them: system registers and hints, exceptions,
/// barriers, exclusives and atomics, and whole extensions that no row can declare.
pub const fn class_allowed(class: Class) -> bool {
    use Class::*;
    matches!(
        class,
        ADDSUB_CARRY
            | ADDSUB_EXT
            | ADDSUB_IMM
            | ADDSUB_SHIFT
            | ASIMDALL
            | ASIMDDIFF
            | ASIMDELEM
            | ASIMDEXT
            | ASIMDIMM
            | ASIMDINS
            | ASIMDMISC
            | ASIMDPERM
            | ASIMDSAME
            | ASIMDSHF
            | ASIMDTBL
            | ASISDDIFF
            | ASISDELEM
            | ASISDLSE
            | ASISDLSEP
            | ASISDLSO
            | ASISDLSOP
            | ASISDMISC
            | ASISDONE
            | ASISDPAIR
            | ASISDSAME
            | ASISDSHF
            | BITFIELD
            | BRANCH_IMM
            | BRANCH_REG
            | COMPBRANCH
            | CONDBRANCH
            | CONDCMP_IMM
            | CONDCMP_REG
            | CONDSEL
            | CRYPTOAES
            | CRYPTOSHA2
            | CRYPTOSHA3
            | DP_1SRC
            | DP_2SRC
            | DP_3SRC
            | EXTRACT
            | FLOAT2FIX
            | FLOAT2INT
            | FLOATCCMP
            | FLOATCMP
            | FLOATDP1
            | FLOATDP2
            | FLOATDP3
            | FLOATIMM
            | FLOATSEL
            | LDST_IMM9
            | LDST_POS
            | LDST_REGOFF
            | LDST_UNSCALED
            | LDSTNAPAIR_OFFS
            | LDSTPAIR_INDEXED
            | LDSTPAIR_OFF
            | LOADLIT
            | LOG_IMM
            | LOG_SHIFT
            | MOVEWIDE
            | PCRELADDR
            | TESTBRANCH
    )
}

#[cfg(test)]
mod tests {
    use super::{super::flow::trace, *};

    fn rules(bits: u32, declared: &[Feature]) -> Vec<Rule> {
        let state = trace(&[Word(0xd65f_03c0)]).unwrap()[0];
        check(0, Word(bits), state, declared).into_iter().map(|f| f.rule).collect()
    }

    #[test]
    fn each_rule_by_an_instruction_that_breaks_it() {
        for (bits, text, rule) in [
            (0x8b00_0252, "add x18, x18, x0", Rule::Register),
            (0xaa1c_03e0, "mov x0, x28", Rule::Register),
            (0xa9bf_7bfd, "stp x29, x30, [sp, #-16]!", Rule::Register),
            (0x9100_001f, "mov sp, x0", Rule::StackPointer),
            (0x927c_ec1f, "and sp, x0, #0xfffffffffffffff0", Rule::StackPointer),
            (0xf861_6be0, "ldr x0, [sp, x1]", Rule::StackPointer),
            (0x4c40_73e0, "ld1 {v0.16b}, [sp]", Rule::StackPointer),
            (0x9400_0000, "bl", Rule::Call),
            (0xd63f_0100, "blr x8", Rule::JumpTable),
            (0xd61f_0100, "br x8", Rule::JumpTable),
            (0xd65f_0100, "ret x8", Rule::JumpTable),
            (0xd400_0001, "svc #0", Rule::Forbidden),
            (0xd420_0020, "brk #1", Rule::Panic),
            (0x0000_0000, "udf #0", Rule::Panic),
            (0xd53b_d040, "mrs x0, tpidr_el0", Rule::Forbidden),
            (0xd51b_4400, "msr fpcr, x0", Rule::Forbidden),
            (0xd503_3bbf, "dmb ish", Rule::Forbidden),
            (0xc85f_7c00, "ldxr x0, [x0]", Rule::Forbidden),
            (0xd503_203f, "yield", Rule::Forbidden),
            (0x4e28_4820, "aese v0.16b, v1.16b", Rule::Feature),
            (0x0ee0_e020, "pmull v0.1q, v1.1d, v0.1d", Rule::Feature),
            (0x9ac0_4c20, "crc32x w0, w1, x0", Rule::Feature),
            (0xce02_0c20, "eor3 v0.16b, v1.16b, v2.16b, v3.16b", Rule::Feature),
            (0xf820_0020, "ldadd x0, x0, [x1]", Rule::Feature),
            (0x4e80_9420, "sdot v0.4s, v1.16b, v0.16b", Rule::Feature),
            (0x04a0_0020, "add z0.s, z1.s, z0.s", Rule::Feature),
            (0x1ec0_0000, "not allocated", Rule::Undecodable),
        ] {
            assert_eq!(rules(bits, &[]), [rule], "{text}");
        }
    }

    #[test]
    fn declared_features_and_ordinary_instructions_pass() {
        assert_eq!(rules(0x0ee0_e020, &[Feature::ArmAes]), []);
        assert_eq!(rules(0x9ac0_4c20, &[Feature::ArmCrc]), []);
        assert_eq!(rules(0xce02_0c20, &[Feature::ArmSha3]), []);
        assert_eq!(rules(0x9ac0_4c20, &[Feature::ArmAes]), [Rule::Feature]);
        for bits in [0x4ee0_8420, 0xad40_1564, 0xd65f_03c0, 0xd503_201f, 0x9e66_0008, 0x1000_0008] {
            assert_eq!(rules(bits, &[]), [], "{bits:08x}");
        }
    }

    #[test]
    fn sp_where_control_never_comes() {
        let faults = check(0, Word(0x9100_43ff), None, &[]);
        assert_eq!(faults[0].rule, Rule::StackPointer);
    }
}
