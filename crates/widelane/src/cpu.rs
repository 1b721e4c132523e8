//! What this CPU can do, and which variant of each kernel serves.
//!
//! Detection runs once, at the first call of any kernel or of [`init`](crate::init). With feature `std` it asks the
//! standard library, without it the crate `cpufeatures`. The environment variable `WIDELANE_CPU` switches features off;
//! see [`check_mask`] for its form. It is read once, with feature `std`, or with feature `libc` through `getenv`.
//!
//! Three things bound the choice: the **ceiling** (Cargo features `v1` to `v4`: what is compiled in), the **floor**
//! (`target-cpu` and `target-feature`: what the compiler may use everywhere, so that no mask can take it away), and
//! between them this CPU.

mod mask;
#[allow(
    dead_code,
    reason = "the table has features that no row needs yet, or only one architecture"
)]
mod zfeatures;

#[cfg(not(feature = "std"))]
mod bare;

use crate::dispatch::{AnyKernel, Name};
use crate::zdispatch::KERNELS;
use core::ffi::CStr;

pub use mask::{MaskError, check as check_mask};
pub(crate) use zfeatures::*;

/// A CPU feature of the table, on this architecture.
pub(crate) struct Feature {
    /// As in `target_feature`.
    name: &'static str,
    bit: u64,
    /// Bits of the features without which this one is of no use.
    implied: u64,
    /// The lowest x86-64 level that guarantees it; 0 if none does.
    level: u8,
}

/// `bit` if the CPU has it.
const fn on(has: bool, bit: u64) -> u64 {
    if has { bit } else { 0 }
}

cfg_if::cfg_if! {
    if #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))] {
        use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

        /// Says that detection has run, so that finding nothing is not taken for not having looked.
        const KNOWN: u64 = 1 << 63;

        /// Bits of the features that may be used.
        ///
        /// Relaxed is enough: the word is all there is to see. Of two threads that meet here the first wins, so that
        /// a change of the environment in between cannot show.
        pub(crate) fn found() -> u64 {
            static FOUND: AtomicU64 = AtomicU64::new(0);
            let known = FOUND.load(Relaxed);
            if known != 0 {
                return known & !KNOWN;
            }
            let found = usable(detect(), mask::off());
            match FOUND.compare_exchange(0, found | KNOWN, Relaxed, Relaxed) {
                Ok(_) => found,
                Err(first) => first & !KNOWN,
            }
        }
    } else {
        /// No kernels but portable ones: nothing to look for.
        pub(crate) fn found() -> u64 {
            usable(detect(), mask::off())
        }
    }
}

/// What is left of `detected` when `off` is switched off, together with what needs it. The floor stays: the compiler
/// has used it already.
///
/// A feature whose ground is missing is dropped as well: under a hypervisor a CPU may report VPCLMULQDQ while the
/// system does not save the wide registers. So the bits are closed, and a variant need only ask for its row's.
fn usable(detected: u64, off: u64) -> u64 {
    let wanted = detected & !off;
    let whole = |f: &&Feature| f.bit & wanted != 0 && f.implied & !wanted == 0;
    TABLE.iter().filter(whole).fold(FLOOR, |bits, f| bits | f.bit)
}

/// Names of the features that kernels may use on this CPU, in the order of the table.
pub fn features() -> impl Iterator<Item = &'static str> {
    names(found())
}

/// Names of the features of the floor, which no mask takes away.
pub fn floor() -> impl Iterator<Item = &'static str> {
    names(FLOOR)
}

fn names(bits: u64) -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(move |f| f.bit & bits != 0).map(|f| f.name)
}

/// The x86-64 level of what is usable, 1 to 4 after the psABI; 0 on other architectures.
///
/// Judged by the features that kernels know of. A level says nothing of features outside the levels, such as
/// `pclmulqdq`: those are asked for one by one.
pub fn level() -> u8 {
    if cfg!(not(target_arch = "x86_64")) {
        return 0;
    }
    let found = found();
    let missing = TABLE.iter().filter(|f| f.level > 0 && f.bit & found == 0);
    missing.map(|f| f.level - 1).min().unwrap_or(4)
}

