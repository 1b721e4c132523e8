//! Every variant that this CPU can run, of the rows that count and search, against its definition.
#![cfg(feature = "internals")]

use widelane::internals::{
    Kernel, adler32, base32, base64, bytealg, crc32, crc64, hex, latin1, probe, utf8, utf16, vec,
    xxh3,
};

/// Calls `check` for each variant that can run here, under the name `row variant`.
///
/// # Panics
/// If there is none: then nothing would be checked.
fn each<F: Copy>(row: &str, kernel: &'static Kernel<F>, check: impl Fn(&str, F)) {
    let mut checked = 0;
    for variant in kernel.variants().iter().filter(|variant| variant.available()) {
        check(&format!("{row} {}", variant.name()), variant.function());
        checked += 1;
    }
    assert!(checked > 0, "{row}: no variant");
}

#[test]
fn vec_rows() {
    // SAFETY: the variants are available.
    each("vec_sum", &vec::SUM, |name, f| unsafe { kernels_check::vec::sum(name, f) });
    // SAFETY: as above.
    each("vec_add", &vec::ADD, |name, f| unsafe { kernels_check::vec::add(name, f) });
}

#[test]
fn bytealg_rows() {
    // SAFETY: the variants are available.
    each("bytealg_index_byte", &bytealg::INDEX_BYTE, |name, f| unsafe {
        kernels_check::bytealg::index_byte(name, f)
    });
}

#[test]
fn probe_rows() {
    each("probe_nothing", &probe::NOTHING, kernels_check::probe::nothing);
    // SAFETY: the variants are available.
    each("probe_spill", &probe::SPILL, |name, f| unsafe { kernels_check::probe::spill(name, f) });
}

#[test]
fn adler32_rows() {
    // SAFETY: the variants are available.
    each("adler32_update", &adler32::UPDATE, |name, f| unsafe {
        kernels_check::adler32::update(name, f)
    });
}

#[test]
fn crc32_rows() {
    // SAFETY: the variants are available.
    each("crc32_ieee_update", &crc32::IEEE_UPDATE, |name, f| unsafe {
        kernels_check::crc32::ieee_update(name, f)
    });
    // SAFETY: as above.
    each("crc32_castagnoli_update", &crc32::CASTAGNOLI_UPDATE, |name, f| unsafe {
        kernels_check::crc32::castagnoli_update(name, f)
    });
}

#[test]
fn crc64_rows() {
    // SAFETY: the variants are available.
    each("crc64_update", &crc64::UPDATE, |name, f| unsafe {
        kernels_check::crc64::update(name, f)
    });
}

#[test]
fn base32_rows() {
    // SAFETY: the variants are available.
    each("base32_encode", &base32::ENCODE, |name, f| unsafe {
        kernels_check::base32::encode(name, f)
    });
    // SAFETY: as above.
    each("base32_decode", &base32::DECODE, |name, f| unsafe {
        kernels_check::base32::decode(name, f)
    });
}

#[test]
fn base64_rows() {
    // SAFETY: the variants are available.
    each("base64_encode", &base64::ENCODE, |name, f| unsafe {
        kernels_check::base64::encode(name, f)
    });
    // SAFETY: as above.
    each("base64_decode", &base64::DECODE, |name, f| unsafe {
        kernels_check::base64::decode(name, f)
    });
}

#[test]
fn hex_rows() {
    // SAFETY: the variants are available.
    each("hex_encode", &hex::ENCODE, |name, f| unsafe { kernels_check::hex::encode(name, f) });
    // SAFETY: as above.
    each("hex_decode", &hex::DECODE, |name, f| unsafe { kernels_check::hex::decode(name, f) });
}

#[test]
fn latin1_rows() {
    // SAFETY: the variants are available.
    each("latin1_from_utf8", &latin1::FROM_UTF8, |name, f| unsafe {
        kernels_check::latin1::from_utf8(name, f)
    });
    // SAFETY: as above.
    each("latin1_to_utf8", &latin1::TO_UTF8, |name, f| unsafe {
        kernels_check::latin1::to_utf8(name, f)
    });
}

#[test]
fn utf16_rows() {
    // SAFETY: the variants are available.
    each("utf16_from_utf8", &utf16::FROM_UTF8, |name, f| unsafe {
        kernels_check::utf16::from_utf8(name, f)
    });
    // SAFETY: as above.
    each("utf16_to_utf8", &utf16::TO_UTF8, |name, f| unsafe {
        kernels_check::utf16::to_utf8(name, f)
    });
}

#[test]
fn utf8_rows() {
    // SAFETY: the variants are available.
    each("utf8_valid_up_to", &utf8::VALID_UP_TO, |name, f| unsafe {
        kernels_check::utf8::valid_up_to(name, f)
    });
    // SAFETY: as above.
    each("utf8_rune_count", &utf8::RUNE_COUNT, |name, f| unsafe {
        kernels_check::utf8::rune_count(name, f)
    });
}

#[test]
fn xxh3_rows() {
    // SAFETY: the variants are available.
    each("xxh3_digest", &xxh3::DIGEST, |name, f| unsafe { kernels_check::xxh3::digest(name, f) });
    // SAFETY: as above.
    each("xxh3_accumulate", &xxh3::ACCUMULATE, |name, f| unsafe {
        kernels_check::xxh3::accumulate(name, f)
    });
}
