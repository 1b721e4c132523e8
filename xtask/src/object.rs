//! Reads what the compiler made: per door the code, its relocations and its unwind table, and the constants.
//!
//! Nothing is judged here; the gate of each architecture does that.

use anyhow::{Context, Result, bail};
use gimli::{BaseAddresses, CfaRule, EhFrame, LittleEndian, UnwindContext, UnwindSection};
use object::{
    File, Object as _, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget,
    SectionIndex, SectionKind, SymbolKind,
};
use std::collections::{BTreeMap, HashMap};

/// What names a door's symbol begins with.
pub const DOOR: &str = "wl_go_";

/// One object file.
pub struct Object {
    /// By symbol.
    pub doors: BTreeMap<String, Code>,
    pub data: Vec<Data>,
}

/// The machine code of one door.
pub struct Code {
    pub bytes: Vec<u8>,
    /// By offset, ascending.
    pub relocations: Vec<Relocation>,
    /// By first offset, ascending; empty if the object has no unwind information for the door.
    pub unwind: Vec<Cfa>,
}

/// A place in the code that a linker would fill in.
pub struct Relocation {
    /// Of the bytes to be filled in, from the start of the code.
    pub offset: u64,
    /// The ELF type, `R_X86_64_*` or `R_AARCH64_*`.
    pub kind: u32,
    pub addend: i64,
    pub target: Target,
}

/// What a relocation points to, before its addend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// `data[section]`, `offset` bytes into it.
    Data { section: usize, offset: u64 },
    /// A function or another symbol, of this object or not; by name.
    Symbol(String),
}

/// From `offset` on, the frame's address (the stack pointer before the call, on x86-64 above the return address) is
/// this DWARF register plus `distance`; `None` if the table uses an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cfa {
    pub offset: u64,
    pub rule: Option<(u16, i64)>,
}

/// A section of constants.
pub struct Data {
    pub name: String,
    pub bytes: Vec<u8>,
    pub align: u64,
    /// Size of an element, for sections of mergeable constants of one size that several functions share.
    pub entry: Option<u64>,
    pub writable: bool,
    /// The constants hold addresses.
    pub relocated: bool,
}

impl Data {
    /// The constant that `offset` points to: start and length. Where elements are not told apart, the whole section.
    pub fn extent(&self, offset: u64) -> (u64, u64) {
        match self.entry {
            Some(size) => (offset / size * size, size),
            None => (0, self.bytes.len() as u64),
        }
    }

    /// The constant of which an instruction reads `size` bytes at `offset`, where `base` is what its symbol says. ELF has no
    /// mergeable sections for constants of 1, 2 and 64 bytes: LLVM lays those of all functions one after the other into
    /// `.rodata`, and a kernel that took the section whole would carry, and change with, the constants of every other
    /// kernel of its crate. Of one of 64 bytes, part of which may be read, it takes all.
    pub fn read_at(&self, base: u64, offset: i64, size: i64) -> (u64, u64) {
        let inside = u64::try_from(offset).ok().filter(|&o| o < self.bytes.len() as u64);
        let (Some(offset), 1.., ".rodata") = (inside, size, &*self.name) else {
            return self.extent(base);
        };
        let unit = if self.align == WIDEST { WIDEST } else { size as u64 };
        let start = offset / unit * unit;
        if start != offset && unit != WIDEST {
            return self.extent(base);
        }
        (start, unit.min(self.bytes.len() as u64 - start))
    }
}

/// Bytes of the widest vector.
const WIDEST: u64 = 64;

impl Code {
    /// The row of the unwind table that holds at `offset`.
    pub fn cfa(&self, offset: u64) -> Option<Cfa> {
        self.unwind.iter().rev().find(|row| row.offset <= offset).copied()
    }

    /// The first relocation in a range of offsets.
    pub fn relocation(&self, range: std::ops::Range<u64>) -> Option<&Relocation> {
        self.relocations.iter().find(|r| range.contains(&r.offset))
    }
}

