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
    stub(block, &words[..start], size)?;
    epilogue(&words[start + image.len()..], size)?;
    let mut rewritten = Vec::new();
    for (at, step) in lifted.steps.iter().enumerate() {
        let offset = at * SIZE;
        let is = words[start + at];
        let was = step.was();
        compare(lifted, at, is, image.len()).with_context(|| {
            let (was, is) = (was.text(offset), is.text(offset));
            format!("at {offset:#x} the compiler wrote `{was}`, in Go stands `{is}`")
        })?;
        let depth = function.depth(((start + at) * SIZE) as u64);
        ensure!(depth == Some(size), "at {offset:#x} the runtime believes in a frame of {depth:?}");
        if is != was {
            rewritten.push(Rewritten { offset: offset as u64, is: is.text(offset) });
        }
    }
    Ok(rewritten)
}

fn words(bytes: &[u8]) -> Vec<Word> {
    bytes.as_chunks::<SIZE>().0.iter().map(|&b| Word(u32::from_le_bytes(b))).collect()
}

/// From the function's start to the kernel's: a stack check, the frame, the arguments into their registers.
fn stub(block: &Block<'_>, words: &[Word], size: i64) -> Result<()> {
    let padding = words.iter().rev().take_while(|&&w| w == NOP).count();
    let mut expected = vec!["sub x29, sp, #0x8".to_owned()];
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
    let all: Vec<String> = words[..words.len() - padding].iter().map(|w| w.text(0)).collect();
    ensure!(all.ends_with(&expected), "the stub is not as it must be: {}", all.join("; "));
    let saved = all[..all.len() - expected.len()].iter().any(|text| {
        *text == format!("str x30, [sp, #-{size}]!") || text == "stp x29, x30, [x20, #-8]"
    });
    ensure!(saved, "nothing saves the return address: {}", all.join("; "));
    ensure!(all.iter().any(|t| t.starts_with("b.ls ")), "no stack check: {}", all.join("; "));
    Ok(())
}

/// Behind the constants: the frame pointer and the stack pointer as they were, and the return.
fn epilogue(words: &[Word], size: i64) -> Result<()> {
    let text: Vec<String> = words.iter().take(3).map(|w| w.text(0)).collect();
    let expected =
        [format!("add x29, sp, #{:#x}", size - 8), format!("add sp, sp, #{size:#x}"), RET.text(0)];
    ensure!(text == expected, "the epilogue is not as it must be: {}", text.join("; "));
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

    #[test]
    fn an_epilogue_of_another_size_is_none() {
        // add x29, sp, #136; add sp, sp, #144; ret
        let words = [Word(0x9102_23fd), Word(0x9102_43ff), RET];
        epilogue(&words, 144).unwrap();
        assert!(epilogue(&words, 160).is_err());
        assert!(epilogue(&words[1..], 144).is_err());
    }
}
