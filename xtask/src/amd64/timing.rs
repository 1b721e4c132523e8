//! Constant time: no branch and no address depends on what is secret, which are the contents of arguments, and arguments
//! that are numbers but no lengths.
//!
//! From the entry on it is followed which registers, flags and words of the stack may hold anything that was computed from
//! a secret. All that is loaded is secret, but for the kernel's own constants and words of the stack that were public when
//! they were stored. Where two paths meet, what is secret on one is secret.

use super::{Fault, Lifted, decode::Inst, flow};
use crate::refusal::{Refusal, Rule};
use iced_x86::{FlowControl, Mnemonic, OpAccess, Register, UsedMemory};
use std::collections::BTreeSet;

/// Registers of arguments, in their order.
const ARGUMENTS: [Register; 6] =
    [Register::RDI, Register::RSI, Register::RDX, Register::RCX, Register::R8, Register::R9];

/// What may hold secrets.
#[derive(Clone, Default)]
struct Secrets {
    /// Whole registers.
    registers: BTreeSet<Register>,
    /// As iced-x86 numbers them.
    flags: u32,
    /// Words of the stack, by their distance from where the stack pointer was at the entry.
    stack: BTreeSet<i64>,
}

impl Lifted {
    /// Where the kernel does not take constant time, if the arguments of these numbers are secret themselves.
    pub fn leaks(&self, symbol: &str, secret: &[usize]) -> Vec<Refusal> {
        let registers = secret.iter().filter_map(|&n| ARGUMENTS.get(n).copied()).collect();
        let entry = Secrets { registers, ..Secrets::default() };
        let faults = check(&self.insts, &self.depths, entry);
        faults.into_iter().map(|fault| fault.refusal(symbol, &self.insts)).collect()
    }
}

fn check(insts: &[Inst], depths: &[Option<i64>], entry: Secrets) -> Vec<Fault> {
    let depth = |at: usize| depths[at].unwrap_or(0);
    let facts = flow::walk(
        insts,
        entry,
        |at, secrets: &Secrets| secrets.after(&insts[at], depth(at)),
        |_, secrets, other| secrets.join(other),
    );
    let faults = facts.iter().enumerate().filter_map(|(at, secrets)| {
        let reason = secrets.as_ref()?.leak(&insts[at], depth(at))?;
        Some(Fault::new(at, Rule::Timing, reason))
    });
    faults.collect()
}

impl Secrets {
    fn join(&mut self, other: Secrets) -> bool {
        let before = (self.registers.len(), self.flags, self.stack.len());
        self.registers.extend(other.registers);
        self.flags |= other.flags;
        self.stack.extend(other.stack);
        before != (self.registers.len(), self.flags, self.stack.len())
    }

    fn register(&self, register: Register) -> bool {
        self.registers.contains(&register.full_register())
    }

    /// What the instruction gives away.
    fn leak(&self, inst: &Inst, depth: i64) -> Option<String> {
        let x = &inst.x;
        let addressed = inst.info.used_memory().iter().flat_map(|used| [used.base(), used.index()]);
        let mask = super::memory::has_memory(inst).then_some(x.op_mask());
        let by = addressed.chain(mask).find(|&r| self.register(r));
        if let (Some(register), true) = (by, x.mnemonic() != Mnemonic::Lea) {
            let name = format!("{register:?}").to_lowercase();
            return Some(format!("where it reads or writes depends on a secret, by {name}"));
        }
        let varies = matches!(x.mnemonic(), Mnemonic::Div | Mnemonic::Idiv);
        match x.flow_control() {
            FlowControl::ConditionalBranch if self.reads(inst, depth) => {
                Some("whether it jumps depends on a secret".into())
            }
            _ if varies && self.reads(inst, depth) => {
                Some("how long it takes depends on a secret".into())
            }
            _ => None,
        }
    }

    /// Whether anything that the instruction reads may be secret.
    fn reads(&self, inst: &Inst, depth: i64) -> bool {
        let registers = inst.info.used_registers().iter();
        let register =
            registers.filter(|used| is_read(used.access())).any(|u| self.register(u.register()));
        let memory = inst.info.used_memory().iter().filter(|used| is_read(used.access()));
        register
            || self.flags & inst.x.rflags_read() != 0
            || memory.into_iter().any(|used| self.loads(used, depth))
    }

    fn loads(&self, used: &UsedMemory, depth: i64) -> bool {
        match (used.base(), words(used, depth)) {
            (Register::RIP, _) => false,
            (_, Some(mut words)) => words.any(|word| self.stack.contains(&word)),
            // Constants have their address as displacement, once the instruction pointer is added.
            (Register::None, None) if used.index() == Register::None => false,
            _ => true,
        }
    }

    fn after(&self, inst: &Inst, depth: i64) -> Secrets {
        let secret = self.reads(inst, depth);
        let mut after = self.clone();
        for used in inst.info.used_registers().iter().filter(|used| is_written(used.access())) {
            let whole = used.register().full_register();
            // The gate has seen that only constants move it.
            if whole == Register::RSP {
                continue;
            }
            if secret {
                after.registers.insert(whole);
            } else if used.access() == OpAccess::Write && covers(used.register()) {
                after.registers.remove(&whole);
            }
        }
        let flags = inst.x.rflags_modified();
        after.flags = after.flags & !flags | if secret { flags } else { 0 };
        for used in inst.info.used_memory().iter().filter(|used| is_written(used.access())) {
            let Some(words) = words(used, depth) else { continue };
            let whole = used.memory_size().size() % 8 == 0;
            for word in words {
                if secret {
                    after.stack.insert(word);
                } else if whole {
                    after.stack.remove(&word);
                }
            }
        }
        after
    }
}