/// Parses an ELF object.
pub fn read(bytes: &[u8]) -> Result<Object> {
    let file = File::parse(bytes).context("parsing the object")?;
    let (data, numbers) = data(&file)?;
    let addresses = addresses(&file);
    let unwind = unwind(&file, &addresses)?;
    let mut doors = BTreeMap::new();
    for symbol in file.symbols() {
        let name = symbol.name()?;
        if !name.starts_with(DOOR) || symbol.kind() != SymbolKind::Text || !symbol.is_definition() {
            continue;
        }
        let index = symbol.section_index().context("a door without a section")?;
        let section = file.section_by_index(index)?;
        let (start, size) = (symbol.address(), symbol.size());
        let code = section
            .data_range(start, size)?
            .with_context(|| format!("{name} reaches out of its section"))?;
        doors.insert(
            name.to_owned(),
            Code {
                bytes: code.to_vec(),
                relocations: relocations(&file, &section, start..start + size, &numbers)?,
                unwind: unwind.get(&(addresses[&index] + start)).cloned().unwrap_or_default(),
            },
        );
    }
    Ok(Object { doors, data })
}

/// Every section that a constant can lie in, and which index of the file it had.
fn data(file: &File<'_>) -> Result<(Vec<Data>, HashMap<SectionIndex, usize>)> {
    let mut data = Vec::new();
    let mut numbers = HashMap::new();
    for section in file.sections() {
        let readable = matches!(
            section.kind(),
            SectionKind::ReadOnlyData
                | SectionKind::ReadOnlyString
                | SectionKind::ReadOnlyDataWithRel
                | SectionKind::Data
                | SectionKind::UninitializedData
        );
        if !readable {
            continue;
        }
        numbers.insert(section.index(), data.len());
        data.push(Data {
            name: section.name()?.to_owned(),
            bytes: section.data()?.to_vec(),
            align: section.align().max(1),
            entry: entry_size(&section),
            writable: matches!(section.kind(), SectionKind::Data | SectionKind::UninitializedData),
            relocated: section.relocations().next().is_some(),
        });
    }
    Ok((data, numbers))
}

/// `sh_entsize` of mergeable constants, which their names carry: `.rodata.cst32`.
fn entry_size<'d>(section: &impl ObjectSection<'d>) -> Option<u64> {
    section.name().ok()?.strip_prefix(".rodata.cst")?.split('.').next()?.parse().ok()
}

fn relocations<'d>(
    file: &File<'d>,
    section: &impl ObjectSection<'d>,
    range: std::ops::Range<u64>,
    numbers: &HashMap<SectionIndex, usize>,
) -> Result<Vec<Relocation>> {
    let mut found = Vec::new();
    for (offset, relocation) in section.relocations() {
        if !range.contains(&offset) {
            continue;
        }
        let RelocationFlags::Elf { r_type } = relocation.flags() else { bail!("not ELF") };
        let RelocationTarget::Symbol(index) = relocation.target() else {
            bail!("a relocation without a symbol");
        };
        let symbol = file.symbol_by_index(index)?;
        let section = symbol.section_index();
        let target = match section.and_then(|s| numbers.get(&s)) {
            Some(&section) => Target::Data { section, offset: symbol.address() },
            None => Target::Symbol(symbol_name(file, &symbol)?),
        };
        found.push(Relocation {
            offset: offset - range.start,
            kind: r_type.0,
            addend: relocation.addend(),
            target,
        });
    }
    found.sort_by_key(|r| r.offset);
    Ok(found)
}

/// A symbol's name; section symbols have only their section's.
fn symbol_name<'d>(file: &File<'d>, symbol: &impl ObjectSymbol<'d>) -> Result<String> {
    let name = symbol.name()?;
    match symbol.section_index() {
        Some(section) if name.is_empty() => Ok(file.section_by_index(section)?.name()?.to_owned()),
        _ => Ok(name.to_owned()),
    }
}

