//! Lifts arm64 kernels out of their object, into Go.
//!
//! A door's words are judged by the gate, its stack is moved into a frame of Go's, and its constants are put behind it.

mod constants;
mod emit;
mod flow;
mod frame;
mod gate;
mod prove;
mod registers;
#[cfg(test)]
mod tests;
mod timing;
mod word;

use crate::{
    machine::Line,
    object::{Code, Data},
    refusal::{Refusal, Rule},
};
pub use emit::Block;
pub use frame::declared;
pub use prove::prove;

use flow::Trace;
use frame::Step;
use kernels_manifest::Feature;
use word::{SIZE, Word};

/// A kernel ready for Go.
pub struct Lifted {
    steps: Vec<Step>,
    trace: Trace,
    /// Constants, which stand behind the last instruction.
    pub pool: Vec<u8>,
    /// Of the first instruction and of the constants, at least 16.
    align: usize,
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
        let steps = self.steps.iter().enumerate();
        let lines = steps.map(|(at, step)| {
            let (offset, word) = (at * SIZE, step.was());
            let bytes = word.0.to_le_bytes().to_vec();
            Line {
                offset: offset as u64,
                bytes,
                text: word.text(offset),
                depth: None,
                note: String::new(),
                to: word.branches_to(offset as u64),
            }
        });
        lines.collect()
    }
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

    fn refusal(self, symbol: &str, words: &[Word]) -> Refusal {
        let offset = self.at * SIZE;
        Refusal {
            kernel: symbol.to_owned(),
            offset: offset as u64,
            instruction: words.get(self.at).map(|w| w.text(offset)).unwrap_or_default(),
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
    let words: Vec<Word> = code
        .bytes
        .as_chunks::<SIZE>()
        .0
        .iter()
        .map(|&bytes| Word(u32::from_le_bytes(bytes)))
        .collect();
    lift_words(&words, code, data, declared, bound)
        .map_err(|faults| faults.into_iter().map(|f| f.refusal(symbol, &words)).collect())
}

fn lift_words(
    words: &[Word],
    code: &Code,
    data: &[Data],
    declared: &[Feature],
    bound: u32,
) -> Result<Lifted, Vec<Fault>> {
    let (trace, mut faults) = match flow::trace(words) {
        Ok(trace) => (trace, Vec::new()),
        Err(fault) => (vec![None; words.len()], vec![fault]),
    };
    // Without a trace nothing is known of sp, and the one fault that prevented it says so.
    let traced = faults.is_empty();
    for (at, &word) in words.iter().enumerate() {
        let found = gate::check(at, word, trace[at], declared);
        let offset = (at * SIZE) as u64;
        // Of a call with a relocation, that says more: whom it calls.
        let named = code.relocation(offset..offset + SIZE as u64).is_some();
        faults.extend(found.into_iter().filter(|f| match f.rule {
            Rule::StackPointer => traced,
            Rule::Call => !named,
            _ => true,
        }));
    }
    let stack = frame::need(&trace, words);
    let (mut steps, moved) = frame::lifted(words, &trace, stack);
    faults.extend(moved);
    faults.extend(gate::check_unwind(&trace, code));
    faults.extend(gate::check_bound(words, &trace, bound));
    let placed = constants::place(&mut steps, code, data).map_err(|f| faults.extend(f));
    faults.sort_by_key(|f| f.at);
    match placed {
        Ok(placed) if faults.is_empty() => Ok(Lifted {
            steps,
            trace,
            pool: placed.bytes,
            align: placed.align,
            stack,
            features: gate::features(words),
            registers: gate::registers(words),
        }),
        _ => Err(faults),
    }
}
