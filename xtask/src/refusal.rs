//! Why machine code does not get into Go.

use std::fmt;

/// A kernel that breaks a rule, and the instruction that breaks it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Symbol of the door.
    pub kernel: String,
    /// From the start of the door.
    pub offset: u64,
    /// Disassembly; empty where the rule concerns no single instruction.
    pub instruction: String,
    pub rule: Rule,
    /// What exactly is wrong, and where it helps, what to do.
    pub reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{:#x}", self.kernel, self.offset)?;
        if !self.instruction.is_empty() {
            write!(f, " `{}`", self.instruction)?;
        }
        write!(f, ": {}: {}", self.rule.title(), self.reason)
    }
}

/// What a kernel must not do. Each has a test with a kernel that does it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// Bytes that are no instruction.
    Undecodable,
    /// The stack pointer is not known at this instruction.
    StackPointer,
    /// More stack than the row's bound.
    StackBound,
    /// Access below the stack pointer, or above the kernel's own stack.
    StackAccess,
    /// The unwind table says something else than the instructions.
    Unwind,
    /// An access that needs more alignment than its address has.
    Alignment,
    /// A call, or a jump out of the kernel.
    Call,
    /// A relocation to anything but the kernel's own constants.
    Relocation,
    /// A jump to a computed address.
    JumpTable,
    /// A path that panics or traps.
    Panic,
    /// A CPU feature that the row does not declare.
    Feature,
    /// A return with upper halves of vector registers still in use.
    Vzeroupper,
    /// A register that belongs to Go or to the platform.
    Register,
    /// An instruction that changes state that Go relies on, or leaves user code.
    Forbidden,
    /// In a kernel that the table calls constant-time, a branch, an address or a division that depends on a secret.
    Timing,
    /// The door is not in the object.
    Missing,
}

impl Rule {
    pub const fn title(self) -> &'static str {
        match self {
            Rule::Undecodable => "not an instruction",
            Rule::StackPointer => "stack pointer not statically known",
            Rule::StackBound => "stack over the row's bound",
            Rule::StackAccess => "access outside the kernel's stack",
            Rule::Unwind => "unwind table disagrees",
            Rule::Alignment => "aligned access to what is not aligned",
            Rule::Call => "call",
            Rule::Relocation => "relocation to the outside",
            Rule::JumpTable => "jump table",
            Rule::Panic => "panic path",
            Rule::Feature => "undeclared CPU feature",
            Rule::Vzeroupper => "missing vzeroupper",
            Rule::Register => "reserved register",
            Rule::Forbidden => "forbidden instruction",
            Rule::Timing => "not constant-time",
            Rule::Missing => "no door",
        }
    }
}

/// All refusals in one error, a line each.
pub fn bail(refusals: &[Refusal]) -> anyhow::Result<()> {
    if refusals.is_empty() {
        return Ok(());
    }
    anyhow::bail!(list(refusals))
}

/// What an error says of refusals, a line each.
pub fn list(refusals: &[Refusal]) -> String {
    let lines: Vec<String> = refusals.iter().map(|r| format!("\n  {r}")).collect();
    format!("{} refused:{}", refusals.len(), lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_kernel_offset_and_instruction() {
        let refusal = Refusal {
            kernel: "wl_go_vec_sum_avx2".into(),
            offset: 0x1c,
            instruction: "call rax".into(),
            rule: Rule::Call,
            reason: "kernels call nothing".into(),
        };
        let text = refusal.to_string();
        assert_eq!(text, "wl_go_vec_sum_avx2+0x1c `call rax`: call: kernels call nothing");
    }
}
