//! SIMD kernels at full speed from Rust, C and Go.
#![cfg_attr(not(feature = "std"), no_std)]
