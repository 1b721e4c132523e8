//! Writes a lifted kernel as Go assembly.
//!
//! Distances between the kernel and its constants are fixed by their common alignment, whatever the assembler makes of
//! the prologue: so displacements can be bytes. They are known once the assembler has said how long its branches are,
//! which takes a first run with displacements of 0.

use super::{
    Lifted,
    decode::{self, Inst},
    flow,
};
use crate::generate::go::signature::Frame;
use iced_x86::{FlowControl, Instruction, Mnemonic};
use std::collections::{BTreeMap, BTreeSet};

/// C argument registers, in Go's names.
const ARGUMENTS: [&str; 6] = ["DI", "SI", "DX", "CX", "R8", "R9"];
/// What the compiler aligns loops to.
const LOOP_ALIGN: u64 = 16;
/// Where a kernel begins: the compiler asks for 16, and the other half of a fetch window would make the speed of loops
/// hang on the length of the stub. The padding costs nothing that can be measured.
const START_ALIGN: u64 = 32;
/// With the saved frame pointer this is the smallest frame for which the assembler writes a stack check.
pub const MIN_FRAME: u32 = 120;
/// The frame pointer, which the assembler saves above a declared frame.
pub const SAVED_BP: i64 = 8;
/// Longest step of one `ADJSP`, so that its instruction is 4 bytes.
const MAX_STEP: i64 = 120;

/// A byte that stops whoever runs it.
pub const FILL: u8 = 0xcc;

/// What stands in the place of an instruction, or between two.
#[derive(Clone, Debug)]
pub enum Item {
    /// The compiler's bytes.
    Same { inst: usize },
    /// The compiler's bytes, but for the displacement: the constant at this offset of the pool.
    Constant { inst: usize, target: i64 },
    /// A push, a pop, or an addition to the stack pointer, as the assembler is told of it.
    Stack { inst: usize },
    /// A branch to the instruction of that index.
    Branch { inst: usize, to: usize },
    /// Never run: the stack is `by` bytes deeper behind it than before it.
    Table { by: i64, bytes: u64 },
    /// Never run.
    Fill { bytes: u64 },
}

impl Item {
    /// The instruction of the compiler's that it stands for.
    pub fn inst(&self) -> Option<usize> {
        match *self {
            Item::Same { inst }
            | Item::Constant { inst, .. }
            | Item::Stack { inst }
            | Item::Branch { inst, .. } => Some(inst),
            Item::Table { .. } | Item::Fill { .. } => None,
        }
    }
}

/// Where the assembler put things, from the start of the function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Of each item.
    pub items: Vec<u64>,
    /// Of the constants; 0 if there are none.
    pub pool: u64,
}

impl Layout {
    /// The same, counted from the kernel's first instruction: the stub before it differs from system to system.
    pub fn relative(&self) -> Layout {
        let start = self.items[0];
        Layout {
            items: self.items.iter().map(|at| at - start).collect(),
            pool: self.pool.saturating_sub(start),
        }
    }
}

/// One TEXT in writing: a kernel with its stub.
pub struct Block<'a> {
    pub name: &'a str,
    pub frame: &'a Frame,
    pub lifted: &'a Lifted,
    /// Whether the stub checks the stack, or leaves it to the entry.
    pub checks: bool,
    pub items: Vec<Item>,
    /// Known after the first run of the assembler.
    pub layout: Option<Layout>,
}

impl<'a> Block<'a> {
    pub fn new(name: &'a str, frame: &'a Frame, lifted: &'a Lifted, checks: bool) -> Self {
        // Behind the end, the assembler puts the call that grows the stack, and takes the frame for given.
        let behind = checks.then(|| declared(lifted.bound) + SAVED_BP);
        Block { name, frame, lifted, checks, items: plan(lifted, behind), layout: None }
    }

    /// Bytes of the declared frame.
    pub fn declared(&self) -> i64 {
        declared(self.lifted.bound)
    }

    pub fn align(&self) -> u64 {
        self.lifted.pool.align().max(START_ALIGN)
    }

    /// The lines, and of each item and of the pool the index of its line.
    pub fn lines(&self) -> (Vec<String>, Vec<usize>, usize) {
        let mut lines = self.stub();
        let mut at = Vec::new();
        let labels = self.labels();
        for (n, item) in self.items.iter().enumerate() {
            if let Some(label) = item.inst().and_then(|inst| labels.get(&inst)) {
                lines.push(format!("L{label}:"));
            }
            at.push(lines.len());
            lines.push(format!("\t{}", self.line(n, &labels)));
        }
        let mut pool = lines.len();
        if !self.lifted.pool.bytes.is_empty() {
            lines.push(format!("\tPCALIGN ${}", self.align()));
            pool = lines.len();
            lines.extend(self.lifted.pool.bytes.chunks(16).map(data));
        }
        lines.push(String::new());
        (lines, at, pool)
    }

