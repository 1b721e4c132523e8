//! What Adler-32 has besides its kernel. `include/widelane.h` documents it for C.

use widelane::adler32;

/// The checksum of a whole from those of its two parts, of which the second has `len` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn wl_adler32_combine(first: u32, second: u32, len: u64) -> u32 {
    adler32::combine(first, second, len)
}
