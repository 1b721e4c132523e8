//! What every variant of a kernel must satisfy, whatever its instruction set: the same bits as the reference for all
//! lengths and alignments, and not one byte touched outside its arguments.
//!
//! [`reader()`] and [`writer()`] hold for kernels of any shape: the caller gives the kernel as a closure over raw
//! pointers and the reference as a closure over slices. The modules named after families call them for each row.
//!
//! Memory is laid out between pages that cannot be accessed ([`guard::Arena`]), where the operating system allows it;
//! elsewhere only writes outside are noticed. A check panics with the kernel, the length and the place; an access to
//! a guard page ends the process after a line that names them.

#[cfg(any(all(target_arch = "x86_64", unix), all(target_arch = "aarch64", target_os = "linux")))]
pub mod abi;
pub mod adler32;
pub mod base32;
pub mod base64;
pub mod bytealg;
pub mod crc32;
pub mod crc64;
mod forall;
pub mod guard;
pub mod hex;
pub mod latin1;
pub mod probe;
mod random;
mod reader;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub mod repeated;
pub mod utf16;
pub mod utf8;
pub mod vec;
mod writer;
pub mod xxh3;

pub use forall::forall;
pub use random::{Element, Random};
pub use reader::{inputs, reader};
pub use writer::writer;

/// Lengths, in bytes, that are tried one by one at both ends of the guarded memory.
pub const LENGTHS: usize = 4096;
/// Lengths, in bytes, that are tried at every alignment.
pub const ALIGNED_LENGTHS: usize = 512;
/// Alignments, in bytes: those of the widest vector, which is also a cache line.
pub const ALIGNMENTS: usize = 64;