/// Invented addresses, one after the other, so that the unwind table can tell the functions of an object apart, where
/// every section starts at 0.
fn addresses(file: &File<'_>) -> HashMap<SectionIndex, u64> {
    let mut next = 0;
    let mut addresses = HashMap::new();
    for section in file.sections() {
        next = u64::next_multiple_of(next + 1, 4096);
        addresses.insert(section.index(), next);
        next += section.size();
    }
    addresses
}

/// The rows of `.eh_frame`, by the invented address of the function.
fn unwind(
    file: &File<'_>,
    addresses: &HashMap<SectionIndex, u64>,
) -> Result<BTreeMap<u64, Vec<Cfa>>> {
    let Some(section) = file.section_by_name(".eh_frame") else { return Ok(BTreeMap::new()) };
    let base = addresses[&section.index()];
    let mut bytes = section.data()?.to_vec();
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(index) = relocation.target() else { continue };
        let symbol = file.symbol_by_index(index)?;
        let Some(to) = symbol.section_index() else { continue };
        if relocation.size() != 32 {
            bail!("the unwind table has a relocation of {} bits", relocation.size());
        }
        // Every address in the table is relative to its own place.
        let value = (addresses[&to] + symbol.address())
            .wrapping_add_signed(relocation.addend())
            .wrapping_sub(base + offset);
        let at = offset as usize;
        bytes[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
    }
    let table = EhFrame::new(&bytes, LittleEndian);
    let bases = BaseAddresses::default().set_eh_frame(base);
    let mut context = UnwindContext::new();
    let mut found = BTreeMap::new();
    let mut entries = table.entries(&bases);
    while let Some(entry) = entries.next()? {
        let gimli::CieOrFde::Fde(partial) = entry else { continue };
        let function = partial.parse(EhFrame::cie_from_offset)?;
        let start = function.initial_address();
        let mut rows = Vec::new();
        let mut iterator = function.rows(&table, &bases, &mut context)?;
        while let Some(row) = iterator.next_row()? {
            let rule = match row.cfa() {
                CfaRule::RegisterAndOffset { register, offset } => Some((register.0, *offset)),
                CfaRule::Expression(_) => None,
            };
            rows.push(Cfa { offset: row.start_address() - start, rule });
        }
        found.insert(start, rows);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: &str, bytes: usize, align: u64) -> Data {
        let (name, bytes) = (name.to_string(), vec![0; bytes]);
        Data { name, bytes, align, entry: None, writable: false, relocated: false }
    }

    #[test]
    fn a_wide_constant_is_taken_alone() {
        let pool = data(".rodata", 64 * 3 + 8, 64);
        assert_eq!(pool.read_at(0, 64, 64), (64, 64));
        assert_eq!(pool.read_at(0, 64 + 32, 32), (64, 64));
        assert_eq!(pool.read_at(0, 64 * 3, 8), (64 * 3, 8));
    }

    #[test]
    fn a_narrow_constant_is_taken_alone() {
        let pool = data(".rodata", 7, 2);
        assert_eq!(pool.read_at(0, 4, 2), (4, 2));
        assert_eq!(pool.read_at(0, 6, 1), (6, 1));
    }

    #[test]
    fn what_is_not_known_to_be_one_constant_is_taken_whole() {
        let pool = data(".rodata", 192, 64);
        assert_eq!(pool.read_at(0, 64, 0), (0, 192), "an address that only computes");
        assert_eq!(pool.read_at(0, -64, 64), (0, 192));
        assert_eq!(pool.read_at(0, 192, 64), (0, 192));
        assert_eq!(data(".rodata.table", 192, 64).read_at(0, 64, 64), (0, 192));
        assert_eq!(data(".rodata", 4, 2).read_at(0, 1, 2), (0, 4), "not where two bytes lie");
    }
}
