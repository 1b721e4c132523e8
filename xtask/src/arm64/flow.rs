//! What is known at each instruction of a kernel, found by following its control flow: how far the stack pointer has
//! moved, and where the return address is.

use super::{
    Fault,
    word::{Flow, SIZE, StackUse, Word},
};
use crate::refusal::Rule;

/// Register number of the link register.
const LINK: u32 = 30;

/// What is known before an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct State {
    /// Bytes between the stack pointer and what it was on entry.
    pub depth: i64,
    /// x30 holds the return address.
    link_intact: bool,
    /// The return address lies this many bytes below the stack pointer on entry.
    link_saved: Option<i64>,
}

/// The state before each instruction; `None` where control never comes.
pub type Trace = Vec<Option<State>>;

/// Follows every path from the first instruction. Faults: two ways to one place with different depths, a branch out of
/// the code, a return with the stack pointer or the return address not as on entry.
pub fn trace(words: &[Word]) -> Result<Trace, Fault> {
    let mut trace: Trace = vec![None; words.len()];
    let mut work = vec![(0, State { depth: 0, link_intact: true, link_saved: None })];
    while let Some((at, state)) = work.pop() {
        let Some(state) = joined(trace[at], state, at)? else { continue };
        trace[at] = Some(state);
        let word = words[at];
        let after = state.after(word, at)?;
        let target = |distance: i64| target(words.len(), at, distance).map(|t| (t, after));
        match word.flow() {
            Flow::Next => work.push(target(SIZE as i64)?),
            Flow::Jump(distance) => work.push(target(distance)?),
            Flow::Branch(distance) => work.extend([target(distance)?, target(SIZE as i64)?]),
            Flow::Return => state.check_return(at)?,
            // The gate names these; what lies behind them is not followed.
            Flow::Call | Flow::Indirect | Flow::Trap => {}
        }
    }
    Ok(trace)
}

/// What is known when `new` comes in beside `old`; `None` if that is nothing less than before.
fn joined(old: Option<State>, new: State, at: usize) -> Result<Option<State>, Fault> {
    let Some(old) = old else { return Ok(Some(new)) };
    if old.depth != new.depth {
        let reason =
            format!("{} bytes of stack on one way here, {} on another", old.depth, new.depth);
        return Err(Fault::new(at, Rule::StackPointer, reason));
    }
    let both = State {
        depth: old.depth,
        link_intact: old.link_intact && new.link_intact,
        link_saved: old.link_saved.filter(|_| old.link_saved == new.link_saved),
    };
    Ok((both != old).then_some(both))
}

/// Index of the instruction that lies `distance` bytes from instruction `at`.
fn target(len: usize, at: usize, distance: i64) -> Result<usize, Fault> {
    let index = at as i64 + distance / SIZE as i64;
    match usize::try_from(index) {
        Ok(index) if index < len => Ok(index),
        _ if distance == SIZE as i64 => {
            Err(Fault::new(at, Rule::Call, "control runs off the end of the kernel"))
        }
        _ => Err(Fault::new(at, Rule::Call, "branches out of the kernel")),
    }
}

impl State {
    fn after(self, word: Word, at: usize) -> Result<State, Fault> {
        let Some(stack_use) = word.stack_use() else {
            return Ok(self.link_after(word, None));
        };
        let (address, by) = match stack_use {
            StackUse::Move(by) => (0, by),
            StackUse::Access { offset, .. } => (offset, 0),
            StackUse::PreIndexed { by, .. } => (by, by),
            StackUse::PostIndexed { by, .. } => (0, by),
            StackUse::Address { .. } => (0, 0),
        };
        let below_entry = self.depth - address;
        let depth = self.depth - by;
        if depth < 0 {
            return Err(Fault::new(at, Rule::StackPointer, "moves sp above what it was on entry"));
        }
        Ok(State { depth, ..self.link_after(word, Some(below_entry)) })
    }

