//! How a kernel's result depends on the bits of its data, read from the machine code.
//!
//! One call is followed instruction by instruction, with everything known but the data: the lengths, the addresses, the
//! constants. Data has a degree: the result, as polynomials over GF(2) in the bits of the data, has at most that one. An
//! exclusive-or keeps the greater degree of its operands, a product of two adds them. A branch, an address or a shift that
//! depends on data ends it, so the path that was followed is the path for all data, and a result of degree 1 is affine in it.
//!
//! What an instruction does to degrees is the list below, from the CPU's manuals; it is short, and what it does not have
//! is refused where it meets data.

use super::{
    Lifted,
    decode::Inst,
    flow,
    state::{Flags, State, Value},
};
use iced_x86::{Mnemonic, OpKind, Register};
use std::collections::HashMap;

/// A call of a checksum; the checksum so far and what is at p are data.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub shape: Shape,
    pub p: u64,
    pub len: u64,
}

/// What the arguments are.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// `update(crc, p, len, ret)`, of 32 bits.
    Plain,
    /// `update(crc, constants, p, len, ret)`, of 64 bits. There are so many bytes of constants, of which nothing is known but
    /// that they are the same for all data.
    WithConstants(u64),
}

/// Where the result goes, and the end of the stack: far from everything else.
pub const RESULT: u64 = 0x7000_0000_0000;
pub const STACK: u64 = 0x7f00_0000_0000;
/// Where the constants lie: at the start of a page, as good as any.
pub const POOL: u64 = 0x1000_0000;
/// Where constants lie that are an argument.
pub const CONSTANTS: u64 = 0x2000_0000;

/// Instructions that a call may take: the longest that is asked for takes some ten thousand.
const PATIENCE: usize = 1_000_000;

/// A kernel's instructions, ready to be followed.
pub struct Trail<'a> {
    insts: &'a [Inst],
    pool: &'a [u8],
    /// Offset in the pool that an instruction reaches.
    references: HashMap<usize, i64>,
    index: HashMap<u64, usize>,
}

