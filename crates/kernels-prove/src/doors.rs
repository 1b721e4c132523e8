//! The doors, through which Go enters: with them, what is proved is the machine code that Go embeds, byte for byte.
//!
//! They are there if the kernels were compiled as for Go (`--cfg widelane_doors` and the rest of the flags in
//! `xtask/src/compile.rs`); `cargo xtask prove` does that on x86-64. Without them the kernels are called as from Rust.

/// Defines a function that gives a variant's door the kernel's own type.
macro_rules! doors {
    ($kernel:ident $args:tt -> $ret:tt; $($arch:literal { $($name:literal => $door:ident),* })*) => {
        pub fn $kernel(variant: &str) -> Option<doors!(@type $args $ret)> {
            let _ = variant;
            $($(
                #[cfg(all(widelane_doors, target_arch = $arch))]
                if variant == $name {
                    return Some(doors!(@call $door $args $ret));
                }
            )*)*
            None
        }
    };
    (@type ($($arg:ident: $ty:ty),*) $ret:ty) => { unsafe extern "C" fn($($ty),*) -> $ret };
    // Without a result, a door has the kernel's own type.
    (@call $door:ident ($($arg:ident: $ty:ty),*) ()) => {{
        unsafe extern "C" {
            fn $door($($arg: $ty),*);
        }
        $door
    }};
    (@call $door:ident ($($arg:ident: $ty:ty),*) $ret:ty) => {{
        unsafe extern "C" {
            fn $door($($arg: $ty,)* ret: *mut $ret);
        }
        unsafe extern "C" fn call($($arg: $ty),*) -> $ret {
            let mut ret = core::mem::MaybeUninit::uninit();
            // SAFETY: the caller's promise, word for word; a door writes its result.
            unsafe {
                $door($($arg,)* ret.as_mut_ptr());
                ret.assume_init()
            }
        }
        call
    }};
}

pub mod vec {
    doors! {
        sum(p: *const u64, p_len: usize) -> u64;
        "x86_64" { "avx512" => wl_go_vec_sum_avx512, "avx2" => wl_go_vec_sum_avx2 }
        "aarch64" { "neon" => wl_go_vec_sum_neon }
    }

    doors! {
        add(
            dst: *mut u64, dst_len: usize, a: *const u64, a_len: usize, b: *const u64, b_len: usize
        ) -> ();
        "x86_64" { "avx512" => wl_go_vec_add_avx512, "avx2" => wl_go_vec_add_avx2 }
        "aarch64" { "neon" => wl_go_vec_add_neon }
    }
}

pub mod bytealg {
    doors! {
        index_byte(p: *const u8, p_len: usize, c: u8) -> isize;
        "x86_64" {
            "avx512" => wl_go_bytealg_index_byte_avx512,
            "avx2" => wl_go_bytealg_index_byte_avx2
        }
        "aarch64" { "neon" => wl_go_bytealg_index_byte_neon }
    }
}

pub mod latin1 {
    use kernels_generic::ffi::Pair;

    doors! {
        from_utf8(dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize) -> Pair;
        "x86_64" {
            "vbmi2" => wl_go_latin1_from_utf8_vbmi2,
            "avx2" => wl_go_latin1_from_utf8_avx2
        }
        "aarch64" { "neon" => wl_go_latin1_from_utf8_neon }
    }

    doors! {
        to_utf8(dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize) -> Pair;
        "x86_64" {
            "vbmi2" => wl_go_latin1_to_utf8_vbmi2,
            "avx2" => wl_go_latin1_to_utf8_avx2
        }
        "aarch64" { "neon" => wl_go_latin1_to_utf8_neon }
    }
}

pub mod utf16 {
    use kernels_generic::ffi::Pair;

    doors! {
        from_utf8(dst: *mut u16, dst_len: usize, src: *const u8, src_len: usize) -> Pair;
        "x86_64" {
            "vbmi2" => wl_go_utf16_from_utf8_vbmi2,
            "avx2" => wl_go_utf16_from_utf8_avx2
        }
        "aarch64" { "neon" => wl_go_utf16_from_utf8_neon }
    }

    doors! {
        to_utf8(dst: *mut u8, dst_len: usize, src: *const u16, src_len: usize) -> Pair;
        "x86_64" {
            "vbmi2" => wl_go_utf16_to_utf8_vbmi2,
            "avx2" => wl_go_utf16_to_utf8_avx2
        }
        "aarch64" { "neon" => wl_go_utf16_to_utf8_neon }
    }
}

pub mod utf8 {
    doors! {
        valid_up_to(p: *const u8, p_len: usize) -> usize;
        "x86_64" {
            "vbmi" => wl_go_utf8_valid_up_to_vbmi,
            "avx2" => wl_go_utf8_valid_up_to_avx2
        }
        "aarch64" { "neon" => wl_go_utf8_valid_up_to_neon }
    }

