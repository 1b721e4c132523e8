//! What a kernel must not do, instruction by instruction.

use super::{Fault, decode::Inst, flow};
use crate::{
    object::{Code, Target},
    refusal::Rule,
};
use iced_x86::{CpuidFeature, FlowControl, Mnemonic, OpAccess, Register};
use std::collections::BTreeSet;

pub fn check(insts: &[Inst], code: &Code) -> Vec<Fault> {
    let index = flow::index(insts);
    let mut faults = Vec::new();
    for (at, inst) in insts.iter().enumerate() {
        if inst.x.is_invalid() {
            faults.push(Fault::new(at, Rule::Undecodable, format!("{:02x?}", inst.bytes)));
            continue;
        }
        let leaves = flow::next(inst).target.is_some_and(|to| !index.contains_key(&to));
        let fault =
            outward(inst, code).or_else(|| forbidden(inst)).or_else(|| transfer(inst, leaves));
        faults.extend(fault.map(|(rule, reason)| Fault::new(at, rule, reason)));
    }
    if let Some(last) = insts.last().filter(|last| flow::next(last).falls && !last.x.is_invalid()) {
        let reason = format!("control runs on behind `{}`, out of the kernel", last.text());
        faults.push(Fault::new(insts.len() - 1, Rule::Call, reason));
    }
    faults
}

/// A relocation to something that is not a constant.
fn outward(inst: &Inst, code: &Code) -> Option<(Rule, String)> {
    let end = inst.offset() + inst.bytes.len() as u64;
    let relocation = code.relocation(inst.offset()..end)?;
    let Target::Symbol(name) = &relocation.target else { return None };
    // A function of the same object is named by its section.
    let name = name.strip_prefix(".text.").unwrap_or(name);
    let name = format!("{:#}", rustc_demangle::demangle(name));
    let goes = !matches!(inst.x.flow_control(), FlowControl::Next);
    Some(match goes {
        true if name.contains("panic") => (Rule::Panic, format!("calls {name}")),
        true => (Rule::Call, format!("to {name}; #[inline] there brings it in")),
        false => (Rule::Relocation, format!("refers to {name}")),
    })
}

/// A transfer of control to where no kernel goes.
fn transfer(inst: &Inst, leaves: bool) -> Option<(Rule, String)> {
    match inst.x.flow_control() {
        FlowControl::IndirectBranch => {
            Some((Rule::JumpTable, "the target is computed; write the match as comparisons".into()))
        }
        FlowControl::Call | FlowControl::IndirectCall => {
            Some((Rule::Call, "a kernel calls nothing".into()))
        }
        FlowControl::Exception => {
            Some((Rule::Panic, "traps: the compiler saw that this point is never reached".into()))
        }
        FlowControl::Interrupt => Some((Rule::Forbidden, "an interrupt leaves user code".into())),
        _ if leaves => Some((Rule::Call, "jumps out of the kernel or into an instruction".into())),
        FlowControl::ConditionalBranch | FlowControl::UnconditionalBranch
            if super::emit::branch(&inst.x).is_none() =>
        {
            Some((
                Rule::Forbidden,
                "a branch that only reaches 127 bytes cannot become a label".into(),
            ))
        }
        _ => None,
    }
}

