//! Lifts amd64 kernels out of their object, into Go.
//!
//! A door's instructions are judged by the gate; then they are written as Go assembly, where the assembler learns of
//! every move of the stack pointer, and what it made of them is compared with what the compiler made.

mod constants;
mod decode;
mod degree;
mod emit;
mod features;
mod flow;
mod gate;
mod memory;
mod prove;
mod state;
#[cfg(test)]
mod tests;
mod timing;
mod upper;

pub use degree::{Call, Shape, Trail};
pub use emit::{Block, Layout, MIN_FRAME, checked, frame_again};
pub use prove::{prove, prove_check};

use crate::{
    machine::Line,
    object::{Code, Data},
    refusal::{Refusal, Rule},
};
use constants::{Pool, Reference};
use decode::Inst;
use kernels_manifest::Feature;

/// A kernel that passed the gate.
pub struct Lifted {
    insts: Vec<Inst>,
    /// Bytes of stack in use before each instruction; `None` where no path leads.
    depths: Vec<Option<i64>>,
    pub pool: Pool,
    references: Vec<Reference>,
    /// The row's bound, which decides the frame.
    bound: u32,
    /// Bytes of stack at the deepest.
    pub stack: i64,
    /// Features beyond the baseline that the instructions need.
    pub features: Vec<Feature>,
    /// Registers that they name, general and vector.
    pub registers: Vec<String>,
}

impl Lifted {
    /// The compiler's instructions.
    pub fn lines(&self) -> Vec<Line> {
        let insts = self.insts.iter().zip(&self.depths).enumerate();
        let lines = insts.map(|(at, (inst, depth))| {
            let reference = self.references.iter().find(|r| r.at == at);
            Line {
                offset: inst.offset(),
                bytes: inst.bytes.clone(),
                text: inst.text(),
                depth: *depth,
                note: reference.map(|r| format!("constants{:+#x}", r.target)).unwrap_or_default(),
                to: flow::next(inst).target,
            }
        });
        lines.collect()
    }
}

/// The instructions of machine code that comes from no object.
pub fn plain(bytes: &[u8]) -> Vec<Inst> {
    decode::sweep(bytes, 0, iced_x86::DecoderOptions::NONE)
}

/// An instruction that breaks a rule, before it is known by its kernel's name.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Fault {
    /// Index of the instruction.
    at: usize,
    rule: Rule,
    reason: String,
}

impl Fault {
    fn new(at: usize, rule: Rule, reason: impl Into<String>) -> Fault {
        Fault { at, rule, reason: reason.into() }
    }

    fn refusal(self, symbol: &str, insts: &[Inst]) -> Refusal {
        let inst = insts.get(self.at);
        Refusal {
            kernel: symbol.to_owned(),
            offset: inst.map_or(0, Inst::offset),
            instruction: inst.map(Inst::text).unwrap_or_default(),
            rule: self.rule,
            reason: self.reason,
        }
    }
}

/// Lifts the door `symbol`, of a row that declares these features and allows `bound` bytes of stack. All that is wrong
/// with it comes back at once.
pub fn lift(
    symbol: &str,
    code: &Code,
    data: &[Data],
    declared: &[Feature],
    bound: u32,
) -> Result<Lifted, Vec<Refusal>> {
    let insts = decode::all(code, declared);
    let (depths, mut faults) = flow::depths(&insts);
    faults.extend(gate::check(&insts, code));
    faults.extend(features::check(&insts, declared));
    faults.extend(upper::check(&insts));
    // What hangs on a depth that is wrong or unknown would be noise.
    if !faults.iter().any(|f| f.rule == Rule::StackPointer) {
        faults.extend(gate::check_unwind(&insts, &depths, code));
        faults.extend(gate::check_bound(&insts, &depths, bound));
        faults.extend(memory::check(&insts, &depths));
    }
    let (pool, references, misplaced) = constants::place(&insts, code, data);
    faults.extend(misplaced);
    if !faults.is_empty() {
        faults.sort_by_key(|f| f.at);
        return Err(faults.into_iter().map(|f| f.refusal(symbol, &insts)).collect());
    }
    let stack = flow::deepest(&insts, &depths).map_or(0, |(_, depth)| depth);
    let (features, registers) = (features::used(&insts), gate::registers(&insts));
    Ok(Lifted { insts, depths, pool, references, bound, stack, features, registers })
}
