//! Upper halves of vector registers: after a 256-bit or 512-bit instruction, `vzeroupper` before every return.
//!
//! Go's own code and the C library use the SSE encodings, which wait for dirty upper halves on many CPUs, on every
//! instruction.

use super::{Fault, decode::Inst, flow};
use crate::refusal::Rule;
use iced_x86::{FlowControl, Mnemonic, OpKind, Register};

pub fn check(insts: &[Inst]) -> Vec<Fault> {
    // The fact: the instruction that dirtied the upper halves, if they are dirty on any path.
    let facts = flow::walk(
        insts,
        None,
        |at, dirty: &Option<usize>| match insts[at].x.mnemonic() {
            Mnemonic::Vzeroupper | Mnemonic::Vzeroall => None,
            _ if wide(&insts[at]) => Some(at),
            _ => *dirty,
        },
        |_, dirty, other| {
            let changed = dirty.is_none() && other.is_some();
            if changed {
                *dirty = other;
            }
            changed
        },
    );
    let returns =
        insts.iter().enumerate().filter(|(_, i)| i.x.flow_control() == FlowControl::Return);
    returns
        .filter_map(|(at, _)| {
            let by = &insts[facts[at]??];
            let reason = format!("reached after `{}` at {:#x}", by.text(), by.offset());
            Some(Fault::new(at, Rule::Vzeroupper, reason))
        })
        .collect()
}

/// Whether an operand is one of the first sixteen registers in 256 or 512 bits. The others have no SSE form, so their
/// upper halves hold nobody up.
fn wide(inst: &Inst) -> bool {
    let x = &inst.x;
    (0..x.op_count()).filter(|&n| x.op_kind(n) == OpKind::Register).any(|n| {
        let register = x.op_register(n);
        let first = match () {
            () if register.is_ymm() => Register::YMM0,
            () if register.is_zmm() => Register::ZMM0,
            () => return false,
        };
        (register as u32 - first as u32) < 16
    })
}
