//! `cargo xtask inspect`: what was compiled, in figures, and one kernel in full.

use crate::{
    generate::{
        NATIVE,
        go::{amd64, arm64, native},
    },
    golang::Go,
    loops,
    machine::{self, Line, Machine, Row},
    refusal,
};
use anyhow::{Result, bail};
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use kernels_manifest::{Arch, Feature};
use std::{
    fmt::Write as _,
    io::{ErrorKind, Write as _},
};

/// Show every kernel's machine code in figures, or one kernel's in full
#[derive(clap::Args)]
pub struct Args {
    /// Disassemble this kernel, or one variant of it: vec_sum, vec_sum_avx2
    kernel: Option<String>,
    /// Only this architecture: amd64 or arm64
    #[arg(long, value_parser = architecture)]
    arch: Option<Arch>,
}

pub fn architecture(name: &str) -> Result<Arch, String> {
    let known = NATIVE.iter().copied().find(|arch| [arch.go(), arch.rust()].contains(&name));
    known.ok_or_else(|| "kernels have machine code for amd64 and arm64".into())
}

pub fn run(args: &Args) -> Result<()> {
    let chosen: Vec<Arch> =
        NATIVE.iter().copied().filter(|arch| args.arch.is_none_or(|a| a == *arch)).collect();
    match &args.kernel {
        None => overview(&chosen),
        Some(name) => listing(&chosen, name),
    }
}

/// Prints; a reader that has seen enough, as `head` has, is no error.
fn show(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(e.into()),
        _ => Ok(()),
    }
}

/// What the gate found out about a kernel.
pub struct Figures {
    /// Bytes of code and of constants.
    pub code: usize,
    pub constants: usize,
    /// Bytes of stack at the deepest.
    stack: i64,
    /// Registers that it uses.
    registers: Vec<String>,
    /// What it needs beyond the baseline.
    features: Vec<Feature>,
    pub lines: Vec<Line>,
}

pub fn figures(machine: &Machine, row: &Row) -> Result<Figures> {
    let code = machine.code(row).map_or(0, |(_, code)| code.bytes.len());
    let figures = match machine.toolchain.arch {
        Arch::X86_64 => amd64::lift(machine, row).map(|lifted| Figures {
            code,
            constants: lifted.pool.bytes.len(),
            stack: lifted.stack,
            lines: lifted.lines(),
            registers: lifted.registers,
            features: lifted.features,
        }),
        Arch::Aarch64 => arm64::lift(machine, row).map(|lifted| Figures {
            code,
            constants: lifted.pool.len(),
            stack: lifted.stack,
            lines: lifted.lines(),
            registers: lifted.registers,
            features: lifted.features,
        }),
    };
    match figures {
        Ok(figures) => Ok(figures),
        Err(refusals) => bail!(refusal::list(&refusals)),
    }
}

const HEADER: [&str; 9] = [
    "kernel",
    "variant",
    "arch",
    "code",
    "constants",
    "stack",
    "registers",
    "features",
    "compiler",
];

fn overview(chosen: &[Arch]) -> Result<()> {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(comfy_table::LineStyle::none()));
    table.set_header(HEADER);
    let mut refused = Vec::new();
    for &arch in chosen {
        let machine = Machine::load(arch)?;
        for row in machine::rows(arch) {
            match figures(&machine, &row) {
                Ok(figures) => table.add_row(cells(&machine, &row, &figures)),
                Err(refusal) => {
                    refused.push(refusal.to_string());
                    continue;
                }
            };
        }
    }
    for column in 3..6 {
        table
            .column_mut(column)
            .expect("the header has nine")
            .set_cell_alignment(CellAlignment::Right);
    }
    show(&format!(
        "{}\n\nstack: bytes used of the bytes that the row allows. features: what the row declares; in brackets what the\n\
         code does without. compiler: release and commit of rustc, and LLVM.\n",
        table.trim_fmt()
    ))?;
    if !refused.is_empty() {
        bail!("{}", refused.join("\n"));
    }
    Ok(())
}

fn cells(machine: &Machine, row: &Row, figures: &Figures) -> [String; 9] {
    let version = &machine.toolchain.version;
    let commit = version.commit.get(..9).unwrap_or(&version.commit);
    [
        format!("{}_{}", row.family.name, row.kernel.op),
        row.variant.suffix.to_owned(),
        machine.toolchain.arch.go().to_owned(),
        figures.code.to_string(),
        figures.constants.to_string(),
        format!("{}/{}", figures.stack, row.variant.stack),
        registers(&figures.registers),
        features(row, &figures.features),
        format!("{} {commit}, {}", version.release, version.llvm),
    ]
}

