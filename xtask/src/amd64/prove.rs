//! Compares a function of a linked Go program with what the compiler made, instruction by instruction.
//!
//! Nothing that the emitter believes is taken over, except where items begin: the prologue and the stub are decoded and
//! checked, every instruction of the compiler's must stand in the program with the same bytes or be one of the few that
//! were rewritten, with the same effect; constants must be the compiler's; and at every instruction the runtime's table
//! must know how deep the stack is.

use super::{
    decode::{Inst, sweep, text},
    emit::{Block, Item},
    flow,
};
use crate::linked::Function;
use anyhow::{Result, bail, ensure};
use iced_x86::{DecoderOptions, Instruction, Mnemonic, OpKind, Register};

/// What stands in the program instead of an instruction of the compiler's.
#[allow(dead_code, reason = "for inspect")]
pub struct Rewritten {
    pub offset: u64,
    pub was: String,
    pub is: String,
}

/// C argument registers, in order.
const ARGUMENTS: [Register; 6] =
    [Register::RDI, Register::RSI, Register::RDX, Register::RCX, Register::R8, Register::R9];

struct Proof<'a> {
    block: &'a Block<'a>,
    function: &'a Function,
    /// Start of each item, from the start of the function, and one more: the end of the last.
    starts: Vec<u64>,
    pool: u64,
}

pub fn prove(block: &Block<'_>, function: &Function) -> Result<Vec<Rewritten>> {
    let layout = block.layout.as_ref().expect("the block was laid out");
    let last = block.items.len() - 1;
    let mut starts = layout.items.clone();
    let proof = Proof { block, function, pool: layout.pool, starts: Vec::new() };
    starts.push(starts[last] + proof.instructions_at(starts[last], last).map_or(0, |(_, n)| n));
    let proof = Proof { starts, ..proof };
    proof.stub()?;
    let mut rewritten = Vec::new();
    for n in 0..block.items.len() {
        rewritten.extend(proof.item(n)?);
    }
    proof.everything_stands()?;
    proof.constants()?;
    Ok(rewritten)
}

