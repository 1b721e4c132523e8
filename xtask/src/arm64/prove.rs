//! Compares a function of a linked Go program with what the compiler made, word for word.
//!
//! Nothing that the emitter believes is taken over: the place of the kernel is found by its words, the prologue and the
//! stub are decoded and checked, every word must be the compiler's or one of the few that were rewritten, and those must
//! do to Go's frame what the compiler's do to the kernel's stack. At each of them the runtime's table must say that
//! the frame stands.

use super::{
    Lifted,
    emit::Block,
    flow::State,
    frame::{BELOW, Step, declared},
    word::{Flow, NOP, RET, SIZE, SP, StackUse, Word},
};
use crate::linked::{Function, Rewritten};
use anyhow::{Context, Result, ensure};

/// What the assembler adds to a declared frame that is a multiple of 16.
const ADDED: i64 = 16;
/// Stack that a function may use unchecked.
const GUARDED: i64 = 128;
/// Largest frame that one store with pre-index makes.
const SMALL: i64 = 0xf0;
/// Words of the stub: the branch of the stack check, and the first of those that make the frame.
const BRANCH: usize = 3;
const FRAME: usize = 4;
/// Words of the epilogue and of the growth of the stack behind it.
const EPILOGUE: usize = 3;
const GROWTH: usize = 3;
/// The condition "lower or same", as `b.cond` has it in its lowest bits.
const LS: u32 = 9;
/// Arguments lie above the caller's saved return address.
const ARGUMENTS: i64 = 8;

pub fn prove(block: &Block<'_>, function: &Function) -> Result<Vec<Rewritten>> {
    let lifted = block.lifted;
    let words = words(&function.bytes);
    let image = lifted.image();
    let places: Vec<usize> =
        (0..words.len()).filter(|&at| words[at..].starts_with(&image)).collect();
    let [start] = places[..] else { anyhow::bail!("it stands {} times there", places.len()) };
    let address = function.address + (start * SIZE) as u64;
    ensure!(address.is_multiple_of(lifted.align as u64), "it lies at {address:#x}, not aligned");
    let size = declared(lifted.stack) + ADDED;
    let end = start + image.len();
    stub(block, &words, start, size)?;
    around(&words, end, size)?;
    table(function, start, end, size)?;
    let mut rewritten = Vec::new();
    for (at, step) in lifted.steps.iter().enumerate() {
        let offset = at * SIZE;
        let (was, is) = (step.was(), words[start + at]);
        compare(lifted, at, is, image.len()).with_context(|| {
            let (was, is) = (was.text(offset), is.text(offset));
            format!("at {offset:#x} the compiler wrote `{was}`, in Go stands `{is}`")
        })?;
        if is != was {
            rewritten.push(Rewritten { offset: offset as u64, is: is.text(offset) });
        }
    }
    Ok(rewritten)
}

fn words(bytes: &[u8]) -> Vec<Word> {
    bytes.as_chunks::<SIZE>().0.iter().map(|&b| Word(u32::from_le_bytes(b))).collect()
}

/// From the function's start to the kernel's: the stack check, the frame, the arguments into their registers, and
/// padding. The whole of it is known; another form, of another assembler, would have to be looked at first.
fn stub(block: &Block<'_>, words: &[Word], start: usize, size: i64) -> Result<()> {
    let mut expected = vec![
        "ldr x16, [x28, #0x10]".to_owned(),
        format!("sub x17, sp, #{:#x}", size - GUARDED),
        "subs xzr, x17, x16".to_owned(),
        words[BRANCH].text(BRANCH * SIZE),
    ];
    expected.extend(match size {
        ..=SMALL => vec![format!("str x30, [sp, #-{size}]!"), "stur x29, [sp, #-8]".to_owned()],
        _ => vec![
            format!("sub x20, sp, #{size:#x}"),
            "stp x29, x30, [x20, #-8]".to_owned(),
            "add sp, x20, #0x0".to_owned(),
        ],
    });
    expected.push("sub x29, sp, #0x8".to_owned());
    let place = |offset: usize| size + ARGUMENTS + offset as i64;
    for (register, slot) in block.frame.loads.iter().enumerate() {
        expected.push(match slot.width {
            1 => format!("ldrb w{register}, [sp, #{:#x}]", place(slot.offset)),
            4 => format!("ldr w{register}, [sp, #{:#x}]", place(slot.offset)),
            _ => format!("ldr x{register}, [sp, #{:#x}]", place(slot.offset)),
        });
    }
    if let Some(slot) = &block.frame.result {
        let register = block.frame.loads.len();
        expected.push(format!("add x{register}, sp, #{:#x}", place(slot.offset)));
    }
    expected.resize(start.max(expected.len()), NOP.text(0));
    let all: Vec<String> =
        words[..start].iter().enumerate().map(|(at, w)| w.text(at * SIZE)).collect();
    ensure!(all == expected, "the stub is not as it must be: {}", all.join("; "));
    Ok(())
}

/// Behind the constants: the frame pointer and the stack pointer as they were, the return; then, where the stack check
/// branches to, the call that grows the stack, and from there to the start.
fn around(words: &[Word], end: usize, size: i64) -> Result<()> {
    let text = |at: usize| words.get(at).map_or(String::new(), |w| w.text(0));
    let expected = [
        format!("add x29, sp, #{:#x}", size - 8),
        format!("add sp, sp, #{size:#x}"),
        RET.text(0),
        "orr x3, xzr, x30".to_owned(),
    ];
    let found: Vec<String> = (end..end + expected.len()).map(text).collect();
    ensure!(found == expected, "the epilogue is not as it must be: {}", found.join("; "));
    let growth = end + EPILOGUE;
    let to_growth = words[BRANCH].flow() == Flow::Branch(((growth - BRANCH) * SIZE) as i64);
    ensure!(to_growth && words[BRANCH].rd() == LS, "the stack check leads elsewhere");
    let calls = words.get(growth + 1).is_some_and(|w| w.flow() == Flow::Call);
    let back = Flow::Jump(-(((growth + 2) * SIZE) as i64));
    let returns = words.get(growth + 2).is_some_and(|w| w.flow() == back);
    ensure!(calls && returns, "the stack does not grow, or the function does not start again");
    Ok(())
}

