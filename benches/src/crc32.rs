//! CRC-32 beside the crates that people use for it.

use crate::harness::{Row, contender, measure};
use crate::{hidden, random_bytes};
use kernels_generic::crc32::{castagnoli_update_generic, ieee_update_generic};

pub fn ieee(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    measure(
        size,
        vec![
            contender("widelane", || widelane::crc32::ieee(p())),
            // SAFETY: a slice's pointer and length.
            contender("portable", || unsafe { ieee_update_generic(0, p().as_ptr(), size) }),
            contender("crc32fast", || crc32fast::hash(p())),
            contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, p())),
        ],
    )
}

pub fn castagnoli(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let bytes = &data[..];
    let p = || hidden(&bytes);
    measure(
        size,
        vec![
            contender("widelane", || widelane::crc32::castagnoli(p())),
            // SAFETY: a slice's pointer and length.
            contender("portable", || unsafe { castagnoli_update_generic(0, p().as_ptr(), size) }),
            contender("crc32c", || crc32c::crc32c(p())),
            contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, p())),
        ],
    )
}
