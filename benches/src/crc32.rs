//! CRC-32 beside the crates that people use for it.

use crate::harness::{Row, contender, measure};
use crate::random_bytes;
use std::hint::black_box;

pub fn ieee(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let p = || black_box(&data[..]);
    measure(
        size,
        vec![
            contender("widelane", || widelane::crc32::ieee(p())),
            contender("crc32fast", || crc32fast::hash(p())),
            contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, p())),
        ],
    )
}

pub fn castagnoli(size: usize) -> Vec<Row> {
    let data = random_bytes(size);
    let p = || black_box(&data[..]);
    measure(
        size,
        vec![
            contender("widelane", || widelane::crc32::castagnoli(p())),
            contender("crc32c", || crc32c::crc32c(p())),
            contender("crc-fast", || crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32Iscsi, p())),
        ],
    )
}
