//! Puts a kernel's constants behind its code, and aims the instructions that reach them.

use super::{
    Fault,
    frame::Step,
    word::{Flow, SIZE, Word},
};
use crate::{
    object::{Code, Data, Relocation, Target},
    refusal::Rule,
};

/// `adr`: 21 bits of distance. The tiny code model makes these.
const R_AARCH64_ADR_PREL_LO21: u32 = 274;
/// `ldr` of a literal: 19 bits of distance, in words.
const R_AARCH64_LD_PREL_LO19: u32 = 273;

/// Alignment of every kernel's first instruction, which is what Go gives functions and what keeps 16-byte constants
/// within a cache line.
const ALIGN: usize = 16;

/// The constants of one kernel.
pub struct Placed {
    pub bytes: Vec<u8>,
    pub align: usize,
    /// Which constant lies where: section, first byte in it, offset in `bytes`.
    places: Vec<(usize, u64, usize)>,
}

/// Offset of the constants from the first instruction. Alignment is that of both.
pub const fn pool_offset(instructions: usize, align: usize) -> usize {
    (instructions * SIZE).next_multiple_of(align)
}

/// Collects what `code` refers to and rewrites the references.
pub fn place(steps: &mut [Step], code: &Code, data: &[Data]) -> Result<Placed, Vec<Fault>> {
    let mut placed = Placed { bytes: Vec::new(), align: ALIGN, places: Vec::new() };
    let mut faults = Vec::new();
    let mut aims = Vec::new();
    for relocation in &code.relocations {
        let at = relocation.offset as usize / SIZE;
        let goes = steps[at].was().flow() != Flow::Next;
        match placed.add(relocation, data, goes) {
            Ok(offset) => aims.push((at, offset)),
            Err((rule, reason)) => faults.push(Fault::new(at, rule, reason)),
        }
    }
    let pool = pool_offset(steps.len(), placed.align);
    for (at, offset) in aims {
        let distance = (pool + offset) as i64 - (at * SIZE) as i64;
        match steps[at].aimed(distance) {
            Some(step) => steps[at] = step,
            None => {
                faults.push(Fault::new(at, Rule::Relocation, "cannot be aimed at its constant"))
            }
        }
    }
    if faults.is_empty() { Ok(placed) } else { Err(faults) }
}

impl Placed {
    /// Where in the pool the target of `relocation` lies. `goes` is whether control goes there.
    fn add(
        &mut self,
        relocation: &Relocation,
        data: &[Data],
        goes: bool,
    ) -> Result<usize, (Rule, String)> {
        let (section, offset) = match &relocation.target {
            Target::Data { section, offset } => (*section, *offset),
            Target::Symbol(name) => return Err(outside(name, goes)),
        };
        if !matches!(relocation.kind, R_AARCH64_ADR_PREL_LO21 | R_AARCH64_LD_PREL_LO19) {
            return Err((
                Rule::Relocation,
                format!("of type {}, which is not known", relocation.kind),
            ));
        }
        let target = offset.wrapping_add_signed(relocation.addend);
        let data = &data[section];
        if data.writable || data.relocated {
            let what = if data.writable { "is writable" } else { "holds addresses" };
            return Err((Rule::Relocation, format!("{} {what}", data.name)));
        }
        if target >= data.bytes.len() as u64 {
            return Err((Rule::Relocation, format!("points out of {}", data.name)));
        }
        let (start, len) = data.extent(target);
        Ok(self.constant(section, data, start, len) + (target - start) as usize)
    }

    /// Puts `len` bytes of a section into the pool, once.
    fn constant(&mut self, section: usize, data: &Data, start: u64, len: u64) -> usize {
        if let Some(&(_, _, place)) = self.places.iter().find(|p| (p.0, p.1) == (section, start)) {
            return place;
        }
        let align = data.align as usize;
        self.align = self.align.max(align);
        let place = self.bytes.len().next_multiple_of(align);
        self.bytes.resize(place, 0);
        self.bytes.extend_from_slice(&data.bytes[start as usize..][..len as usize]);
        self.places.push((section, start, place));
        place
    }
}

/// Why a reference to a function or an unknown symbol is refused.
fn outside(name: &str, goes: bool) -> (Rule, String) {
    // A function of the same object is named by its section.
    let name = name.strip_prefix(".text.").unwrap_or(name);
    let name = format!("{:#}", rustc_demangle::demangle(name));
    match goes {
        true if name.contains("panic") => (Rule::Panic, format!("calls {name}")),
        true => (Rule::Call, format!("to {name}; #[inline] there brings it in")),
        false => (Rule::Relocation, format!("refers to {name}")),
    }
}

impl Step {
    /// The step with its instruction aimed at a constant `distance` bytes away.
    fn aimed(self, distance: i64) -> Option<Step> {
        let Step::Same(was) = self else { return None };
        let is: Word = was.aimed(distance)?;
        Some(Step::Aimed { was, is })
    }
}
