//! The table of kernels. Everything that can be derived from a row is derived from it: the facade's
//! dispatch, the C exports and header, the Go declarations and machine code, the documentation's tables.
//!
//! Data only. A field enters when two consumers need it.
#![no_std]
#![forbid(unsafe_code)]

mod adler32;
mod base32;
mod base64;
mod bytealg;
mod crc32;
mod crc64;
mod feature;
mod hex;
mod latin1;
mod probe;
mod utf16;
mod utf8;
mod vec;
mod xxh3;

pub use feature::{Arch, Feature, Level};

/// Every family, in the order of the documentation.
pub const FAMILIES: &[Family] = &[
    vec::FAMILY,
    bytealg::FAMILY,
    adler32::FAMILY,
    crc32::FAMILY,
    crc64::FAMILY,
    base32::FAMILY,
    base64::FAMILY,
    hex::FAMILY,
    latin1::FAMILY,
    utf16::FAMILY,
    utf8::FAMILY,
    xxh3::FAMILY,
    probe::FAMILY,
];

/// Kernels that share a module in every crate, a Go package, a vector file and a documentation page.
pub struct Family {
    /// Module name in Rust, middle part of every C name.
    pub name: &'static str,
    /// Import path below the Go module; where there is a twin in Go's standard library, the twin's.
    pub go_path: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Not part of the public API: kernels that measure or test the machinery itself.
    pub internal: bool,
    pub kernels: &'static [Kernel],
}

/// One operation with one signature and any number of implementations.
///
/// In Rust the function of a variant is `{op}_{suffix}` in the family's module of the ISA's crate, an
/// `unsafe extern "C" fn`; in C the dispatching function is `wl_{family}_{op}`; in Go the entry is `op` in
/// lower camel case.
pub struct Kernel {
    /// Object and verb: `ieee_update`.
    pub op: &'static str,
    pub doc: &'static str,
    pub args: &'static [Arg],
    pub ret: Ret,
    /// Best first, `generic` last: the order of dispatch.
    pub variants: &'static [Variant],
    /// Go only: calls in which this slice argument is longer than [`CHUNK`] bytes go to the hand-written Go
    /// function `{op}Long`, which cuts them, so that no call holds a processor for long.
    pub chunk: Option<&'static str>,
    /// No branch and no address depends on the contents of any argument (lengths are public).
    pub constant_time: bool,
    /// First release that has it.
    pub since: &'static str,
    /// Day of the last full review of all variants, `YYYY-MM-DD`.
    pub reviewed: &'static str,
    /// Measured speed-up over Go's own way at 64 KiB, from [`RECORD`]: what the row is kept for.
    pub speedup: f32,
    /// Why the row stays although it is below [`WORTH`], beside Go's own way or the portable kernel; empty where it is not.
    pub kept: &'static str,
}

/// The record below `benches/record` from which every [`Kernel::speedup`] comes.
pub const RECORD: &str = "x86_64-unknown-linux-gnu/2026-11-21";

/// A kernel that is less than so many times as fast as Go's own way, or as the portable kernel, is a candidate for removal.
pub const WORTH: f32 = 2.0;

/// Months after which a review has to be done again.
pub const REVIEW_MONTHS: i32 = 12;

/// Longest input, in bytes, that one entry into native code handles in Go.
pub const CHUNK: usize = 64 << 10;

/// Longest input, in bytes, for which an entry on amd64 asks nobody's leave: see [`Kernel::entry_checks`].
pub const SHORT: usize = 256;

/// Most stack, in bytes, of a variant that its entry may reach without a stack check.
const SHORT_STACK: u32 = 64;

pub struct Arg {
    pub name: &'static str,
    pub ty: Ty,
}

