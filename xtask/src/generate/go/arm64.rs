//! Assembly files for arm64: gate, write, link, prove. All distances are known when a file is written, so once is enough.

use super::{
    native::{self, Kernel, Proved},
    signature,
    signature::Frame,
};
use crate::{
    arm64,
    golang::Go,
    linked::{Package, Program},
    machine::{self, Machine, Row},
    refusal::{self, Refusal},
};
use anyhow::{Context, Result};
use kernels_manifest::{Arch, FAMILIES, Family};
use std::collections::BTreeMap;

const ARCH: Arch = Arch::Aarch64;

/// A kernel that passed the gate, with its place in the table.
struct Passed {
    row: Row,
    name: String,
    frame: Frame,
    lifted: arm64::Lifted,
}

impl Passed {
    fn block(&self) -> arm64::Block<'_> {
        arm64::Block { name: &self.name, frame: &self.frame, lifted: &self.lifted }
    }
}

/// The assembly file of each family, gated and proved.
pub fn files(go: &Go, machine: &Machine) -> Result<Proved> {
    let passed = gate(machine)?;
    let files: Vec<(&'static Family, String)> =
        FAMILIES.iter().map(|family| (family, write(machine, family, &passed))).collect();
    let packages: Vec<Package> =
        files.iter().map(|(family, text)| native::package(ARCH, family, text)).collect();
    let program = Program::link(go, ARCH, &packages)?;
    let mut kernels = BTreeMap::new();
    for passed in &passed {
        let family = passed.row.family.name;
        let function = program.function(family, &passed.name)?;
        let rewritten = arm64::prove(&passed.block(), &function)
            .with_context(|| format!("{family}: {} is not what was compiled", passed.name))?;
        let instructions = passed.lifted.lines().len();
        kernels.insert(passed.row.symbol(), Kernel { instructions, rewritten });
    }
    Ok(Proved { files, kernels })
}

/// Every kernel of the architecture, or every refusal.
fn gate(machine: &Machine) -> Result<Vec<Passed>> {
    let mut passed = Vec::new();
    let mut refused = Vec::new();
    for row in machine::rows(ARCH) {
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
pub fn lift(machine: &Machine, row: &Row) -> Result<arm64::Lifted, Vec<Refusal>> {
    let (object, code) = machine.code(row).ok_or_else(|| vec![native::missing(row)])?;
    let symbol = row.symbol();
    let lifted = arm64::lift(&symbol, code, &object.data, row.variant.features, row.variant.stack)?;
    let leaks = native::leaks(row, |secret| lifted.leaks(&symbol, secret));
    if leaks.is_empty() { Ok(lifted) } else { Err(leaks) }
}

fn write(machine: &Machine, family: &'static Family, passed: &[Passed]) -> String {
    let mut text = native::heading(machine, family);
    for passed in passed.iter().filter(|p| p.row.family.name == family.name) {
        text += &passed.block().text();
    }
    text.trim_end().to_owned() + "\n"
}