impl Proof<'_> {
    fn bytes(&self, from: u64, to: u64) -> Result<&[u8]> {
        match self.function.bytes.get(from as usize..to as usize) {
            Some(bytes) => Ok(bytes),
            None => bail!("the linked function ends before {to:#x}"),
        }
    }

    fn inst(&self, n: usize) -> &Inst {
        &self.block.lifted.insts[n]
    }

    /// The instructions of the last item, whose end no layout tells, and how long they are.
    fn instructions_at(&self, start: u64, n: usize) -> Option<(Vec<Inst>, u64)> {
        let length = match self.block.items[n] {
            Item::Table { bytes, .. } | Item::Fill { bytes } => bytes,
            Item::Same { inst } | Item::Constant { inst, .. } => self.inst(inst).bytes.len() as u64,
            Item::Stack { .. } | Item::Branch { .. } => {
                let rest = self.function.bytes.get(start as usize..)?;
                sweep(rest, start, DecoderOptions::NONE).first()?.bytes.len() as u64
            }
        };
        let bytes = self.function.bytes.get(start as usize..(start + length) as usize)?;
        Some((sweep(bytes, start, DecoderOptions::NONE), length))
    }

    /// From the function's start to the kernel's: the stack check, the frame and its return, the arguments, padding.
    fn stub(&self) -> Result<()> {
        let start = self.starts[0];
        let insts = sweep(self.bytes(0, start)?, 0, DecoderOptions::NONE);
        let mut rest = insts.iter().map(|inst| &inst.x).filter(|x| x.mnemonic() != Mnemonic::Nop);
        let mut found: Vec<String> = Vec::new();
        let mut next = || {
            let x = rest.next();
            found.extend(x.map(text));
            x
        };
        let mut steps: Vec<Check> = vec![loads_g, compares_guard, jumps_to_growth];
        if self.block.declared() + 8 > 128 {
            steps.insert(1, computes_guarded_address);
        }
        steps.extend([pushes_bp as Check, frames_bp]);
        let frame = self.block.declared();
        let mut fine = steps.iter().all(|step| next().is_some_and(|x| step(x, self)));
        fine &= next().is_some_and(|x| moves_stack(x) == Some(frame));
        fine &= next().is_some_and(|x| moves_stack(x) == Some(-frame));
        fine &= next()
            .is_some_and(|x| x.mnemonic() == Mnemonic::Pop && x.op0_register() == Register::RBP);
        for (slot, register) in self.block.frame.loads.iter().zip(ARGUMENTS) {
            fine &= next().is_some_and(|x| loads(x, register, slot.offset, slot.width));
        }
        if let Some(slot) = &self.block.frame.result {
            let register = ARGUMENTS[self.block.frame.loads.len()];
            fine &= next().is_some_and(|x| {
                x.mnemonic() == Mnemonic::Lea
                    && x.op0_register() == register
                    && above(x, slot.offset)
            });
        }
        fine &= next().is_none();
        ensure!(fine, "the stub is not as it must be: {}", found.join("; "));
        let address = self.function.address + start;
        let align = self.block.align();
        ensure!(
            address.is_multiple_of(align),
            "the kernel lies at {address:#x}, not aligned to {align}"
        );
        Ok(())
    }

    /// One item against the linked bytes.
    fn item(&self, n: usize) -> Result<Option<Rewritten>> {
        let (start, end) = (self.starts[n], self.starts[n + 1]);
        let bytes = self.bytes(start, end)?;
        let item = &self.block.items[n];
        let Some(at) = item.inst() else {
            let length = match *item {
                Item::Table { bytes, .. } | Item::Fill { bytes } => bytes,
                _ => unreachable!("every other item stands for an instruction"),
            };
            ensure!(
                bytes.len() as u64 == length,
                "what is put in at {start:#x} has a wrong length"
            );
            ensure!(self.is_unreachable(n), "what is put in at {start:#x} would run");
            return Ok(None);
        };
        let was = self.inst(at);
        self.table_knows(at, start)?;
        let linked = sweep(bytes, start, DecoderOptions::NONE);
        let same = match item {
            Item::Same { .. } => bytes == was.bytes,
            Item::Constant { target, .. } => {
                self.same_but_displacement(was, bytes)
                    && linked[0].x.ip_rel_memory_address() as i64 == self.pool as i64 + target
            }
            Item::Stack { .. } => {
                linked.len() == 1
                    && (bytes == was.bytes
                        || flow::adjusts(was) && flow::moved(&linked[0]) == flow::moved(was))
            }
            Item::Branch { to, .. } => {
                linked.len() == 1
                    && linked[0].x.mnemonic() == was.x.mnemonic()
                    && linked[0].x.near_branch_target() == self.start_of(*to)
                    && was.x.near_branch_target() == self.inst(*to).offset()
            }
            Item::Table { .. } | Item::Fill { .. } => unreachable!("they stand for no instruction"),
        };
        let is: Vec<String> = linked.iter().map(Inst::text).collect();
        ensure!(
            same,
            "at {:#x} the compiler wrote `{}`, in Go stands `{}`",
            was.offset(),
            was.text(),
            is.join("; ")
        );
        let changed = bytes != was.bytes;
        Ok(changed.then(|| Rewritten { offset: was.offset(), was: was.text(), is: is.join("; ") }))
    }

    /// Where an instruction of the compiler's stands now.
    fn start_of(&self, inst: usize) -> u64 {
        let n = self.block.items.iter().position(|item| item.inst() == Some(inst));
        n.map_or(u64::MAX, |n| self.starts[n])
    }

    fn same_but_displacement(&self, was: &Inst, bytes: &[u8]) -> bool {
        let field = was.displacement.map_or(0..0, |at| at..at + 4);
        bytes.len() == was.bytes.len()
            && (0..bytes.len()).all(|n| field.contains(&n) || bytes[n] == was.bytes[n])
    }

    /// Whether control cannot fall into an item that is not the compiler's: before it, perhaps behind others of its
    /// kind, stands a jump or a return. Branches only go to instructions of the compiler's.
    fn is_unreachable(&self, n: usize) -> bool {
        let before = self.block.items[..n].iter().rev().find_map(Item::inst);
        before.is_some_and(|inst| !flow::next(self.inst(inst)).falls)
    }

    /// What the runtime believes of the stack before an instruction.
    fn table_knows(&self, at: usize, start: u64) -> Result<()> {
        let Some(depth) = self.block.lifted.depths[at] else { return Ok(()) };
        let table = self.function.depth(start);
        ensure!(
            table == Some(depth),
            "at {:#x} `{}` the stack is {depth} bytes deep, the runtime's table says {table:?}",
            self.inst(at).offset(),
            self.inst(at).text()
        );
        Ok(())
    }

    /// Every instruction of the compiler's that a path leads to stands there once, in its order.
    fn everything_stands(&self) -> Result<()> {
        let stands: Vec<usize> = self.block.items.iter().filter_map(Item::inst).collect();
        ensure!(stands.is_sorted_by(|a, b| a < b), "instructions are out of order");
        for (at, depth) in self.block.lifted.depths.iter().enumerate() {
            let missing = depth.is_some() && stands.binary_search(&at).is_err();
            ensure!(
                !missing,
                "`{}` at {:#x} is lost",
                self.inst(at).text(),
                self.inst(at).offset()
            );
        }
        // The call that grows the stack lies behind everything and belongs to the start of the function.
        let growth = self.function.bytes.len() as u64 - 1;
        let table = self.function.depth(growth);
        ensure!(
            table == Some(0),
            "where the stack grows, the runtime's table says {table:?} bytes, not 0"
        );
        Ok(())
    }

    fn constants(&self) -> Result<()> {
        let pool = &self.block.lifted.pool;
        if pool.bytes.is_empty() {
            return Ok(());
        }
        let linked = self.bytes(self.pool, self.pool + pool.bytes.len() as u64)?;
        ensure!(linked == pool.bytes, "the constants are not the compiler's");
        let address = self.function.address + self.pool;
        ensure!(address.is_multiple_of(pool.align()), "the constants lie at {address:#x}");
        Ok(())
    }
}