    /// Where the return address is after `word`, which accesses memory `below_entry` bytes below the first sp if
    /// that is known.
    fn link_after(self, word: Word, below_entry: Option<i64>) -> State {
        let Some(transfer) = word.transfer_of(LINK) else {
            let named =
                word.decoded().is_none_or(|insn| super::registers::Named::of(&insn).x(LINK));
            let link_intact = self.link_intact && (!named || word == super::word::RET);
            return State { link_intact, ..self };
        };
        let slot = below_entry.map(|n| n - transfer.offset);
        match transfer.load {
            true => State { link_intact: slot.is_some() && slot == self.link_saved, ..self },
            false if self.link_intact => State { link_saved: slot, ..self },
            false => self,
        }
    }

    fn check_return(self, at: usize) -> Result<(), Fault> {
        if self.depth != 0 {
            let reason = format!("returns with {} bytes on the stack", self.depth);
            return Err(Fault::new(at, Rule::StackPointer, reason));
        }
        if !self.link_intact {
            let reason = "returns through x30 without having restored it from the stack";
            return Err(Fault::new(at, Rule::Register, reason));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depths(words: &[u32]) -> Result<Vec<Option<i64>>, Fault> {
        let words: Vec<Word> = words.iter().map(|&w| Word(w)).collect();
        Ok(trace(&words)?.into_iter().map(|s| s.map(|s| s.depth)).collect())
    }

    #[test]
    fn early_return_and_indexed_pushes() {
        let kernel = [
            0xf100_083f, // cmp x1, #2
            0x5400_00c3, // b.lo +24, to ret
            0xa9be_4ffe, // stp x30, x19, [sp, #-32]!
            0xd101_03ff, // sub sp, sp, #64
            0x8b00_03de, // add x30, x30, x0
            0x9101_03ff, // add sp, sp, #64
            0xa8c2_4ffe, // ldp x30, x19, [sp], #32
            0xd65f_03c0, // ret
        ];
        let expected = [0, 0, 0, 32, 96, 96, 32, 0].map(Some);
        assert_eq!(depths(&kernel).unwrap(), expected);
    }

    #[test]
    fn a_jump_over_a_push_is_a_fault() {
        let fault = depths(&[0xb400_0040, 0xd100_43ff, 0xd65f_03c0]).unwrap_err();
        assert_eq!((fault.at, fault.rule), (2, Rule::StackPointer));
    }

    #[test]
    fn a_return_with_stack_or_without_its_address_is_a_fault() {
        let fault = depths(&[0xd100_43ff, 0xd65f_03c0]).unwrap_err();
        assert_eq!((fault.at, fault.rule), (1, Rule::StackPointer));
        // mov x30, x0; ret
        let fault = depths(&[0xaa00_03fe, 0xd65f_03c0]).unwrap_err();
        assert_eq!((fault.at, fault.rule), (1, Rule::Register));
        // str x30, [sp, #-16]!; mov x30, x0; ldr x30, [sp, #8]; add sp, sp, #16; ret: the wrong slot
        let wrong = [0xf81f_0ffe, 0xaa00_03fe, 0xf940_07fe, 0x9100_43ff, 0xd65f_03c0];
        assert_eq!(depths(&wrong).unwrap_err().rule, Rule::Register);
    }

    #[test]
    fn control_stays_in_the_kernel() {
        assert_eq!(depths(&[0x1400_0002, 0xd65f_03c0]).unwrap_err().rule, Rule::Call);
        assert_eq!(depths(&[0x17ff_ffff]).unwrap_err().rule, Rule::Call);
        assert_eq!(depths(&[0xd503_201f]).unwrap_err().rule, Rule::Call);
    }

    #[test]
    fn loops_end() {
        // cbnz x0, 0; ret; nop
        assert_eq!(
            depths(&[0xb500_0000, 0xd65f_03c0, 0xd503_201f]).unwrap(),
            [Some(0), Some(0), None]
        );
    }
}