/// State that Go relies on, and instructions that leave user code.
fn forbidden(inst: &Inst) -> Option<(Rule, String)> {
    use Mnemonic::*;
    let x = &inst.x;
    let reason = match x.mnemonic() {
        Std => "Go keeps the direction flag clear",
        Popfq => "it can set the direction flag",
        Ldmxcsr | Vldmxcsr => "it changes rounding and exceptions for all of Go's arithmetic",
        Fxrstor | Fxrstor64 | Xrstor | Xrstor64 | Xrstors | Xrstors64 => {
            "it loads register state wholesale"
        }
        Syscall | Sysenter | Sysexit | Sysret => "a system call",
        Wrfsbase | Wrgsbase | Swapgs => "fs and gs hold the thread",
        Cpuid | Rdtsc | Rdtscp | Xgetbv => "the answer differs between CPUs and runs",
        Emms | Femms => "x87 and MMX state is not for kernels",
        _ if x.is_privileged() => "privileged",
        _ if uses(inst, Register::is_st) || uses(inst, Register::is_mm) || x87(inst) => {
            "x87 and MMX state is not for kernels"
        }
        _ if matches!(x.memory_segment(), Register::FS | Register::GS)
            && super::memory::has_memory(inst) =>
        {
            "thread-local storage is not the kernel's"
        }
        _ if writes(inst, Register::is_segment_register) => {
            "segment registers belong to the system"
        }
        _ => return None,
    };
    Some((Rule::Forbidden, reason.into()))
}

fn x87(inst: &Inst) -> bool {
    let x87 = [CpuidFeature::FPU, CpuidFeature::FPU287, CpuidFeature::FPU387, CpuidFeature::MMX];
    inst.x.cpuid_features().iter().any(|f| x87.contains(f))
}

fn uses(inst: &Inst, kind: fn(Register) -> bool) -> bool {
    inst.info.used_registers().iter().any(|used| kind(used.register()))
}

fn writes(inst: &Inst, kind: fn(Register) -> bool) -> bool {
    let read = [OpAccess::None, OpAccess::Read, OpAccess::CondRead];
    inst.info.used_registers().iter().any(|u| kind(u.register()) && !read.contains(&u.access()))
}

/// DWARF's number of `rsp`, and the distance from the stack pointer to the frame's address in an empty function.
const RSP: u16 = 7;
const RETURN_ADDRESS: i64 = 8;

/// The unwind table against the depth that the instructions give.
pub fn check_unwind(insts: &[Inst], depths: &[Option<i64>], code: &Code) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, inst) in insts.iter().enumerate() {
        let Some(depth) = depths[at] else { continue };
        let row = code.cfa(inst.offset());
        if row.and_then(|r| r.rule) == Some((RSP, depth + RETURN_ADDRESS)) {
            continue;
        }
        let reason = match row.map(|r| r.rule) {
            None => "it says nothing".into(),
            Some(None) => "it computes the frame's address".into(),
            Some(Some((RSP, distance))) => {
                format!(
                    "it says {} bytes deep, the instructions {depth}",
                    distance - RETURN_ADDRESS
                )
            }
            Some(Some((register, _))) => {
                format!("it counts from DWARF register {register}, not from rsp")
            }
        };
        faults.push(Fault::new(at, Rule::Unwind, reason));
        // One line is enough: what follows is wrong for the same reason.
        break;
    }
    faults
}

/// More stack than the row allows.
pub fn check_bound(insts: &[Inst], depths: &[Option<i64>], bound: u32) -> Option<Fault> {
    let (at, depth) = flow::deepest(insts, depths)?;
    let reason = format!("uses {depth} bytes, the row allows {bound}");
    (depth > i64::from(bound)).then(|| Fault::new(at, Rule::StackBound, reason))
}

/// Names of the registers that the instructions use, in the order of their numbers; general ones first. The stack
/// pointer is not counted, and neither is what `vzeroupper` clears.
pub fn registers(insts: &[Inst]) -> Vec<String> {
    let computing = insts.iter().filter(|inst| inst.x.mnemonic() != Mnemonic::Vzeroupper);
    let used = computing.flat_map(|inst| inst.info.used_registers());
    let registers: BTreeSet<(bool, Register)> = used
        .map(|used| used.register().full_register())
        .filter(|r| r.is_gpr() || r.is_vector_register() || r.is_k())
        .filter(|r| *r != Register::RSP)
        .map(|r| (!r.is_gpr(), r))
        .collect();
    registers.into_iter().map(|(_, r)| format!("{r:?}").to_lowercase()).collect()
}