impl<'a> Trail<'a> {
    pub fn new(lifted: &'a Lifted) -> Trail<'a> {
        let references = lifted.references.iter().map(|r| (r.at, r.target)).collect();
        let (insts, pool) = (&lifted.insts[..], &lifted.pool.bytes[..]);
        Trail { insts, pool, references, index: flow::index(insts) }
    }

    /// Without constants.
    pub fn bare(insts: &'a [Inst]) -> Trail<'a> {
        Trail { insts, pool: &[], references: HashMap::new(), index: flow::index(insts) }
    }

    /// The degree of the result, or the instruction that cannot be followed, and why.
    pub fn degree(&self, call: Call) -> Result<u32, String> {
        let mut state = State::new(call, self.pool);
        let mut at = 0;
        for _ in 0..PATIENCE {
            let inst = self.insts.get(at).ok_or("runs out of the kernel")?;
            let reference = self.references.get(&at).copied();
            let name = |why: String| format!("`{}` at {:#x} {why}", inst.text(), inst.offset());
            match step(inst, reference, &mut state).map_err(name)? {
                Next::Behind => at += 1,
                Next::Target => {
                    let target = inst.x.near_branch_target();
                    at = *self.index.get(&target).ok_or("jumps out of the kernel")?;
                }
                Next::Return => return state.result().ok_or_else(|| "writes no result".into()),
            }
        }
        Err(format!("takes more than {PATIENCE} instructions"))
    }
}

enum Next {
    Behind,
    Target,
    Return,
}

fn step(inst: &Inst, reference: Option<i64>, s: &mut State) -> Result<Next, String> {
    use Mnemonic::*;
    s.reference = reference;
    let x = &inst.x;
    if x.is_jcc_short_or_near() {
        return Ok(if s.flags.holds(x.condition_code())? { Next::Target } else { Next::Behind });
    }
    match x.mnemonic() {
        Ret => return Ok(Next::Return),
        Jmp => return Ok(Next::Target),
        Nop | Endbr64 => {}
        Vzeroupper => s.clear_upper(),
        Mov | Movzx => {
            let v = s.read(inst, 1)?;
            s.write(inst, 0, v)?;
        }
        Lea => {
            let v = Value::Known(s.address(inst)?);
            s.write(inst, 0, v)?;
        }
        Push => {
            let v = s.read(inst, 0)?;
            s.push(v);
        }
        Pop => {
            let v = s.pop()?;
            s.write(inst, 0, v)?;
        }
        Xchg if x.op0_register() == x.op1_register() => {}
        Crc32 => {
            let d = s.read(inst, 0)?.degree().max(s.read(inst, 1)?.degree());
            s.write(inst, 0, Value::of_degree(d))?;
        }
        Cmovae | Cmovb | Cmove | Cmovne | Cmova | Cmovbe => {
            let other = usize::from(s.flags.holds(x.condition_code())?);
            let v = s.read(inst, other as u32)?;
            s.write(inst, 0, v)?;
        }
        Mulx => multiply_long(inst, s)?,
        Mul => multiply_long(inst, s)?,
        _ if general(inst) => arithmetic(inst, s)?,
        _ => vector(inst, s)?,
    }
    Ok(Next::Behind)
}

/// Whether all operands are general registers, memory, or numbers.
fn general(inst: &Inst) -> bool {
    let x = &inst.x;
    (0..x.op_count()).all(|n| x.op_kind(n) != OpKind::Register || x.op_register(n).is_gpr())
}

/// The high half into the first operand and the low half into the second, or into rdx and rax.
fn multiply_long(inst: &Inst, s: &mut State) -> Result<(), String> {
    let x = &inst.x;
    let long = x.mnemonic() == Mnemonic::Mulx;
    let other = if long { Register::RDX } else { Register::RAX };
    let (a, b) = (s.register(other).known(), s.read(inst, if long { 2 } else { 0 })?.known());
    let (Some(a), Some(b)) = (a, b) else {
        return Err("multiplies data, or what is not known".into());
    };
    if s.size(inst, 0) != 8 {
        return Err("multiplies halves".into());
    }
    let product = u128::from(a) * u128::from(b);
    let (high, low) = (Value::Known((product >> 64) as u64), Value::Known(product as u64));
    if long {
        // Where both are the same register, it gets the high half.
        s.set(x.op1_register(), low);
        s.set(x.op0_register(), high);
    } else {
        s.set(Register::RAX, low);
        s.set(Register::RDX, high);
        s.flags = Flags::Unknown;
    }
    Ok(())
}

/// Operations on general registers: their value, if it is known, and else what becomes of degrees.
fn arithmetic(inst: &Inst, s: &mut State) -> Result<(), String> {
    use Mnemonic::*;
    let x = &inst.x;
    let bits = 8 * s.size(inst, 0) as u32;
    // Of three operands the first is only written.
    let first = if x.op_count() == 3 { 1 } else { 0 };
    let a = s.read(inst, first)?;
    let b = if x.op_count() > 1 { s.read(inst, first + 1)? } else { Value::Known(1) };
    let m = x.mnemonic();
    if let (Value::Known(a), Value::Known(b)) = (a, b) {
        let (value, flags) = compute(m, a, b, bits, &s.flags).ok_or("is not in the list")?;
        s.flags = flags;
        return if matches!(m, Cmp | Test) {
            Ok(())
        } else {
            s.write(inst, 0, Value::Known(value))
        };
    }
    let same = x.op0_kind() == OpKind::Register
        && x.op1_kind() == OpKind::Register
        && x.op0_register() == x.op1_register();
    if m == Xor && same {
        s.flags = Flags::Unknown;
        return s.write(inst, 0, Value::Known(0));
    }
    let (da, db) = (a.degree(), b.degree());
    let degree = match m {
        Xor | Crc32 => da.max(db),
        // A product of the operands' bits; with one that is public, a choice of bits.
        And | Or => da + db,
        Not | Bswap => da,
        Shl | Shr | Rol | Ror | Shlx | Shrx | Rorx | Bzhi if db == 0 => da,
        Cmp | Test => 0,
        _ if da + db == 0 => 0,
        Add | Sub | Neg | Inc | Dec | Imul => return Err("carries from bit to bit of data".into()),
        _ => return Err("is not in the list for data".into()),
    };
    if !matches!(m, Not | Bswap | Shlx | Shrx | Rorx) {
        s.flags = if da + db == 0 { Flags::Unknown } else { Flags::Data };
    }
    if matches!(m, Cmp | Test) { Ok(()) } else { s.write(inst, 0, Value::of_degree(degree)) }
}

/// An operation on known values of so many bits.
fn compute(m: Mnemonic, a: u64, b: u64, bits: u32, flags: &Flags) -> Option<(u64, Flags)> {
    use Mnemonic::*;
    let mask = u64::MAX >> (64 - bits);
    let (a, b) = (a & mask, b & mask);
    let sign = |v: u64| v >> (bits - 1) & 1 == 1;
    let logic =
        |v: u64| Flags::Known { carry: false, zero: v & mask == 0, sign: sign(v), over: false };
    let count = b as u32 & if bits == 64 { 63 } else { 31 };
    let less = |v: u64| Flags::Known {
        carry: a < b,
        zero: v & mask == 0,
        sign: sign(v),
        over: sign(a) != sign(b) && sign(v) != sign(a),
    };
    let more = |v: u64| Flags::Known {
        carry: u128::from(a) + u128::from(b) > u128::from(mask),
        zero: v & mask == 0,
        sign: sign(v),
        over: sign(a) == sign(b) && sign(v) != sign(a),
    };
    let v = match m {
        Add | Inc => a.wrapping_add(b),
        Sub | Cmp | Dec => a.wrapping_sub(b),
        Neg => a.wrapping_neg(),
        And | Test => a & b,
        Or => a | b,
        Xor => a ^ b,
        Not => !a,
        Imul => a.wrapping_mul(b),
        Shl | Shlx => a.checked_shl(count).unwrap_or(0),
        Shr | Shrx => a >> count,
        Bzhi if (b as u8) < bits as u8 => a & !(u64::MAX << (b as u8)),
        Bzhi => a,
        _ => return None,
    } & mask;
    let flags = match m {
        Add => more(v),
        Sub | Cmp => less(v),
        And | Test | Or | Xor => logic(v),
        Neg => {
            Flags::Known { carry: a != 0, zero: v == 0, sign: sign(v), over: a == 1 << (bits - 1) }
        }
        // They keep the carry.
        Inc | Dec => match flags {
            Flags::Known { carry, .. } => {
                let over = if m == Inc { v == 1 << (bits - 1) } else { a == 1 << (bits - 1) };
                Flags::Known { carry: *carry, zero: v == 0, sign: sign(v), over }
            }
            _ => Flags::Unknown,
        },
        Shl | Shr if count == 0 => flags.clone(),
        // The carry is the last bit shifted out, and nobody asks for it; the rest is as for logic.
        Shl | Shr => match logic(v) {
            Flags::Known { zero, sign, .. } => Flags::Shifted { zero, sign },
            other => other,
        },
        Bzhi | Imul => Flags::Unknown,
        _ => flags.clone(),
    };
    Some((v, flags))
}

/// What becomes of degrees in vector registers. Their values are not followed.
fn vector(inst: &Inst, s: &mut State) -> Result<(), String> {
    use Mnemonic::*;
    let x = &inst.x;
    if x.op_mask() != Register::None && s.mask(x.op_mask()) != 0 {
        return Err("is masked by data".into());
    }
    let last = (0..x.op_count()).rev().find(|&n| !immediate(inst, n)).unwrap_or(0);
    // An operation on two is written over its first operand, or has three.
    let pair = if last >= 2 { (1, 2) } else { (0, 1) };
    let mut degree = |n: u32| s.read(inst, n).map(|v| v.degree());
    let same = x.op_kind(pair.0) == OpKind::Register
        && x.op_kind(pair.1) == OpKind::Register
        && x.op_register(pair.0) == x.op_register(pair.1);
    let merged = x.op_mask() != Register::None && !x.zeroing_masking();
    let d = match x.mnemonic() {
        Movd | Movq | Movdqu | Movdqa | Movups | Movaps | Vmovd | Vmovq | Vmovdqu | Vmovdqa
        | Vmovups | Vmovaps | Vmovdqu8 | Vmovdqu64 | Vmovdqu32 | Vmovdqa64 | Pextrd | Pextrq
        | Vpextrd | Vpextrq | Vextracti128 | Vextracti64x4 | Vextracti32x4 | Vbroadcasti128
        | Vbroadcasti32x4 | Vpmovzxdq | Pshufd | Vpshufd => degree(1)?,
        Pxor | Vpxor | Vpxord | Vpxorq if same => 0,
        Pxor | Vpxor | Vpxord | Vpxorq | Punpcklqdq | Vpunpcklqdq => {
            degree(pair.0)?.max(degree(pair.1)?)
        }
        // A sum of products of one operand's bits with the other's.
        Pclmulqdq | Vpclmulqdq => degree(pair.0)? + degree(pair.1)?,
        Pshufb | Vpshufb if degree(pair.1)? == 0 => degree(pair.0)?,
        // A conjunction with what is the same for all data.
        Pand | Vpand | Vpandq | Vpandd if degree(pair.0)?.min(degree(pair.1)?) == 0 => {
            degree(pair.0)?.max(degree(pair.1)?)
        }
        Psrlq | Psllq | Vpsrlq | Vpsllq if immediate(inst, x.op_count() - 1) => {
            degree(x.op_count() - 2)?
        }
        // Its indices come first.
        Vpermb if degree(1)? == 0 => degree(2)?,
        Vpternlogd | Vpternlogq if x.immediate(3) == 0x96 => {
            degree(0)?.max(degree(1)?).max(degree(2)?)
        }
        Kmovb | Kmovw | Kmovd | Kmovq => degree(1)?,
        _ => {
            let all: Result<Vec<u32>, String> = (0..=last).map(&mut degree).collect();
            if all?.iter().any(|&d| d > 0) {
                return Err("is not in the list for data".into());
            }
            0
        }
    };
    let d = if merged { d.max(s.read(inst, 0)?.degree()) } else { d };
    s.write(inst, 0, Value::of_degree(d))
}

fn immediate(inst: &Inst, n: u32) -> bool {
    !matches!(inst.x.op_kind(n), OpKind::Register | OpKind::Memory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amd64::plain;
    use iced_x86::ConditionCode as C;

    const EDGES: [u64; 8] =
        [0, 1, 2, 0x7f, 0x80, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, u64::MAX];

    /// The flags of a comparison, against Rust's comparisons.
    #[test]
    fn conditions_are_those_of_the_cpu() {
        for (a, b) in EDGES.iter().flat_map(|a| EDGES.iter().map(move |b| (*a, *b))) {
            let (_, flags) = compute(Mnemonic::Cmp, a, b, 64, &Flags::Unknown).unwrap();
            let holds = |c| flags.holds(c).unwrap();
            let less = [holds(C::b), holds(C::be), holds(C::e), holds(C::l), holds(C::le)];
            let (x, y) = (a as i64, b as i64);
            assert_eq!(less, [a < b, a <= b, a == b, x < y, x <= y], "{a:#x}, {b:#x}");
            let (sum, flags) = compute(Mnemonic::Add, a, b, 8, &Flags::Unknown).unwrap();
            let (wanted, carry) = (a as u8).overflowing_add(b as u8);
            assert_eq!((sum, flags.holds(C::b)), (wanted.into(), Ok(carry)), "{a:#x}, {b:#x}");
            let signed = (a as i8).overflowing_add(b as i8).1;
            assert_eq!(flags.holds(C::o), Ok(signed), "{a:#x}, {b:#x}");
        }
    }

    fn degree(bytes: &[u8], len: u64) -> Result<u32, String> {
        Trail::bare(&plain(bytes)).degree(Call { shape: Shape::Plain, p: 0x1000, len })
    }

    /// xor edi, [rsi]; add rsi, 4; sub rdx, 4; jne -11; mov [rcx], edi; ret
    #[test]
    fn loops_over_data_are_followed() {
        let code =
            [0x33, 0x3e, 0x48, 0x83, 0xc6, 4, 0x48, 0x83, 0xea, 4, 0x75, 0xf4, 0x89, 0x39, 0xc3];
        assert_eq!(degree(&code, 40), Ok(1));
        // Of six bytes the loop misses its end, and reads what is not the message.
        assert!(degree(&code, 6).unwrap_err().contains("where nothing is"));
    }

    /// mov eax, [rsi]; or eax, edi; or eax, [rsi+4]; mov [rcx], eax; ret
    #[test]
    fn joined_words_add_their_degrees() {
        let code = [0x8b, 0x06, 0x09, 0xf8, 0x0b, 0x46, 4, 0x89, 0x01, 0xc3];
        assert_eq!(degree(&code, 8), Ok(3));
        // Behind the message nothing may be read.
        assert!(degree(&code, 4).unwrap_err().contains("reads 4 bytes"));
    }
}
