//! What a proof is.

use kernels_check::guard::Arena;
use std::rc::Rc;
use widelane::internals::{AnyKernel, Kernel};

/// Something that is true of a kernel for all inputs of some kind, and how each variant shows it.
#[derive(Clone)]
pub struct Proof {
    /// `crc32_ieee_update.basis`.
    pub name: String,
    /// The row of the table.
    pub kernel: &'static str,
    pub variants: Vec<Variant>,
}

/// A variant of the kernel, or one with a planted fault.
#[derive(Clone)]
pub struct Variant {
    pub name: String,
    pub available: bool,
    pub portable: bool,
    /// Whether it is the very machine code that Go embeds.
    pub door: bool,
    /// How many parts there are; they are done one after the other, and a run can begin with any.
    pub parts: Rc<dyn Fn(bool) -> usize>,
    /// Does one part and gives the number of its cases; panics if one is wrong.
    pub run: Rc<dyn Fn(usize, bool) -> u64>,
}

/// The name of variants with a planted fault begins with this.
const PLANTED: &str = "planted-";

/// One variant at one part of a proof.
#[derive(Clone, Copy)]
pub struct Task<'a, F> {
    pub name: &'a str,
    pub kernel: F,
    pub part: usize,
    pub short: bool,
    /// A loop of scalar code, of which the largest enumerations leave out the longest inputs.
    pub slow: bool,
}

/// A kernel, and where its doors are.
pub struct Subject<F: 'static> {
    pub kernel: &'static Kernel<F>,
    pub doors: fn(&str) -> Option<F>,
}

impl<F: Copy + Send + Sync + 'static> Subject<F> {
    /// The proof `what` of the kernel: `parts` and `run` hold for each variant, and must fail for a wrong one.
    pub fn proof(
        &self,
        what: &str,
        planted: (&str, F),
        parts: impl Fn(bool) -> usize + 'static,
        run: impl Fn(Task<F>) -> u64 + 'static,
    ) -> Proof {
        let kernel = self.kernel.name().text();
        let (parts, run) = (Rc::new(parts), Rc::new(run));
        let variant = |name: String, portable, available, door: Option<F>, function: F| {
            let (parts, run, called) = (parts.clone(), run.clone(), format!("{kernel} {name}"));
            let (function, slow) = (door.unwrap_or(function), portable);
            let run = Rc::new(move |part, short| {
                run(Task { name: &called, kernel: function, part, short, slow })
            });
            Variant { name, available, portable, door: door.is_some(), parts: parts.clone(), run }
        };
        let real = self.kernel.variants().iter().map(|v| {
            let (name, door) = (v.name(), (self.doors)(v.name()));
            variant(name.to_owned(), name == "generic", v.available(), door, v.function())
        });
        let wrong = variant(format!("{PLANTED}{}", planted.0), true, true, None, planted.1);
        Proof { name: format!("{kernel}.{what}"), kernel, variants: real.chain([wrong]).collect() }
    }
}

/// Zeroed memory, at the one end or at the other, beyond which nothing can be accessed.
pub struct Memory {
    arena: Arena,
}

/// Where in it an argument lies.
pub const PLACES: [Place; 2] = [Place::End, Place::Start];

#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Flush with the page behind: the alignment goes through all values as the length does.
    End,
    /// Flush with the page before.
    Start,
}

impl Memory {
    pub fn new(most: usize) -> Memory {
        Memory { arena: Arena::new(most) }
    }

    /// `n` bytes of it. The arena's own way to them asks the system every time.
    pub fn bytes(&mut self, place: Place, n: usize) -> &mut [u8] {
        let p: *mut u8 = match place {
            Place::End => self.arena.tail(n),
            Place::Start => self.arena.head(n),
        };
        // SAFETY: the arena has checked the place, is not frozen, and is borrowed as its memory is.
        unsafe { std::slice::from_raw_parts_mut(p, n) }
    }
}

/// Part `part` of `parts` of `0..=most`, where the work for one length grows with its square: each takes as long.
pub fn lengths(part: usize, parts: usize, most: usize) -> std::ops::Range<usize> {
    let from = |k: usize| ((k as f64 / parts as f64).cbrt() * (most + 1) as f64).round() as usize;
    from(part)..from(part + 1)
}