/// The highest x86-64 level whose variants are compiled in, by the Cargo features `v1` to `v4`; 0 if none are.
pub const fn ceiling() -> u8 {
    cfg!(feature = "v1") as u8
        + cfg!(feature = "v2") as u8
        + cfg!(feature = "v3") as u8
        + cfg!(feature = "v4") as u8
}

/// Every public kernel, in the order of the table.
pub fn kernels() -> impl Iterator<Item = Kernel> {
    KERNELS.iter().filter(|k| !k.internal()).map(|&k| Kernel(k))
}

/// A kernel and what it can be served by.
#[derive(Clone, Copy)]
pub struct Kernel(&'static dyn AnyKernel);

impl Kernel {
    /// Family and operation: `vec_sum`. In C the function is `wl_` and this.
    pub fn name(self) -> &'static str {
        self.0.name().text
    }

    /// The name for C.
    #[doc(hidden)]
    pub fn c_name(self) -> &'static CStr {
        self.0.name().c
    }

    /// The variants that are compiled in, best first.
    pub fn variants(self) -> impl Iterator<Item = Variant> {
        (0..self.0.count()).filter_map(move |i| self.0.variant(i)).map(Variant::new)
    }

    /// The variant that calls go to.
    pub fn serving(self) -> Variant {
        Variant::new(self.0.serving())
    }
}

/// One implementation of a kernel.
#[derive(Clone, Copy)]
pub struct Variant {
    name: Name,
    needs: u64,
}

impl Variant {
    fn new((name, needs): (Name, u64)) -> Self {
        Variant { name, needs }
    }

    /// What makes the difference: `avx2`, `neon`; `generic` is the portable one.
    pub fn name(self) -> &'static str {
        self.name.text
    }

    /// The name for C.
    #[doc(hidden)]
    pub fn c_name(self) -> &'static CStr {
        self.name.c
    }

    /// Features that it needs beyond its architecture's baseline.
    pub fn features(self) -> impl Iterator<Item = &'static str> {
        names(self.needs)
    }

    /// Whether this CPU can run it, `WIDELANE_CPU` heeded.
    pub fn available(self) -> bool {
        self.needs & !found() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bit(name: &str) -> u64 {
        TABLE.iter().find(|f| f.name == name).map_or(0, |f| f.bit)
    }

    #[test]
    fn switching_off_takes_along_what_needs_it() {
        let all = TABLE.iter().fold(0, |bits, f| bits | f.bit);
        let left = usable(all, bit("avx2"));
        let floor = usable(0, 0);
        for f in TABLE.iter().filter(|f| floor & f.bit == 0) {
            let needs = f.name == "avx2" || f.implied & bit("avx2") != 0;
            assert_eq!(left & f.bit == 0, needs, "{}", f.name);
        }
    }

    #[test]
    fn a_feature_without_its_ground_is_not_used() {
        // VPCLMULQDQ as a CPU under a hypervisor without AVX state reports it.
        let floor = usable(0, 0);
        for f in TABLE.iter().filter(|f| f.implied & !floor != 0) {
            assert_eq!(usable(f.bit, 0) & f.bit, 0, "{}", f.name);
        }
    }

    #[test]
    fn nothing_takes_the_floor_away() {
        assert_eq!(usable(0, u64::MAX), FLOOR);
    }

    #[test]
    fn implied_bits_are_bits_of_the_table() {
        let all = TABLE.iter().fold(0, |bits, f| bits | f.bit);
        assert_eq!(TABLE.len() as u32, all.count_ones());
        for f in TABLE {
            assert_eq!(f.implied & !all, 0, "{}", f.name);
            assert_eq!(f.implied & f.bit, 0, "{}", f.name);
        }
    }
}
