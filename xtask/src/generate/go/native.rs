//! Assembly files: gate, write, assemble, write again with what the assembler said, link, prove.

use super::{BY, HEADING, arm64, declare, entry, signature, signature::Frame};
use crate::{
    amd64,
    golang::Go,
    linked::{Package, Program},
    machine::{self, Machine, Row},
    refusal::{self, Refusal, Rule},
};
use anyhow::{Context, Result};
use kernels_manifest::{Arch, FAMILIES, Family};

/// The assembly file of each family, gated and proved.
pub fn assembly(go: &Go, machine: &Machine) -> Result<Vec<(&'static Family, String)>> {
    match machine.toolchain.arch {
        Arch::X86_64 => amd64_files(go, machine),
        Arch::Aarch64 => arm64::files(go, machine),
    }
}

/// A kernel that passed the gate, with its place in the table.
struct Passed {
    row: Row,
    name: String,
    frame: Frame,
    lifted: amd64::Lifted,
}

fn amd64_files(go: &Go, machine: &Machine) -> Result<Vec<(&'static Family, String)>> {
    let passed = gate(machine)?;
    let mut written = Vec::new();
    for family in FAMILIES {
        let mine = passed.iter().filter(|p| p.row.family.name == family.name);
        let mut blocks: Vec<amd64::Block<'_>> =
            mine.map(|p| amd64::Block::new(&p.name, &p.frame, &p.lifted)).collect();
        let text = lay_out(go, machine, family, &mut blocks)
            .with_context(|| format!("family {}", family.name))?;
        written.push((family, blocks, text));
    }
    let packages: Vec<Package> =
        written.iter().map(|(family, _, text)| package(Arch::X86_64, family, text)).collect();
    let program = Program::link(go, Arch::X86_64, &packages)?;
    for (family, blocks, _) in &written {
        for block in blocks {
            let function = program.function(family.name, block.name)?;
            amd64::prove(block, &function).with_context(|| {
                format!("{}: {} is not what was compiled", family.name, block.name)
            })?;
        }
    }
    Ok(written.into_iter().map(|(family, _, text)| (family, text)).collect())
}

/// Every kernel of the architecture, or every refusal.
fn gate(machine: &Machine) -> Result<Vec<Passed>> {
    let mut passed = Vec::new();
    let mut refused = Vec::new();
    for row in machine::rows(machine.toolchain.arch) {
        match lift(machine, &row) {
            Ok(lifted) => passed.push(Passed {
                name: signature::function(row.kernel, row.variant),
                frame: Frame::of(row.kernel),
                row,
                lifted,
            }),
            Err(refusals) => refused.extend(refusals),
        }
    }
    refusal::bail(&refused)?;
    Ok(passed)
}

/// The row's kernel, judged.
pub fn lift(machine: &Machine, row: &Row) -> Result<amd64::Lifted, Vec<Refusal>> {
    let (object, code) = machine.code(row).ok_or_else(|| vec![missing(row)])?;
    amd64::lift(&row.symbol(), code, &object.data, row.variant.features, row.variant.stack)
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

/// Writes a family's file twice: the first time to learn where the assembler puts things.
fn lay_out(
    go: &Go,
    machine: &Machine,
    family: &'static Family,
    blocks: &mut [amd64::Block<'_>],
) -> Result<String> {
    let (first, lines) = write(machine, family, blocks);
    let places = go.assemble(Arch::X86_64, &first)?;
    for (block, (items, pool)) in blocks.iter_mut().zip(&lines) {
        block.layout = Some(layout(&places, items, *pool)?);
    }
    let (second, _) = write(machine, family, blocks);
    Ok(second)
}

fn layout(
    places: &std::collections::BTreeMap<usize, u64>,
    items: &[usize],
    pool: usize,
) -> Result<amd64::Layout> {
    let place = |line: &usize| {
        places
            .get(line)
            .copied()
            .with_context(|| format!("the assembler's listing has no line {line}"))
    };
    Ok(amd64::Layout {
        items: items.iter().map(place).collect::<Result<_>>()?,
        pool: place(&pool).unwrap_or(0),
    })
}

/// The file, and for each block the lines of its items and of its constants, counted from 1.
fn write(
    machine: &Machine,
    family: &'static Family,
    blocks: &[amd64::Block<'_>],
) -> (String, Vec<(Vec<usize>, usize)>) {
    let mut text = heading(machine, family);
    let mut places = Vec::new();
    for block in blocks {
        let first = text.lines().count() + 1;
        let (lines, items, pool) = block.lines();
        places.push((items.iter().map(|line| first + line).collect(), first + pool));
        text += &lines.join("\n");
        text += "\n";
    }
    (text.trim_end().to_owned() + "\n", places)
}

/// All that stands above the kernels.
pub fn heading(machine: &Machine, family: &'static Family) -> String {
    let arch = machine.toolchain.arch;
    let mut crates: Vec<&str> = machine::rows(arch)
        .filter(|row| row.family.name == family.name)
        .map(|row| row.variant.isa.crate_name())
        .collect();
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
