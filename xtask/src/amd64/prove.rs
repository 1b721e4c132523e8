//! Compares a function of a linked Go program with what the compiler made, instruction by instruction.
//!
//! Nothing that the emitter believes is taken over, except where items begin: the prologue and the stub are decoded and
//! checked, every instruction of the compiler's must stand in the program with the same bytes or be one of the few that
//! were rewritten, with the same effect; constants must be the compiler's; and at every instruction the runtime's table
//! must know how deep the stack is.

use super::{
    decode::{Inst, sweep},
    emit::{self, Block, Item, SAVED_BP},
    flow,
};
use crate::{
    generate::go::signature::Slot,
    linked::{Function, Rewritten},
};
use anyhow::{Result, bail, ensure};
use iced_x86::{DecoderOptions, Instruction, Mnemonic, OpKind, Register};

/// C argument registers, in order.
const ARGUMENTS: [Register; 6] =
    [Register::RDI, Register::RSI, Register::RDX, Register::RCX, Register::R8, Register::R9];

/// Where a linked Linux program keeps `g`, relative to the thread's block, and `stackguard0` in it.
const THREAD_G: i64 = -8;
const STACK_GUARD: u64 = 16;
/// The largest frame for which the assembler compares the stack pointer itself.
const SMALL_FRAME: i64 = 128;

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
        let mut rest = insts.iter().map(|i| &i.x).filter(|x| x.mnemonic() != Mnemonic::Nop);
        let end = self.pool + self.block.lifted.pool.bytes.len() as u64;
        let check = Check {
            function: self.function,
            frame: self.block.declared(),
            end: end.max(self.starts.last().copied().unwrap_or(0)),
        };
        let fine =
            (!self.block.checks || check.passes(&mut rest)) && self.loads_arguments(&mut rest);
        let text = || insts.iter().map(Inst::text).collect::<Vec<_>>().join("; ");
        ensure!(fine && rest.next().is_none(), "the stub is not as it must be: {}", text());
        let address = self.function.address + start;
        let align = self.block.align();
        ensure!(
            address.is_multiple_of(align),
            "the kernel lies at {address:#x}, not aligned to {align}"
        );
        Ok(())
    }

    fn loads_arguments<'x>(&self, rest: &mut impl Iterator<Item = &'x Instruction>) -> bool {
        let frame = self.block.frame;
        let mut slots = frame.loads.iter().zip(ARGUMENTS);
        let loaded =
            slots.all(|(slot, register)| rest.next().is_some_and(|x| loads(x, register, slot)));
        loaded
            && frame.result.as_ref().is_none_or(|slot| {
                let register = ARGUMENTS[frame.loads.len()];
                rest.next().is_some_and(|x| {
                    x.mnemonic() == Mnemonic::Lea
                        && x.op0_register() == register
                        && above(x, slot.offset)
                })
            })
    }

    /// One item against the linked bytes.
    fn item(&self, n: usize) -> Result<Option<Rewritten>> {
        let (start, end) = (self.starts[n], self.starts[n + 1]);
        let bytes = self.bytes(start, end)?;
        let item = &self.block.items[n];
        let Some(at) = item.inst() else {
            self.put_in(n, bytes)?;
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
        Ok(changed.then(|| Rewritten { offset: was.offset(), is: is.join("; ") }))
    }

    /// What is not the compiler's: never run, and what it was meant to be.
    fn put_in(&self, n: usize, bytes: &[u8]) -> Result<()> {
        let start = self.starts[n];
        let fine = match self.block.items[n] {
            Item::Table { by, bytes: length } => {
                let moves = sweep(bytes, start, DecoderOptions::NONE);
                let sum: i64 = moves.iter().map(|inst| flow::moved(inst).unwrap_or(0)).sum();
                bytes.len() as u64 == length && sum == by
            }
            Item::Fill { bytes: length } => {
                bytes.len() as u64 == length && bytes.iter().all(|&b| b == emit::FILL)
            }
            _ => unreachable!("every other item stands for an instruction"),
        };
        ensure!(fine, "what is put in at {start:#x} is not what was meant");
        ensure!(self.is_unreachable(n), "what is put in at {start:#x} would run");
        Ok(())
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
        if !self.block.checks {
            return Ok(());
        }
        knows_growth(self.function)
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

/// The stack check that the assembler writes for a declared frame, and the frame given back.
struct Check<'a> {
    function: &'a Function,
    frame: i64,
    /// Where code and constants end.
    end: u64,
}

/// Proves that a function begins with a stack check and gives its frame back.
pub fn prove_check(function: &Function) -> Result<()> {
    let insts = sweep(&function.bytes, 0, DecoderOptions::NONE);
    let check = Check { function, frame: i64::from(emit::MIN_FRAME), end: 0 };
    ensure!(check.passes(&mut insts.iter().map(|i| &i.x)), "it does not begin with a stack check");
    knows_growth(function)
}

/// The call that grows the stack lies behind everything and belongs to the start of the function: a goroutine that is
/// stopped or moved there is unwound with what the table says of that place.
fn knows_growth(function: &Function) -> Result<()> {
    let table = function.depth(function.bytes.len() as u64 - 1);
    ensure!(
        table == Some(0),
        "where the stack grows, the runtime's table says {table:?} bytes, not 0"
    );
    Ok(())
}

impl Check<'_> {
    fn passes<'x>(&self, rest: &mut impl Iterator<Item = &'x Instruction>) -> bool {
        self.checks_stack(rest) && self.returns_frame(rest)
    }

    /// The assembler's comparison of the stack pointer, less the frame if it is large, with the guard in `g`.
    fn checks_stack<'x>(&self, rest: &mut impl Iterator<Item = &'x Instruction>) -> bool {
        let Some(load) = rest.next() else { return false };
        let g = load.op0_register();
        let mut low = Register::RSP;
        let mut fine = load.mnemonic() == Mnemonic::Mov
            && g.is_gpr64()
            && load.memory_segment() == Register::FS
            && load.memory_base() == Register::None
            && load.memory_index() == Register::None
            && load.memory_displacement64() as i64 == THREAD_G;
        let frame = self.frame + SAVED_BP;
        if frame > SMALL_FRAME {
            fine &= rest.next().is_some_and(|x| {
                low = x.op0_register();
                x.mnemonic() == Mnemonic::Lea
                    && x.memory_base() == Register::RSP
                    && x.memory_index() == Register::None
                    && x.memory_displacement64() as i64 == SMALL_FRAME - frame
            });
        }
        fine &= rest.next().is_some_and(|x| {
            x.mnemonic() == Mnemonic::Cmp
                && x.op0_register() == low
                && x.memory_base() == g
                && x.memory_index() == Register::None
                && x.memory_displacement64() == STACK_GUARD
        });
        fine && rest
            .next()
            .is_some_and(|x| x.mnemonic() == Mnemonic::Jbe && self.grows(x.near_branch_target()))
    }

    /// Whether the function ends, behind code and constants, with a call and a jump to its start.
    fn grows(&self, at: u64) -> bool {
        let tail = self.function.bytes.get(at as usize..).unwrap_or(&[]);
        let tail: Vec<Instruction> =
            sweep(tail, at, DecoderOptions::NONE).iter().map(|i| i.x).collect();
        let [call, back] = tail[..] else { return false };
        at >= self.end
            && call.mnemonic() == Mnemonic::Call
            && back.mnemonic() == Mnemonic::Jmp
            && back.near_branch_target() == 0
    }

    /// The frame as the assembler makes it, and given back.
    fn returns_frame<'x>(&self, rest: &mut impl Iterator<Item = &'x Instruction>) -> bool {
        let frame = self.frame;
        let mut next = |fine: &dyn Fn(&Instruction) -> bool| rest.next().is_some_and(fine);
        next(&|x| x.mnemonic() == Mnemonic::Push && x.op0_register() == Register::RBP)
            && next(&|x| {
                x.mnemonic() == Mnemonic::Mov
                    && (x.op0_register(), x.op1_register()) == (Register::RBP, Register::RSP)
            })
            && next(&|x| moves_stack(x) == Some(frame))
            && next(&|x| moves_stack(x) == Some(-frame))
            && next(&|x| x.mnemonic() == Mnemonic::Pop && x.op0_register() == Register::RBP)
    }
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

fn loads(x: &Instruction, register: Register, slot: &Slot) -> bool {
    let mnemonic = if slot.width == 1 { Mnemonic::Movzx } else { Mnemonic::Mov };
    x.mnemonic() == mnemonic
        && x.op0_register().full_register() == register
        && x.op0_register().size() == slot.width.max(4)
        && x.memory_size().size() == slot.width
        && above(x, slot.offset)
}
