//! Memory longer than 4 GiB that needs next to none: the same two MiB, over and over.

use std::io;
use std::ptr::null_mut;

/// What is repeated, in bytes.
pub const PERIOD: usize = 2 << 20;

/// Mappings side by side, all of the same memory but for the last, which has its own.
pub struct Repeated {
    start: *mut u8,
    /// In bytes, whole periods.
    size: usize,
}

impl Repeated {
    /// At least so many bytes, all zero.
    ///
    /// # Panics
    /// If the system has no room for the addresses.
    pub fn new(bytes: usize) -> Repeated {
        let size = bytes.next_multiple_of(PERIOD);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a file of its own; a reservation at an address of the system's choice; then mappings within that.
        unsafe {
            let file = libc::memfd_create(c"repeated".as_ptr(), 0);
            let reserve = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE;
            let start = libc::mmap(null_mut(), size, access, reserve, -1, 0);
            let failed = file < 0 || libc::ftruncate(file, PERIOD as i64) != 0;
            assert!(
                !failed && start != libc::MAP_FAILED,
                "{size} bytes: {}",
                io::Error::last_os_error()
            );
            for at in (0..size - PERIOD).step_by(PERIOD) {
                let (place, flags) = (start.byte_add(at), libc::MAP_SHARED | libc::MAP_FIXED);
                let mapped = libc::mmap(place, PERIOD, access, flags, file, 0);
                assert!(mapped == place, "{at} of {size} bytes: {}", io::Error::last_os_error());
            }
            libc::close(file);
            Repeated { start: start.cast(), size }
        }
    }

    /// Its first byte.
    pub fn start<T>(&self) -> *mut T {
        self.start.cast()
    }

    /// Puts bytes at an offset, and so at every offset that is some periods away, in the last period only at this one.
    ///
    /// # Panics
    /// If they are not inside.
    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.size, "outside");
        // SAFETY: inside the mappings.
        unsafe { self.start.add(at).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
    }

    /// Fills all of it with a byte.
    pub fn fill(&mut self, byte: u8) {
        self.put(0, &[byte; PERIOD]);
        self.put(self.size - PERIOD, &[byte; PERIOD]);
    }

    /// A copy of so many bytes at an offset.
    ///
    /// # Panics
    /// If they are not inside.
    pub fn get(&self, at: usize, bytes: usize) -> Vec<u8> {
        assert!(at + bytes <= self.size, "outside");
        // SAFETY: inside the mappings, which nobody writes meanwhile.
        unsafe { std::slice::from_raw_parts(self.start.add(at), bytes) }.to_vec()
    }
}

impl Drop for Repeated {
    fn drop(&mut self) {
        // SAFETY: all that `new` has mapped.
        unsafe { libc::munmap(self.start.cast(), self.size) };
    }
}
