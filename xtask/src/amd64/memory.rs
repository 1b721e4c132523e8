//! Accesses to the stack: inside what the kernel reserved, and never one that needs alignment. Go keeps the stack
//! pointer at a multiple of 8, the compiler believes 16.

use super::{Fault, decode::Inst};
use crate::refusal::Rule;
use iced_x86::{EncodingKind, Mnemonic, OpKind, Register};

pub fn check(insts: &[Inst], depths: &[Option<i64>]) -> Vec<Fault> {
    let escape = insts.iter().find(|inst| takes_address(inst));
    let mut faults = Vec::new();
    for (at, inst) in insts.iter().enumerate() {
        let Some(depth) = depths[at] else { continue };
        if inst.x.memory_base() == Register::RSP && has_memory(inst) {
            faults.extend(outside(inst, depth).map(|r| Fault::new(at, Rule::StackAccess, r)));
        }
        faults.extend(misaligned(inst, escape).map(|r| Fault::new(at, Rule::Alignment, r)));
    }
    faults
}

pub fn has_memory(inst: &Inst) -> bool {
    (0..inst.x.op_count()).any(|n| inst.x.op_kind(n) == OpKind::Memory)
}

/// Whether the instruction puts an address in the stack into another register.
fn takes_address(inst: &Inst) -> bool {
    let x = &inst.x;
    let from_rsp = |n| x.op_kind(n) == OpKind::Register && x.op_register(n) == Register::RSP;
    match x.mnemonic() {
        Mnemonic::Lea => x.memory_base() == Register::RSP,
        _ => (1..x.op_count()).any(from_rsp),
    }
}

/// What is wrong with the place of an access relative to the stack pointer.
fn outside(inst: &Inst, depth: i64) -> Option<String> {
    let start = inst.x.memory_displacement64() as i64;
    let end = start + inst.x.memory_size().size() as i64;
    if start < 0 {
        Some(format!("{} bytes below the stack pointer, where a signal may write", -start))
    } else if end > depth {
        Some(format!("{} bytes above the {depth} that the kernel has", end - depth))
    } else {
        None
    }
}

/// Bytes of alignment that the instruction's access needs; 1 if any address will do.
pub fn needed(inst: &Inst) -> u64 {
    use Mnemonic::*;
    if !has_memory(inst) {
        return 1;
    }
    let size = inst.x.memory_size().size() as u64;
    match inst.x.mnemonic() {
        Lea => 1,
        Vmovaps | Vmovapd | Vmovdqa | Vmovdqa32 | Vmovdqa64 => size,
        Vmovntdq | Vmovntps | Vmovntpd | Vmovntdqa => size,
        Movups | Movupd | Movdqu | Lddqu => 1,
        Pcmpestri | Pcmpestri64 | Pcmpestrm | Pcmpestrm64 | Pcmpistri | Pcmpistrm => 1,
        _ if inst.x.encoding() == EncodingKind::Legacy && size >= 16 => 16,
        _ => 1,
    }
}

fn misaligned(inst: &Inst, escape: Option<&Inst>) -> Option<String> {
    let needed = needed(inst);
    if needed == 1 || inst.x.is_ip_rel_memory_operand() {
        return None;
    }
    if inst.x.memory_base() == Register::RSP {
        return Some(format!("needs {needed} bytes, and Go aligns the stack to 8"));
    }
    let escape = escape?;
    Some(format!(
        "needs {needed} bytes and may reach the stack, whose address `{}` at {:#x} took",
        escape.text(),
        escape.offset()
    ))
}
