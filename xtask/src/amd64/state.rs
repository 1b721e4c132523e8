//! What a call's registers and memory hold, as far as it does not depend on data; of data, its degree.

use super::decode::Inst;
use super::degree::{CONSTANTS, Call, POOL, RESULT, STACK, Shape};
use iced_x86::{ConditionCode, EncodingKind, OpKind, Register};
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    Known(u64),
    /// The same for all data, but not followed.
    Public,
    /// Polynomials in the bits of the data, of at most this degree.
    Data(u32),
}

impl Value {
    pub fn of_degree(degree: u32) -> Value {
        if degree == 0 { Value::Public } else { Value::Data(degree) }
    }

    pub fn degree(self) -> u32 {
        match self {
            Value::Data(degree) => degree,
            _ => 0,
        }
    }

    pub fn known(self) -> Option<u64> {
        match self {
            Value::Known(value) => Some(value),
            _ => None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Flags {
    Known {
        carry: bool,
        zero: bool,
        sign: bool,
        over: bool,
    },
    /// After a shift.
    Shifted {
        zero: bool,
        sign: bool,
    },
    Unknown,
    Data,
}

impl Flags {
    /// Whether a condition holds.
    pub fn holds(&self, condition: ConditionCode) -> Result<bool, String> {
        use ConditionCode as C;
        let (carry, zero, sign, over) = match *self {
            Flags::Known { carry, zero, sign, over } => (carry, zero, sign, over),
            Flags::Shifted { zero, sign } => match condition {
                C::e | C::ne | C::s | C::ns => (false, zero, sign, false),
                _ => return Err("asks for what a shift leaves open".into()),
            },
            Flags::Unknown => return Err("depends on what is not followed".into()),
            Flags::Data => return Err("depends on data".into()),
        };
        Ok(match condition {
            C::b => carry,
            C::ae => !carry,
            C::e => zero,
            C::ne => !zero,
            C::be => carry || zero,
            C::a => !carry && !zero,
            C::s => sign,
            C::ns => !sign,
            C::l => sign != over,
            C::ge => sign == over,
            C::le => zero || sign != over,
            C::g => !zero && sign == over,
            C::o => over,
            C::no => !over,
            _ => return Err("asks for a flag that is not followed".into()),
        })
    }
}

pub struct State<'a> {
    call: Call,
    pool: &'a [u8],
    general: HashMap<Register, Value>,
    /// Degrees of the lowest 16 bytes and of the rest.
    vectors: [(u32, u32); 32],
    masks: [u32; 8],
    pub flags: Flags,
    /// Words of the stack.
    stack: HashMap<u64, Value>,
    result: Option<u32>,
    /// Offset in the pool that the instruction reaches.
    pub reference: Option<i64>,
}

impl<'a> State<'a> {
    pub fn new(call: Call, pool: &'a [u8]) -> State<'a> {
        let mut general = HashMap::new();
        general.insert(Register::RDI, Value::Data(1));
        let mut known = vec![call.p, call.len, RESULT];
        if let Shape::WithConstants(_) = call.shape {
            known.insert(0, CONSTANTS);
        }
        let places = [Register::RSI, Register::RDX, Register::RCX, Register::R8];
        general.extend(places.into_iter().zip(known.into_iter().map(Value::Known)));
        general.insert(Register::RSP, Value::Known(STACK));
        let (vectors, masks, flags) = ([(0, 0); 32], [0; 8], Flags::Unknown);
        let (stack, result, reference) = (HashMap::new(), None, None);
        State { call, pool, general, vectors, masks, flags, stack, result, reference }
    }

    pub fn result(&self) -> Option<u32> {
        self.result
    }

    /// All of a general register.
    pub fn register(&self, register: Register) -> Value {
        // What the caller left there is the same for all data.
        self.general.get(&register.full_register()).copied().unwrap_or(Value::Public)
    }

    /// Into a general register: 32 bits clear the rest, fewer keep it.
    pub fn set(&mut self, register: Register, value: Value) {
        let full = register.full_register();
        let value = match (register.size(), value, self.register(full)) {
            (8, value, _) => value,
            (4, Value::Known(v), _) => Value::Known(v & 0xffff_ffff),
            (4, value, _) => value,
            (size, Value::Known(v), Value::Known(old)) if !high(register) => {
                let mask = u64::MAX >> (64 - 8 * size);
                Value::Known(old & !mask | v & mask)
            }
            (_, value, old) => Value::of_degree(value.degree().max(old.degree())),
        };
        self.general.insert(full, value);
    }

    pub fn mask(&self, register: Register) -> u32 {
        self.masks[register.number()]
    }

    pub fn clear_upper(&mut self) {
        self.vectors[..16].iter_mut().for_each(|v| v.1 = 0);
    }

    /// Bytes of an operand.
    pub fn size(&self, inst: &Inst, n: u32) -> usize {
        match inst.x.op_kind(n) {
            OpKind::Register => inst.x.op_register(n).size(),
            OpKind::Memory => inst.x.memory_size().size(),
            _ => 8,
        }
    }

    /// An operand.
    pub fn read(&mut self, inst: &Inst, n: u32) -> Result<Value, String> {
        let register = inst.x.op_register(n);
        match inst.x.op_kind(n) {
            OpKind::Memory => self.load(inst),
            OpKind::Register if register.is_gpr() => Ok(match self.register(register) {
                Value::Known(_) if high(register) => Value::Public,
                Value::Known(v) => Value::Known(v & (u64::MAX >> (64 - 8 * register.size()))),
                other => other,
            }),
            OpKind::Register if register.is_k() => Ok(Value::of_degree(self.mask(register))),
            OpKind::Register if register.is_vector_register() => {
                let (low, rest) = self.vectors[register.number()];
                Ok(Value::of_degree(if register.is_xmm() { low } else { low.max(rest) }))
            }
            OpKind::Register => Err("names a register that is not followed".into()),
            _ => Ok(Value::Known(inst.x.immediate(n))),
        }
    }

    pub fn write(&mut self, inst: &Inst, n: u32, value: Value) -> Result<(), String> {
        let register = inst.x.op_register(n);
        match inst.x.op_kind(n) {
            OpKind::Memory => return self.store(inst, value),
            OpKind::Register if register.is_gpr() => self.set(register, value),
            OpKind::Register if register.is_k() => self.masks[register.number()] = value.degree(),
            OpKind::Register if register.is_vector_register() => {
                let v = &mut self.vectors[register.number()];
                v.0 = value.degree();
                match (inst.x.encoding(), register.is_xmm()) {
                    (EncodingKind::Legacy, _) => {}
                    (_, true) => v.1 = 0,
                    (_, false) => v.1 = value.degree(),
                }
            }
            _ => return Err("writes what is not followed".into()),
        }
        Ok(())
    }

    /// The address of a memory operand.
    pub fn address(&self, inst: &Inst) -> Result<u64, String> {
        let x = &inst.x;
        if let Some(target) = self.reference {
            return Ok(POOL.wrapping_add_signed(target));
        }
        let part = |register: Register| match register {
            Register::None => Ok(0),
            _ => match self.register(register) {
                Value::Known(value) if register.size() == 8 => Ok(value),
                Value::Data(_) => Err("has an address that depends on data".to_owned()),
                _ => Err("has an address that is not followed".to_owned()),
            },
        };
        let index = part(x.memory_index())?.wrapping_mul(u64::from(x.memory_index_scale()));
        let sum = part(x.memory_base())?.wrapping_add(index);
        let address = sum.wrapping_add(x.memory_displacement64());
        // `lea` into 32 bits drops the rest, and so does its write.
        Ok(address)
    }

    fn load(&mut self, inst: &Inst) -> Result<Value, String> {
        let (at, size) = (self.address(inst)?, inst.x.memory_size().size() as u64);
        let overlaps = |start: u64, len: u64| at < start + len && start < at + size;
        if overlaps(self.call.p, self.call.len) {
            return Ok(Value::Data(1));
        }
        let masked = inst.x.op_mask() != Register::None;
        if masked {
            // All lanes outside of the data are masked out, as the guard pages show.
            return Ok(Value::Public);
        }
        if at >= POOL && at + size <= POOL + self.pool.len() as u64 {
            let bytes = &self.pool[(at - POOL) as usize..][..size as usize];
            let word = |n: usize| {
                let mut word = [0; 8];
                word[..n].copy_from_slice(bytes);
                Value::Known(u64::from_le_bytes(word))
            };
            return Ok(if size <= 8 { word(size as usize) } else { Value::Public });
        }
        if let Shape::WithConstants(bytes) = self.call.shape
            && at >= CONSTANTS
            && at + size <= CONSTANTS + bytes
        {
            return Ok(Value::Public);
        }
        if at <= STACK && STACK - at < 4096 {
            let value = self.stack.get(&(at & !7)).copied().unwrap_or(Value::Public);
            let whole = at.is_multiple_of(8) && size == 8;
            return Ok(if whole { value } else { Value::of_degree(value.degree()) });
        }
        Err(format!("reads {size} bytes at {at:#x}, where nothing is"))
    }

    fn store(&mut self, inst: &Inst, value: Value) -> Result<(), String> {
        let (at, size) = (self.address(inst)?, inst.x.memory_size().size());
        let whole = match self.call.shape {
            Shape::Plain => 4,
            Shape::WithConstants(_) => 8,
        };
        if at == RESULT && size == whole {
            self.result = Some(value.degree());
        } else if at < STACK && STACK - at < 4096 && at.is_multiple_of(8) && size == 8 {
            self.stack.insert(at, value);
        } else {
            return Err(format!("writes {size} bytes at {at:#x}, where nothing may be written"));
        }
        Ok(())
    }

    pub fn push(&mut self, value: Value) {
        let at = self.register(Register::RSP).known().unwrap_or(STACK) - 8;
        self.general.insert(Register::RSP, Value::Known(at));
        self.stack.insert(at, value);
    }

    pub fn pop(&mut self) -> Result<Value, String> {
        let at = self.register(Register::RSP).known().ok_or("pops from where it is not known")?;
        self.general.insert(Register::RSP, Value::Known(at + 8));
        Ok(self.stack.get(&at).copied().unwrap_or(Value::Public))
    }
}

fn high(register: Register) -> bool {
    matches!(register, Register::AH | Register::BH | Register::CH | Register::DH)
}
