//! What the assembly files of all architectures share.

use super::{BY, HEADING, amd64, arm64, declare, entry, signature};
use crate::{
    golang::Go,
    linked::{Package, Rewritten},
    machine::{self, Machine, Row},
    refusal::{Refusal, Rule},
};
use anyhow::Result;
use kernels_manifest::{Arch, Family};
use std::collections::BTreeMap;

/// Assembly files of an architecture, gated and proved.
pub struct Proved {
    pub files: Vec<(&'static Family, String)>,
    /// By door.
    pub kernels: BTreeMap<String, Kernel>,
}

/// What the proof found out about a kernel.
pub struct Kernel {
    /// How many instructions of the compiler's stand in the program.
    pub instructions: usize,
    /// Those of them that are not byte for byte the compiler's.
    pub rewritten: Vec<Rewritten>,
}

/// The assembly file of each family.
pub fn assembly(go: &Go, machine: &Machine) -> Result<Proved> {
    match machine.toolchain.arch {
        Arch::X86_64 => amd64::files(go, machine),
        Arch::Aarch64 => arm64::files(go, machine),
    }
}

/// Where a row's kernel does not take constant time, if the table says that it does; `check` looks, given the numbers of the
/// registers whose arguments are secret.
pub fn leaks(row: &Row, check: impl FnOnce(&[usize]) -> Vec<Refusal>) -> Vec<Refusal> {
    match row.kernel.constant_time {
        true => check(&signature::secrets(row.kernel)),
        false => Vec::new(),
    }
}

/// Of a row whose door is not in the object.
pub fn missing(row: &Row) -> Refusal {
    Refusal {
        kernel: row.symbol(),
        offset: 0,
        instruction: String::new(),
        rule: Rule::Missing,
        reason: "the object has no such symbol; run `cargo xtask gen` once more if the row is new"
            .into(),
    }
}

/// All that stands above the kernels.
pub fn heading(machine: &Machine, family: &'static Family) -> String {
    let arch = machine.toolchain.arch;
    let mut crates: Vec<&str> = machine::rows(arch)
        .filter(|row| row.family.name == family.name)
        .map(|row| row.variant.isa.crate_name())
        .collect();
    crates.sort_unstable();
    crates.dedup();
    let sources: String = crates
        .iter()
        .map(|name| format!("// From crates/{name}/src/{}.rs\n", family.name))
        .collect();
    let mut text = format!(
        "{HEADING}{sources}{BY}{}\n\n{}\n#include \"textflag.h\"\n\n",
        machine.toolchain.version,
        declare::NATIVE
    );
    text += entry::preamble(arch, family);
    for kernel in family.kernels {
        text += &entry::text(arch, kernel);
    }
    text
}

/// A package for the proof: the assembly, with all that it refers to declared.
pub fn package(arch: Arch, family: &'static Family, assembly: &str) -> Package {
    let mut go = String::new();
    let mut functions = Vec::new();
    for kernel in family.kernels {
        let (name, signature) = (signature::entry(kernel), signature::signature(kernel));
        go += &format!("\nfunc {name}{signature}\n");
        for written in ["Generic", "Long"] {
            go += &format!("\nfunc {name}{written}{signature} {{ panic(0) }}\n");
        }
        functions.push(name);
        if arch == Arch::X86_64 && kernel.chunk.is_some() {
            let name = signature::checked(kernel);
            go += &format!("\nfunc {name}{signature}\n");
            functions.push(name);
        }
        for variant in kernel.variants.iter().filter(|v| v.isa.arch() == Some(arch)) {
            let name = signature::function(kernel, variant);
            go += &format!(
                "\nvar {} bool\n\nfunc {name}{signature}\n",
                signature::flag(kernel, variant)
            );
            functions.push(name);
        }
    }
    Package { name: family.name.into(), assembly: assembly.into(), go, functions }
}