/// What the runtime believes of the stack: nothing before the frame and after it, and the frame at every instruction
/// between.
fn table(function: &Function, start: usize, end: usize, size: i64) -> Result<()> {
    let established = if size <= SMALL { FRAME + 1 } else { FRAME + 3 };
    let frame = established..end + EPILOGUE - 1;
    assert!(established < start, "the stub was checked");
    for at in 0..end + EPILOGUE + GROWTH {
        let expected = if frame.contains(&at) { size } else { 0 };
        let depth = function.depth((at * SIZE) as u64);
        ensure!(
            depth == Some(expected),
            "at word {at} of the function the stack is {expected} bytes deep, and the runtime believes {depth:?}"
        );
    }
    Ok(())
}

/// One word of the program against the compiler's. `end` is the index of the epilogue.
fn compare(lifted: &Lifted, at: usize, is: Word, end: usize) -> Result<()> {
    match lifted.steps[at] {
        Step::Same(was) => ensure!(is == was, "not the same word"),
        Step::Return => {
            let to_end = ((end - at) * SIZE) as i64;
            ensure!(is.flow() == Flow::Jump(to_end), "does not go to the epilogue");
        }
        Step::Aimed { was, .. } => {
            // The distance fields of `adr` and of literal loads.
            let fields = 0x60ff_ffe0;
            ensure!((is.0 ^ was.0) & !fields == 0, "more than the distance differs");
            let target = is.reach().context("reaches no constant")? + (at * SIZE) as i64;
            let pool = lifted.pool_at() as i64;
            let inside = pool..pool + lifted.pool.len() as i64;
            ensure!(inside.contains(&target), "points to {target:#x}, not to a constant");
        }
        Step::Instead { was, .. } => {
            let state = lifted.trace[at].context("on no path")?;
            same_effect(was, is, state, lifted.stack)?;
        }
    }
    Ok(())
}

/// Whether `is` does to a frame that stands still what `was` does to a stack that moves.
fn same_effect(was: Word, is: Word, state: State, need: i64) -> Result<()> {
    let slot = match was.stack_use() {
        Some(StackUse::Move(_)) => {
            ensure!(is == NOP, "not a nop");
            return Ok(());
        }
        Some(StackUse::Access { offset, .. } | StackUse::Address { offset }) => {
            state.depth - offset
        }
        Some(StackUse::PreIndexed { by, .. }) => state.depth - by,
        Some(StackUse::PostIndexed { .. }) => state.depth,
        None => anyhow::bail!("does not use the stack"),
    };
    let now = match is.stack_use() {
        Some(StackUse::Access { offset, .. } | StackUse::Address { offset }) => offset,
        _ => anyhow::bail!("moves the stack pointer"),
    };
    ensure!(now == BELOW + need - slot, "another slot");
    ensure!(now >= BELOW && now <= BELOW + need, "outside of the frame's part for the kernel");
    ensure!(is.rn() == SP, "not by the stack pointer");
    ensure!(what(was) == what(is), "does something else");
    Ok(())
}

/// An instruction without its addressing: mnemonic and registers.
fn what(word: Word) -> String {
    let text = word.text(0);
    let text = text.split('[').next().unwrap_or_default();
    // `mov x8, sp` is how disassemblers write `add x8, sp, #0`; the unscaled loads and stores have an u in their name.
    let (name, operands) = text.split_once(' ').unwrap_or((text, ""));
    let name = match name {
        "ldur" => "ldr",
        "stur" => "str",
        "mov" | "add" => return operands.split(',').next().unwrap_or_default().to_owned(),
        _ => name,
    };
    format!("{name} {operands}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: i64 = 48;

    fn effect(was: u32, is: u32) -> Result<()> {
        let words = [Word(0xd100_c3ff), Word(was), Word(0x9100_c3ff), RET];
        let trace = super::super::flow::trace(&words).unwrap();
        let state = trace[1].unwrap();
        assert_eq!(state.depth, STATE);
        same_effect(Word(was), Word(is), state, STATE)
    }

    #[test]
    fn the_same_slot_of_the_same_register() {
        let (store, sixteen_up) = (0xf900_07e2, 0xf900_0fe2);
        effect(store, sixteen_up).unwrap();
        assert!(effect(store, 0xf900_0be2).unwrap_err().to_string().contains("another slot"));
        assert!(effect(store, 0xf900_0fe3).unwrap_err().to_string().contains("something else"));
        assert!(effect(store, 0xf940_0fe2).unwrap_err().to_string().contains("something else"));
        assert!(effect(store, 0xb900_1be2).unwrap_err().to_string().contains("something else"));
        effect(0x9100_43e8, 0x9100_83e8).unwrap();
        effect(0x9100_03e8, 0x9100_43e8).unwrap();
        assert!(effect(0x9100_43e8, 0x9100_83e9).is_err());
    }

    #[test]
    fn stack_moves_become_nothing() {
        let state = super::super::flow::trace(&[RET]).unwrap()[0].unwrap();
        same_effect(Word(0xd100_43ff), NOP, state, 16).unwrap();
        same_effect(Word(0xd100_43ff), Word(0xd100_43ff), state, 16).unwrap_err();
    }
}
