//! That the program has the doors as they are in their objects, from which Go's assembly is written: what is proved of the
//! one holds for the other.

use crate::machine::{self, Machine, Row};
use crate::object::Code;
use anyhow::{Context, Result, bail};
use kernels_manifest::Arch;
use object::{File, Object, ObjectSection, ObjectSymbol};
use std::fs;
use std::path::Path;

/// Bytes that a linker fills in: on x86-64, distances.
const FIELD: u64 = 4;

/// Kernels that nothing is proved of are not in the program.
///
/// # Errors
/// With the first door that the program lacks or has otherwise.
pub fn compare(program: &Path, unproved: &[String]) -> Result<()> {
    let machine = Machine::load(Arch::X86_64)?;
    let bytes = fs::read(program).with_context(|| program.display().to_string())?;
    let file = File::parse(&*bytes)?;
    let kernel = |row: &Row| format!("{}_{}", row.family.name, row.kernel.op);
    let proved = |row: &Row| !row.family.internal && !unproved.contains(&kernel(row));
    for row in machine::rows(Arch::X86_64).filter(proved) {
        let name = row.symbol();
        let (_, code) = machine.code(&row).with_context(|| format!("no door {name}"))?;
        let linked =
            linked(&file, &name).with_context(|| format!("{name} is not in the program"))?;
        if let Some(at) = difference(linked, code) {
            bail!(
                "{name}+{at:#x} in the program is not what Go embeds; nothing proved of it would count"
            );
        }
    }
    Ok(())
}

/// The program's bytes from this symbol on, to the end of its section.
fn linked<'a>(file: &File<'a>, name: &str) -> Option<&'a [u8]> {
    let symbol = file.symbols().find(|symbol| symbol.name() == Ok(name))?;
    let section = file.section_by_index(symbol.section_index()?).ok()?;
    section.data().ok()?.get((symbol.address() - section.address()) as usize..)
}

/// Where the two differ first, apart from what the linker has filled in.
fn difference(linked: &[u8], code: &Code) -> Option<usize> {
    let filled = |at: usize| {
        code.relocations.iter().any(|r| (r.offset..r.offset + FIELD).contains(&(at as u64)))
    };
    let differs = |at: &usize| linked.get(*at) != Some(&code.bytes[*at]) && !filled(*at);
    (0..code.bytes.len()).find(differs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{Relocation, Target};

    #[test]
    fn only_what_is_filled_in_may_differ() {
        let target = Target::Symbol("x".into());
        let code = Code {
            bytes: vec![1, 2, 0, 0, 0, 0, 3],
            relocations: vec![Relocation { offset: 2, kind: 2, addend: 0, target }],
            unwind: Vec::new(),
        };
        assert_eq!(difference(&[1, 2, 9, 9, 9, 9, 3, 4], &code), None);
        assert_eq!(difference(&[1, 2, 9, 9, 9, 9, 4], &code), Some(6));
        assert_eq!(difference(&[0, 2, 9, 9, 9, 9, 3], &code), Some(0));
        assert_eq!(difference(&[1, 2, 9, 9, 9, 9], &code), Some(6));
    }
}
