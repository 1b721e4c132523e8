//! The constants that a kernel refers to, put together behind its code.

use super::{Fault, decode::Inst, memory};
use crate::{
    object::{Code, Data, Relocation, Target},
    refusal::Rule,
};
use object::elf;

/// Widest alignment that a constant can have: a cache line, which is also the widest vector.
const MAX_ALIGN: u64 = 64;

/// Constants, each at its alignment.
#[derive(Default)]
pub struct Pool {
    pub bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

/// One constant of the object.
struct Piece {
    section: usize,
    start: u64,
    len: u64,
    align: u64,
    /// Offset in the pool.
    at: u64,
}

impl Pool {
    /// Alignment of the pool's start.
    pub fn align(&self) -> u64 {
        self.pieces.iter().map(|p| p.align).max().unwrap_or(1)
    }
}

/// An instruction that reaches into the pool.
pub struct Reference {
    /// Index of the instruction.
    pub at: usize,
    /// Offset in the pool, which may lie outside where the code only computes with the address.
    pub target: i64,
}

/// A reference before the pool is laid out.
struct Use {
    at: usize,
    piece: usize,
    /// From the start of the piece.
    offset: i64,
}

pub fn place(insts: &[Inst], code: &Code, data: &[Data]) -> (Pool, Vec<Reference>, Vec<Fault>) {
    let mut pieces = Vec::new();
    let mut uses = Vec::new();
    let mut faults = Vec::new();
    for relocation in &code.relocations {
        let Some(at) = insts.iter().rposition(|i| i.offset() <= relocation.offset) else {
            continue;
        };
        match resolve(&insts[at], relocation, data, &mut pieces) {
            Ok(Some((piece, offset))) => uses.push(Use { at, piece, offset }),
            Ok(None) => {}
            Err((rule, reason)) => faults.push(Fault::new(at, rule, reason)),
        }
    }
    let pool = lay_out(pieces, data);
    let references = uses
        .iter()
        .map(|u| Reference { at: u.at, target: pool.pieces[u.piece].at as i64 + u.offset })
        .collect();
    (pool, references, faults)
}

/// The piece that a relocation points to, and where in it. Symbols are the gate's matter.
fn resolve(
    inst: &Inst,
    relocation: &Relocation,
    data: &[Data],
    pieces: &mut Vec<Piece>,
) -> Result<Option<(usize, i64)>, (Rule, String)> {
    let Target::Data { section, offset: symbol } = relocation.target else { return Ok(None) };
    let outside =
        |reason: &str| Err((Rule::Relocation, format!("{} {reason}", data[section].name)));
    let field = inst.displacement.map(|d| inst.offset() + d as u64);
    if relocation.kind != elf::R_X86_64_PC32.0
        || !inst.x.is_ip_rel_memory_operand()
        || field != Some(relocation.offset)
    {
        return outside("is not reached relative to the instruction pointer");
    }
    if data[section].relocated {
        return outside("holds addresses, which move with the program");
    }
    if data[section].writable {
        return outside("can be written to; a kernel has no state");
    }
    let end = inst.offset() + inst.bytes.len() as u64;
    let target = symbol as i64 + relocation.addend + (end - relocation.offset) as i64;
    let size = if memory::has_memory(inst) { inst.x.memory_size().size() as i64 } else { 0 };
    let (start, len) = data[section].read_at(symbol, target, size);
    let offset = target - start as i64;
    if size > 0 && (offset < 0 || offset + size > len as i64) {
        return outside("is read outside of the constant");
    }
    let align = data[section].align;
    if align > MAX_ALIGN {
        return Err((Rule::Alignment, format!("{} asks for {align} bytes", data[section].name)));
    }
    let needed = memory::needed(inst);
    if !target.unsigned_abs().is_multiple_of(needed) || align < needed {
        let reason = format!("needs {needed} bytes, {} is aligned to {align}", data[section].name);
        return Err((Rule::Alignment, reason));
    }
    let known = pieces.iter().position(|p| (p.section, p.start) == (section, start));
    let piece = known.unwrap_or_else(|| {
        pieces.push(Piece { section, start, len, align, at: 0 });
        pieces.len() - 1
    });
    Ok(Some((piece, offset)))
}

/// Widest alignment first, so that no gaps are needed; within one alignment, in the order of use.
fn lay_out(mut pieces: Vec<Piece>, data: &[Data]) -> Pool {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|&n| std::cmp::Reverse(pieces[n].align));
    let mut bytes = Vec::new();
    for n in order {
        let piece = &mut pieces[n];
        bytes.resize(bytes.len().next_multiple_of(piece.align as usize), 0);
        piece.at = bytes.len() as u64;
        let range = piece.start as usize..(piece.start + piece.len) as usize;
        bytes.extend(&data[piece.section].bytes[range]);
    }
    Pool { bytes, pieces }
}
