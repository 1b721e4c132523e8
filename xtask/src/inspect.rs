//! `cargo xtask inspect`: what was compiled, in figures.

use crate::{
    generate::{NATIVE, go::native},
    machine::{self, Machine},
};
use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};

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
            let lifted = native::lift(&machine, &row).map_err(|r| anyhow::anyhow!("{}", r[0]))?;
            let features: Vec<&str> = lifted.features.iter().map(|f| f.rust()).collect();
            table.add_row([
                format!("{}_{}", row.family.name, row.kernel.op),
                row.variant.suffix.to_owned(),
                arch.go().to_owned(),
                code.to_string(),
                lifted.pool.bytes.len().to_string(),
                format!("{}/{}", lifted.stack, row.variant.stack),
                lifted.registers.len().to_string(),
                features.join(" "),
                machine.toolchain.version.release.clone(),
            ]);
        }
    }
    table.column_mut(3).expect("six columns").set_cell_alignment(CellAlignment::Right);
    println!("{table}");
    Ok(())
}
