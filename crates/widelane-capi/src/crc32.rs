//! What CRC-32 has besides its kernels. `include/widelane.h` documents it for C.

use widelane::crc32;

/// The IEEE checksum of a whole from those of its two parts, of which the second has `len` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn wl_crc32_ieee_combine(first: u32, second: u32, len: u64) -> u32 {
    crc32::ieee_combine(first, second, len)
}

/// The Castagnoli checksum of a whole from those of its two parts, of which the second has `len` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn wl_crc32_castagnoli_combine(first: u32, second: u32, len: u64) -> u32 {
    crc32::castagnoli_combine(first, second, len)
}
