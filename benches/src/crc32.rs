//! CRC-32 beside the crates that people use for it, and beside ISA-L where that is installed.

use crate::harness::{Row, contender, measure};
use crate::isal;
use crate::{hidden, random_bytes};
use kernels_generic::crc32::{castagnoli_update_generic, ieee_update_generic};

/// `uint32_t crc32_gzip_refl(uint32_t, const unsigned char *, uint64_t)`, which complements before and after.
type GzipRefl = unsafe extern "C" fn(u32, *const u8, u64) -> u32;
/// `unsigned int crc32_iscsi(unsigned char *, int, unsigned int)`, which does not.
type Iscsi = unsafe extern "C" fn(*const u8, i32, u32) -> u32;

pub fn ieee(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    let mut contenders = vec![
        contender("widelane", || widelane::crc32::ieee(p())),
        // SAFETY: a slice's pointer and length.
        contender("portable", || unsafe { ieee_update_generic(0, p().as_ptr(), size) }),
        contender("crc32fast", || crc32fast::hash(p())),
        contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, p())),
    ];
    // SAFETY: as its header declares it.
    if let Some(isa_l) = unsafe { isal::function::<GzipRefl>("crc32_gzip_refl") } {
        // SAFETY: a slice's pointer and length.
        contenders.push(contender("ISA-L", move || unsafe { isa_l(0, p().as_ptr(), size as u64) }));
    }
    measure(size, contenders)
}

pub fn castagnoli(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    let mut contenders = vec![
        contender("widelane", || widelane::crc32::castagnoli(p())),
        // SAFETY: a slice's pointer and length.
        contender("portable", || unsafe { castagnoli_update_generic(0, p().as_ptr(), size) }),
        contender("crc32c", || crc32c::crc32c(p())),
        contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, p())),
    ];
    // SAFETY: as its header declares it.
    if let Some(isa_l) = unsafe { isal::function::<Iscsi>("crc32_iscsi") } {
        // SAFETY: a slice's pointer and length.
        contenders
            .push(contender("ISA-L", move || unsafe { !isa_l(p().as_ptr(), size as i32, !0) }));
    }
    measure(size, contenders)
}
