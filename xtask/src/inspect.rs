//! `cargo xtask inspect`: what was compiled, in figures.

use crate::machine::{self, Machine};
use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use kernels_manifest::Arch;

/// Show every kernel's machine code in figures
#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: &Args) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["kernel", "variant", "arch", "code", "features", "compiler"]);
    for arch in [Arch::X86_64, Arch::Aarch64] {
        let machine = Machine::load(arch)?;
        for row in machine::rows(arch) {
            let code = machine.code(&row).map_or(0, |(_, code)| code.bytes.len());
            let features: Vec<&str> = row.variant.features.iter().map(|f| f.rust()).collect();
            table.add_row([
                format!("{}_{}", row.family.name, row.kernel.op),
                row.variant.suffix.to_owned(),
                arch.go().to_owned(),
                code.to_string(),
                features.join(" "),
                machine.toolchain.version.release.clone(),
            ]);
        }
    }
    table.column_mut(3).expect("six columns").set_cell_alignment(CellAlignment::Right);
    println!("{table}");
    Ok(())
}
