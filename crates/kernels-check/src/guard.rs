//! Memory between pages that cannot be accessed.
//!
//! An access to a guard page is a fault in the kernel under test; nothing unwinds from there. So each thread notes
//! what it is about to try ([`trying`]), and a signal handler prints that, with the offset of the access, before the
//! process ends by the signal.

#[cfg(unix)]
#[path = "guard_unix.rs"]
mod os;
#[cfg(not(unix))]
#[path = "guard_none.rs"]
mod os;

pub use os::trying;

/// Whether accesses outside an arena end the process on this system.
pub const GUARDED: bool = os::GUARDED;

/// Zeroed memory with a guard on either side.
pub struct Arena(os::Mapping);

impl Arena {
    /// Room for at least `bytes`, whole pages.
    pub fn new(bytes: usize) -> Arena {
        Arena(os::Mapping::new(bytes))
    }

    /// Size in bytes.
    pub fn size(&self) -> usize {
        self.0.size()
    }

    /// Address of `n` elements that begin with the arena.
    pub fn head<T>(&self, n: usize) -> *mut T {
        self.at(0, n)
    }

    /// Address of `n` elements that end with the arena.
    pub fn tail<T>(&self, n: usize) -> *mut T {
        self.at(self.size() - n * size_of::<T>(), n)
    }

    /// Address of `n` elements from a byte offset on.
    ///
    /// # Panics
    /// If they are not inside, or not aligned.
    pub fn at<T>(&self, offset: usize, n: usize) -> *mut T {
        assert!(
            offset + n * size_of::<T>() <= self.size() && offset.is_multiple_of(align_of::<T>())
        );
        self.0.start().wrapping_add(offset).cast()
    }

    /// All of it, for filling and looking.
    pub fn bytes(&mut self) -> &mut [u8] {
        self.0.writable();
        // SAFETY: mapped, initialised, and borrowed as the arena is.
        unsafe { std::slice::from_raw_parts_mut(self.0.start(), self.size()) }
    }

    /// Writes are faults too, until [`Arena::bytes`] is called.
    pub fn freeze(&mut self) {
        self.0.read_only();
    }
}
