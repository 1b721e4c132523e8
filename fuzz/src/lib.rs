//! What the targets share: memory between pages that cannot be accessed, and every variant that this CPU can run
//! against the portable one.

pub mod planted;

use arbitrary::Arbitrary;
use kernels_check::Element;
use kernels_check::guard::{Arena, trying};
use std::fmt::Debug;
use widelane::internals::Kernel;

/// Room for an argument, in bytes: more than four thirds of what libFuzzer hands over at most.
const ROOM: usize = 16 << 10;
/// Bytes around an output that are looked at, where there is no guard page.
const FENCE: usize = 64;
const CANARY: u8 = 0xa7;

/// Panics where a variant of the kernel gives another result than the portable one, or, where faults are planted, if
/// `planted` does.
///
/// # Panics
/// That is the purpose.
pub fn agree<F: Copy, R: PartialEq + Debug>(
    kernel: &'static Kernel<F>,
    planted: F,
    mut run: impl FnMut(F) -> R,
) {
    let (portable, variants) = kernel.variants().split_last().expect("a row has variants");
    let expected = run(portable.function());
    for variant in variants.iter().filter(|variant| variant.available()) {
        let name = variant.name();
        assert_eq!(trying(name, 0, || run(variant.function())), expected, "{name} differs");
    }
    if planted::wanted() {
        assert_eq!(run(planted), expected, "the planted fault differs");
    }
}

/// Where an argument lies between two pages that cannot be accessed: so many elements from one of them.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Place {
    Start(u8),
    End(u8),
}

/// Memory for one argument.
pub struct Memory(Arena);

impl Default for Memory {
    fn default() -> Self {
        Memory(Arena::new(ROOM))
    }
}

impl Memory {
    /// The byte offset of `n` elements there, so that every alignment is the fuzzer's to choose.
    ///
    /// # Panics
    /// If there is no room.
    fn offset<T>(&self, n: usize, place: Place) -> usize {
        let size = size_of::<T>();
        let rest = self.0.size().checked_sub(n * size).expect("an argument has room");
        let step = |elements: u8| (usize::from(elements) % 64 * size).min(rest);
        match place {
            Place::Start(elements) => step(elements),
            Place::End(elements) => rest - step(elements),
        }
    }

    /// The address of an input with these contents.
    pub fn input<T: Element>(&mut self, contents: &[T], place: Place) -> *mut T {
        let p = self.0.at(self.offset::<T>(contents.len(), place), contents.len());
        // SAFETY: `at` has checked the place; slices do not overlap with it.
        unsafe { contents.as_ptr().copy_to_nonoverlapping(p, contents.len()) };
        p
    }

    /// The address of an output of `n` elements, every byte of it and around it a canary.
    pub fn output<T: Element>(&mut self, n: usize, place: Place) -> *mut T {
        let offset = self.offset::<T>(n, place);
        let end = offset + n * size_of::<T>();
        let size = self.0.size();
        self.0.bytes()[offset.saturating_sub(FENCE)..(end + FENCE).min(size)].fill(CANARY);
        self.0.at(offset, n)
    }

    /// What stands at `p` now.
    ///
    /// # Panics
    /// If `p` and `n` are not those of [`Memory::output`] or [`Memory::input`].
    pub fn contents<T: Element>(&mut self, p: *mut T, n: usize) -> Vec<T> {
        let offset = p.addr() - self.0.head::<u8>(0).addr();
        // SAFETY: `at` has checked the place, and what it points to is initialised.
        unsafe { std::slice::from_raw_parts(self.0.at(offset, n), n) }.to_vec()
    }

    /// The contents of an output.
    ///
    /// # Panics
    /// If the bytes around it have changed.
    pub fn written<T: Element>(&mut self, p: *mut T, n: usize) -> Vec<T> {
        let (start, size) = (p.addr() - self.0.head::<u8>(0).addr(), self.0.size());
        let end = start + n * size_of::<T>();
        let bytes = self.0.bytes();
        let fences =
            [&bytes[start.saturating_sub(FENCE)..start], &bytes[end..(end + FENCE).min(size)]];
        assert!(fences.iter().all(|f| f.iter().all(|&b| b == CANARY)), "wrote outside the output");
        self.contents(p, n)
    }
}
