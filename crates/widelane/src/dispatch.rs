//! One slot per kernel: the address that calls go to.
//!
//! A slot starts at a function that decides, stores its decision and then does the work, so there is no
//! initialisation to forget and nothing to test on the way: a call is one load and one indirect jump. Where the
//! compiler was told that every CPU has what the best variant needs, there is no slot in the way at all.

use crate::cpu;
use core::ffi::CStr;
#[cfg(feature = "internals")]
use core::fmt;
use core::mem::transmute_copy;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

/// A name of the table, for Rust and for C.
#[derive(Clone, Copy)]
pub struct Name {
    pub(crate) text: &'static str,
    pub(crate) c: &'static CStr,
}

impl Name {
    /// Run by the compiler only, which refuses a table that is not text.
    const fn new(c: &'static CStr) -> Self {
        match c.to_str() {
            Ok(text) => Name { text, c },
            Err(_) => panic!("a name is not text"),
        }
    }

    #[cfg(feature = "internals")]
    pub const fn text(self) -> &'static str {
        self.text
    }
}

/// One implementation of a kernel, a function pointer of type `F`.
pub struct Variant<F> {
    name: Name,
    needs: u64,
    function: F,
}

impl<F: Copy> Variant<F> {
    /// `needs` has a bit for every feature of the row.
    pub(crate) const fn new(name: &'static CStr, needs: u64, function: F) -> Self {
        Variant { name: Name::new(name), needs, function }
    }

    /// The suffix of the row: `avx2`, `generic`.
    #[cfg(feature = "internals")]
    pub const fn name(&self) -> &'static str {
        self.name.text
    }

    /// Its name and the bits that it needs.
    const fn outline(&self) -> (Name, u64) {
        (self.name, self.needs)
    }

    /// Whether this CPU can run it, `WIDELANE_CPU` heeded.
    pub fn available(&self) -> bool {
        self.needs & !cpu::found() == 0
    }

    /// The function. Calling it needs [`Variant::available`] and what its row asks of the arguments.
    #[cfg(feature = "internals")]
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
    name: Name,
    internal: bool,
    slot: AtomicPtr<()>,
    /// Index of the variant in the slot. Kept beside it because addresses do not name functions: a linker may
    /// fold two that are equal into one.
    serving: AtomicUsize,
    variants: &'static [Variant<F>],
    /// The last of the variants, which runs on every CPU.
    portable: &'static Variant<F>,
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
        Kernel {
            name: Name::new(name),
            internal,
            slot: AtomicPtr::new(decide),
            serving: AtomicUsize::new(UNDECIDED),
            variants,
            portable: &variants[variants.len() - 1],
        }
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
        let mut all = self.variants.iter().enumerate();
        let best = all.find(|(_, variant)| variant.available());
        let (index, variant) = best.unwrap_or((self.variants.len() - 1, self.portable));
        self.serve(index, variant)
    }

    fn serve(&self, index: usize, variant: &Variant<F>) -> F {
        let function = variant.function;
        // SAFETY: F is a function pointer, of the size of an address.
        let address = unsafe { transmute_copy::<F, *mut ()>(&function) };
        self.serving.store(index, Relaxed);
        self.slot.store(address, Relaxed);
        function
    }

    /// The compiled-in variants, best first.
    #[cfg(feature = "internals")]
    pub const fn variants(&self) -> &'static [Variant<F>] {
        self.variants
    }
}

/// A [`Kernel`] of any signature.
pub trait AnyKernel: Sync {
    /// `vec_sum`.
    fn name(&self) -> Name;
    /// Not public: it measures or tests the machinery itself.
    fn internal(&self) -> bool;
    /// How many variants are compiled in.
    fn count(&self) -> usize;
    /// Name of a variant, and the bits of the features that it needs; `None` from [`AnyKernel::count`] on.
    fn variant(&self, index: usize) -> Option<(Name, u64)>;
    /// The function of a variant, of the row's type; `None` if this CPU cannot run it.
    #[cfg(feature = "internals")]
    fn address(&self, index: usize) -> Option<*const ()>;
    /// What [`AnyKernel::variant`] says, of the variant that calls go to; decides first, if nobody has called yet.
    fn serving(&self) -> (Name, u64);
    /// The best variant serves again, as at first.
    #[cfg(feature = "internals")]
    fn restore(&self);
    /// Sends calls to this variant. Not while other threads make their first call of the kernel: their decision may
    /// overwrite this one.
    ///
    /// # Errors
    /// If the kernel has no such variant compiled in, if this CPU cannot run it, or if callers were compiled to call
    /// another one directly.
    #[cfg(feature = "internals")]
    fn force(&self, variant: &str) -> Result<(), ForceError>;
}

impl<F: Copy + Send + Sync> AnyKernel for Kernel<F> {
    fn name(&self) -> Name {
        self.name
    }

    fn internal(&self) -> bool {
        self.internal
    }

    fn count(&self) -> usize {
        self.variants.len()
    }

    fn variant(&self, index: usize) -> Option<(Name, u64)> {
        self.variants.get(index).map(Variant::outline)
    }

    #[cfg(feature = "internals")]
    fn address(&self, index: usize) -> Option<*const ()> {
        let variant = self.variants.get(index).filter(|variant| variant.available())?;
        // SAFETY: F is a function pointer, of the size of an address.
        Some(unsafe { transmute_copy::<F, *const ()>(&variant.function) })
    }

    fn serving(&self) -> (Name, u64) {
        if self.serving.load(Relaxed) == UNDECIDED {
            self.decide();
        }
        self.variants.get(self.serving.load(Relaxed)).unwrap_or(self.portable).outline()
    }

    #[cfg(feature = "internals")]
    fn restore(&self) {
        self.decide();
    }

    #[cfg(feature = "internals")]
    fn force(&self, variant: &str) -> Result<(), ForceError> {
        let mut all = self.variants.iter().enumerate();
        let (index, variant) = all.find(|(_, v)| v.name() == variant).ok_or(ForceError::Unknown)?;
        if !variant.available() {
            return Err(ForceError::Unavailable);
        }
        if index != 0 && direct(self.variants).is_some() {
            return Err(ForceError::Direct);
        }
        self.serve(index, variant);
        Ok(())
    }
}

/// Why a variant could not be forced.
#[cfg(feature = "internals")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForceError {
    /// The kernel has no such variant, or it is not compiled in.
    Unknown,
    /// This CPU cannot run it, or `WIDELANE_CPU` forbids it.
    Unavailable,
    /// The target's features settle the choice at compile time, and callers jump there directly.
    Direct,
}

#[cfg(feature = "internals")]
impl fmt::Display for ForceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ForceError::Unknown => "no such variant is compiled in",
            ForceError::Unavailable => "this CPU cannot run the variant",
            ForceError::Direct => "the variant is settled at compile time",
        })
    }
}

#[cfg(feature = "internals")]
impl core::error::Error for ForceError {}
