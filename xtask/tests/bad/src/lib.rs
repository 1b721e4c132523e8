//! Kernels that must not get into Go, and some that must in spite of their looks.
//!
//! xtask's tests compile this crate as it compiles kernels, and expect of each door the one refusal that its name says.
#![no_std]

#[cfg(target_arch = "x86_64")]
#[macro_use]
mod assembly;
#[cfg(target_arch = "x86_64")]
mod compiled;
#[cfg(target_arch = "x86_64")]
mod forbidden;
#[cfg(target_arch = "x86_64")]
mod good;
#[cfg(target_arch = "x86_64")]
mod memory;
#[cfg(target_arch = "x86_64")]
mod stack;