    fn stub(&self) -> Vec<String> {
        let mut lines = if self.checks {
            checked(self.name, self.declared(), self.frame.size)
        } else {
            vec![format!("TEXT ·{}(SB), NOSPLIT|NOFRAME, $0-{}", self.name, self.frame.size)]
        };
        for (slot, register) in self.frame.loads.iter().zip(ARGUMENTS) {
            let load = match slot.width {
                1 => "MOVBLZX",
                4 => "MOVL",
                _ => "MOVQ",
            };
            lines.push(format!("\t{load} {}+{}(FP), {register}", slot.name, slot.offset));
        }
        if let Some(slot) = &self.frame.result {
            let register = ARGUMENTS[self.frame.loads.len()];
            lines.push(format!("\tLEAQ {}+{}(FP), {register}", slot.name, slot.offset));
        }
        lines.push(format!("\tPCALIGN ${}", self.align()));
        lines
    }

    /// Numbers for the instructions that branches go to.
    fn labels(&self) -> BTreeMap<usize, usize> {
        let targets: BTreeSet<usize> = self
            .items
            .iter()
            .filter_map(|item| if let Item::Branch { to, .. } = item { Some(*to) } else { None })
            .collect();
        targets.into_iter().enumerate().map(|(n, inst)| (inst, n + 1)).collect()
    }

    fn line(&self, n: usize, labels: &BTreeMap<usize, usize>) -> String {
        let inst = |at: usize| &self.lifted.insts[at];
        match self.items[n] {
            Item::Same { inst: at } => format!("{} // {}", bytes(&inst(at).bytes), inst(at).text()),
            Item::Constant { inst: at, target } => {
                format!("{} // {}", bytes(&self.displaced(n)), reaching(inst(at), target))
            }
            Item::Stack { inst: at } => format!("{} // {}", stack(inst(at)), inst(at).text()),
            Item::Branch { inst: at, to } => {
                let mnemonic = branch(&inst(at).x).expect("the gate lets no other branch pass");
                format!("{mnemonic} L{} // {}", labels[&to], name(inst(at)))
            }
            Item::Table { by, .. } => {
                format!("{} // not reached; below, the stack is {by:+} bytes", table(by).join("; "))
            }
            Item::Fill { bytes: count } => {
                format!("{} // not reached", bytes(&vec![FILL; count as usize]))
            }
        }
    }

    /// An instruction's bytes with the distance to its constant.
    pub fn displaced(&self, n: usize) -> Vec<u8> {
        let Item::Constant { inst, target } = self.items[n] else {
            unreachable!("only constants are displaced")
        };
        let inst = &self.lifted.insts[inst];
        let mut bytes = inst.bytes.clone();
        let distance = self.layout.as_ref().map_or(0, |layout| {
            let end = layout.items[n] + bytes.len() as u64;
            layout.pool as i64 + target - end as i64
        });
        let field = inst.displacement.expect("the gate saw the relocation in it");
        bytes[field..field + 4].copy_from_slice(&(distance as i32).to_le_bytes());
        bytes
    }
}

/// The head of a function that checks the stack for `frame` bytes and gives them back at once.
pub fn checked(name: &str, frame: i64, size: usize) -> Vec<String> {
    vec![
        format!("TEXT ·{name}(SB), 0, ${frame}-{size}"),
        format!("\tADJSP $-{frame}"),
        "\tPOPQ BP".into(),
    ]
}

/// What must be the last line of such a function if it ends with the frame given back: the assembler puts the call that
/// grows the stack behind it, and takes the frame for given.
pub fn frame_again(frame: i64) -> String {
    format!("\t{} // not reached", table(frame + SAVED_BP).join("; "))
}

/// Bytes of the frame that a stub declares for a row that allows `bound` bytes of stack.
fn declared(bound: u32) -> i64 {
    i64::from(bound.next_multiple_of(8).max(MIN_FRAME))
}

/// An item for each instruction, and where the depth behind a jump or a return is not the depth before it, what tells
/// the assembler so. The assembler adds up stack moves in the order of the text; `behind` is what must be their sum.
fn plan(lifted: &Lifted, behind: Option<i64>) -> Vec<Item> {
    let insts = &lifted.insts;
    let index = flow::index(insts);
    let mut items = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < insts.len() {
        items.push(item(lifted, at, &index));
        depth = lifted.depths[at].unwrap_or(depth) + flow::moved(&insts[at]).unwrap_or(0);
        let falls = flow::next(&insts[at]).falls;
        at += 1;
        if falls {
            continue;
        }
        // Bytes that nothing reaches, which the compiler put there to align what follows.
        let reached =
            (at..insts.len()).find(|&n| lifted.depths[n].is_some()).unwrap_or(insts.len());
        let below = match lifted.depths.get(reached) {
            Some(depth) => depth.expect("it was looked for"),
            None => behind.unwrap_or(depth),
        };
        if below != depth {
            let room: u64 = insts[at..reached].iter().map(|i| i.bytes.len() as u64).sum();
            let mut turn = turn(below - depth, room);
            if reached == insts.len() {
                turn.truncate(1);
            }
            items.extend(turn);
            depth = below;
            at = reached;
        }
    }
    items
}