/// A step of the assembler's prologue.
type Check = fn(&Instruction, &Proof<'_>) -> bool;

fn loads_g(x: &Instruction, _: &Proof<'_>) -> bool {
    x.mnemonic() == Mnemonic::Mov
        && x.memory_segment() == Register::FS
        && x.op0_register().is_gpr64()
}

fn computes_guarded_address(x: &Instruction, _: &Proof<'_>) -> bool {
    x.mnemonic() == Mnemonic::Lea && x.memory_base() == Register::RSP
}

/// `stackguard0` is 16 bytes into `g`.
fn compares_guard(x: &Instruction, _: &Proof<'_>) -> bool {
    x.mnemonic() == Mnemonic::Cmp
        && x.op1_kind() == OpKind::Memory
        && x.memory_displacement64() == 16
}

/// Behind all code and constants.
fn jumps_to_growth(x: &Instruction, proof: &Proof<'_>) -> bool {
    let last = proof.starts.last().copied().unwrap_or(0);
    x.mnemonic() == Mnemonic::Jbe && x.near_branch_target() >= last.max(proof.pool)
}

fn pushes_bp(x: &Instruction, _: &Proof<'_>) -> bool {
    x.mnemonic() == Mnemonic::Push && x.op0_register() == Register::RBP
}

fn frames_bp(x: &Instruction, _: &Proof<'_>) -> bool {
    x.mnemonic() == Mnemonic::Mov
        && x.op0_register() == Register::RBP
        && x.op1_register() == Register::RSP
}

/// How much deeper the stack is behind an addition or subtraction.
fn moves_stack(x: &Instruction) -> Option<i64> {
    let constant = matches!(x.op1_kind(), OpKind::Immediate8to64 | OpKind::Immediate32to64);
    if x.op0_register() != Register::RSP || !constant {
        return None;
    }
    match x.mnemonic() {
        Mnemonic::Sub => Some(x.immediate(1) as i64),
        Mnemonic::Add => Some(-(x.immediate(1) as i64)),
        _ => None,
    }
}

/// Whether memory is the argument at `offset`: above the return address.
fn above(x: &Instruction, offset: usize) -> bool {
    let plain = x.memory_base() == Register::RSP && x.memory_index() == Register::None;
    plain && x.memory_displacement64() == 8 + offset as u64
}

fn loads(x: &Instruction, register: Register, offset: usize, width: usize) -> bool {
    let mnemonic = if width == 1 { Mnemonic::Movzx } else { Mnemonic::Mov };
    x.mnemonic() == mnemonic
        && x.op0_register().full_register() == register
        && x.op0_register().size() >= 4
        && x.memory_size().size() == width
        && above(x, offset)
}