/// How many general, vector and mask registers.
fn registers(names: &[String]) -> String {
    let vector = |name: &&String| name.starts_with(['v', 'z', 'y']) || name.starts_with("xmm");
    let mask = |name: &&String| name.starts_with('k');
    let (vectors, masks) = (names.iter().filter(vector).count(), names.iter().filter(mask).count());
    let mut text = format!("{}", names.len() - vectors - masks);
    for (count, kind) in [(vectors, "v"), (masks, "k")] {
        if count > 0 {
            text += &format!("+{count}{kind}");
        }
    }
    text
}

/// What the row declares; in brackets what the code does not need.
fn features(row: &Row, used: &[Feature]) -> String {
    let declared = row.variant.features.iter();
    let names = declared.map(|f| match used.contains(f) {
        true => f.rust().to_owned(),
        false => format!("[{}]", f.rust()),
    });
    names.collect::<Vec<_>>().join(" ")
}

fn listing(chosen: &[Arch], name: &str) -> Result<()> {
    let go = Go::find()?;
    let mut out = String::new();
    for &arch in chosen {
        let rows: Vec<Row> = machine::rows(arch).filter(|row| names(row, name)).collect();
        if rows.is_empty() {
            continue;
        }
        let machine = Machine::load(arch)?;
        let figures = rows.iter().map(|row| figures(&machine, row)).collect::<Result<Vec<_>>>()?;
        let proved = native::assembly(&go, &machine)?;
        for (row, figures) in rows.iter().zip(&figures) {
            describe(&mut out, &machine, row, figures, &proved.kernels[&row.symbol()])?;
        }
    }
    if out.is_empty() {
        bail!("no kernel {name}; `cargo xtask inspect` lists them");
    }
    show(&out)
}

/// Whether a row is meant: by its family and operation, by one variant, or by the door's symbol, as a refusal gives it.
fn names(row: &Row, name: &str) -> bool {
    let kernel = format!("{}_{}", row.family.name, row.kernel.op);
    name == kernel || name == format!("{kernel}_{}", row.variant.suffix) || name == row.symbol()
}

fn describe(
    out: &mut String,
    machine: &Machine,
    row: &Row,
    figures: &Figures,
    proved: &native::Kernel,
) -> std::fmt::Result {
    writeln!(out, "{} ({})", row.symbol(), machine.toolchain.arch.go())?;
    writeln!(out, "  compiler   {}", machine.toolchain.version)?;
    writeln!(out, "  code       {} bytes, {} instructions", figures.code, figures.lines.len())?;
    writeln!(out, "  constants  {} bytes", figures.constants)?;
    writeln!(out, "  stack      {} bytes of {}", figures.stack, row.variant.stack)?;
    writeln!(out, "  registers  {}", figures.registers.join(" "))?;
    writeln!(out, "{}", format!("  features   {}", features(row, &figures.features)).trim_end())?;
    writeln!(
        out,
        "  in Go      {} instructions as compiled, {} rewritten",
        proved.instructions - proved.rewritten.len(),
        proved.rewritten.len()
    )?;
    for found in loops::innermost(&figures.lines) {
        let mix: Vec<String> = found.mix.iter().map(|(name, n)| format!("{n} {name}")).collect();
        let (first, last, len) = (found.first, found.last, found.len());
        writeln!(
            out,
            "  loop       {first:#x} to {last:#x}, {len} instructions: {}",
            mix.join(", ")
        )?;
    }
    writeln!(out, "\n  offset  stack  {:<33} instruction", "bytes")?;
    for line in &figures.lines {
        let rewritten = proved.rewritten.iter().find(|r| r.offset == line.offset);
        writeln!(out, "{}", shown(line, rewritten.map(|r| r.is.as_str())).trim_end())?;
    }
    writeln!(out)
}

fn shown(line: &Line, rewritten: Option<&str>) -> String {
    let bytes: Vec<String> = line.bytes.iter().map(|b| format!("{b:02x}")).collect();
    let depth = line.depth.map(|d| d.to_string()).unwrap_or_default();
    let mut notes = Vec::new();
    if !line.note.is_empty() {
        notes.push(line.note.clone());
    }
    notes.extend(rewritten.map(|is| format!("in Go {is}")));
    let notes = if notes.is_empty() { String::new() } else { format!("; {}", notes.join(", ")) };
    format!("  {:>#6x}  {depth:>5}  {:<33} {:<44} {notes}", line.offset, bytes.join(" "), line.text)
}