/// A type with a spelling in Rust, C, Go and the registers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    U8,
    U32,
    U64,
    /// `usize`, `size_t`, `int` (never negative).
    Usize,
    /// `isize`, `ptrdiff_t`, `int`.
    Isize,
    /// `*const u8, usize`; `[]byte`.
    Bytes,
    /// `*mut u8, usize`; `[]byte`.
    BytesMut,
    /// `*const u16, usize`; `[]uint16`. The length counts elements.
    U16s,
    /// `*mut u16, usize`; `[]uint16`.
    U16sMut,
    /// `*const u64, usize`; `[]uint64`. The length counts elements.
    U64s,
    /// `*mut u64, usize`; `[]uint64`.
    U64sMut,
    /// `*const [u8; N]`; `const uint8_t p[N]`; `*[N]byte`.
    Table(usize),
}

/// What a kernel returns. From Go the machine code gets the address of the result instead (direct entry).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ret {
    None,
    Value(Ty),
    /// Two counts, `kernels_generic::ffi::Pair`; `wl_pair`; two `int` results of these names.
    Pair(&'static str, &'static str),
}

/// One implementation.
pub struct Variant {
    pub isa: Isa,
    /// The instruction that makes the difference: `pclmul`, `vbmi`; `generic` for the portable one.
    pub suffix: &'static str,
    /// Exactly what the machine code may use beyond the architecture's baseline. Checked on the object.
    pub features: &'static [Feature],
    /// Bytes of stack the machine code may use. Checked on the object.
    pub stack: u32,
}

/// The crate in which a variant lives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Isa {
    Generic,
    X86Avx2,
    X86Avx512,
    Aarch64Neon,
}

impl Isa {
    /// The architecture whose machine code this crate has; `None` for the portable crate.
    pub const fn arch(self) -> Option<Arch> {
        match self {
            Isa::Generic => None,
            Isa::X86Avx2 | Isa::X86Avx512 => Some(Arch::X86_64),
            Isa::Aarch64Neon => Some(Arch::Aarch64),
        }
    }

    /// Package name of the crate.
    pub const fn crate_name(self) -> &'static str {
        match self {
            Isa::Generic => "kernels-generic",
            Isa::X86Avx2 => "kernels-x86-avx2",
            Isa::X86Avx512 => "kernels-x86-avx512",
            Isa::Aarch64Neon => "kernels-aarch64-neon",
        }
    }
}

impl Ty {
    /// Registers that a C call spends on an argument of this type.
    pub const fn registers(self) -> usize {
        match self {
            Ty::Bytes | Ty::BytesMut | Ty::U16s | Ty::U16sMut | Ty::U64s | Ty::U64sMut => 2,
            _ => 1,
        }
    }

    /// Whether an argument of this type is a slice: a pointer and a length.
    pub const fn is_slice(self) -> bool {
        self.registers() == 2
    }
}

impl Kernel {
    /// Whether in Go on amd64 the entry checks the stack for this variant, and for long input only.
    ///
    /// The check is where the scheduler can stop a goroutine, so it must be passed where much work is done. A call of at
    /// most [`SHORT`] bytes takes nanoseconds, its caller is stopped between two of them, and the assembler's frame
    /// around the check would cost as much as the work. Without one a variant may use no more stack than the linker grants
    /// to everybody.
    pub const fn entry_checks(&self, variant: &Variant) -> bool {
        self.chunk.is_some() && variant.stack <= SHORT_STACK
    }

    /// Registers of a direct entry: the arguments, then the address of the result.
    pub const fn entry_registers(&self) -> usize {
        let (mut sum, mut i) = (0, 0);
        while i < self.args.len() {
            sum += self.args[i].ty.registers();
            i += 1;
        }
        match self.ret {
            Ret::None => sum,
            _ => sum + 1,
        }
    }
}

// The System V convention passes six words in registers; a row that needs more could not be entered directly.
// And a kernel without a portable variant would have no reference and no answer on an unknown CPU.
const _: () = {
    let mut f = 0;
    while f < FAMILIES.len() {
        let mut k = 0;
        while k < FAMILIES[f].kernels.len() {
            let kernel = &FAMILIES[f].kernels[k];
            assert!(kernel.entry_registers() <= 6, "too many registers for a direct entry");
            let last = &kernel.variants[kernel.variants.len() - 1];
            assert!(matches!(last.isa, Isa::Generic), "the last variant is the portable one");
            k += 1;
        }
        f += 1;
    }
};
