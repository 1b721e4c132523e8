//! Every refusal on a kernel that earns it, and the proof on kernels that look awkward, and on faults planted in them.

use super::{Block, Layout, Lifted, decode::sweep, lift, prove};
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

/// What every bad kernel's row would declare, and the stack that it would allow.
const DECLARED: &[Feature] = &[Feature::Avx2, Feature::Avx512f];
const BOUND: u32 = 512;

fn objects() -> &'static Object {
    static OBJECT: OnceLock<Object> = OnceLock::new();
    OBJECT.get_or_init(|| {
        let toolchain = toolchain::find(Arch::X86_64).unwrap();
        let bytes = compile::object(&root().join("xtask/tests/bad"), "bad", &toolchain).unwrap();
        object::read(&bytes).unwrap()
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
    ("and_rsp", Rule::StackPointer, 0, "and rsp, ", "only push, pop and constants"),
    ("lea_rsp", Rule::StackPointer, 0, "lea rsp, [rsp-8]", "only push, pop and constants"),
    ("mov_rsp", Rule::StackPointer, 3, "mov rsp, rax", "only push, pop and constants"),
    ("sub_register", Rule::StackPointer, 0, "sub rsp, rdi", "only push, pop and constants"),
    ("ret_imm", Rule::StackPointer, 0, "ret 8", "only push, pop and constants"),
    ("two_depths", Rule::StackPointer, 6, "mov rax, rdi", "one path arrives with 0 bytes"),
    ("deep_return", Rule::StackPointer, 1, "ret", "returns 8 bytes deep"),
    ("too_deep", Rule::StackBound, 1, "sub rsp, 0x200", "uses 520 bytes, the row allows 512"),
    ("untold_push", Rule::Unwind, 1, "pop rbx", "it says 0 bytes deep, the instructions 8"),
    ("frame_pointer", Rule::Unwind, 4, "nop", "counts from DWARF register 6"),
    ("no_unwind", Rule::Unwind, 0, "ret", "it says nothing"),
    ("red_zone", Rule::StackAccess, 0, "mov [rsp-8], rdi", "8 bytes below the stack pointer"),
    ("above", Rule::StackAccess, 0, "mov rax, [rsp+8]", "16 bytes above the 0"),
    ("aligned_spill", Rule::Alignment, 4, "movaps [rsp], xmm0", "Go aligns the stack to 8"),
    ("aligned_sse_operand", Rule::Alignment, 4, "paddq xmm0, [rsp]", "Go aligns the stack to 8"),
    ("aligned_escape", Rule::Alignment, 8, "movdqa xmm0, [rax]", "`lea rax, [rsp]` at 0x4 took"),
    (
        "aligned_constant",
        Rule::Alignment,
        0,
        "vmovdqa ymm0, [rip",
        "needs 32 bytes, .rodata.half_aligned is aligned to 16",
    ),
    ("long_read", Rule::Relocation, 0, "vmovdqu ymm0, [rip", ".rodata.short is read outside"),
    ("huge_alignment", Rule::Alignment, 0, "mov rax, [rip", "asks for 4096 bytes"),
    ("got", Rule::Relocation, 0, "mov rax, [rip", "refers to elsewhere"),
    (
        "absolute",
        Rule::Relocation,
        0,
        "mov rax, ",
        "not reached relative to the instruction pointer",
    ),
    ("pointers", Rule::Relocation, 0, "mov rax, [rip", "holds addresses"),
    ("state", Rule::Relocation, 5, "lock xadd [rip", "can be written to"),
    ("jump_table", Rule::JumpTable, 7, "jmp rax", "the target is computed"),
    ("call_register", Rule::Call, 0, "call rdi", "a kernel calls nothing"),
    ("tail_call", Rule::Call, 0, "jmp ", "to elsewhere"),
    ("into_instruction", Rule::Call, 0, "jmp ", "into an instruction"),
    ("runs_on", Rule::Call, 0, "mov eax, 1", "control runs on"),
    ("jrcxz", Rule::Forbidden, 3, "jrcxz", "cannot become a label"),
    ("call", Rule::Call, 0, "call ", "bad::compiled::outlined"),
    ("panic", Rule::Panic, 0, "call ", "core::panicking::panic_bounds_check"),
    ("trap", Rule::Panic, 6, "ud2", "traps"),
    ("undecodable", Rule::Undecodable, 1, "(bad)", "06"),
    ("unknown_feature", Rule::Feature, 0, "adcx rax, rdi", "needs ADX"),
    ("high_registers", Rule::Feature, 0, "vpaddq xmm17, xmm16, xmm16", "needs avx512vl"),
    ("vzeroupper", Rule::Vzeroupper, 4, "ret", "`vpaddq ymm0, ymm0, ymm0` at 0x0"),
    ("vzeroupper_one_path", Rule::Vzeroupper, 18, "ret", "`vpaddq ymm0, ymm0, ymm0` at 0x5"),
    ("std", Rule::Forbidden, 0, "std", "direction flag"),
    ("ldmxcsr", Rule::Forbidden, 0, "ldmxcsr [rdi]", "rounding"),
    ("x87", Rule::Forbidden, 0, "fld1", "x87"),
    ("mmx", Rule::Forbidden, 0, "pxor mm0, mm0", "MMX"),
    ("syscall", Rule::Forbidden, 0, "syscall", "a system call"),
    ("int3", Rule::Forbidden, 0, "int3", "an interrupt"),
    ("cpuid", Rule::Forbidden, 0, "cpuid", "differs between CPUs"),
    ("tls", Rule::Forbidden, 0, "mov rax, [fs:", "thread-local"),
    ("segment", Rule::Forbidden, 0, "mov fs, eax", "segment registers"),
    ("privileged", Rule::Forbidden, 0, "hlt", "privileged"),
];

#[test]
fn bad_kernels_are_refused_for_what_is_bad_in_them() {
    for &(name, rule, offset, instruction, reason) in CASES {
        let symbol = format!("wl_go_bad_{name}");
        let Err(refusals) = lifted(&symbol, DECLARED) else { panic!("{symbol} passed") };
        let found = refusals.iter().find(|r| r.rule == rule);
        let found = found.unwrap_or_else(|| panic!("{symbol}: no {rule:?} in {refusals:#?}"));
        assert_eq!(found.kernel, symbol);
        assert!(found.instruction.starts_with(instruction), "{found}");
        assert!(found.reason.contains(reason), "{found}");
        // The compiler's offsets are its own affair.
        assert!(found.offset == offset || ["call", "panic"].contains(&name), "{found}");
    }
}

#[test]
fn a_compiler_that_aligns_the_stack_is_refused() {
    let refusals = lifted("wl_go_bad_realigned", DECLARED).err().expect("it must not pass");
    let found = refusals.iter().find(|r| r.rule == Rule::StackPointer);
    assert!(found.is_some_and(|r| r.instruction.starts_with("and rsp")), "{refusals:#?}");
}

#[test]
fn every_bad_kernel_has_a_case() {
    let tried: Vec<String> = CASES.iter().map(|case| format!("wl_go_bad_{}", case.0)).collect();
    let others = ["wl_go_bad_realigned", "wl_go_bad_feature"];
    for name in objects().doors.keys().filter(|name| name.starts_with("wl_go_bad_")) {
        assert!(tried.contains(name) || others.contains(&name.as_str()), "{name} is not tried");
    }
}

/// A feature is refused exactly if it is neither declared nor implied by what is.
#[test]
fn features_are_those_of_the_row() {
    let name = "wl_go_bad_feature";
    let refusals = lifted(name, &[Feature::Sse41]).err().expect("AVX2 is not declared");
    assert!(refusals.iter().any(|r| r.rule == Rule::Feature && r.reason.contains("needs avx2")));
    for declared in [Feature::Avx2, Feature::Avx512f] {
        assert!(lifted(name, &[declared]).is_ok());
    }
}

/// Two words and the address of a word, as the good kernels take them.
fn frame() -> Frame {
    let slot = |name: &str, offset| Slot { name: name.into(), offset, width: 8 };
    Frame { loads: vec![slot("a", 0), slot("b", 8)], result: Some(slot("ret", 16)), size: 24 }
}

const GOOD: &[&str] = &["early_returns", "constants", "long"];

/// Writes, assembles and links the good kernels, with a stack check in their stubs and without; calls `then` with each
/// and its linked form.
fn with_linked(then: impl Fn(&Block<'_>, &Function)) {
    for checks in [true, false] {
        linked(checks, &then);
    }
}

fn linked(checks: bool, then: impl Fn(&Block<'_>, &Function)) {
    let frame = frame();
    let names: Vec<String> = GOOD.iter().map(|name| format!("wl_go_good_{name}")).collect();
    let lifted: Vec<Lifted> = names
        .iter()
        .map(|name| lifted(name, DECLARED).unwrap_or_else(|r| panic!("{r:#?}")))
        .collect();
    let mut blocks: Vec<Block<'_>> = GOOD
        .iter()
        .zip(&lifted)
        .map(|(name, lifted)| Block::new(name, &frame, lifted, checks))
        .collect();
    let go = Go::find().unwrap();
    let (text, places) = write(&blocks);
    let lines = go.assemble(Arch::X86_64, "linux", &text).unwrap();
    for (block, (items, pool)) in blocks.iter_mut().zip(places) {
        let items = items.iter().map(|line| lines[line]).collect();
        block.layout = Some(Layout { items, pool: lines.get(&pool).copied().unwrap_or(0) });
    }
    let declarations: String =
        GOOD.iter().map(|name| format!("func {name}(a, b uint64) (ret uint64)\n")).collect();
    let package = Package {
        name: "good".into(),
        assembly: write(&blocks).0,
        go: declarations,
        functions: GOOD.iter().map(|name| name.to_string()).collect(),
    };
    let program = Program::link(&go, Arch::X86_64, &[package]).unwrap();
    for block in &blocks {
        then(block, &program.function("good", block.name).unwrap());
    }
}

/// The file, and of each block the lines of its items and of its constants.
fn write(blocks: &[Block<'_>]) -> (String, Vec<(Vec<usize>, usize)>) {
    let mut text = String::from("#include \"textflag.h\"\n\n");
    let mut places = Vec::new();
    for block in blocks {
        let first = text.lines().count() + 1;
        let (lines, items, pool) = block.lines();
        places.push((items.iter().map(|line| first + line).collect(), first + pool));
        text += &(lines.join("\n") + "\n");
    }
    (text, places)
}

/// Whether two functions are the same instructions up to `end`, padding aside: some bits of x86 encodings mean nothing.
fn reads_alike(a: &[u8], b: &[u8], end: usize) -> bool {
    let read = |bytes: &[u8]| -> Vec<String> {
        let insts = sweep(&bytes[..end], 0, iced_x86::DecoderOptions::NONE);
        insts.iter().map(|inst| inst.text()).filter(|text| !text.starts_with("nop")).collect()
    };
    read(a) == read(b)
}

#[test]
fn awkward_kernels_pass_and_are_proved() {
    with_linked(|block, function| {
        let rewritten = prove(block, function).unwrap();
        let changed: Vec<&str> = rewritten.iter().map(|r| r.is.as_str()).collect();
        assert_eq!(changed.is_empty(), block.name == "long", "{} changed {changed:?}", block.name);
    });
}

/// A bit that is wrong anywhere from the stack check to the last constant is seen, and so is a wrong stack table.
#[test]
fn the_proof_finds_planted_faults() {
    with_linked(|block, function| {
        let layout = block.layout.as_ref().unwrap();
        let code = layout.items[block.items.len() - 1];
        let end = code.max(layout.pool + block.lifted.pool.bytes.len() as u64);
        for at in 0..end {
            let padding = layout.pool > 0 && (code..layout.pool).contains(&at);
            for bit in 0..8 {
                let mut bytes = function.bytes.clone();
                bytes[at as usize] ^= 1 << bit;
                let stack = function.stack.clone();
                let faulty = Function { address: function.address, bytes, stack };
                let found = prove(block, &faulty).is_err();
                let alike = || reads_alike(&function.bytes, &faulty.bytes, code as usize);
                assert!(found || padding || alike(), "{} {at:#x} bit {bit}", block.name);
            }
        }
        for n in 0..function.stack.len() {
            let mut stack = function.stack.clone();
            let inside = stack[n].0 >= layout.items[0] && stack[n].0 < code;
            stack[n].1 += 8;
            let faulty =
                Function { address: function.address, bytes: function.bytes.clone(), stack };
            assert!(
                !inside || prove(block, &faulty).is_err(),
                "{}: step {n} of the table",
                block.name
            );
        }
    });
}
