//! Guard pages by `mmap`, and the handler that says which call ran into one.

use std::cell::Cell;
use std::fmt::Write;
use std::io;
use std::mem::zeroed;
use std::ptr::{null, null_mut};
use std::sync::OnceLock;
use std::sync::atomic::{Ordering::SeqCst, compiler_fence};

pub const GUARDED: bool = true;

/// Pages between two guard pages.
pub struct Mapping {
    /// The first guard page; the arena begins a page behind.
    base: *mut u8,
    size: usize,
}

fn page() -> usize {
    // SAFETY: no arguments that could be wrong.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as usize }
}

impl Mapping {
    pub fn new(bytes: usize) -> Mapping {
        BEFORE.get_or_init(handle_faults);
        let size = bytes.max(1).next_multiple_of(page());
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        // SAFETY: a new anonymous mapping, at an address of the system's choice.
        let base =
            unsafe { libc::mmap(null_mut(), size + 2 * page(), libc::PROT_NONE, flags, -1, 0) };
        assert!(base != libc::MAP_FAILED, "mmap: {}", io::Error::last_os_error());
        let mapping = Mapping { base: base.cast(), size };
        mapping.protect(libc::PROT_READ | libc::PROT_WRITE);
        mapping
    }

    pub fn size(&self) -> usize {
        self.size
    }

    pub fn start(&self) -> *mut u8 {
        self.base.wrapping_add(page())
    }

    pub fn writable(&mut self) {
        self.protect(libc::PROT_READ | libc::PROT_WRITE);
    }

    pub fn read_only(&mut self) {
        self.protect(libc::PROT_READ);
    }

    fn protect(&self, access: i32) {
        // SAFETY: the pages are this mapping's own; what borrows them goes through the arena.
        let result = unsafe { libc::mprotect(self.start().cast(), self.size, access) };
        assert!(result == 0, "mprotect: {}", io::Error::last_os_error());
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping as it was made, and nobody has it any more.
        unsafe { libc::munmap(self.base.cast(), self.size + 2 * page()) };
    }
}

/// What a thread is trying: a kernel's name and a length.
type Trial = (*const str, usize);

thread_local! {
    static TRYING: Cell<Option<Trial>> = const { Cell::new(None) };
}

/// Runs the kernel; should it fault, kernel and length are printed.
pub fn trying<R>(kernel: &str, length: usize, run: impl FnOnce() -> R) -> R {
    // The fences are for the handler: without them the compiler sees a note that nobody reads before the next, and
    // leaves it out.
    TRYING.set(Some((kernel, length)));
    compiler_fence(SeqCst);
    let result = run();
    compiler_fence(SeqCst);
    TRYING.set(None);
    result
}

/// What a fault leads to.
const FAULTS: [i32; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// What was done about faults before: a fuzzer keeps the input, nothing at all ends the process.
static BEFORE: OnceLock<[libc::sigaction; 2]> = OnceLock::new();

fn handle_faults() -> [libc::sigaction; 2] {
    FAULTS.map(|signal| {
        // SAFETY: a zeroed sigaction is a valid one; the handler keeps to what is allowed in a handler.
        unsafe {
            let (mut action, mut before): (libc::sigaction, libc::sigaction) = (zeroed(), zeroed());
            action.sa_sigaction =
                fault as extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void) as usize;
            // Once only: the access is repeated when the handler returns.
            action.sa_flags = libc::SA_SIGINFO | libc::SA_RESETHAND;
            libc::sigaction(signal, &action, &mut before);
            before
        }
    })
}

extern "C" fn fault(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    let mut line = Line { text: [0; 200], used: 0 };
    // SAFETY: the system passes the fault's record.
    let address = if info.is_null() { null() } else { unsafe { (*info).si_addr() } };
    // SAFETY: the name outlives the call that this thread is in.
    let trial = TRYING.get().map(|(kernel, length)| (unsafe { &*kernel }, length));
    // A line that does not fit is cut; there is no other error.
    let _ = match trial {
        Some((kernel, length)) => writeln!(line, "{kernel} touched {address:p} at length {length}"),
        None => writeln!(line, "signal {signal} at {address:p}, outside any kernel under test"),
    };
    // SAFETY: the bytes written so far; write may be called in a handler.
    unsafe { libc::write(libc::STDERR_FILENO, line.text.as_ptr().cast(), line.used) };
    if let Some(before) = BEFORE.get() {
        let before = &before[usize::from(signal != FAULTS[0])];
        // SAFETY: the record is what sigaction gave, and sigaction may be called in a handler.
        unsafe { libc::sigaction(signal, before, null_mut()) };
    }
}

/// A line without an allocation, cut where it does not fit.
struct Line {
    text: [u8; 200],
    used: usize,
}

impl Write for Line {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        let n = s.len().min(self.text.len() - self.used);
        self.text[self.used..self.used + n].copy_from_slice(&s.as_bytes()[..n]);
        self.used += n;
        Ok(())
    }
}
