//! `cargo xtask inspect`: what was compiled, in figures.

use crate::{
    generate::{
        NATIVE,
        go::{arm64, native},
    },
    machine::{self, Machine, Row},
    refusal::Refusal,
};
use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use kernels_manifest::{Arch, Feature};

/// Show every kernel's machine code in figures
#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: &Args) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "kernel",
        "variant",
        "arch",
        "code",
        "const",
        "stack",
        "registers",
        "features",
        "compiler",
    ]);
    for &arch in NATIVE {
        let machine = Machine::load(arch)?;
        for row in machine::rows(arch) {
            let code = machine.code(&row).map_or(0, |(_, code)| code.bytes.len());
            let figures = figures(&machine, &row).map_err(|r| anyhow::anyhow!("{}", r[0]))?;
            let features: Vec<&str> = figures.features.iter().map(|f| f.rust()).collect();
            table.add_row([
                format!("{}_{}", row.family.name, row.kernel.op),
                row.variant.suffix.to_owned(),
                arch.go().to_owned(),
                code.to_string(),
                figures.constants.to_string(),
                format!("{}/{}", figures.stack, row.variant.stack),
                figures.registers.to_string(),
                features.join(" "),
                machine.toolchain.version.release.clone(),
            ]);
        }
    }
    table.column_mut(3).expect("six columns").set_cell_alignment(CellAlignment::Right);
    println!("{table}");
    Ok(())
}

/// What the gate found out about a kernel.
struct Figures {
    /// Bytes of constants.
    constants: usize,
    /// Bytes of stack at the deepest.
    stack: i64,
    /// How many registers it uses.
    registers: usize,
    /// What it needs beyond the baseline.
    features: Vec<Feature>,
}

fn figures(machine: &Machine, row: &Row) -> Result<Figures, Vec<Refusal>> {
    Ok(match machine.toolchain.arch {
        Arch::X86_64 => {
            let lifted = native::lift(machine, row)?;
            Figures {
                constants: lifted.pool.bytes.len(),
                stack: lifted.stack,
                registers: lifted.registers.len(),
                features: lifted.features,
            }
        }
        Arch::Aarch64 => {
            let lifted = arm64::lift(machine, row)?;
            Figures {
                constants: lifted.pool.len(),
                stack: lifted.stack,
                registers: lifted.registers.len(),
                features: lifted.features,
            }
        }
    })
}
