//! Writes a lifted kernel as Go assembly.
//!
//! Everything from the first instruction to the label `done` has its final size and place here, whatever the assembler
//! makes of the prologue and the epilogue around it; so distances within it are known, and it can be compared byte for
//! byte in a linked program.

use super::{
    Lifted,
    constants::pool_offset,
    frame::{Step, declared},
    word::{NOP, SIZE, Word},
};
use crate::generate::go::signature::Frame;
use std::fmt::Write;

/// A kernel with all that its TEXT needs.
pub struct Block<'a> {
    pub name: &'a str,
    pub frame: &'a Frame,
    pub lifted: &'a Lifted,
}

/// The label of the one epilogue.
const DONE: &str = "done";

impl Block<'_> {
    /// The whole TEXT.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out).expect("a string takes everything");
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let lifted = self.lifted;
        let size = declared(lifted.stack);
        writeln!(out, "TEXT ·{}(SB), 0, ${size}-{}", self.name, self.frame.size)?;
        for (register, slot) in self.frame.loads.iter().enumerate() {
            let load = mnemonic(slot.width);
            writeln!(out, "\t{load} {}+{}(FP), R{register}", slot.name, slot.offset)?;
        }
        if let Some(slot) = &self.frame.result {
            let register = self.frame.loads.len();
            writeln!(out, "\tMOVD ${}+{}(FP), R{register}", slot.name, slot.offset)?;
        }
        writeln!(out, "\tPCALIGN ${}", lifted.align)?;
        for (at, step) in lifted.steps.iter().enumerate() {
            write_step(out, *step, at * SIZE)?;
        }
        for word in lifted.behind_code() {
            writeln!(out, "\tWORD $0x{:08x}", word.0)?;
        }
        writeln!(out, "{DONE}:\n\tRET\n")
    }
}

/// The load of an argument of so many bytes into a whole register.
const fn mnemonic(width: usize) -> &'static str {
    match width {
        1 => "MOVBU",
        4 => "MOVWU",
        _ => "MOVD",
    }
}

fn write_step(out: &mut String, step: Step, offset: usize) -> std::fmt::Result {
    match step {
        Step::Same(word) => writeln!(out, "\tWORD $0x{:08x} // {}", word.0, word.text(offset)),
        Step::Aimed { is, .. } => writeln!(out, "\tWORD $0x{:08x} // {}", is.0, is.text(offset)),
        Step::Instead { was, is } => {
            writeln!(out, "\tWORD $0x{:08x} // {}; was {}", is.0, is.text(offset), was.text(offset))
        }
        Step::Return => writeln!(out, "\tB {DONE} // ret"),
    }
}

impl Lifted {
    /// Offset of the constants from the first instruction.
    pub fn pool_at(&self) -> usize {
        pool_offset(self.steps.len(), self.align)
    }

    /// What stands between the last instruction and the epilogue: padding and constants, or nothing.
    fn behind_code(&self) -> Vec<Word> {
        if self.pool.is_empty() {
            return Vec::new();
        }
        let padding = self.pool_at() / SIZE - self.steps.len();
        let constants = self.pool.chunks(SIZE).map(|bytes| {
            let mut word = [0; SIZE];
            word[..bytes.len()].copy_from_slice(bytes);
            Word(u32::from_le_bytes(word))
        });
        std::iter::repeat_n(NOP, padding).chain(constants).collect()
    }

    /// Every word from the first instruction up to the epilogue, as it must stand in a program.
    pub fn image(&self) -> Vec<Word> {
        let behind = self.behind_code();
        let end = self.steps.len() + behind.len();
        let code = self.steps.iter().enumerate().map(|(at, step)| match *step {
            Step::Same(word) => word,
            Step::Instead { is, .. } | Step::Aimed { is, .. } => is,
            Step::Return => Word(0x1400_0000).with(0, 26, (end - at) as u32),
        });
        code.chain(behind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::go::signature::Slot;

    fn kernel(steps: Vec<Step>, pool: Vec<u8>) -> Lifted {
        let (trace, align) = (vec![None; steps.len()], 16);
        Lifted { steps, trace, pool, align, stack: 0, features: Vec::new(), registers: Vec::new() }
    }

    #[test]
    fn a_text() {
        let slot = |name: &str, offset, width| Slot { name: name.into(), offset, width };
        let frame = Frame {
            loads: vec![slot("p_base", 0, 8), slot("p_len", 8, 8), slot("c", 24, 1)],
            result: Some(slot("ret", 32, 8)),
            size: 40,
        };
        let sub = Step::Instead { was: Word(0xd100_43ff), is: NOP };
        let add = Step::Same(Word(0x8b01_0000));
        let lifted = kernel(vec![sub, add, Step::Return], vec![1, 2, 3, 4, 5]);
        let text = Block { name: "sumNEON", frame: &frame, lifted: &lifted }.text();
        let expected = "TEXT ·sumNEON(SB), 0, $128-40
\tMOVD p_base+0(FP), R0
\tMOVD p_len+8(FP), R1
\tMOVBU c+24(FP), R2
\tMOVD $ret+32(FP), R3
\tPCALIGN $16
\tWORD $0xd503201f // nop; was sub sp, sp, #0x10
\tWORD $0x8b010000 // add x0, x0, x1
\tB done // ret
\tWORD $0xd503201f
\tWORD $0x04030201
\tWORD $0x00000005
done:
\tRET

";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_image_is_what_the_text_says() {
        let lifted = kernel(vec![Step::Return, Step::Return], vec![0xaa; 8]);
        let words = [0x1400_0006, 0x1400_0005, NOP.0, NOP.0, 0xaaaa_aaaa, 0xaaaa_aaaa];
        assert_eq!(lifted.image(), words.map(Word));
        let bare = kernel(vec![Step::Return, Step::Return], Vec::new()).image();
        assert_eq!(bare, [0x1400_0002, 0x1400_0001].map(Word));
    }
}