fn item(lifted: &Lifted, inst: usize, index: &std::collections::HashMap<u64, usize>) -> Item {
    if let Some(reference) = lifted.references.iter().find(|r| r.at == inst) {
        return Item::Constant { inst, target: reference.target };
    }
    let x = &lifted.insts[inst].x;
    match x.flow_control() {
        FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch => {
            Item::Branch { inst, to: index[&x.near_branch_target()] }
        }
        _ if flow::moved(&lifted.insts[inst]) != Ok(0) => Item::Stack { inst },
        _ => Item::Same { inst },
    }
}

/// Changes the table by `by` bytes in place of `room` bytes that nothing reaches; if they are too few, in as many more
/// as keep what follows aligned as the compiler had it.
fn turn(by: i64, room: u64) -> Vec<Item> {
    let bytes: u64 =
        table(by).iter().map(|step| if step.starts_with("ADJSP") { 4 } else { 1 }).sum();
    let mut total = room;
    while total < bytes {
        total += LOOP_ALIGN;
    }
    let mut items = vec![Item::Table { by, bytes }];
    if total > bytes {
        items.push(Item::Fill { bytes: total - bytes });
    }
    items
}

/// Instructions that move the stack pointer by `by` bytes, in few bytes of code.
fn table(by: i64) -> Vec<String> {
    let mut steps = Vec::new();
    let mut left = by.abs();
    if left <= 32 {
        let step = if by > 0 { "PUSHQ AX" } else { "POPQ AX" };
        return vec![step.into(); left as usize / 8];
    }
    while left > 0 {
        let step = left.min(MAX_STEP);
        steps.push(format!("ADJSP ${}", step * by.signum()));
        left -= step;
    }
    steps
}

fn stack(inst: &Inst) -> String {
    let moved = flow::moved(inst).expect("the gate lets no other move pass");
    match inst.x.mnemonic() {
        Mnemonic::Push => format!("PUSHQ {}", register(inst)),
        Mnemonic::Pop => format!("POPQ {}", register(inst)),
        _ => format!("ADJSP ${moved}"),
    }
}

/// Go's name of the register that is pushed or popped: `AX`, `R12`.
fn register(inst: &Inst) -> String {
    let name = format!("{:?}", inst.x.op0_register());
    match name.strip_prefix('R') {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit()) => rest.into(),
        _ => name,
    }
}

/// Go's mnemonic of a branch, if it can be written with a label.
pub fn branch(x: &Instruction) -> Option<&'static str> {
    Some(match x.mnemonic() {
        Mnemonic::Jmp => "JMP",
        Mnemonic::Jo => "JOS",
        Mnemonic::Jno => "JOC",
        Mnemonic::Jb => "JCS",
        Mnemonic::Jae => "JCC",
        Mnemonic::Je => "JEQ",
        Mnemonic::Jne => "JNE",
        Mnemonic::Jbe => "JLS",
        Mnemonic::Ja => "JHI",
        Mnemonic::Js => "JMI",
        Mnemonic::Jns => "JPL",
        Mnemonic::Jp => "JPS",
        Mnemonic::Jnp => "JPC",
        Mnemonic::Jl => "JLT",
        Mnemonic::Jge => "JGE",
        Mnemonic::Jle => "JLE",
        Mnemonic::Jg => "JGT",
        _ => return None,
    })
}

/// The mnemonic alone; the label stands for the target.
fn name(inst: &Inst) -> String {
    inst.text().split_whitespace().next().unwrap_or_default().to_owned()
}

/// Disassembly with the constant's place instead of a distance.
fn reaching(inst: &Inst, target: i64) -> String {
    let text = decode::text(&inst.x);
    match text.split_once("[rip") {
        Some((before, after)) => {
            let after = after.split_once(']').map_or("", |(_, after)| after);
            format!("{before}[constants{target:+#x}]{after}")
        }
        None => text,
    }
}

fn bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("BYTE ${b:#04x}")).collect::<Vec<_>>().join("; ")
}

/// A line of constants: words of eight bytes as long as there are any.
fn data(bytes: &[u8]) -> String {
    let (words, rest) = bytes.as_chunks::<8>();
    let words = words.iter().map(|w| format!("QUAD ${:#018x}", u64::from_le_bytes(*w)));
    let rest = rest.iter().map(|b| format!("BYTE ${b:#04x}"));
    format!("\t{}", words.chain(rest).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_steps_add_up() {
        for by in (-400..=400).step_by(8) {
            let sum: i64 = table(by)
                .iter()
                .map(|step| match step.split_once('$') {
                    Some((_, value)) => value.parse().unwrap(),
                    None if step.starts_with("PUSHQ") => 8,
                    None => -8,
                })
                .sum();
            assert_eq!(sum, by);
        }
    }

    #[test]
    fn turns_keep_alignment() {
        for (by, room) in [(8, 0), (56, 3), (-56, 15), (200, 0), (128, 40)] {
            let total: u64 = turn(by, room)
                .iter()
                .map(|item| match item {
                    Item::Table { bytes, .. } | Item::Fill { bytes } => *bytes,
                    _ => unreachable!(),
                })
                .sum();
            assert_eq!(total % LOOP_ALIGN, room % LOOP_ALIGN);
            assert!(total >= room);
        }
    }
}
