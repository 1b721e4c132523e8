//! A Go program that carries generated assembly, linked and read back: the bytes as they would run, and what the
//! runtime's tables say of them.

use crate::golang::Go;
use anyhow::{Context, Result, bail, ensure};
use kernels_manifest::Arch;
use object::{File, Object, ObjectSection, ObjectSymbol};
use std::{collections::HashMap, fs};

/// One package of the program.
pub struct Package {
    /// Its folder and name.
    pub name: String,
    pub assembly: String,
    /// Go declarations of all that the assembly defines and refers to.
    pub go: String,
    /// Functions that must stay in the program.
    pub functions: Vec<String>,
}

/// A linked program.
pub struct Program {
    image: Vec<u8>,
    text: u64,
    pclntab: u64,
}

/// A function of the program.
pub struct Function {
    pub address: u64,
    pub bytes: Vec<u8>,
    /// Bytes of stack in use from each offset on, ascending, as the runtime's unwinder reads it.
    pub stack: Vec<(u64, i64)>,
}

/// What stands in a program instead of an instruction of the compiler's.
pub struct Rewritten {
    /// From the start of the door.
    pub offset: u64,
    /// Disassembly of what stands there.
    pub is: String,
}

impl Function {
    /// What the runtime believes of the stack at `offset`.
    pub fn depth(&self, offset: u64) -> Option<i64> {
        self.stack.iter().rev().find(|(start, _)| *start <= offset).map(|(_, depth)| *depth)
    }
}

/// Module path of the program.
const MODULE: &str = "prove";

impl Program {
    pub fn link(go: &Go, arch: Arch, packages: &[Package]) -> Result<Program> {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        fs::write(root.join("go.mod"), format!("module {MODULE}\n\ngo 1.25\n"))?;
        let mut imports = String::new();
        let mut kept = String::new();
        for package in packages {
            let path = root.join(&package.name);
            fs::create_dir(&path)?;
            fs::write(path.join("z.s"), &package.assembly)?;
            let functions = package.functions.join(",\n\t");
            let keep = format!("\nvar Functions = []any{{\n\t{functions},\n}}\n");
            fs::write(
                path.join("z.go"),
                format!("package {}\n{}{keep}", package.name, package.go),
            )?;
            imports += &format!("\t\"{MODULE}/{}\"\n", package.name);
            kept += &format!("\tprintln(len({}.Functions))\n", package.name);
        }
        fs::write(
            root.join("main.go"),
            format!("package main\n\nimport (\n{imports})\n\nfunc main() {{\n{kept}}}\n"),
        )?;
        Program::read(go.build(arch, root)?)
    }

    fn read(image: Vec<u8>) -> Result<Program> {
        let file = File::parse(&*image).context("parsing the linked program")?;
        let symbols: HashMap<&str, u64> =
            file.symbols().filter_map(|s| Some((s.name().ok()?, s.address()))).collect();
        let address = |name: &str| {
            symbols.get(name).copied().with_context(|| format!("the program has no symbol {name}"))
        };
        let (text, pclntab) = (address("runtime.text")?, address("runtime.pclntab")?);
        drop(file);
        Ok(Program { image, text, pclntab })
    }

    /// The assembly function `name` of a package.
    pub fn function(&self, package: &str, name: &str) -> Result<Function> {
        let symbol = format!("{MODULE}/{package}.{name}.abi0");
        let file = File::parse(&*self.image)?;
        let found = file.symbols().find(|s| s.name() == Ok(&symbol));
        let found = found.with_context(|| format!("{symbol} is not in the linked program"))?;
        let address = found.address();
        let index = found.section_index().context("a function has a section")?;
        let bytes = file
            .section_by_index(index)?
            .data_range(address, found.size())?
            .context("a function lies in its section")?;
        Ok(Function { address, bytes: bytes.to_vec(), stack: self.stack_table(&file, address)? })
    }

    /// Decodes the table of stack depths of the function at `address`. Its form is that of Go 1.20 and later
    /// (`runtime/symtab.go`, `internal/abi/symtab.go` there).
    fn stack_table(&self, file: &File<'_>, address: u64) -> Result<Vec<(u64, i64)>> {
        let section = file
            .sections()
            .find(|s| (s.address()..s.address() + s.size()).contains(&self.pclntab))
            .context("the program counter table lies in no section")?;
        let skip = (self.pclntab - section.address()) as usize;
        let table = section.data()?.get(skip..).context("the table is cut off")?;
        const MAGIC: u32 = 0xffff_fff1;
        let magic = word32(table, 0)?;
        ensure!(magic == MAGIC, "this Go's program counter table has an unknown form {magic:#x}");
        let quantum = u64::from(table[6]);
        let header = |n: usize| word64(table, 8 + 8 * n);
        let functions = header(0)? as usize;
        let (pctab, funcs) = (header(6)? as usize, header(7)? as usize);
        let wanted = (address - self.text) as u32;
        for n in 0..functions {
            if word32(table, funcs + 8 * n)? == wanted {
                let function = funcs + word32(table, funcs + 8 * n + 4)? as usize;
                let pcsp = word32(table, function + 16)? as usize;
                return steps(table.get(pctab + pcsp..).context("cut off")?, quantum);
            }
        }
        bail!("the program counter table does not know the function at {address:#x}")
    }
}

fn word32(table: &[u8], at: usize) -> Result<u32> {
    let bytes = table.get(at..at + 4).context("the program counter table is cut off")?;
    Ok(u32::from_le_bytes(bytes.try_into()?))
}

fn word64(table: &[u8], at: usize) -> Result<u64> {
    let bytes = table.get(at..at + 8).context("the program counter table is cut off")?;
    Ok(u64::from_le_bytes(bytes.try_into()?))
}

/// Pairs of a value's change and the length over which the value holds; a change of 0 ends the table.
fn steps(mut table: &[u8], quantum: u64) -> Result<Vec<(u64, i64)>> {
    let mut found = Vec::new();
    let (mut offset, mut value) = (0, -1i64);
    loop {
        let change = varint(&mut table)?;
        if change == 0 && !found.is_empty() {
            return Ok(found);
        }
        value += ((change >> 1) as i64) ^ -((change & 1) as i64);
        found.push((offset, value));
        offset += varint(&mut table)? * quantum;
    }
}

fn varint(table: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = table.split_first().context("the program counter table is cut off")?;
        *table = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    bail!("a number of the program counter table has no end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_steps() {
        // 0 for 15 bytes, 8 for 300, 0 for 1.
        let table = [2, 15, 16, 0xac, 0x02, 15, 1, 0];
        assert_eq!(steps(&table, 1).unwrap(), [(0, 0), (15, 8), (315, 0)]);
    }
}
