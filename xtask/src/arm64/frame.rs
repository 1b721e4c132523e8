//! Moves a kernel's stack into a frame of Go's.
//!
//! Go's frame lies still while a function runs: the return address at 0(RSP), the caller's frame pointer at -8(RSP), and
//! in the top eight bytes that of the caller's caller. Whoever unwinds (a profiler, a panic, the tracer) looks there.
//! So the kernel's stack pointer does not move at all: its pushes and pops lose their effect on sp, and each access is
//! sent to where its slot lies in the declared frame. The kernel's stack, `need` bytes at its deepest, occupies
//! `RSP+16 .. RSP+16+need`; 16 because the return address takes the first eight and slots stay 16-aligned.

use super::{
    Fault,
    flow::{State, Trace},
    word::{Flow, NOP, RET, StackUse, Word},
};
use crate::refusal::Rule;

/// Below the kernel's stack: the return address, and eight bytes so that slots stay aligned.
pub const BELOW: i64 = 16;
/// What a declared frame must have beyond the kernel's stack. The assembler adds 16 bytes to a multiple of 16: eight for
/// the return address, and at the top eight where the caller saved its own frame pointer, which stay untouched.
const BESIDE: i64 = BELOW;
/// Frames below this size get no stack check, and the check is where a goroutine can be preempted.
const SMALLEST: i64 = 128;

/// One instruction after lifting.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The compiler's word.
    Same(Word),
    /// A word in place of the compiler's.
    Instead { was: Word, is: Word },
    /// The compiler's word with the distance to its constant filled in.
    Aimed { was: Word, is: Word },
    /// `ret`, which becomes a jump to the one epilogue.
    Return,
}

impl Step {
    /// What the compiler wrote.
    pub const fn was(self) -> Word {
        match self {
            Step::Same(was) | Step::Instead { was, .. } | Step::Aimed { was, .. } => was,
            Step::Return => RET,
        }
    }
}

/// Bytes of stack that the kernel uses at its deepest.
pub fn need(trace: &[Option<State>], words: &[Word]) -> i64 {
    let before = trace.iter().flatten().map(|s| s.depth).max().unwrap_or(0);
    let pushed = trace.iter().zip(words).filter_map(|(state, word)| match word.stack_use()? {
        StackUse::PreIndexed { by, .. } | StackUse::Move(by) => Some(state.as_ref()?.depth - by),
        _ => None,
    });
    pushed.max().unwrap_or(0).max(before)
}

/// Size of the frame to declare for a kernel that needs `need` bytes.
pub fn declared(need: i64) -> i64 {
    SMALLEST.max((need + BESIDE + 15) / 16 * 16)
}

/// Every instruction of the kernel with its stack where Go's frame has it.
pub fn lifted(words: &[Word], trace: &Trace, need: i64) -> (Vec<Step>, Vec<Fault>) {
    let mut faults = Vec::new();
    let steps = words.iter().zip(trace).enumerate().map(|(at, (&word, state))| {
        if word.flow() == Flow::Return {
            return Step::Return;
        }
        let (Some(stack_use), Some(state)) = (word.stack_use(), state) else {
            return Step::Same(word);
        };
        match moved(word, stack_use, state.depth, need) {
            Ok(is) => Step::Instead { was: word, is },
            Err(reason) => {
                faults.push(Fault::new(at, Rule::StackAccess, reason));
                Step::Same(word)
            }
        }
    });
    (steps.collect(), faults)
}

/// The word that does to the frame what `word` does to the kernel's stack at this depth.
fn moved(word: Word, stack_use: StackUse, depth: i64, need: i64) -> Result<Word, String> {
    let (offset, width, depth_then) = match stack_use {
        StackUse::Move(_) => return Ok(NOP),
        StackUse::Access { offset, width } => (offset, width, depth),
        StackUse::PreIndexed { by, width } => (by, width, depth - by),
        StackUse::PostIndexed { by: _, width } => (0, width, depth),
        StackUse::Address { offset } => (offset, 0, depth),
    };
    let below_entry = depth - offset;
    if below_entry > depth_then {
        return Err(format!(
            "{} bytes below sp, where signal handlers write",
            below_entry - depth_then
        ));
    }
    if below_entry < width {
        return Err(format!("reaches {} bytes above the kernel's own stack", width - below_entry));
    }
    let place = BELOW + need - below_entry;
    word.at(place).ok_or_else(|| format!("no encoding of this instruction reaches {place}(RSP)"))
}

