//! What CRC-64 needs besides its kernel. `include/widelane.h` documents it for C.

use kernels_generic::crc64::{CONSTANTS, Constants, constants};

static ISO: Constants = Constants::of(constants::ISO);
static ECMA: Constants = Constants::of(constants::ECMA);
static NVME: Constants = Constants::of(constants::NVME);

/// The constants of a polynomial with a name, null for any other.
#[unsafe(no_mangle)]
pub extern "C" fn wl_crc64_named(polynomial: u64) -> *const u8 {
    match polynomial {
        constants::ISO => ISO.0.as_ptr(),
        constants::ECMA => ECMA.0.as_ptr(),
        constants::NVME => NVME.0.as_ptr(),
        _ => core::ptr::null(),
    }
}

/// Makes the constants of any polynomial.
///
/// # Safety
/// `constants` is valid for writes of its bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wl_crc64_make(constants: *mut [u8; CONSTANTS], polynomial: u64) {
    // SAFETY: the caller's promise; bytes have no alignment.
    unsafe { constants.write(Constants::of(polynomial).0) }
}

/// The checksum of a whole from those of its two parts, of which the second has `len` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn wl_crc64_combine(polynomial: u64, first: u64, second: u64, len: u64) -> u64 {
    constants::after_zeros(first, len, polynomial) ^ second
}