    doors! {
        rune_count(p: *const u8, p_len: usize) -> usize;
        "x86_64" {
            "vbmi" => wl_go_utf8_rune_count_vbmi,
            "avx2" => wl_go_utf8_rune_count_avx2
        }
        "aarch64" { "neon" => wl_go_utf8_rune_count_neon }
    }
}

pub mod adler32 {
    doors! {
        update(adler: u32, p: *const u8, p_len: usize) -> u32;
        "x86_64" {
            "avx512" => wl_go_adler32_update_avx512,
            "avx2" => wl_go_adler32_update_avx2
        }
        "aarch64" { "neon" => wl_go_adler32_update_neon }
    }
}

pub mod crc32 {
    doors! {
        ieee_update(crc: u32, p: *const u8, p_len: usize) -> u32;
        "x86_64" {
            "vpclmul512" => wl_go_crc32_ieee_update_vpclmul512,
            "vpclmul256" => wl_go_crc32_ieee_update_vpclmul256,
            "pclmul" => wl_go_crc32_ieee_update_pclmul
        }
        "aarch64" {
            "eor3" => wl_go_crc32_ieee_update_eor3,
            "pmull" => wl_go_crc32_ieee_update_pmull
        }
    }
    doors! {
        castagnoli_update(crc: u32, p: *const u8, p_len: usize) -> u32;
        "x86_64" {
            "vpclmul512" => wl_go_crc32_castagnoli_update_vpclmul512,
            "vpclmul256" => wl_go_crc32_castagnoli_update_vpclmul256,
            "pclmul" => wl_go_crc32_castagnoli_update_pclmul
        }
        "aarch64" {
            "eor3" => wl_go_crc32_castagnoli_update_eor3,
            "pmull" => wl_go_crc32_castagnoli_update_pmull
        }
    }
}

pub mod crc64 {
    use kernels_generic::crc64::CONSTANTS;

    doors! {
        update(crc: u64, constants: *const [u8; CONSTANTS], p: *const u8, p_len: usize) -> u64;
        "x86_64" {
            "vpclmul512" => wl_go_crc64_update_vpclmul512,
            "vpclmul256" => wl_go_crc64_update_vpclmul256,
            "pclmul" => wl_go_crc64_update_pclmul
        }
        "aarch64" {
            "eor3" => wl_go_crc64_update_eor3,
            "pmull" => wl_go_crc64_update_pmull
        }
    }
}

pub mod base32 {
    use kernels_generic::base32::{DecodeTable, EncodeTable};
    use kernels_generic::ffi::Pair;

    doors! {
        encode(
            dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize, table: *const EncodeTable
        ) -> Pair;
        "x86_64" { "vbmi" => wl_go_base32_encode_vbmi, "avx2" => wl_go_base32_encode_avx2 }
        "aarch64" { "neon" => wl_go_base32_encode_neon }
    }
    doors! {
        decode(
            dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize, table: *const DecodeTable
        ) -> Pair;
        "x86_64" { "vbmi" => wl_go_base32_decode_vbmi, "avx2" => wl_go_base32_decode_avx2 }
        "aarch64" { "neon" => wl_go_base32_decode_neon }
    }
}

pub mod base64 {
    use kernels_generic::base64::{DecodeTable, EncodeTable};
    use kernels_generic::ffi::Pair;

    doors! {
        encode(
            dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize, table: *const EncodeTable
        ) -> Pair;
        "x86_64" { "vbmi" => wl_go_base64_encode_vbmi, "avx2" => wl_go_base64_encode_avx2 }
        "aarch64" { "neon" => wl_go_base64_encode_neon }
    }
    doors! {
        decode(
            dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize, table: *const DecodeTable
        ) -> Pair;
        "x86_64" { "vbmi" => wl_go_base64_decode_vbmi, "avx2" => wl_go_base64_decode_avx2 }
        "aarch64" { "neon" => wl_go_base64_decode_neon }
    }
}

pub mod hex {
    doors! {
        encode(dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize) -> usize;
        "x86_64" { "vbmi" => wl_go_hex_encode_vbmi, "avx2" => wl_go_hex_encode_avx2 }
        "aarch64" { "neon" => wl_go_hex_encode_neon }
    }
    doors! {
        decode(dst: *mut u8, dst_len: usize, src: *const u8, src_len: usize) -> usize;
        "x86_64" { "vbmi" => wl_go_hex_decode_vbmi, "avx2" => wl_go_hex_decode_avx2 }
        "aarch64" { "neon" => wl_go_hex_decode_neon }
    }
}
