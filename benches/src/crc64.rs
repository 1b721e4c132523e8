//! CRC-64 beside the crate that people use for it, and beside ISA-L, the fastest in C, where that is installed.

use crate::harness::{Row, contender, measure};
use crate::isal;
use crate::{hidden, random_bytes};
use kernels_generic::crc64::{Constants, constants, update_generic};
use widelane::crc64::ECMA;

/// `uint64_t crc64_ecma_refl(uint64_t, const unsigned char *, uint64_t)`, which complements before and after, too.
type EcmaRefl = unsafe extern "C" fn(u64, *const u8, u64) -> u64;

/// ECMA, which every peer has kernels for; for widelane all polynomials are the same.
pub fn update(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    let k = Constants::of(constants::ECMA);
    let mut contenders = vec![
        contender("widelane", || widelane::crc64::checksum(&ECMA, p())),
        // SAFETY: a slice's pointer and length.
        contender("portable", || unsafe { update_generic(0, &k.0, p().as_ptr(), size) }),
        contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Xz, p())),
    ];
    // SAFETY: as its header declares it.
    if let Some(isa_l) = unsafe { isal::function::<EcmaRefl>("crc64_ecma_refl") } {
        // SAFETY: a slice's pointer and length.
        contenders.push(contender("ISA-L", move || unsafe { isa_l(0, p().as_ptr(), size as u64) }));
    }
    measure(size, contenders)
}
