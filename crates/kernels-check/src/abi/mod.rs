//! What the C convention promises of a function besides its result: registers that it keeps, the direction flag, rounding
//! modes, clean upper halves of vector registers, the caller's frame, and no more stack than its row declares.
//!
//! [`row`] calls a function through a trampoline that fills every register at random, on a stack of its own whose every
//! word is known, and looks at all of it afterwards. The result must not depend on any of that either: not on what lay in
//! a register, not on the upper bits of a narrow argument, not on the rounding mode.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
use aarch64 as machine;
#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
use x86_64 as machine;

mod arguments;

pub use machine::knows_what_is_in_use;

use crate::Random;
use arguments::Arguments;
use kernels_manifest::{Kernel, Ret, Ty};

/// How many fillings of the registers each function gets.
pub const FILLINGS: usize = 100;

/// Words of the stack that the function gets, and of its caller's frame above.
const ROOM: usize = 32 << 10 >> 3;
const CALLERS: usize = 64;

/// Names one filling: everything in it follows from these.
#[derive(Clone, Copy)]
struct Setting {
    index: usize,
    seed: u64,
}

/// What a call returned in the two registers for results, and which promise it broke.
struct Outcome {
    results: [u64; 2],
    wrong: Option<String>,
}

/// A function of a row, and what it may use.
#[derive(Clone, Copy)]
pub struct Function {
    /// Of the row's type.
    pub address: *const (),
    /// Most bytes of stack below the return address.
    pub stack: usize,
}

/// What was seen of a function that kept every promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    pub calls: usize,
    /// Bytes of stack used below the return address.
    pub stack: usize,
}

/// Calls `function` with [`FILLINGS`] fillings of the registers, short and long input each, and compares with the
/// results of `reference`.
///
/// # Errors
/// The first broken promise or wrong result, with the filling and the length.
///
/// # Safety
/// Both functions have the row's type, do what it says, and run on this CPU.
pub unsafe fn row(
    kernel: &Kernel,
    function: Function,
    reference: *const (),
) -> Result<Seen, String> {
    let mut stack = Stack { words: vec![0; ROOM + CALLERS], seed: 0 };
    let mut seen = Seen { calls: 0, stack: 0 };
    let mut random = Random(7);
    for index in 0..FILLINGS {
        for length in lengths(&mut random, index) {
            let setting = Setting { index, seed: random.bits() };
            let case = |what: String| format!("{what}; filling {index}, {length} bytes");
            let plain = Arguments::new(kernel, length, setting.seed);
            let mut dirty = Arguments::new(kernel, length, setting.seed);
            dirty.soil(kernel, machine::DIRTY);
            let calm = Setting { index: 0, seed: 0 };
            // SAFETY: the caller's promise; the arguments are made for the row.
            let wanted = unsafe { machine::call(reference, plain.words, stack.fresh(0), calm) };
            let top = stack.fresh(setting.seed);
            // SAFETY: as above.
            let outcome = unsafe { machine::call(function.address, dirty.words, top, setting) };
            if let Some(wrong) = outcome.wrong {
                return Err(case(wrong));
            }
            let used = stack.used().map_err(case)?.saturating_sub(machine::CALL);
            if used > function.stack {
                return Err(case(format!("{used} bytes of stack, {} declared", function.stack)));
            }
            let (is, should) = (result(kernel, outcome.results), result(kernel, wanted.results));
            if is != should {
                return Err(case(format!("returned {is:x?}, not {should:x?}")));
            }
            let written = matches!(kernel.ret, Ret::Pair(..)).then_some(is[1] as usize);
            if plain.memory(written) != dirty.memory(written) {
                return Err(case("wrote something else than the reference".into()));
            }
            seen = Seen { calls: seen.calls + 1, stack: seen.stack.max(used) };
        }
    }
    Ok(seen)
}

/// A length of each order of magnitude: where the arguments fit one vector, where they fit a few, where loops run; now
/// and then one of the length at which Go cuts.
fn lengths(random: &mut Random, index: usize) -> Vec<usize> {
    let mut lengths: Vec<usize> =
        [16, 64, 256, 1024, 8192].map(|n| (random.bits() % (n + 1)) as usize).into();
    if index.is_multiple_of(16) {
        lengths.push(64 << 10);
    }
    lengths
}

/// What a row's function returns, without what its type leaves open.
fn result(kernel: &Kernel, [first, second]: [u64; 2]) -> [u64; 2] {
    match kernel.ret {
        Ret::None => [0; 2],
        Ret::Pair(..) => [first, second],
        Ret::Value(Ty::U8) => [first & 0xff, 0],
        Ret::Value(Ty::U32) => [first & 0xffff_ffff, 0],
        Ret::Value(_) => [first, 0],
    }
}

/// A stack whose every word is known.
struct Stack {
    words: Vec<u64>,
    seed: u64,
}

impl Stack {
    fn expected(&self, i: usize) -> u64 {
        (i as u64 ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// Writes every word anew; the stack pointer for a call.
    fn fresh(&mut self, seed: u64) -> u64 {
        self.seed = seed;
        for i in 0..self.words.len() {
            self.words[i] = self.expected(i);
        }
        // Conventions align it to 16 bytes.
        (&raw const self.words[ROOM]).addr() as u64 & !15
    }

    /// How many bytes below the stack pointer were written, after a look at the caller's frame above it.
    fn used(&self) -> Result<usize, String> {
        let top = ((&raw const self.words[ROOM]).addr() & !15) - self.words.as_ptr().addr();
        // What the compiler may have kept of `words` in registers is from before the call, and equal.
        let words = std::hint::black_box(&self.words);
        let touched = |i: &usize| words[*i] != self.expected(*i);
        match (top / 8..words.len()).find(touched) {
            Some(i) => Err(format!("wrote into the caller's frame, {} bytes up", i * 8 - top)),
            None => Ok((0..top / 8).find(touched).map_or(0, |i| top - i * 8)),
        }
    }
}
