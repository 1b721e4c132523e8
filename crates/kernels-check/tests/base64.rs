//! Base64 kernels that this CPU can run.

use kernels_check::base64::{decode, encode};

#[test]
fn generic() {
    // SAFETY: portable code needs nothing.
    unsafe {
        encode(kernels_generic::base64::encode_generic);
        decode(kernels_generic::base64::decode_generic);
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn avx2() {
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") {
        // SAFETY: the CPU has what the variants need.
        unsafe {
            encode(kernels_x86_avx2::base64::encode_avx2);
            decode(kernels_x86_avx2::base64::decode_avx2);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn vbmi() {
    if is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
    {
        // SAFETY: the CPU has what the variants need.
        unsafe {
            encode(kernels_x86_avx512::base64::encode_vbmi);
            decode(kernels_x86_avx512::base64::decode_vbmi);
        }
    }
}

#[cfg(target_arch = "aarch64")]
#[test]
fn neon() {
    // SAFETY: every arm64 CPU that runs this has NEON.
    unsafe {
        encode(kernels_aarch64_neon::base64::encode_neon);
        decode(kernels_aarch64_neon::base64::decode_neon);
    }
}
