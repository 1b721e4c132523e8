//! Where control goes, and how deep the stack is at every instruction.

use super::{Fault, decode::Inst};
use crate::refusal::Rule;
use iced_x86::{FlowControl, Mnemonic, OpAccess, OpKind, Register};
use std::collections::HashMap;

/// Where control can go after an instruction: the one behind it, and the target of a branch.
pub struct Next {
    pub falls: bool,
    pub target: Option<u64>,
}

pub fn next(inst: &Inst) -> Next {
    let target = inst.x.near_branch_target();
    match inst.x.flow_control() {
        FlowControl::Next | FlowControl::Call | FlowControl::IndirectCall => {
            Next { falls: true, target: None }
        }
        FlowControl::ConditionalBranch => Next { falls: true, target: Some(target) },
        FlowControl::UnconditionalBranch => Next { falls: false, target: Some(target) },
        _ => Next { falls: false, target: None },
    }
}

/// Index of the instruction at each offset.
pub fn index(insts: &[Inst]) -> HashMap<u64, usize> {
    insts.iter().enumerate().map(|(at, inst)| (inst.offset(), at)).collect()
}

/// Carries a fact from the entry along every path until nothing changes. `step` makes the fact after an instruction
/// from the one before it, `join` merges what two paths bring and says whether the first has changed.
pub fn walk<T: Clone>(
    insts: &[Inst],
    entry: T,
    mut step: impl FnMut(usize, &T) -> T,
    mut join: impl FnMut(usize, &mut T, T) -> bool,
) -> Vec<Option<T>> {
    let index = index(insts);
    let mut facts: Vec<Option<T>> = vec![None; insts.len()];
    let mut work = Vec::new();
    if !insts.is_empty() {
        facts[0] = Some(entry);
        work.push(0);
    }
    while let Some(at) = work.pop() {
        let after = step(at, facts[at].as_ref().expect("what is in the work list has a fact"));
        let next = next(&insts[at]);
        let behind = next.falls.then_some(at + 1).filter(|&n| n < insts.len());
        let target = next.target.and_then(|offset| index.get(&offset).copied());
        for successor in behind.into_iter().chain(target) {
            let changed = match &mut facts[successor] {
                Some(fact) => join(successor, fact, after.clone()),
                none => {
                    *none = Some(after.clone());
                    true
                }
            };
            if changed {
                work.push(successor);
            }
        }
    }
    facts
}

/// Bytes of stack in use before each instruction, and where that cannot be known.
pub fn depths(insts: &[Inst]) -> (Vec<Option<i64>>, Vec<Fault>) {
    let mut faults: Vec<Fault> = insts
        .iter()
        .enumerate()
        .filter_map(|(at, inst)| Some(Fault::new(at, Rule::StackPointer, moved(inst).err()?)))
        .collect();
    let depths = walk(
        insts,
        0i64,
        |at, depth| depth + moved(&insts[at]).unwrap_or(0),
        |at, depth, other| {
            if *depth != other && !faults.iter().any(|f| f.at == at) {
                let reason =
                    format!("one path arrives with {depth} bytes of stack, another with {other}");
                faults.push(Fault::new(at, Rule::StackPointer, reason));
            }
            false
        },
    );
    for (at, inst) in insts.iter().enumerate() {
        if let (Some(depth), FlowControl::Return) = (depths[at], inst.x.flow_control())
            && depth != 0
        {
            faults.push(Fault::new(at, Rule::StackPointer, format!("returns {depth} bytes deep")));
        }
    }
    (depths, faults)
}

/// How much an instruction adds to the stack in use; an error if it moves the stack pointer in another way than the
/// assembler can be told of.
pub fn moved(inst: &Inst) -> Result<i64, &'static str> {
    let x = &inst.x;
    match x.mnemonic() {
        Mnemonic::Push if general(inst) => Ok(8),
        Mnemonic::Pop if general(inst) => Ok(-8),
        Mnemonic::Sub if adjusts(inst) => Ok(x.immediate(1) as i64),
        Mnemonic::Add if adjusts(inst) => Ok(-(x.immediate(1) as i64)),
        // A call out is refused as such, and a return is where the depth is looked at.
        Mnemonic::Call | Mnemonic::Ret
            if inst.bytes.len() == 1 || x.mnemonic() == Mnemonic::Call =>
        {
            Ok(0)
        }
        _ if writes_rsp(inst) => {
            Err("only push, pop and constants added or subtracted may move it")
        }
        _ => Ok(0),
    }
}

/// A push or a pop of a 64-bit register that is not the stack pointer.
fn general(inst: &Inst) -> bool {
    let register = inst.x.op0_register();
    inst.x.op0_kind() == OpKind::Register && register.is_gpr64() && register != Register::RSP
}

/// An addition or subtraction of a constant to the stack pointer.
pub fn adjusts(inst: &Inst) -> bool {
    let x = &inst.x;
    let constant = matches!(x.op1_kind(), OpKind::Immediate8to64 | OpKind::Immediate32to64);
    matches!(x.mnemonic(), Mnemonic::Add | Mnemonic::Sub)
        && x.op0_register() == Register::RSP
        && constant
}

fn writes_rsp(inst: &Inst) -> bool {
    inst.info.used_registers().iter().any(|used| {
        let written =
            !matches!(used.access(), OpAccess::None | OpAccess::Read | OpAccess::CondRead);
        used.register().full_register() == Register::RSP && written
    })
}

/// The greatest depth behind an instruction, and the first that reaches it.
pub fn deepest(insts: &[Inst], depths: &[Option<i64>]) -> Option<(usize, i64)> {
    let after = |at: usize| Some(depths[at]? + moved(&insts[at]).unwrap_or(0));
    let reached = (0..insts.len()).filter_map(|at| Some((at, after(at)?)));
    reached.rev().max_by_key(|&(_, depth)| depth)
}