#[cfg(test)]
mod tests {
    use super::{super::flow::trace, *};

    fn lift(words: &[u32]) -> (i64, Vec<Step>, Vec<Fault>) {
        let words: Vec<Word> = words.iter().map(|&w| Word(w)).collect();
        let trace = trace(&words).unwrap();
        let need = need(&trace, &words);
        let (steps, faults) = lifted(&words, &trace, need);
        (need, steps, faults)
    }

    fn text(step: Step) -> String {
        let word = match step {
            Step::Same(word) | Step::Instead { is: word, .. } | Step::Aimed { is: word, .. } => {
                word
            }
            Step::Return => return "done".into(),
        };
        word.text(0)
    }

    #[test]
    fn a_frame_of_one_piece_moves_by_sixteen() {
        let (need, steps, faults) = lift(&[
            0xd102_83ff, // sub sp, sp, #160
            0xa905_6ffe, // stp x30, x27, [sp, #80]
            0xf900_03e2, // str x2, [sp]
            0x9100_83e8, // add x8, sp, #32
            0xa945_6ffe, // ldp x30, x27, [sp, #80]
            0x9102_83ff, // add sp, sp, #160
            0xd65f_03c0, // ret
        ]);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(need, 160);
        let text: Vec<String> = steps.into_iter().map(text).collect();
        assert_eq!(
            text,
            [
                "nop",
                "stp x30, x27, [sp, #96]",
                "str x2, [sp, #0x10]",
                "add x8, sp, #0x30",
                "ldp x30, x27, [sp, #96]",
                "nop",
                "done",
            ]
        );
    }

    #[test]
    fn a_frame_in_two_pieces_keeps_each_slot_in_its_place() {
        let (need, steps, faults) = lift(&[
            0xa9bd_5ff8, // stp x24, x23, [sp, #-48]!
            0xa901_57f6, // stp x22, x21, [sp, #16]
            0xd101_03ff, // sub sp, sp, #64
            0xf900_07e2, // str x2, [sp, #8]
            0xa945_57f6, // ldp x22, x21, [sp, #80]
            0x9101_03ff, // add sp, sp, #64
            0xa8c3_5ff8, // ldp x24, x23, [sp], #48
            0xd65f_03c0, // ret
        ]);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(need, 112);
        let text: Vec<String> = steps.into_iter().map(text).collect();
        assert_eq!(
            text,
            [
                "stp x24, x23, [sp, #80]",
                "stp x22, x21, [sp, #96]",
                "nop",
                "str x2, [sp, #0x18]",
                "ldp x22, x21, [sp, #96]",
                "nop",
                "ldp x24, x23, [sp, #80]",
                "done",
            ]
        );
    }

    #[test]
    fn accesses_outside_are_faults() {
        // str x0, [sp, #-8] (stur); ret
        let (_, _, faults) = lift(&[0xf81f_83e0, 0xd65f_03c0]);
        assert_eq!((faults[0].at, faults[0].rule), (0, Rule::StackAccess));
        // ldr x0, [sp]; ret: an argument on the caller's stack
        let (_, _, faults) = lift(&[0xf940_03e0, 0xd65f_03c0]);
        assert_eq!((faults[0].at, faults[0].rule), (0, Rule::StackAccess));
        // sub sp, sp, #512; ldp x0, x1, [sp, #496]; add sp, sp, #512; ret: too far for a pair once moved
        let (_, _, faults) = lift(&[0xd108_03ff, 0xa95f_07e0, 0x9108_03ff, 0xd65f_03c0]);
        assert_eq!((faults[0].at, faults[0].rule), (1, Rule::StackAccess));
    }

    #[test]
    fn frames_are_checked_and_hold_the_stack() {
        assert_eq!(declared(0), 128);
        assert_eq!(declared(112), 128);
        assert_eq!(declared(113), 144);
        assert_eq!(declared(160), 176);
    }
}
