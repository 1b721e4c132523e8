//! Kernels that break one rule each, and kernels that look awkward and keep them all.
#![no_std]
#![cfg(target_arch = "aarch64")]

#[macro_use]
mod assembly;
mod compiled;
mod forbidden;
mod good;
mod memory;
mod stack;
