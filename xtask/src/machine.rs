//! The machine code of one architecture: every row of the table with what the compiler made of it.

use crate::{
    compile, object,
    object::{Code, Object},
    toolchain::{self, Toolchain},
};
use anyhow::Result;
use kernels_manifest::{Arch, FAMILIES, Family, Isa, Kernel, Variant};
use std::collections::{BTreeMap, btree_map::Entry};

/// Compiled objects of an architecture, and who made them.
pub struct Machine {
    pub toolchain: Toolchain,
    objects: BTreeMap<Isa, Object>,
}

/// A variant of a row.
#[derive(Clone, Copy)]
pub struct Row {
    pub family: &'static Family,
    pub kernel: &'static Kernel,
    pub variant: &'static Variant,
}

/// An instruction of the compiler's, for readers.
pub struct Line {
    pub offset: u64,
    pub bytes: Vec<u8>,
    pub text: String,
    /// Bytes of stack in use before it, where that is known and worth a column.
    pub depth: Option<i64>,
    /// What the text does not say: which constant it reaches.
    pub note: String,
    /// Offset of the instruction that a branch goes to.
    pub to: Option<u64>,
}

impl Row {
    pub fn symbol(&self) -> String {
        symbol(self.family, self.kernel, self.variant)
    }
}

/// Name of a variant's door.
pub fn symbol(family: &Family, kernel: &Kernel, variant: &Variant) -> String {
    format!("{}{}_{}_{}", object::DOOR, family.name, kernel.op, variant.suffix)
}

/// Every variant with machine code for `arch`, in the order of the table.
pub fn rows(arch: Arch) -> impl Iterator<Item = Row> {
    let kernels =
        FAMILIES.iter().flat_map(|family| family.kernels.iter().map(move |k| (family, k)));
    kernels
        .flat_map(|(family, kernel)| {
            kernel.variants.iter().map(move |variant| Row { family, kernel, variant })
        })
        .filter(move |row| row.variant.isa.arch() == Some(arch))
}

impl Machine {
    /// Compiles every crate of the architecture.
    pub fn compile(toolchain: Toolchain) -> Result<Machine> {
        let mut objects = BTreeMap::new();
        for row in rows(toolchain.arch) {
            if let Entry::Vacant(entry) = objects.entry(row.variant.isa) {
                let bytes = compile::kernels(entry.key().crate_name(), &toolchain)?;
                entry.insert(object::read(&bytes)?);
            }
        }
        Ok(Machine { toolchain, objects })
    }

    /// With the first compiler that has the architecture.
    pub fn load(arch: Arch) -> Result<Machine> {
        Machine::compile(toolchain::find(arch)?)
    }

    /// The object that holds a row's door, and the door; `None` if the compiler made none.
    pub fn code(&self, row: &Row) -> Option<(&Object, &Code)> {
        let object = self.objects.get(&row.variant.isa)?;
        Some((object, object.doors.get(&row.symbol())?))
    }
}
