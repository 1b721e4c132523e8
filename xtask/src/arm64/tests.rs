//! Every refusal on a kernel that earns it, and the proof on kernels with everything that is rewritten, and on faults
//! planted in them.

use super::{Block, Lifted, lift, prove, word::SIZE};
use crate::{
    compile,
    generate::go::signature::{Frame, Slot},
    golang::Go,
    linked::{Function, Package, Program},
    object::{self, Object},
    refusal::{Refusal, Rule},
    root::root,
    toolchain,
};
use kernels_manifest::{Arch, Feature};
use std::sync::OnceLock;

/// The stack that every bad kernel's row would allow.
const BOUND: u32 = 512;

fn objects() -> &'static Object {
    static OBJECT: OnceLock<Object> = OnceLock::new();
    OBJECT.get_or_init(|| {
        let toolchain = toolchain::find(Arch::Aarch64).unwrap();
        let folder = root().join("xtask/tests/bad-arm64");
        object::read(&compile::object(&folder, "bad-arm64", &toolchain).unwrap()).unwrap()
    })
}

fn lifted(name: &str, declared: &[Feature]) -> Result<Lifted, Vec<Refusal>> {
    let object = objects();
    let code = object.doors.get(name).unwrap_or_else(|| panic!("no door {name}"));
    lift(name, code, &object.data, declared, BOUND)
}

