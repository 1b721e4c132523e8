//! One slot per kernel: the address that calls go to.
//!
//! A slot starts at a function that decides, stores its decision and then does the work, so there is no
//! initialisation to forget and nothing to test on the way: a call is one load and one indirect jump. Where the
//! compiler was told that every CPU has what the best variant needs, there is no slot in the way at all.

use crate::cpu;
use core::ffi::CStr;
use core::fmt;
use core::mem::transmute_copy;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

/// One implementation of a kernel, a function pointer of type `F`.
pub struct Variant<F> {
    name: &'static CStr,
    needs: u64,
    function: F,
}

impl<F: Copy> Variant<F> {
    /// `needs` has a bit for every feature of the row.
    pub(crate) const fn new(name: &'static CStr, needs: u64, function: F) -> Self {
        Variant { name, needs, function }
    }

    /// The suffix of the row: `avx2`, `generic`.
    pub const fn name(&self) -> &'static str {
        text(self.name)
    }

    /// Whether this CPU can run it, `WIDELANE_CPU` heeded.
    pub fn available(&self) -> bool {
        self.needs & !cpu::found() == 0
    }

    /// The function. Calling it needs [`Variant::available`] and what its row asks of the arguments.
    pub const fn function(&self) -> F {
        self.function
    }
}

/// The best variant, if the compiler was told that every CPU has what it needs.
pub(crate) const fn direct<F: Copy>(variants: &[Variant<F>]) -> Option<F> {
    let best = &variants[0];
    if best.needs & !cpu::FLOOR == 0 { Some(best.function) } else { None }
}

/// The value of [`Kernel::serving`] before the first call.
const UNDECIDED: usize = usize::MAX;

/// A row of the table: its compiled-in variants, best first, and the slot.
pub struct Kernel<F: 'static> {
    name: &'static CStr,
    internal: bool,
    slot: AtomicPtr<()>,
    /// Index of the variant in the slot. Kept beside it because addresses do not name functions: a linker may
    /// fold two that are equal into one.
    serving: AtomicUsize,
    variants: &'static [Variant<F>],
}

impl<F: Copy> Kernel<F> {
    /// # Safety
    /// `F` is a function pointer, `decide` the address of a function of this type, and the last of `variants` runs on
    /// every CPU.
    pub(crate) const unsafe fn new(
        name: &'static CStr,
        internal: bool,
        decide: *mut (),
        variants: &'static [Variant<F>],
    ) -> Self {
        const { assert!(size_of::<F>() == size_of::<*mut ()>()) }
        let serving = AtomicUsize::new(UNDECIDED);
        Kernel { name, internal, slot: AtomicPtr::new(decide), serving, variants }
    }

    /// What calls go to.
    ///
    /// Relaxed is enough: whatever a thread reads, old or new, is the address of a function that gives the right
    /// answer, and program text needs no publishing.
    #[inline(always)]
    pub(crate) fn get(&self) -> F {
        let address = self.slot.load(Relaxed);
        // SAFETY: only addresses of functions of type F are ever stored, and F has the size of an address, by the
        // conditions of `new` and by `serve`.
        unsafe { transmute_copy::<*mut (), F>(&address) }
    }

    /// Puts the best variant that this CPU can run into the slot. Threads that meet here decide alike.
    #[cold]
    pub(crate) fn decide(&self) -> F {
        let best = self.variants.iter().position(Variant::available);
        self.serve(best.unwrap_or(self.variants.len() - 1))
    }

    fn serve(&self, index: usize) -> F {
        let function = self.variants[index].function;
        // SAFETY: F is a function pointer, of the size of an address.
        let address = unsafe { transmute_copy::<F, *mut ()>(&function) };
        self.serving.store(index, Relaxed);
        self.slot.store(address, Relaxed);
        function
    }

    /// The compiled-in variants, best first.
    pub const fn variants(&self) -> &'static [Variant<F>] {
        self.variants
    }
}

/// A [`Kernel`] of any signature.
pub trait AnyKernel: Sync {
    /// `vec_sum`.
    fn name(&self) -> &'static CStr;
    /// Not public: it measures or tests the machinery itself.
    fn internal(&self) -> bool;
    /// How many variants are compiled in.
    fn count(&self) -> usize;
    /// Name of a variant, and the bits of the features that it needs.
    fn variant(&self, index: usize) -> (&'static CStr, u64);
    /// Index of the variant that calls go to; decides first, if nobody has called yet.
    fn serving(&self) -> usize;
    /// The best variant serves again, as at first.
    fn restore(&self);
    /// Sends calls to this variant. Not while other threads make their first call of the kernel: their decision may
    /// overwrite this one.
    ///
    /// # Errors
    /// If the kernel has no such variant compiled in, if this CPU cannot run it, or if callers were compiled to call
    /// another one directly.
    fn force(&self, variant: &str) -> Result<(), ForceError>;
}

impl<F: Copy + Send + Sync> AnyKernel for Kernel<F> {
    fn name(&self) -> &'static CStr {
        self.name
    }

    fn internal(&self) -> bool {
        self.internal
    }

    fn count(&self) -> usize {
        self.variants.len()
    }

    fn variant(&self, index: usize) -> (&'static CStr, u64) {
        let variant = &self.variants[index];
        (variant.name, variant.needs)
    }

    fn serving(&self) -> usize {
        if self.serving.load(Relaxed) == UNDECIDED {
            self.decide();
        }
        self.serving.load(Relaxed)
    }

    fn restore(&self) {
        self.decide();
    }

    fn force(&self, variant: &str) -> Result<(), ForceError> {
        let Some(index) = self.variants.iter().position(|v| v.name() == variant) else {
            return Err(ForceError::Unknown);
        };
        if !self.variants[index].available() {
            return Err(ForceError::Unavailable);
        }
        if index != 0 && direct(self.variants).is_some() {
            return Err(ForceError::Direct);
        }
        self.serve(index);
        Ok(())
    }
}

/// Why a variant could not be forced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForceError {
    /// The kernel has no such variant, or it is not compiled in.
    Unknown,
    /// This CPU cannot run it, or `WIDELANE_CPU` forbids it.
    Unavailable,
    /// The target's features settle the choice at compile time, and callers jump there directly.
    Direct,
}

impl fmt::Display for ForceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ForceError::Unknown => "no such variant is compiled in",
            ForceError::Unavailable => "this CPU cannot run the variant",
            ForceError::Direct => "the variant is settled at compile time",
        })
    }
}

impl core::error::Error for ForceError {}

/// The text of a generated name.
pub(crate) const fn text(name: &'static CStr) -> &'static str {
    match name.to_str() {
        Ok(text) => text,
        // Names come from the table, which is ASCII.
        Err(_) => "",
    }
}