/// The words of the kernel's stack that an access touches; `None` if it is to other memory.
fn words(used: &UsedMemory, depth: i64) -> Option<impl Iterator<Item = i64>> {
    let own = used.base() == Register::RSP && used.index() == Register::None;
    let start = used.displacement() as i64 - depth;
    let end = start + used.memory_size().size() as i64;
    own.then(|| (start.div_euclid(8)..(end + 7).div_euclid(8)).map(|word| word * 8))
}

fn is_read(access: OpAccess) -> bool {
    !matches!(
        access,
        OpAccess::None | OpAccess::NoMemAccess | OpAccess::Write | OpAccess::CondWrite
    )
}

fn is_written(access: OpAccess) -> bool {
    !matches!(access, OpAccess::None | OpAccess::NoMemAccess | OpAccess::Read | OpAccess::CondRead)
}

/// Whether nothing of the whole register is left after a write to this part of it. A write that clears the rest is named by the
/// whole register.
fn covers(register: Register) -> bool {
    register == register.full_register()
}

#[cfg(test)]
mod tests {
    use super::{super::plain, *};

    fn faults(bytes: &[u8], secret: &[Register]) -> Vec<usize> {
        let insts = plain(bytes);
        let entry = Secrets { registers: secret.iter().copied().collect(), ..Secrets::default() };
        let (depths, _) = flow::depths(&insts);
        check(&insts, &depths, entry).into_iter().map(|fault| fault.at).collect()
    }

    /// `mov rax, [rdi]`.
    const LOAD: &[u8] = &[0x48, 0x8b, 0x07];

    #[test]
    fn each_leak_is_found() {
        for (text, rest, at) in [
            ("test rax, rax; je", &[0x48, 0x85, 0xc0, 0x74, 0x00, 0xc3][..], 2),
            ("mov rcx, [rsi+rax]", &[0x48, 0x8b, 0x0c, 0x06, 0xc3], 1),
            (
                "vmovq xmm0, rax; vpmovmskb eax, xmm0; test eax, eax; jne",
                &[
                    0xc4, 0xe1, 0xf9, 0x6e, 0xc0, 0xc5, 0xf9, 0xd7, 0xc0, 0x85, 0xc0, 0x75, 0x00,
                    0xc3,
                ],
                4,
            ),
            ("push rax; pop rcx; mov rcx, [rcx]", &[0x50, 0x59, 0x48, 0x8b, 0x09, 0xc3], 3),
            ("xor edx, edx; div rsi", &[0x31, 0xd2, 0x48, 0xf7, 0xf6, 0xc3], 2),
            (
                "cmp rax, rsi; cmove rdx, rcx; mov rdx, [rdx]",
                &[0x48, 0x39, 0xf0, 0x48, 0x0f, 0x44, 0xd1, 0x48, 0x8b, 0x12, 0xc3],
                3,
            ),
            (
                "kmovq k1, rax; vmovdqu8 zmm0{k1}{z}, [rsi]",
                &[0xc4, 0xe1, 0xfb, 0x92, 0xc8, 0x62, 0xf1, 0x7f, 0xc9, 0x6f, 0x06, 0xc3],
                2,
            ),
            (
                "mov al, sil; mov rcx, [rdi+rax]",
                &[0x40, 0x88, 0xf0, 0x48, 0x8b, 0x0c, 0x07, 0xc3],
                2,
            ),
        ] {
            assert_eq!(faults(&[LOAD, rest].concat(), &[]), [at], "mov rax, [rdi]; {text}");
        }
        let branch = [0x48, 0x85, 0xff, 0x74, 0x00, 0xc3];
        assert_eq!(faults(&branch, &[Register::RDI]), [1], "test rdi, rdi, which is secret; je");
        assert_eq!(faults(&branch, &[]), [0; 0]);
    }

    #[test]
    fn what_is_public_may_decide() {
        for (text, rest) in [
            ("test rsi, rsi; je", &[0x48, 0x85, 0xf6, 0x74, 0x00, 0xc3][..]),
            (
                "add rax, [rdi+8]; dec rsi; jne",
                &[0x48, 0x03, 0x47, 0x08, 0x48, 0xff, 0xce, 0x75, 0xf4, 0xc3],
            ),
            ("xor eax, eax; mov rax, [rdi+rax]", &[0x31, 0xc0, 0x48, 0x8b, 0x04, 0x07, 0xc3]),
            ("mov eax, esi; mov rax, [rdi+rax]", &[0x89, 0xf0, 0x48, 0x8b, 0x04, 0x07, 0xc3]),
            ("push rsi; pop rcx; mov rcx, [rcx]", &[0x56, 0x59, 0x48, 0x8b, 0x09, 0xc3]),
            (
                "vpxor xmm0, xmm0, xmm0; vmovq rax, xmm0; mov rax, [rdi+rax]",
                &[
                    0xc5, 0xf9, 0xef, 0xc0, 0xc4, 0xe1, 0xf9, 0x7e, 0xc0, 0x48, 0x8b, 0x04, 0x07,
                    0xc3,
                ],
            ),
        ] {
            assert_eq!(faults(&[LOAD, rest].concat(), &[]), [0; 0], "mov rax, [rdi]; {text}");
        }
    }
}
