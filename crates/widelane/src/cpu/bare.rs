//! Detection without the standard library: what `cpufeatures` leaves out.

cfg_if::cfg_if! {
    if #[cfg(all(target_arch = "x86_64", not(any(target_env = "sgx", miri))))] {
        use core::arch::x86_64::{__cpuid, __cpuid_count};

        cpufeatures::new!(has_avx2, "avx2");

        /// Whether leaf 7 means anything. Above its last leaf an Intel CPU repeats the last one, whose bits
        /// `cpufeatures` 0.3 would take for BMI.
        pub fn leaf_7() -> bool {
            __cpuid(0).eax >= 7
        }

        /// LZCNT, which is told with the extended leaves.
        pub fn lzcnt() -> bool {
            const LEAF: u32 = 0x8000_0001;
            __cpuid(0x8000_0000).eax >= LEAF && __cpuid(LEAF).ecx & 1 << 5 != 0
        }

        /// VPCLMULQDQ on YMM or wider. `cpufeatures` 0.3 asks for the state of ZMM beside it, which no client CPU
        /// with 256-bit folding has; AVX2 answers for the state of YMM, and AVX-512 for its own.
        pub fn vpclmulqdq() -> bool {
            leaf_7() && has_avx2::get() && __cpuid_count(7, 0).ecx & 1 << 10 != 0
        }
    } else if #[cfg(target_arch = "x86_64")] {
        pub fn leaf_7() -> bool {
            false
        }

        pub fn lzcnt() -> bool {
            cfg!(target_feature = "lzcnt")
        }

        pub fn vpclmulqdq() -> bool {
            cfg!(target_feature = "vpclmulqdq")
        }
    } else if #[cfg(all(target_arch = "aarch64", any(target_os = "linux", target_os = "android"), not(miri)))] {
        /// The CRC-32 instructions.
        pub fn crc() -> bool {
            has(libc::HWCAP_CRC32)
        }

        /// PMULL on 64-bit operands: `cpufeatures` 0.3 is content with AES alone.
        pub fn pmull() -> bool {
            has(libc::HWCAP_PMULL)
        }

        /// SHA512 and SHA3 both, of which `cpufeatures` 0.3 is content with one.
        pub fn sha3() -> bool {
            has(libc::HWCAP_SHA3 | libc::HWCAP_SHA512)
        }

        fn has(bits: libc::c_ulong) -> bool {
            // SAFETY: getauxval takes any number and has no effects.
            let found = unsafe { libc::getauxval(libc::AT_HWCAP) };
            found & bits == bits
        }
    } else if #[cfg(target_arch = "aarch64")] {
        /// Every Apple CPU that runs 64-bit code has CRC-32 and PMULL; of other systems nothing is known here.
        pub fn crc() -> bool {
            cfg!(any(target_feature = "crc", target_vendor = "apple"))
        }

        pub fn pmull() -> bool {
            cfg!(any(target_feature = "aes", target_vendor = "apple"))
        }

        /// `cpufeatures` asks Apple's systems for both halves.
        pub fn sha3() -> bool {
            cfg!(any(target_feature = "sha3", target_vendor = "apple"))
        }
    }
}