/// Door, rule, offset, instruction, part of the reason.
type Case = (&'static str, Rule, u64, &'static str, &'static str);

const CASES: &[Case] = &[
    ("mov_sp", Rule::StackPointer, 4, "add sp, x9", "cannot be rewritten"),
    ("and_sp", Rule::StackPointer, 0, "and sp, x0", "cannot be rewritten"),
    ("sub_register", Rule::StackPointer, 0, "sub sp, sp, x0", "cannot be rewritten"),
    ("indexed", Rule::StackPointer, 4, "ldr x0, [sp, x1]", "cannot be rewritten"),
    ("vector_list", Rule::StackPointer, 0, "ld1 ", "cannot be rewritten"),
    ("compared", Rule::StackPointer, 0, "subs xzr, sp, x0", "cannot be rewritten"),
    ("two_depths", Rule::StackPointer, 8, "movz x0", "16 bytes of stack on one way here, 0"),
    ("deep_return", Rule::StackPointer, 4, "ret", "returns with 16 bytes"),
    ("above_entry", Rule::StackPointer, 0, "add sp, sp, #0x10", "above what it was on entry"),
    ("nowhere", Rule::StackPointer, 4, "add sp, sp, #0x10", "where control never comes"),
    ("too_deep", Rule::StackBound, 4, "sub sp, sp, #0x200", "528 bytes, and the row allows 512"),
    ("untold_push", Rule::Unwind, 4, "add sp, sp", "it says register 31 + 0, the instructions"),
    ("frame_pointer", Rule::Unwind, 4, "nop", "it says register 29 + 16"),
    ("no_unwind", Rule::Unwind, 0, "ret", "the object has none"),
    ("red_zone", Rule::StackAccess, 0, "stur x0, [sp, #-8]", "8 bytes below sp"),
    ("address_below", Rule::StackAccess, 0, "sub x9, sp, #0x10", "16 bytes below sp"),
    ("above", Rule::StackAccess, 0, "ldr x9, [sp", "reaches 8 bytes above"),
    ("partly_above", Rule::StackAccess, 4, "stp q0, q1, [sp", "reaches 16 bytes above"),
    ("out_of_reach", Rule::StackAccess, 4, "stp x19, x20, [sp, #496]", "reaches 512(RSP)"),
    ("x18", Rule::Register, 0, "add x18, x18, x0", "the platform"),
    ("w18", Rule::Register, 0, "orr w0, wzr, w18", "the platform"),
    ("x28", Rule::Register, 0, "orr x0, xzr, x28", "the goroutine"),
    ("x28_address", Rule::Register, 0, "ldr x0, [x1, x28", "the goroutine"),
    ("x28_from_vector", Rule::Register, 0, "fmov x28, d0", "the goroutine"),
    ("x28_saved", Rule::Register, 0, "str x28, [sp, #-16]!", "the goroutine"),
    ("x29", Rule::Register, 0, "orr x29, xzr, x0", "the chain of frames"),
    ("link_lost", Rule::Register, 4, "ret", "without having restored it"),
    ("link_from_elsewhere", Rule::Register, 16, "ret", "without having restored it"),
    ("jump_table", Rule::JumpTable, 4, "br x8", "cannot be checked"),
    ("call_register", Rule::JumpTable, 0, "blr x0", "cannot be checked"),
    ("ret_elsewhere", Rule::JumpTable, 0, "ret x8", "cannot be checked"),
    ("tail_call", Rule::Call, 0, "b ", "to elsewhere"),
    ("out", Rule::Call, 0, "b 0x1000", "branches out of the kernel"),
    ("runs_on", Rule::Call, 0, "movz x0", "control runs off the end"),
    ("call", Rule::Call, 0, "bl ", "to bad_arm64::compiled::outlined"),
    ("panic", Rule::Panic, 0, "bl ", "core::panicking::panic_bounds_check"),
    ("brk", Rule::Panic, 8, "brk ", "no path that traps"),
    ("udf", Rule::Panic, 8, "udf ", "no path that traps"),
    ("undecodable", Rule::Undecodable, 4, ".inst 0x1ec00000", "1ec00000"),
    ("crc", Rule::Feature, 0, "crc32x ", "needs `crc`, which the row does not declare"),
    ("pmull", Rule::Feature, 0, "pmull ", "needs `aes`, which the row does not declare"),
    ("eor3", Rule::Feature, 0, "eor3 ", "needs `sha3`, which the row does not declare"),
    ("lse", Rule::Feature, 0, "ldadd ", "needs LSE, which the table does not have"),
    ("dotprod", Rule::Feature, 0, "sdot ", "needs DOTPROD, which the table does not have"),
    ("sve", Rule::Feature, 0, "add ", "needs SVE, which the table does not have"),
    ("svc", Rule::Forbidden, 0, "svc ", "EXCEPTION"),
    ("mrs", Rule::Forbidden, 0, "mrs x0", "IC_SYSTEM"),
    ("msr", Rule::Forbidden, 0, "msr ", "IC_SYSTEM"),
    ("dmb", Rule::Forbidden, 0, "dmb ", "IC_SYSTEM"),
    ("exclusive", Rule::Forbidden, 0, "ldxr ", "LDSTEXCL"),
    ("yield", Rule::Forbidden, 0, "yield", "IC_SYSTEM"),
    ("elsewhere", Rule::Relocation, 0, "", "refers to ELSEWHERE"),
    ("pointers", Rule::Relocation, 0, "adr x8", "holds addresses"),
    ("pages", Rule::Relocation, 0, "adrp x8", "of type 275"),
    ("past_the_end", Rule::Relocation, 0, "adr x8", "points out of .rodata.own"),
    ("state", Rule::Relocation, 0, "adr x8", ".data.state is writable"),
];

/// Where these instructions stand is the compiler's affair.
const ANYWHERE: &[&str] = &["call", "panic", "elsewhere", "pointers"];

#[test]
fn bad_kernels_are_refused_for_what_is_bad_in_them() {
    for &(name, rule, offset, instruction, reason) in CASES {
        let symbol = format!("wl_go_bad_{name}");
        let Err(refusals) = lifted(&symbol, &[]) else { panic!("{symbol} passed") };
        let found = refusals.iter().find(|r| r.rule == rule);
        let found = found.unwrap_or_else(|| panic!("{symbol}: no {rule:?} in {refusals:#?}"));
        assert_eq!(found.kernel, symbol);
        assert!(found.instruction.starts_with(instruction), "{found}");
        assert!(found.reason.contains(reason), "{found}");
        assert!(found.offset == offset || ANYWHERE.contains(&name), "{found}");
    }
}

#[test]
fn every_bad_kernel_has_a_case() {
    let tried: Vec<String> = CASES.iter().map(|case| format!("wl_go_bad_{}", case.0)).collect();
    for name in objects().doors.keys().filter(|name| name.starts_with("wl_go_bad_")) {
        assert!(tried.contains(name), "{name} is not tried");
    }
}

#[test]
fn features_are_those_of_the_row() {
    for (name, feature) in
        [("crc", Feature::ArmCrc), ("pmull", Feature::ArmAes), ("eor3", Feature::ArmSha3)]
    {
        let symbol = format!("wl_go_bad_{name}");
        let lifted = lifted(&symbol, &[feature]).unwrap_or_else(|r| panic!("{r:#?}"));
        assert_eq!(lifted.features, [feature]);
    }
}

/// Two words and the address of a word, as the good kernels take them.
fn frame() -> Frame {
    let slot = |name: &str, offset| Slot { name: name.into(), offset, width: 8 };
    Frame { loads: vec![slot("a", 0), slot("b", 8)], result: Some(slot("ret", 16)), size: 24 }
}

const GOOD: &[&str] = &["awkward", "deep", "memory"];

/// Writes, assembles and links the good kernels; calls `then` with each and its linked form.
fn with_linked(then: impl Fn(&Block<'_>, &Function)) {
    let frame = frame();
    let lifted: Vec<Lifted> = GOOD
        .iter()
        .map(|name| lifted(&format!("wl_go_good_{name}"), &[]).unwrap_or_else(|r| panic!("{r:#?}")))
        .collect();
    let blocks: Vec<Block<'_>> = GOOD
        .iter()
        .zip(&lifted)
        .map(|(name, lifted)| Block { name, frame: &frame, lifted })
        .collect();
    let package = Package {
        name: "good".into(),
        assembly: blocks.iter().map(Block::text).collect(),
        go: GOOD.iter().map(|name| format!("func {name}(a, b uint64) (ret uint64)\n")).collect(),
        functions: GOOD.iter().map(|name| name.to_string()).collect(),
    };
    let program = Program::link(&Go::find().unwrap(), Arch::Aarch64, &[package]).unwrap();
    for block in &blocks {
        then(block, &program.function("good", block.name).unwrap());
    }
}

#[test]
fn awkward_kernels_pass_and_are_proved() {
    with_linked(|block, function| {
        let rewritten = prove(block, function).unwrap();
        let was = |text: &str| {
            let step = |offset: u64| block.lifted.steps[offset as usize / SIZE];
            rewritten.iter().any(|r| step(r.offset).was().text(0).starts_with(text))
        };
        assert!(was("ret") && was("sub sp, sp"), "{}", block.name);
        assert_eq!(was("adr "), block.name != "deep", "{}", block.name);
    });
}

/// A bit that is wrong anywhere in the function is seen, and so is a wrong stack table.
#[test]
fn the_proof_finds_planted_faults() {
    with_linked(|block, function| {
        let words = function.bytes.len() / SIZE;
        // The assembler's call that grows the stack has the linker's address in it; behind it is padding.
        let growth = (0..words).rev().find(|at| function.bytes[at * SIZE + 3] == 0x97);
        for at in (0..growth.expect("a call backwards") * SIZE).rev() {
            for bit in 0..8 {
                let mut bytes = function.bytes.clone();
                bytes[at] ^= 1 << bit;
                let stack = function.stack.clone();
                let faulty = Function { address: function.address, bytes, stack };
                assert!(prove(block, &faulty).is_err(), "{} {at:#x} bit {bit}", block.name);
            }
        }
        for n in 0..function.stack.len() {
            let mut stack = function.stack.clone();
            stack[n].1 += 16;
            let bytes = function.bytes.clone();
            let faulty = Function { address: function.address, bytes, stack };
            assert!(prove(block, &faulty).is_err(), "{}: step {n} of the table", block.name);
        }
    });
}
