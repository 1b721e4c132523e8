//! Assembly files for amd64: gate, write, assemble, write again with what the assembler said, link, prove.

use super::{
    native::{self, Kernel, Proved},
    signature,
    signature::Frame,
};
use crate::{
    amd64,
    golang::Go,
    linked::{Package, Program},
    machine::{self, Machine, Row},
    refusal::{self, Refusal},
};
use anyhow::{Context, Result, ensure};
use kernels_manifest::{Arch, FAMILIES, Family};
use std::collections::BTreeMap;

/// A kernel that passed the gate, with its place in the table.
struct Passed {
    row: Row,
    name: String,
    frame: Frame,
    lifted: amd64::Lifted,
}

/// The assembly file of each family, gated and proved.
pub fn files(go: &Go, machine: &Machine) -> Result<Proved> {
    let passed = gate(machine)?;
    let mut written = Vec::new();
    for family in FAMILIES {
        let mine = passed.iter().filter(|p| p.row.family.name == family.name);
        let mut blocks: Vec<amd64::Block<'_>> = mine
            .map(|p| {
                let checks = !p.row.kernel.entry_checks(p.row.variant);
                amd64::Block::new(&p.name, &p.frame, &p.lifted, checks)
            })
            .collect();
        let text = lay_out(go, machine, family, &mut blocks)
            .with_context(|| format!("family {}", family.name))?;
        written.push((family, blocks, text));
    }
    let packages: Vec<Package> = written
        .iter()
        .map(|(family, _, text)| native::package(Arch::X86_64, family, text))
        .collect();
    let program = Program::link(go, Arch::X86_64, &packages)?;
    let mut kernels = BTreeMap::new();
    for (family, blocks, _) in &written {
        let rows = passed.iter().filter(|p| p.row.family.name == family.name);
        for (block, passed) in blocks.iter().zip(rows) {
            let function = program.function(family.name, block.name)?;
            let rewritten = amd64::prove(block, &function).with_context(|| {
                format!("{}: {} is not what was compiled", family.name, block.name)
            })?;
            let instructions = block.items.iter().filter(|item| item.inst().is_some()).count();
            kernels.insert(passed.row.symbol(), Kernel { instructions, rewritten });
        }
    }
    for family in FAMILIES {
        for kernel in family.kernels.iter().filter(|k| k.chunk.is_some()) {
            let name = signature::checked(kernel);
            amd64::prove_check(&program.function(family.name, &name)?)
                .with_context(|| format!("{}: {name}", family.name))?;
        }
    }
    let files = written.into_iter().map(|(family, _, text)| (family, text)).collect();
    Ok(Proved { files, kernels })
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
    let (object, code) = machine.code(row).ok_or_else(|| vec![native::missing(row)])?;
    let symbol = row.symbol();
    let lifted = amd64::lift(&symbol, code, &object.data, row.variant.features, row.variant.stack)?;
    let leaks = native::leaks(row, |secret| lifted.leaks(&symbol, secret));
    if leaks.is_empty() { Ok(lifted) } else { Err(leaks) }
}

/// The system whose layout counts, and others whose prologues differ: no distance within a kernel may.
const SYSTEM: &str = "linux";
const OTHER_SYSTEMS: &[&str] = &["windows", "darwin", "freebsd"];

/// Writes a family's file twice: the first time to learn where the assembler puts things.
fn lay_out(
    go: &Go,
    machine: &Machine,
    family: &'static Family,
    blocks: &mut [amd64::Block<'_>],
) -> Result<String> {
    let (first, lines) = write(machine, family, blocks);
    let places = go.assemble(Arch::X86_64, SYSTEM, &first)?;
    for (block, (items, pool)) in blocks.iter_mut().zip(&lines) {
        block.layout = Some(layout(&places, items, *pool)?);
    }
    let (second, _) = write(machine, family, blocks);
    for system in OTHER_SYSTEMS {
        let places = go.assemble(Arch::X86_64, system, &second)?;
        for (block, (items, pool)) in blocks.iter().zip(&lines) {
            let here = block.layout.as_ref().map(amd64::Layout::relative);
            let there = layout(&places, items, *pool)?.relative();
            ensure!(here == Some(there), "{} is laid out differently for {system}", block.name);
        }
    }
    Ok(second)
}

fn layout(places: &BTreeMap<usize, u64>, items: &[usize], pool: usize) -> Result<amd64::Layout> {
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
    let mut text = native::heading(machine, family);
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
